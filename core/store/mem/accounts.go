package mem

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"

	"frontdesk/core"
)

var _ core.Accounts = (*Accounts)(nil)

type member struct {
	workspace core.WorkspaceID
	id        string
}

// Accounts keeps people, tokens and sign-ins in memory: for tests, and as the
// shortest description of what core.Accounts does. Safe for concurrent use.
type Accounts struct {
	mu      sync.Mutex
	users   map[member]core.User
	tokens  map[member]core.Token
	logins  map[string]core.Login // by hash
	secrets map[string][]byte
}

// NewAccounts makes an empty one.
func NewAccounts() *Accounts {
	return &Accounts{users: map[member]core.User{}, tokens: map[member]core.Token{},
		logins: map[string]core.Login{}, secrets: map[string][]byte{}}
}

// PutUser implements core.Accounts.
func (a *Accounts) PutUser(_ context.Context, u core.User) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.users[member{u.Workspace, u.Name}] = u
	return nil
}

// User implements core.Accounts.
func (a *Accounts) User(_ context.Context, w core.WorkspaceID, name string) (core.User, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return found(a.users, member{w, name})
}

// Users implements core.Accounts.
func (a *Accounts) Users(_ context.Context, w core.WorkspaceID) ([]core.User, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := of(a.users, w)
	slices.SortFunc(out, func(x, y core.User) int { return cmp.Compare(x.Name, y.Name) })
	return out, nil
}

// PutToken implements core.Accounts.
func (a *Accounts) PutToken(_ context.Context, t core.Token) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for k, o := range a.tokens {
		if bytes.Equal(o.Hash, t.Hash) && k != (member{t.Workspace, t.ID}) {
			return errors.New("token hash is taken")
		}
	}
	t.Hash = bytes.Clone(t.Hash)
	a.tokens[member{t.Workspace, t.ID}] = t
	return nil
}

// TokenByHash implements core.Accounts.
func (a *Accounts) TokenByHash(_ context.Context, hash []byte) (core.Token, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.tokens {
		if bytes.Equal(t.Hash, hash) {
			return t, nil
		}
	}
	return core.Token{}, core.ErrNotFound
}

// Tokens implements core.Accounts.
func (a *Accounts) Tokens(_ context.Context, w core.WorkspaceID) ([]core.Token, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := of(a.tokens, w)
	slices.SortFunc(out, func(x, y core.Token) int { return cmp.Compare(x.ID, y.ID) })
	return out, nil
}

// DeleteToken implements core.Accounts.
func (a *Accounts) DeleteToken(_ context.Context, w core.WorkspaceID, id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.tokens[member{w, id}]; !ok {
		return core.ErrNotFound
	}
	delete(a.tokens, member{w, id})
	return nil
}

// PutLogin implements core.Accounts. Those that ended before l began are dropped.
func (a *Accounts) PutLogin(_ context.Context, l core.Login) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for k, o := range a.logins {
		if o.Expires.Before(l.Created) {
			delete(a.logins, k)
		}
	}
	l.Hash = bytes.Clone(l.Hash)
	a.logins[string(l.Hash)] = l
	return nil
}

// LoginByHash implements core.Accounts.
func (a *Accounts) LoginByHash(_ context.Context, hash []byte) (core.Login, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return found(a.logins, string(hash))
}

// DeleteLogin implements core.Accounts.
func (a *Accounts) DeleteLogin(_ context.Context, hash []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.logins, string(hash))
	return nil
}

// DeleteLogins implements core.Accounts.
func (a *Accounts) DeleteLogins(_ context.Context, w core.WorkspaceID, user string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for k, l := range a.logins {
		if l.Workspace == w && l.User == user {
			delete(a.logins, k)
		}
	}
	return nil
}

// Secret implements core.Accounts.
func (a *Accounts) Secret(_ context.Context, name string, n int) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.secrets[name] == nil {
		b := make([]byte, n)
		_, _ = rand.Read(b) // it never fails
		a.secrets[name] = b
	}
	if have := len(a.secrets[name]); have != n {
		return nil, fmt.Errorf("secret %s has %d bytes, not %d", name, have, n)
	}
	return bytes.Clone(a.secrets[name]), nil
}

func found[K comparable, V any](m map[K]V, k K) (V, error) {
	v, ok := m[k]
	if !ok {
		return v, core.ErrNotFound
	}
	return v, nil
}

func of[V any](m map[member]V, w core.WorkspaceID) []V {
	var out []V
	for k, v := range m {
		if k.workspace == w {
			out = append(out, v)
		}
	}
	return out
}
