package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"frontdesk/core"
)

// CreateToken makes a program's key. secret is shown once and not kept.
// lifetime 0 means that it does not expire.
func (s *Service) CreateToken(ctx context.Context, name string, role core.UserRole, lifetime time.Duration) (secret string, t core.Token, err error) {
	if name, err = CleanName(name); err != nil {
		return "", t, err
	}
	if err := CheckRole(role); err != nil {
		return "", t, err
	}
	if lifetime < 0 {
		return "", t, core.Invalid("the token's lifetime is negative: give a duration such as 720h, or none")
	}
	now := s.o.Now()
	secret = newToken()
	t = core.Token{Workspace: s.o.Workspace, ID: core.NewID(now), Name: name, Role: role, Hash: digest(secret), Created: now}
	if lifetime > 0 {
		t.Expires = now.Add(lifetime)
	}
	if err := s.o.Accounts.PutToken(ctx, t); err != nil {
		return "", t, fmt.Errorf("create token: %w", err)
	}
	return secret, t, nil
}

func newToken() string { return TokenPrefix + base62(random(secretBytes)) }

// Ephemeral makes a key that this process alone knows and forgets when it
// ends, or when revoke is called.
func (s *Service) Ephemeral(name string, role core.UserRole) (secret string, revoke func()) {
	secret = newToken()
	k := string(digest(secret))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ephemeral[k] = Principal{Workspace: s.o.Workspace, Name: name, Role: role}
	return secret, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ephemeral, k)
	}
}

// ByToken returns whose token it is; ErrUnknown if it is none or expired.
func (s *Service) ByToken(ctx context.Context, secret string) (Principal, error) {
	if len(secret) != len(TokenPrefix)+base62Width || !strings.HasPrefix(secret, TokenPrefix) {
		return Principal{}, ErrUnknown
	}
	hash := digest(secret)
	s.mu.RLock()
	p, ok := s.ephemeral[string(hash)]
	s.mu.RUnlock()
	if ok {
		return p, nil
	}
	t, err := s.o.Accounts.TokenByHash(ctx, hash)
	if err != nil {
		return Principal{}, unknown(err)
	}
	if !t.Expires.IsZero() && !s.o.Now().Before(t.Expires) {
		return Principal{}, ErrUnknown
	}
	return Principal{Workspace: t.Workspace, Name: t.Name, Role: t.Role, Expires: t.Expires}, nil
}

// Tokens lists the workspace's tokens, without their secrets, which nobody has.
func (s *Service) Tokens(ctx context.Context) ([]core.Token, error) {
	return s.o.Accounts.Tokens(ctx, s.o.Workspace)
}

// RevokeToken ends a token at once, by its id or, if only one has it, its name.
func (s *Service) RevokeToken(ctx context.Context, id string) error {
	ts, err := s.Tokens(ctx)
	if err != nil {
		return fmt.Errorf("revoke token: %w", err)
	}
	var named []string
	for _, t := range ts {
		if t.ID == id {
			return s.o.Accounts.DeleteToken(ctx, t.Workspace, t.ID)
		}
		if t.Name == id {
			named = append(named, t.ID)
		}
	}
	switch len(named) {
	case 0:
		return core.Invalid("there is no token %q: `frontdesk token list` shows the ids", id)
	case 1:
		return s.o.Accounts.DeleteToken(ctx, s.o.Workspace, named[0])
	}
	return core.Invalid("%d tokens are named %q: give the id that `frontdesk token list` shows", len(named), id)
}
