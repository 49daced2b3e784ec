//go:build race

package nlu_test

// slowdown is what the race detector makes of times.
const slowdown = 20
