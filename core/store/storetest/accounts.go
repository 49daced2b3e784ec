package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/core"
)

// RunAccounts holds open's stores to the contract of core.Accounts. Each call
// of open is a new, empty one.
func RunAccounts(t *testing.T, open func(t *testing.T) core.Accounts) {
	for _, tc := range []struct {
		name string
		run  func(*testing.T, core.Accounts)
	}{
		{"users are kept by workspace and name", users},
		{"tokens are found by hash", tokens},
		{"a token's hash is unique", tokenHash},
		{"sign-ins are found by hash", logins},
		{"a person's sign-ins end together", loginsOf},
		{"sign-ins that are over are dropped", loginsOver},
		{"a secret is made once", secret},
		{"a secret asked for at once is one", secretRace},
		{"nothing is not found", nothing},
	} {
		t.Run(tc.name, func(t *testing.T) { tc.run(t, open(t)) })
	}
}

var day = time.Unix(1_700_000_000, 0).UTC()

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func missing(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, core.ErrNotFound) {
		t.Fatalf("err = %v, want ErrNotFound", err)
	}
}

func same[T any](t *testing.T, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("(-want +got)\n%s", d)
	}
}

func users(t *testing.T, a core.Accounts) {
	ann := core.User{Workspace: "w", Name: "ann", Role: core.RoleOwner, Hash: "h1", Created: day}
	ben := core.User{Workspace: "w", Name: "ben", Role: core.RoleAgent, Hash: "h2", Created: day.Add(time.Hour), Disabled: true}
	other := core.User{Workspace: "v", Name: "ann", Role: core.RoleViewer, Hash: "h3", Created: day}
	for _, u := range []core.User{ben, other, ann} {
		ok(t, a.PutUser(bg, u))
	}
	ann.Hash, ann.Role = "h4", core.RoleAdmin
	ok(t, a.PutUser(bg, ann))
	got, err := a.User(bg, "w", "ann")
	ok(t, err)
	same(t, got, ann)
	got, err = a.User(bg, "v", "ann")
	ok(t, err)
	same(t, got, other)
	all, err := a.Users(bg, "w")
	ok(t, err)
	same(t, all, []core.User{ann, ben}) // by name
}

func tokens(t *testing.T, a core.Accounts) {
	one := core.Token{Workspace: "w", ID: "1", Name: "bot", Role: core.RoleAgent, Hash: []byte{1, 2}, Created: day}
	two := core.Token{Workspace: "w", ID: "2", Name: "bot", Role: core.RoleEditor, Hash: []byte{0}, Created: day, Expires: day.Add(time.Hour)}
	other := core.Token{Workspace: "v", ID: "1", Name: "x", Role: core.RoleViewer, Hash: []byte{9}, Created: day}
	for _, k := range []core.Token{two, one, other} {
		ok(t, a.PutToken(bg, k))
	}
	got, err := a.TokenByHash(bg, []byte{0})
	ok(t, err)
	same(t, got, two)
	all, err := a.Tokens(bg, "w")
	ok(t, err)
	same(t, all, []core.Token{one, two}) // by id, which sorts by time
	ok(t, a.DeleteToken(bg, "w", "1"))
	_, err = a.TokenByHash(bg, one.Hash)
	missing(t, err)
	_, err = a.TokenByHash(bg, other.Hash)
	ok(t, err)
	missing(t, a.DeleteToken(bg, "w", "1"))
}

func tokenHash(t *testing.T, a core.Accounts) {
	k := core.Token{Workspace: "w", ID: "1", Hash: []byte{7}, Created: day}
	ok(t, a.PutToken(bg, k))
	k.Name = "renamed"
	ok(t, a.PutToken(bg, k))
	k.ID = "2"
	if a.PutToken(bg, k) == nil {
		t.Fatal("two tokens have one hash")
	}
}

