//go:build long

package openai_test

// What the promise says: each fault a hundred times, three before real
// inference.
const (
	faultTrials = 100
	llamaTrials = 3
	slower      = 1
)
