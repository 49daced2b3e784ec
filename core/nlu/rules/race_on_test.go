//go:build race

package rules

// slowdown is what the race detector makes of times.
const slowdown = 20