func logins(t *testing.T, a core.Accounts) {
	l := core.Login{Workspace: "w", Hash: []byte{1}, User: "ann", CSRF: "c", Created: day, Expires: day.Add(time.Hour)}
	ok(t, a.PutLogin(bg, l))
	l.Expires = day.Add(2 * time.Hour)
	ok(t, a.PutLogin(bg, l))
	got, err := a.LoginByHash(bg, l.Hash)
	ok(t, err)
	same(t, got, l)
	ok(t, a.DeleteLogin(bg, l.Hash))
	ok(t, a.DeleteLogin(bg, l.Hash)) // it is gone either way
	_, err = a.LoginByHash(bg, l.Hash)
	missing(t, err)
}

func loginsOf(t *testing.T, a core.Accounts) {
	for i, who := range []struct{ w, user string }{{"w", "ann"}, {"w", "ann"}, {"w", "ben"}, {"v", "ann"}} {
		ok(t, a.PutLogin(bg, core.Login{Workspace: core.WorkspaceID(who.w), Hash: []byte{byte(i)}, User: who.user,
			Created: day, Expires: day.Add(time.Hour)}))
	}
	ok(t, a.DeleteLogins(bg, "w", "ann"))
	for i, gone := range []bool{true, true, false, false} {
		if _, err := a.LoginByHash(bg, []byte{byte(i)}); errors.Is(err, core.ErrNotFound) != gone {
			t.Fatalf("login %d: %v, want gone %v", i, err, gone)
		}
	}
}

func loginsOver(t *testing.T, a core.Accounts) {
	put := func(b byte, from time.Time) {
		ok(t, a.PutLogin(bg, core.Login{Workspace: "w", Hash: []byte{b}, User: "ann", Created: from, Expires: from.Add(time.Hour)}))
	}
	put(1, day)
	put(2, day.Add(30*time.Minute))
	put(3, day.Add(61*time.Minute))
	_, err := a.LoginByHash(bg, []byte{1})
	missing(t, err)
	_, err = a.LoginByHash(bg, []byte{2})
	ok(t, err)
}

func secret(t *testing.T, a core.Accounts) {
	one, err := a.Secret(bg, "one", 32)
	ok(t, err)
	again, err := a.Secret(bg, "one", 32)
	ok(t, err)
	two, err := a.Secret(bg, "two", 32)
	ok(t, err)
	if len(one) != 32 || !bytes.Equal(one, again) || bytes.Equal(one, two) || bytes.Equal(one, make([]byte, 32)) {
		t.Fatal("secrets are wrong")
	}
	if _, err := a.Secret(bg, "one", 16); err == nil {
		t.Fatal("a secret of another length was returned")
	}
	clear(one) // the caller's own
	if again, err = a.Secret(bg, "one", 32); err != nil || bytes.Equal(again, one) {
		t.Fatalf("a caller changed the secret, %v", err)
	}
}

func secretRace(t *testing.T, a core.Accounts) {
	got := make([]string, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			b, err := a.Secret(bg, "s", 16)
			got[i] = fmt.Sprintf("%x %v", b, err)
		})
	}
	wg.Wait()
	for _, g := range got {
		same(t, g, got[0])
	}
	if len(got[0]) != len("00112233445566778899aabbccddeeff <nil>") {
		t.Fatal(got[0])
	}
}

func nothing(t *testing.T, a core.Accounts) {
	_, err := a.User(bg, "w", "nobody")
	missing(t, err)
	_, err = a.TokenByHash(bg, []byte{1})
	missing(t, err)
	_, err = a.LoginByHash(bg, []byte{1})
	missing(t, err)
	us, err := a.Users(bg, "w")
	if err != nil || len(us) != 0 {
		t.Fatalf("users %v, %v", us, err)
	}
	ts, err := a.Tokens(bg, "w")
	if err != nil || len(ts) != 0 {
		t.Fatalf("tokens %v, %v", ts, err)
	}
	ok(t, a.DeleteLogins(bg, "w", "nobody"))
}
