package core

import (
	"context"
	"time"
)

// CallsKept is how long what a tool answered is kept: far longer than a turn
// may be run again.
const CallsKept = 24 * time.Hour

// CallRecord is a tool's call as it was begun, and perhaps ended.
type CallRecord struct {
	Digest []byte // of the arguments
	Result []byte // nil: it was begun, and whether it was done is not known
}

// Calls keeps what tools answered, so that a turn that is run again asks and
// does nothing twice. Safe for concurrent use.
type Calls interface {
	// BeginCall notes that a call begins under key and returns nil, or the
	// record of the one that began before. What is older than CallsKept may be
	// forgotten.
	BeginCall(ctx context.Context, key string, digest []byte, now time.Time) (*CallRecord, error)
	// EndCall keeps what the call under key answered; result is not nil. Digest
	// becomes that of the arguments it was answered for.
	EndCall(ctx context.Context, key string, digest, result []byte) error
	// DropCall forgets key: it is certain that nothing was done.
	DropCall(ctx context.Context, key string) error
}
