//go:build long

package llm_test

// busy: the measurement is what it is.
const busy = 1
