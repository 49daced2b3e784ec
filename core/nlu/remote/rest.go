package remote

import (
	"errors"
	"sync"
	"time"
)

// A model that failed enough times in a row is not asked for a while, so that
// customers do not wait for it one after another.
const (
	enough = 3
	pause  = 10 * time.Second
)

var errResting = errors.New("it failed several times in a row and is not asked for some seconds")

// rest counts failures. When the pause is over one question tries again.
type rest struct {
	now    func() time.Time
	mu     sync.Mutex
	failed int
	until  time.Time
}

// check is an error while the model rests.
func (r *rest) check() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed < enough {
		return nil
	}
	if r.now().Before(r.until) {
		return errResting
	}
	r.until = r.now().Add(pause) // this one tries, others wait for how it ends
	return nil
}

func (r *rest) note(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		r.failed = 0
		return
	}
	r.failed++
	r.until = r.now().Add(pause)
}
