//go:build !long

package openai_test

// How often each fault is tried in every run, and how often before real
// inference.
const (
	faultTrials = 16
	llamaTrials = 1
	// slower is how much longer deadlines are: other packages' tests run beside,
	// under the race detector too.
	slower = 5
)
