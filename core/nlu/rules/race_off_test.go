//go:build !race

package rules

// slowdown is what the race detector makes of times; it is off.
const slowdown = 1
