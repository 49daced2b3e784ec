//go:build !long

package llm_test

// busy is how many times slower a measurement may be that other packages'
// tests run beside.
const busy = 4
