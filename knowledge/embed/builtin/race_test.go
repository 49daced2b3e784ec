//go:build race

package builtin

// raced is true under the race detector, which takes memory and time of its own.
const raced = true
