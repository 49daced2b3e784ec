package auth

import (
	"context"
	"errors"
	"fmt"

	"frontdesk/core"
)

// Bootstrap makes the first person, an owner, if there is nobody yet. It
// returns the password it made if none was given, to be shown once, else "".
func (s *Service) Bootstrap(ctx context.Context, name, password string) (made string, err error) {
	us, err := s.Users(ctx)
	if err != nil || len(us) > 0 {
		return "", err
	}
	return s.AddUser(ctx, name, core.RoleOwner, password)
}

// AddUser makes a person. It returns the password it made if none was given.
func (s *Service) AddUser(ctx context.Context, name string, role core.UserRole, password string) (made string, err error) {
	if name, err = CleanName(name); err != nil {
		return "", err
	}
	if err := CheckRole(role); err != nil {
		return "", err
	}
	hash, made, err := s.newHash(ctx, name, password)
	if err != nil {
		return "", err
	}
	s.people.Lock()
	defer s.people.Unlock()
	_, err = s.o.Accounts.User(ctx, s.o.Workspace, name)
	if err == nil {
		return "", core.Invalid("there is a user %q already: `frontdesk user passwd` changes the password", name)
	}
	if !errors.Is(err, core.ErrNotFound) {
		return "", fmt.Errorf("add user: %w", err)
	}
	u := core.User{Workspace: s.o.Workspace, Name: name, Role: role, Hash: hash, Created: s.o.Now()}
	if err := s.o.Accounts.PutUser(ctx, u); err != nil {
		return "", fmt.Errorf("add user: %w", err)
	}
	return made, nil
}

// newHash hashes the password given, or one it makes.
func (s *Service) newHash(ctx context.Context, name, password string) (hash, made string, err error) {
	if password == "" {
		made = newPassword()
		password = made
	}
	if err := CheckPassword(name, password); err != nil {
		return "", "", err
	}
	hash, err = s.hasher.hash(ctx, CleanPassword(password))
	if err != nil {
		return "", "", fmt.Errorf("hash password: %w", err)
	}
	return hash, made, nil
}

// Users lists everybody, by name.
func (s *Service) Users(ctx context.Context) ([]core.User, error) {
	us, err := s.o.Accounts.Users(ctx, s.o.Workspace)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return us, nil
}

// SetPassword gives name a new password and ends their sessions. It returns
// the password it made if none was given.
func (s *Service) SetPassword(ctx context.Context, name, password string) (made string, err error) {
	if name, err = CleanName(name); err != nil {
		return "", err
	}
	hash, made, err := s.newHash(ctx, name, password)
	if err != nil {
		return "", err
	}
	return made, s.change(ctx, name, func(u *core.User) { u.Hash = hash })
}

// SetDisabled shuts name out, or lets them in again. The last owner stays.
func (s *Service) SetDisabled(ctx context.Context, name string, off bool) error {
	return s.change(ctx, name, func(u *core.User) { u.Disabled = off })
}

// SetRole changes what name may do. The last owner stays one.
func (s *Service) SetRole(ctx context.Context, name string, role core.UserRole) error {
	if err := CheckRole(role); err != nil {
		return err
	}
	return s.change(ctx, name, func(u *core.User) { u.Role = role })
}

// MakeOwner makes name an owner who may sign in: the way back for who locked
// everybody out.
func (s *Service) MakeOwner(ctx context.Context, name string) error {
	return s.change(ctx, name, func(u *core.User) { u.Role, u.Disabled = core.RoleOwner, false })
}

// change alters a person and ends their sessions, which were begun under what
// counted before.
func (s *Service) change(ctx context.Context, name string, f func(*core.User)) error {
	name, err := CleanName(name)
	if err != nil {
		return err
	}
	s.people.Lock()
	defer s.people.Unlock()
	u, err := s.o.Accounts.User(ctx, s.o.Workspace, name)
	if errors.Is(err, core.ErrNotFound) {
		return core.Invalid("there is no user %q: `frontdesk user list` shows all", name)
	}
	if err != nil {
		return fmt.Errorf("change user: %w", err)
	}
	was := u
	f(&u)
	if owns(was) && !owns(u) {
		if err := s.another(ctx, name); err != nil {
			return err
		}
	}
	if err := s.o.Accounts.PutUser(ctx, u); err != nil {
		return fmt.Errorf("change user: %w", err)
	}
	if err := s.o.Accounts.DeleteLogins(ctx, u.Workspace, u.Name); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

func owns(u core.User) bool { return u.Role == core.RoleOwner && !u.Disabled }

// another returns nil if somebody but name is an owner.
func (s *Service) another(ctx context.Context, name string) error {
	us, err := s.Users(ctx)
	if err != nil {
		return err
	}
	for _, u := range us {
		if u.Name != name && owns(u) {
			return nil
		}
	}
	return core.Invalid("%q is the last owner: `frontdesk user make-owner` another first", name)
}
