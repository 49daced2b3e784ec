package core

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
