package core

import (
	"context"
	"time"
)

// UserRole is what a person may do.
type UserRole string

// The roles, weakest first. Each may what the one before may.
const (
	RoleViewer UserRole = "viewer" // read
	RoleAgent  UserRole = "agent"  // and talk to customers
	RoleEditor UserRole = "editor" // and change bots and documents
	RoleAdmin  UserRole = "admin"  // and manage people and tokens
	RoleOwner  UserRole = "owner"  // and cannot be removed by an admin
)

// May reports whether r includes need.
func (r UserRole) May(need UserRole) bool { return rank(r) >= rank(need) && rank(need) > 0 }

func rank(r UserRole) int {
	switch r {
	case RoleViewer:
		return 1
	case RoleAgent:
		return 2
	case RoleEditor:
		return 3
	case RoleAdmin:
		return 4
	case RoleOwner:
		return 5
	}
	return 0
}

// User is a person who works here.
type User struct {
	Workspace WorkspaceID
	Name      string // signs in with it; unique in the workspace
	Role      UserRole
	Hash      string // argon2id, PHC string format
	Disabled  bool
	Created   time.Time
}

// Token is a program's key: only its hash is kept.
type Token struct {
	Workspace WorkspaceID
	ID        string // shown in lists
	Name      string
	Role      UserRole
	Hash      []byte // SHA-256 of the token
	Created   time.Time
	Expires   time.Time // zero: never
}

// Login is a signed-in browser.
type Login struct {
	Workspace WorkspaceID
	Hash      []byte // SHA-256 of the cookie
	User      string
	CSRF      string
	Created   time.Time // of the sign-in: however busy, it ends a fixed time after
	Expires   time.Time // moves on while the browser is used
}

// Accounts keeps people, tokens and sign-ins. Safe for concurrent use. Lookups
// return ErrNotFound; expiry is the caller's to check.
type Accounts interface {
	PutUser(ctx context.Context, u User) error // by Workspace and Name
	User(ctx context.Context, w WorkspaceID, name string) (User, error)
	Users(ctx context.Context, w WorkspaceID) ([]User, error)

	PutToken(ctx context.Context, t Token) error
	TokenByHash(ctx context.Context, hash []byte) (Token, error)
	Tokens(ctx context.Context, w WorkspaceID) ([]Token, error)
	DeleteToken(ctx context.Context, w WorkspaceID, id string) error

	PutLogin(ctx context.Context, l Login) error
	LoginByHash(ctx context.Context, hash []byte) (Login, error)
	DeleteLogin(ctx context.Context, hash []byte) error
	DeleteLogins(ctx context.Context, w WorkspaceID, user string) error // all of one person

	// Secret returns the named random secret of n bytes, making it at the first
	// call: what web tokens are signed with survives a restart.
	Secret(ctx context.Context, name string, n int) ([]byte, error)
}
