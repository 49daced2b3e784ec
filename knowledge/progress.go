package knowledge

import (
	"context"
	"time"
)

// Progress is how far the reading of a file is.
type Progress struct{ Done, Total int } // pages, or 0 of 1 where there are none

// Left estimates the time still needed from the time it took so far; 0 while
// nothing is done.
func (p Progress) Left(took time.Duration) time.Duration {
	if p.Done <= 0 || p.Total <= p.Done {
		return 0
	}
	return took / time.Duration(p.Done) * time.Duration(p.Total-p.Done)
}

type progressKey struct{}

// WithProgress lets Parse call f as it goes on, one call after the other, but from
// another goroutine than its caller's and never after it returned. f must not
// block: reading waits for it.
func WithProgress(ctx context.Context, f func(Progress)) context.Context {
	return context.WithValue(ctx, progressKey{}, f)
}

// Report calls the function that WithProgress set, if any.
func Report(ctx context.Context, p Progress) {
	if f, ok := ctx.Value(progressKey{}).(func(Progress)); ok {
		f(p)
	}
}
