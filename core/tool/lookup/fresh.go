package lookup

import (
	"context"
	"sync"
	"time"
)

// Loader brings a table's file.
type Loader interface {
	// Load returns the file's content, or nil if it has not changed since the
	// last time it was returned.
	Load(ctx context.Context) ([]byte, error)
	// Every is how long a table is good before it is looked at again.
	Every() time.Duration
	// Until is how long it is used when it cannot be loaded again; 0 is for ever.
	Until() time.Duration
}

// zero is the time of nobody's turn: the first read.
var zero time.Time

// fresh is a table that is loaded again when it is old. While one caller loads,
// others are given the one before. Safe for concurrent use.
type fresh struct {
	load  Loader
	index func(data []byte) (*sheet, error)

	loading sync.Mutex
	mu      sync.Mutex
	now     *sheet
	at      time.Time // it was loaded, or found unchanged
	tried   time.Time
	broken  error // what was wrong with the file that is there now
}

func (f *fresh) get(ctx context.Context, now time.Time) (*sheet, error) {
	have, old := f.have(now)
	if have != nil && (!old || !f.loading.TryLock()) {
		return have, nil
	}
	if have == nil {
		f.loading.Lock()
		if have, _ = f.have(now); have != nil { // another was faster
			f.loading.Unlock()
			return have, nil
		}
	}
	defer f.loading.Unlock()
	return f.renew(ctx, now, have)
}

// have is the table, and whether it is time to look again.
func (f *fresh) have(now time.Time) (*sheet, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now, now.Sub(f.tried) >= f.load.Every()
}

// renew loads. A failure costs the freshness, until that is too old.
func (f *fresh) renew(ctx context.Context, now time.Time, have *sheet) (*sheet, error) {
	data, err := f.load.Load(ctx)
	next := have
	switch {
	case err != nil:
	case data != nil:
		next, err = f.index(data)
		f.broken = err
	default:
		err = f.broken // it has not changed
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tried = now
	if err == nil {
		f.now, f.at = next, now
		return next, nil
	}
	if have == nil || f.load.Until() > 0 && now.Sub(f.at) > f.load.Until() {
		return nil, err
	}
	return have, nil
}
