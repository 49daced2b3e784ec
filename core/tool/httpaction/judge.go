package httpaction

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"syscall"
	"time"

	"frontdesk/core/fetch"
	"frontdesk/core/tool"
)

// longest is how long a server may ask to be left alone within a turn.
const longest = 3 * time.Second

// failed is an error of the exchange. What never left changed nothing.
func failed(err error) error {
	if errors.Is(err, fetch.ErrRefused) || errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("%w, %w: %w", tool.ErrUnavailable, tool.ErrUndone, err)
	}
	return fmt.Errorf("%w: %w", tool.ErrUnavailable, err)
}

// judge reads a status. after is when another try may help, negative if none will.
func judge(res *fetch.Response) (answer []byte, after time.Duration, err error) {
	switch s := res.Status; {
	case s >= 200 && s < 300:
		return res.Body, 0, nil
	case s == http.StatusNotFound, s == http.StatusGone:
		return nil, -1, tool.ErrNoMatch
	case s == http.StatusUnauthorized, s == http.StatusForbidden:
		return nil, -1, fmt.Errorf("%w, %w: status %d: are its credentials right?", tool.ErrUnavailable, tool.ErrUndone, s)
	case s == http.StatusTooManyRequests:
		return nil, retryAfter(res.Header), fmt.Errorf("%w, %w: status %d", tool.ErrUnavailable, tool.ErrUndone, s)
	case s == http.StatusRequestTimeout, s == http.StatusConflict, s >= 500:
		return nil, retryAfter(res.Header), fmt.Errorf("%w: status %d", tool.ErrUnavailable, s)
	default:
		return nil, -1, fmt.Errorf("%w, %w: status %d", tool.ErrUnavailable, tool.ErrUndone, s)
	}
}

// retryAfter is the header in seconds; -1 if it asks for more than a turn has.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	if d := time.Duration(n) * time.Second; d <= longest {
		return d
	}
	return -1
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
