package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
)

// SignIn checks a person's password and begins a session. cookie is its
// secret, given once. address is where they are, for the throttle. Errors:
// ErrDenied; *ThrottledError; core.ErrBusy when too many sign in at once.
func (s *Service) SignIn(ctx context.Context, name, password, address string) (cookie string, p Principal, err error) {
	clean, err := CleanName(name)
	if err != nil {
		clean = "" // nobody's: it takes as long as any other wrong name
	}
	if err := s.throttle.begin(clean, address); err != nil {
		return "", p, err
	}
	u, hash, err := s.check(ctx, clean, password)
	if err != nil {
		return "", p, err
	}
	s.throttle.succeed(clean, address)
	return s.begin(ctx, u, hash)
}

// check returns the user if the password is theirs, and a new hash of it if
// the stored one is of another cost. It takes as long for a name nobody has.
func (s *Service) check(ctx context.Context, name, password string) (u core.User, hash string, err error) {
	u, err = s.o.Accounts.User(ctx, s.o.Workspace, name)
	if err != nil && !errors.Is(err, core.ErrNotFound) {
		return u, "", fmt.Errorf("sign in: %w", err)
	}
	if len(password) > 4*maxPassword { // bytes: what cannot be one is not normalised
		password = ""
	}
	ok, outdated, err := s.hasher.verify(ctx, u.Hash, CleanPassword(password))
	if err != nil {
		return u, "", fmt.Errorf("sign in: %w", err)
	}
	if !ok {
		return u, "", ErrDenied
	}
	if outdated {
		if hash, err = s.hasher.hash(ctx, CleanPassword(password)); err != nil {
			return u, "", fmt.Errorf("sign in: %w", err)
		}
	}
	return u, hash, nil
}

// begin stores a session of u, unless the password or the person changed while
// it was checked.
func (s *Service) begin(ctx context.Context, u core.User, hash string) (cookie string, p Principal, err error) {
	s.people.Lock()
	defer s.people.Unlock()
	now, err := s.o.Accounts.User(ctx, u.Workspace, u.Name)
	if err != nil {
		return "", p, fmt.Errorf("sign in: %w", err)
	}
	if now.Hash != u.Hash || now.Disabled {
		return "", p, ErrDenied
	}
	if hash != "" {
		now.Hash = hash
		if err := s.o.Accounts.PutUser(ctx, now); err != nil {
			return "", p, fmt.Errorf("sign in: %w", err)
		}
	}
	l, cookie := s.login(u)
	if err := s.o.Accounts.PutLogin(ctx, l); err != nil {
		return "", p, fmt.Errorf("sign in: %w", err)
	}
	return cookie, browser(l, now), nil
}

func (s *Service) login(u core.User) (l core.Login, cookie string) {
	cookie, now := base62(random(secretBytes)), s.o.Now()
	return core.Login{Workspace: u.Workspace, Hash: digest(cookie), User: u.Name, CSRF: base62(random(secretBytes)),
		Created: now, Expires: now.Add(min(s.o.Idle, s.o.Absolute))}, cookie
}

func browser(l core.Login, u core.User) Principal {
	return Principal{Workspace: l.Workspace, Name: u.Name, Role: u.Role, Browser: true, CSRF: l.CSRF, Expires: l.Expires}
}

// ByCookie returns whose session it is; ErrUnknown if it is nobody's or over.
func (s *Service) ByCookie(ctx context.Context, cookie string) (Principal, error) {
	return s.byCookie(ctx, cookie, true)
}

// Peek is ByCookie without keeping an idle session alive: for a connection
// that stays open by itself.
func (s *Service) Peek(ctx context.Context, cookie string) (Principal, error) {
	return s.byCookie(ctx, cookie, false)
}

func (s *Service) byCookie(ctx context.Context, cookie string, used bool) (Principal, error) {
	if cookie == "" {
		return Principal{}, ErrUnknown
	}
	l, err := s.o.Accounts.LoginByHash(ctx, digest(cookie))
	if err != nil {
		return Principal{}, unknown(err)
	}
	now := s.o.Now()
	if !now.Before(l.Expires) || !now.Before(l.Created.Add(s.o.Absolute)) {
		return Principal{}, ErrUnknown
	}
	u, err := s.o.Accounts.User(ctx, l.Workspace, l.User)
	if err != nil {
		return Principal{}, unknown(err)
	}
	if u.Disabled {
		return Principal{}, ErrUnknown
	}
	if used {
		l, err = s.extend(ctx, l, now)
	}
	return browser(l, u), err
}

// extend moves the idle limit, at most every sixteenth of it: a session in use
// must not cost a write a request.
func (s *Service) extend(ctx context.Context, l core.Login, now time.Time) (core.Login, error) {
	until := now.Add(s.o.Idle)
	if end := l.Created.Add(s.o.Absolute); until.After(end) {
		until = end
	}
	if until.Sub(l.Expires) < s.o.Idle/16 {
		return l, nil
	}
	l.Expires = until
	if err := s.o.Accounts.PutLogin(ctx, l); err != nil {
		return l, fmt.Errorf("keep session: %w", err)
	}
	return l, nil
}

// SignOut ends the session; one that is over is no error.
func (s *Service) SignOut(ctx context.Context, cookie string) error {
	if err := s.o.Accounts.DeleteLogin(ctx, digest(cookie)); err != nil && !errors.Is(err, core.ErrNotFound) {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// SameCSRF reports, in constant time, whether token is p's.
func SameCSRF(p Principal, token string) bool {
	return p.CSRF != "" && subtle.ConstantTimeCompare([]byte(p.CSRF), []byte(token)) == 1
}

// unknown tells a missing row from a store that failed.
func unknown(err error) error {
	if errors.Is(err, core.ErrNotFound) {
		return ErrUnknown
	}
	return fmt.Errorf("check sign-in: %w", err)
}
