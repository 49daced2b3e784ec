//go:build !race

package builtin

const raced = false
