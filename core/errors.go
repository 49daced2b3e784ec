package core

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrNotFound means there is no such thing, or nothing due.
	ErrNotFound = errors.New("not found")
	// ErrFenced means another owner took the partition or the delivery over.
	ErrFenced = errors.New("lease lost")
	// ErrStale means the state changed since, or the case its hands: read again.
	ErrStale = errors.New("stale epoch")
	// ErrBusy means too much is waiting; the platform is asked to try again.
	ErrBusy = errors.New("busy")
	// ErrDraining means this replica is stopping; ask another, or again.
	ErrDraining = errors.New("draining")
)

// ConflictError says that an id was used before, for another content.
type ConflictError struct {
	Native string
	Turn   TurnID // the message that came first
}

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("message id %q was used before with another content", e.Native)
}

// InputError says what is wrong with something a person gave, and the cure.
// Its text may be shown to them.
type InputError struct{ Msg string }

// Error implements error.
func (e *InputError) Error() string { return e.Msg }

// Invalid makes an InputError.
func Invalid(format string, args ...any) error {
	return &InputError{Msg: fmt.Sprintf(format, args...)}
}

// SendError is what a channel says about a failed send. Anything else coming
// out of Send counts as retryable: the platform is guilty until proven innocent.
type SendError struct {
	Permanent bool          // the platform refused the message itself
	Hold      bool          // it cannot go before the customer writes again
	After     time.Duration // the platform's own Retry-After
	Done      int           // pieces that have arrived, as in Reply.Done
	Err       error         // without any secret
}

// Error implements error.
func (e *SendError) Error() string { return fmt.Sprintf("send: %v", e.Err) }

// Unwrap lets errors.Is see the cause.
func (e *SendError) Unwrap() error { return e.Err }

// Refused marks err as permanent.
func Refused(err error) error { return &SendError{Permanent: true, Err: err} }

// IsPermanent reports whether retrying err is pointless.
func IsPermanent(err error) bool {
	var s *SendError
	return errors.As(err, &s) && s.Permanent
}

// ErrFull means that there is no room left on the disk. Nothing was changed.
var ErrFull = errors.New("the disk is full: make room and do it again")

// AwayError says that something a request needs is away. Nothing was changed;
// the same request may succeed later. It holds no secret.
type AwayError struct {
	What string // "embeddings"
	Err  error  // the cause
}

// Error names the cause and the cure.
func (e *AwayError) Error() string {
	return e.What + " are away, so nothing was changed; try again when they are back: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *AwayError) Unwrap() error { return e.Err }
