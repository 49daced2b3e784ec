package wechat

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/credential"
	"golang.org/x/sync/singleflight"
)

// tokenMargin is how long before its end a token is no longer used. The
// platform issues the next one 5 minutes before the end and takes both.
const tokenMargin = 5 * time.Minute

// stableToken is what the SDK's handle of the stable token does uncached. The
// platform returns the same token to every replica until it ends.
type stableToken interface {
	GetAccessTokenDirectly(ctx context.Context, forceRefresh bool) (credential.ResAccessToken, error)
}

// tokens keeps the account's access token. Safe for concurrent use: callers
// that find none share one call.
type tokens struct {
	fetch func(context.Context) (token string, lifetime time.Duration, err error)
	now   func() time.Time

	flight singleflight.Group
	mu     sync.Mutex
	token  string
	until  time.Time
}

// get returns a token that was good when last heard of. The shared call ends
// with the caller that began it: the others then make their own.
func (t *tokens) get(ctx context.Context) (string, error) {
	for {
		if token, ok := t.cached(); ok {
			return token, nil
		}
		token, err, _ := t.flight.Do("", func() (any, error) { return t.refresh(ctx) })
		if err == nil {
			return token.(string), nil
		}
		if ctx.Err() != nil || !errors.Is(err, context.Canceled) {
			return "", err
		}
	}
}

// refresh fetches a token unless another call did just now.
func (t *tokens) refresh(ctx context.Context) (string, error) {
	if token, ok := t.cached(); ok {
		return token, nil
	}
	token, lifetime, err := t.fetch(ctx)
	if err != nil {
		return "", err
	}
	t.keep(token, lifetime)
	return token, nil
}

// drop forgets token, unless it was replaced meanwhile.
func (t *tokens) drop(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == token {
		t.token = ""
	}
}

func (t *tokens) cached() (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.token, t.token != "" && t.now().Before(t.until)
}

func (t *tokens) keep(token string, lifetime time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.token, t.until = token, t.now().Add(max(lifetime-tokenMargin, lifetime/2))
}
