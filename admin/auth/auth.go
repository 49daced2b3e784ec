// Package auth decides who may do what: people with passwords and sessions,
// programs with tokens.
//
// Stored are: an argon2id hash of each password, and the SHA-256 of each
// session cookie and token. Every request reads its person or token again, so
// that a change of role, a new password or a revocation counts at once.
//
// Nothing here speaks HTTP; admin/api does.
package auth

import (
	"errors"
	"sync"
	"time"

	"frontdesk/core"
)

// ErrDenied means that name and password do not belong together, or no longer
// may sign in. It does not say which.
var ErrDenied = errors.New("wrong name or password")

// ErrUnknown means that a cookie or token is not, or no longer, valid.
var ErrUnknown = errors.New("not signed in")

// Idle and absolute lifetimes of a session: a working shift without a click,
// and a day in all (NIST SP 800-63B asks to sign in again within 24 hours at
// its middle level).
const (
	DefaultIdle     = 8 * time.Hour
	DefaultAbsolute = 24 * time.Hour
)

// Options of a Service. Accounts and Now are needed; the rest has defaults.
type Options struct {
	Accounts  core.Accounts
	Now       func() time.Time
	Workspace core.WorkspaceID // people sign in to; core.DefaultWorkspace if ""
	Cost      Cost             // of new password hashes; DefaultCost if zero
	Idle      time.Duration    // DefaultIdle if 0
	Absolute  time.Duration    // DefaultAbsolute if 0
}

// Service knows people and programs. Safe for concurrent use.
type Service struct {
	o        Options
	hasher   *hasher
	throttle *throttle
	people   sync.Mutex // one change of a person at a time, so that an owner is left

	mu        sync.RWMutex
	ephemeral map[string]Principal // by digest
}

// New makes a Service.
func New(o Options) *Service {
	if o.Workspace == "" {
		o.Workspace = core.DefaultWorkspace
	}
	if o.Cost == (Cost{}) {
		o.Cost = DefaultCost
	}
	if o.Idle == 0 {
		o.Idle = DefaultIdle
	}
	if o.Absolute == 0 {
		o.Absolute = DefaultAbsolute
	}
	return &Service{o: o, hasher: newHasher(o.Cost), throttle: newThrottle(o.Now), ephemeral: map[string]Principal{}}
}

// Principal is who makes a request.
type Principal struct {
	Workspace core.WorkspaceID
	Name      string // of the person, or of the token
	Role      core.UserRole
	Browser   bool      // signed in with a cookie: writes need CSRF
	CSRF      string    // of a browser
	Expires   time.Time // of the session or token; zero: never
}
