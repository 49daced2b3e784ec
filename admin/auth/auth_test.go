package auth

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/store/mem"
)

const pass = "a fine password"

type world struct {
	*testing.T
	*clock
	*Service
	accounts *mem.Accounts
}

func newWorld(t *testing.T) world {
	t.Helper()
	c, a := newClock(), mem.NewAccounts()
	w := world{t, c, New(Options{Accounts: a, Now: c.now, Cost: cheap}), a}
	w.add("olga", core.RoleOwner)
	w.add("ann", core.RoleAgent)
	return w
}

func (w world) add(name string, r core.UserRole) {
	w.Helper()
	if made, err := w.AddUser(bg, name, r, pass); err != nil || made != "" {
		w.Fatalf("AddUser = %q, %v", made, err)
	}
}

func (w world) in(name string) string {
	w.Helper()
	cookie, _, err := w.SignIn(bg, name, pass, "10.0.0.1")
	if err != nil {
		w.Fatal(err)
	}
	return cookie
}

func (w world) want(err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Fatalf("err = %v, want %v", err, want)
	}
}

func (w world) wantInput(err error, text string) {
	w.Helper()
	var input *core.InputError
	if !errors.As(err, &input) || !strings.Contains(err.Error(), text) {
		w.Fatalf("err = %v, want one about %q", err, text)
	}
}

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	if err := w.SetDisabled(bg, "ann", true); err != nil {
		t.Fatal(err)
	}
	w.add("王芳", core.RoleEditor)
	for _, tc := range []struct {
		name, password string
		want           error
	}{
		{"olga", pass, nil},
		{" OLGA", pass, nil},
		{"王芳", pass, nil},
		{"olga", "ａ fine password", nil}, // full width: the same characters
		{"olga", pass + " ", ErrDenied},
		{"olga", "", ErrDenied},
		{"olga", strings.Repeat("x", 1<<20), ErrDenied},
		{"nobody", pass, ErrDenied},
		{"", "", ErrDenied},
		{"a b", pass, ErrDenied},
		{"ann", pass, ErrDenied}, // disabled
	} {
		cookie, p, err := w.SignIn(bg, tc.name, tc.password, "10.0.0.9")
		if !errors.Is(err, tc.want) {
			t.Errorf("%q: %v, want %v", tc.name, err, tc.want)
		}
		if (err == nil) != (cookie != "") || (err == nil) != (p.CSRF != "") {
			t.Errorf("%q: cookie %q, principal %+v", tc.name, cookie, p)
		}
	}
}

// TestUnknownNamesCostTheSame: who has no account is not told by the clock.
func TestUnknownNamesCostTheSame(t *testing.T) {
	w := newWorld(t)
	h := w.hasher
	n := 0
	h.key = func(c Cost, password string, salt []byte, size uint32) []byte {
		n++
		return c.key(password, salt, size)
	}
	for i, name := range []string{"olga", "nobody", "not a name"} {
		_, _, err := w.SignIn(bg, name, "wrong password", "10.0.0.7")
		w.want(err, ErrDenied)
		if n != i+1 {
			t.Fatalf("%s: %d keys were derived, want %d", name, n, i+1)
		}
	}
	c, _, _, err := decode(h.dummy)
	if err != nil || c != h.cost {
		t.Fatalf("dummy is of cost %v, %v", c, err)
	}
	for range cap(h.turns) { // no hash can be computed now
		h.turns <- struct{}{}
	}
	for _, name := range []string{"olga", "nobody", "not a name"} {
		ctx, cancel := context.WithTimeout(bg, 5*time.Millisecond)
		_, _, err := w.SignIn(ctx, name, "wrong password", "10.0.0.1")
		cancel()
		w.want(err, context.DeadlineExceeded) // all of them wait for a hasher
	}
}

