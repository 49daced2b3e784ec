package mem

import (
	"bytes"
	"context"
	"sync"
	"time"

	"frontdesk/core"
)

var _ core.Calls = (*Calls)(nil)

// Calls keeps what tools answered in memory: for tests, and for chats that
// nobody keeps. Safe for concurrent use.
type Calls struct {
	mu    sync.Mutex
	calls map[string]call
}

type call struct {
	core.CallRecord
	begun time.Time
}

// NewCalls makes an empty one.
func NewCalls() *Calls { return &Calls{calls: map[string]call{}} }

// BeginCall implements core.Calls.
func (c *Calls) BeginCall(_ context.Context, key string, digest []byte, now time.Time) (*core.CallRecord, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, old := range c.calls {
		if old.begun.Before(now.Add(-core.CallsKept)) {
			delete(c.calls, k)
		}
	}
	if was, ok := c.calls[key]; ok {
		r := core.CallRecord{Digest: bytes.Clone(was.Digest), Result: bytes.Clone(was.Result)}
		return &r, nil
	}
	c.calls[key] = call{core.CallRecord{Digest: bytes.Clone(digest)}, now}
	return nil, nil
}

// EndCall implements core.Calls.
func (c *Calls) EndCall(_ context.Context, key string, digest, result []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if was, ok := c.calls[key]; ok {
		c.calls[key] = call{core.CallRecord{Digest: bytes.Clone(digest), Result: bytes.Clone(result)}, was.begun}
	}
	return nil
}

// DropCall implements core.Calls.
func (c *Calls) DropCall(_ context.Context, key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.calls, key)
	return nil
}
