// Package embed holds what all embedders share: how a text is cleaned, what a
// queue that is too long answers, a cache before any of them, and what the
// cosine of two vectors is worth. The embedders are its folders: builtin runs a
// model inside the program, openai asks an endpoint.
package embed

import (
	"errors"
	"fmt"
	"time"
)

// ErrBusy says that the queue before an embedder is longer than the caller can
// wait, and that nothing was done: go on without vectors. errors.Is finds it in
// a *BusyError.
var ErrBusy = errors.New("the embedder is busy")

// ErrClosed is what an embedder that was closed answers.
var ErrClosed = errors.New("the embedder is closed")

// BusyError is an ErrBusy with its reason.
type BusyError struct {
	// Wait is how long the texts would have taken; 0 if the queue is full.
	Wait time.Duration
}

// Error says how long the wait would have been.
func (e *BusyError) Error() string {
	if e.Wait == 0 {
		return ErrBusy.Error() + ": its queue is full"
	}
	return fmt.Sprintf("%v: about %v more than there is", ErrBusy, e.Wait.Round(time.Millisecond))
}

// Is makes errors.Is(err, ErrBusy) true.
func (e *BusyError) Is(target error) bool { return target == ErrBusy }