func TestSessionLife(t *testing.T) {
	w := newWorld(t)
	cookie := w.in("ann")
	p, err := w.ByCookie(bg, cookie)
	if err != nil || p.Name != "ann" || p.Role != core.RoleAgent || !p.Browser || !SameCSRF(p, p.CSRF) || SameCSRF(p, "") || SameCSRF(p, "x") {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, bad := range []string{"", cookie + "x", strings.ToLower(cookie), "x"} {
		if bad != cookie {
			_, err := w.ByCookie(bg, bad)
			w.want(err, ErrUnknown)
		}
	}
	stored, err := w.accounts.LoginByHash(bg, digest(cookie))
	if err != nil || bytes.Contains(stored.Hash, []byte(cookie)) {
		t.Fatalf("stored %+v, %v", stored, err)
	}
	if err := w.SignOut(bg, cookie); err != nil {
		t.Fatal(err)
	}
	_, err = w.ByCookie(bg, cookie)
	w.want(err, ErrUnknown)
	if err := w.SignOut(bg, cookie); err != nil {
		t.Fatal(err)
	}
}

func TestIdleAndAbsoluteExpiry(t *testing.T) {
	w := newWorld(t)
	idle, busy, watched := w.in("ann"), w.in("ann"), w.in("ann")
	start := w.t
	for h := 1; h < 24; h++ {
		w.t = start.Add(time.Duration(h) * time.Hour)
		p, err := w.ByCookie(bg, busy)
		if err != nil || p.Expires.After(start.Add(24*time.Hour)) {
			t.Fatalf("busy session after %d h: %v, %v", h, p.Expires, err)
		}
		_, err = w.Peek(bg, watched)
		if alive := err == nil; alive != (h < 8) {
			t.Fatalf("watched session after %d h: %v", h, err)
		}
	}
	_, err := w.ByCookie(bg, idle)
	w.want(err, ErrUnknown)
	w.t = start.Add(24 * time.Hour)
	_, err = w.ByCookie(bg, busy)
	w.want(err, ErrUnknown)
}

// TestWhatTheStoreSaysIsChecked: a session of a person who was disabled, or
// that claims to last too long, is none, however it came to be stored.
func TestWhatTheStoreSaysIsChecked(t *testing.T) {
	w := newWorld(t)
	cookie := w.in("ann")
	u, err := w.accounts.User(bg, core.DefaultWorkspace, "ann")
	if err != nil {
		t.Fatal(err)
	}
	u.Disabled = true
	if err := w.accounts.PutUser(bg, u); err != nil {
		t.Fatal(err)
	}
	_, err = w.ByCookie(bg, cookie)
	w.want(err, ErrUnknown)
	long := core.Login{Workspace: core.DefaultWorkspace, Hash: digest("x"), User: "olga", CSRF: "c",
		Created: w.t.Add(-25 * time.Hour), Expires: w.t.Add(time.Hour)}
	if err := w.accounts.PutLogin(bg, long); err != nil {
		t.Fatal(err)
	}
	_, err = w.ByCookie(bg, "x")
	w.want(err, ErrUnknown)
}

func TestChangesEndSessions(t *testing.T) {
	for name, change := range map[string]func(world) error{
		"password": func(w world) error { _, err := w.SetPassword(bg, "ann", "another password"); return err },
		"disabled": func(w world) error { return w.SetDisabled(bg, "ann", true) },
		"role":     func(w world) error { return w.SetRole(bg, "ann", core.RoleViewer) },
		"owner":    func(w world) error { return w.MakeOwner(bg, "ann") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ann, olga := w.in("ann"), w.in("olga")
			if err := change(w); err != nil {
				t.Fatal(err)
			}
			_, err := w.ByCookie(bg, ann)
			w.want(err, ErrUnknown)
			if _, err = w.ByCookie(bg, olga); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestPasswordChangedMeanwhile: who was checked against the old password does
// not get a session after it was changed.
func TestPasswordChangedMeanwhile(t *testing.T) {
	w := newWorld(t)
	u, _, err := w.check(bg, "ann", pass)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.SetPassword(bg, "ann", "another password"); err != nil {
		t.Fatal(err)
	}
	_, _, err = w.begin(bg, u, "")
	w.want(err, ErrDenied)
}

func TestOldHashesAreRenewed(t *testing.T) {
	w := newWorld(t)
	w.hasher = newHasher(Cost{Memory: 128, Passes: 2, Threads: 1})
	w.in("ann")
	u, err := w.accounts.User(bg, core.DefaultWorkspace, "ann")
	if err != nil || !strings.Contains(u.Hash, "$m=128,t=2,p=1$") {
		t.Fatalf("%s, %v", u.Hash, err)
	}
	w.in("ann")
}

func TestSignInIsThrottled(t *testing.T) {
	w := newWorld(t)
	for range freeTries {
		_, _, err := w.SignIn(bg, "ann", "wrong password", "10.0.0.1")
		w.want(err, ErrDenied)
	}
	_, _, err := w.SignIn(bg, "ann", pass, "10.0.0.1")
	var th *ThrottledError
	if !errors.As(err, &th) || th.After != time.Second {
		t.Fatalf("err = %v", err)
	}
	w.t = w.t.Add(time.Second)
	w.in("ann")
}

func TestPeople(t *testing.T) {
	w := newWorld(t)
	_, err := w.AddUser(bg, "Ann", core.RoleAgent, pass)
	w.wantInput(err, "already")
	_, err = w.AddUser(bg, "x", "boss", pass)
	w.wantInput(err, "unknown role")
	_, err = w.AddUser(bg, "x", core.RoleAgent, "short")
	w.wantInput(err, "too short")
	_, err = w.SetPassword(bg, "nobody", pass)
	w.wantInput(err, "no user")
	w.wantInput(w.SetDisabled(bg, "olga", true), "last owner")
	w.wantInput(w.SetRole(bg, "olga", core.RoleAdmin), "last owner")
	if err := w.MakeOwner(bg, "ann"); err != nil {
		t.Fatal(err)
	}
	if err := w.SetDisabled(bg, "olga", true); err != nil {
		t.Fatal(err)
	}
	w.wantInput(w.SetDisabled(bg, "ann", true), "last owner")
	if err := w.MakeOwner(bg, "olga"); err != nil { // and lets her in again
		t.Fatal(err)
	}
	w.in("olga")
	made, err := w.AddUser(bg, "zoe", core.RoleViewer, "")
	if err != nil || made == "" {
		t.Fatalf("%q, %v", made, err)
	}
	if _, _, err := w.SignIn(bg, "zoe", made, ""); err != nil {
		t.Fatal(err)
	}
}

func TestBootstrap(t *testing.T) {
	c, a := newClock(), mem.NewAccounts()
	s := New(Options{Accounts: a, Now: c.now, Cost: cheap})
	made, err := s.Bootstrap(bg, "Admin", "")
	if err != nil || made == "" {
		t.Fatalf("%q, %v", made, err)
	}
	if _, p, err := s.SignIn(bg, "admin", made, ""); err != nil || p.Role != core.RoleOwner {
		t.Fatalf("%+v, %v", p, err)
	}
	if again, err := s.Bootstrap(bg, "admin", "other password"); err != nil || again != "" {
		t.Fatalf("second: %q, %v", again, err)
	}
	if us, err := s.Users(bg); err != nil || len(us) != 1 {
		t.Fatalf("%v, %v", us, err)
	}
	given := New(Options{Accounts: mem.NewAccounts(), Now: c.now, Cost: cheap})
	if made, err := given.Bootstrap(bg, "admin", pass); err != nil || made != "" {
		t.Fatalf("%q, %v", made, err)
	}
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	secret, k, err := w.CreateToken(bg, "loader", core.RoleEditor, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	p, err := w.ByToken(bg, secret)
	if err != nil || p.Name != "loader" || p.Role != core.RoleEditor || p.Browser || p.CSRF != "" {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, bad := range []string{"", "fd_", secret[3:], secret + "0", strings.ToUpper(secret), "fd_" + strings.Repeat("0", 43), strings.Repeat("x", 1<<20)} {
		_, err := w.ByToken(bg, bad)
		w.want(err, ErrUnknown)
	}
	w.t = w.t.Add(time.Hour)
	_, err = w.ByToken(bg, secret)
	w.want(err, ErrUnknown)

	forever, k2, err := w.CreateToken(bg, "loader", core.RoleAgent, 0)
	if err != nil {
		t.Fatal(err)
	}
	w.t = w.t.AddDate(50, 0, 0)
	if _, err := w.ByToken(bg, forever); err != nil {
		t.Fatal(err)
	}
	w.wantInput(w.RevokeToken(bg, "loader"), "2 tokens")
	w.wantInput(w.RevokeToken(bg, "nope"), "no token")
	if err := w.RevokeToken(bg, k.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.RevokeToken(bg, "loader"); err != nil { // the one that is left
		t.Fatal(err)
	}
	_, err = w.ByToken(bg, forever)
	w.want(err, ErrUnknown)
	if bytes.Contains(k2.Hash, []byte(forever)) {
		t.Fatal("the secret is stored")
	}
	_, _, err = w.CreateToken(bg, "x", "boss", 0)
	w.wantInput(err, "unknown role")
	_, _, err = w.CreateToken(bg, "x", core.RoleAgent, -1)
	w.wantInput(err, "negative")
}

func TestEphemeralTokenIsStoredNowhere(t *testing.T) {
	w := newWorld(t)
	secret, revoke := w.Ephemeral("run", core.RoleEditor)
	if p, err := w.ByToken(bg, secret); err != nil || p.Role != core.RoleEditor || p.Name != "run" {
		t.Fatalf("%+v, %v", p, err)
	}
	if ts, err := w.Tokens(bg); err != nil || len(ts) != 0 {
		t.Fatalf("%v, %v", ts, err)
	}
	revoke()
	_, err := w.ByToken(bg, secret)
	w.want(err, ErrUnknown)
}

// broken fails every lookup: a store that is away must not look like a wrong
// password, nor let anybody in.
type broken struct{ core.Accounts }

var errAway = errors.New("store is away")

func (broken) User(context.Context, core.WorkspaceID, string) (core.User, error) {
	return core.User{}, errAway
}
func (broken) LoginByHash(context.Context, []byte) (core.Login, error) { return core.Login{}, errAway }
func (broken) TokenByHash(context.Context, []byte) (core.Token, error) { return core.Token{}, errAway }

func TestStoreAwayFailsClosed(t *testing.T) {
	w := newWorld(t)
	secret, _, err := w.CreateToken(bg, "x", core.RoleAgent, 0)
	if err != nil {
		t.Fatal(err)
	}
	cookie := w.in("ann")
	w.o.Accounts = broken{w.accounts}
	_, _, err = w.SignIn(bg, "ann", pass, "")
	w.want(err, errAway)
	_, err = w.ByCookie(bg, cookie)
	w.want(err, errAway)
	_, err = w.ByToken(bg, secret)
	w.want(err, errAway)
}
