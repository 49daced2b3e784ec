package web

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/channels"
	"frontdesk/channels/channeltest"
	"frontdesk/core"
)

// signed is what a shop's server computes for its user.
func signed(id string) string {
	m := hmac.New(sha256.New, []byte(testSecret))
	m.Write([]byte(id))
	return hex.EncodeToString(m.Sum(nil))
}

func user(id, hash string) string {
	return fmt.Sprintf(`{"user":{"id":%q,"name":"Bo","email":"bo@shop.example","hash":%q}}`, id, hash)
}

func TestIdentity(t *testing.T) {
	secret := map[string]any{"identity_secret": testSecret}
	d := furnish(t, channeltest.Echo, secret)
	phone := d.call(t, "POST", "/sessions", "", user("42", signed("42")))
	if phone.status != 201 {
		t.Fatalf("right hash: %d %s", phone.status, phone.raw)
	}
	d.call(t, "POST", "/messages?wait=5s", phone.Token, `{"id":"1","text":"from the phone"}`)
	laptop := d.call(t, "POST", "/sessions", "", user("42", strings.ToUpper(signed("42"))))
	if laptop.Conversation != phone.Conversation {
		t.Errorf("the second device has %s, the first %s", laptop.Conversation, phone.Conversation)
	}
	if r := d.call(t, "GET", "/messages", laptop.Token, ""); len(r.Items) != 2 {
		t.Errorf("history on the second device: %s", r.raw)
	}
	want := core.Contact{Native: "42", Name: "Bo", Email: "bo@shop.example", Level: core.Verified}
	if e := d.Accepted()[0]; e.Contact != want || e.Address != "user:42" || e.Conversation != phone.Conversation {
		t.Errorf("envelope %+v", e)
	}
	for name, hash := range map[string]string{"of another user": signed("43"), "too short": signed("42")[:62], "no hex": "zz", "empty HMAC key": "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"} {
		if r := d.call(t, "POST", "/sessions", "", user("42", hash)); r.status != 403 || r.Token != "" {
			t.Errorf("hash %s: %d %s", name, r.status, r.raw)
		}
	}
	if r := d.call(t, "POST", "/sessions", "", fmt.Sprintf(`{"user":{"id":"","hash":%q}}`, signed(""))); r.status != 403 {
		t.Errorf("a hash of no id: %d", r.status)
	}
	claimed := d.call(t, "POST", "/sessions", "", user("42", ""))
	if claimed.status != 201 || claimed.Conversation == phone.Conversation {
		t.Errorf("without a hash: %d %s", claimed.status, claimed.raw)
	}
	d.call(t, "POST", "/messages?wait=5s", claimed.Token, `{"id":"1","text":"it is me"}`)
	if r := d.call(t, "GET", "/messages", claimed.Token, ""); len(r.Items) != 2 {
		t.Errorf("a claimed user's history: %s", r.raw)
	}
	if e := d.Accepted()[1]; e.Contact.Level != core.Claimed || e.Address != string(claimed.Conversation) {
		t.Errorf("envelope %+v", e)
	}
}

func TestNoSecretNoProof(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{})
	m := hmac.New(sha256.New, nil)
	m.Write([]byte("42"))
	if r := s.call(t, "POST", "/sessions", "", user("42", hex.EncodeToString(m.Sum(nil)))); r.status != 403 {
		t.Errorf("a hash no secret can have made: %d %s", r.status, r.raw)
	}
}

func TestIdentify(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{IdentitySecret: testSecret})
	v := s.visitor(t)
	claimed := s.call(t, "POST", "/identify", v.Token, user("42", ""))
	if claimed.status != 200 || claimed.Conversation != v.Conversation {
		t.Errorf("a name keeps the conversation: %d %s", claimed.status, claimed.raw)
	}
	proven := s.call(t, "POST", "/identify", claimed.Token, user("42", signed("42")))
	if proven.status != 200 || proven.Conversation == v.Conversation {
		t.Errorf("a proof moves to the user's own: %d %s", proven.status, proven.raw)
	}
	if r := s.call(t, "POST", "/identify", proven.Token, user("7", "")); r.status != 403 {
		t.Errorf("another name on a proven session: %d %s", r.status, r.raw)
	}
	if r := s.call(t, "POST", "/identify", proven.Token, user("7", signed("42"))); r.status != 403 {
		t.Errorf("another user with the old hash: %d %s", r.status, r.raw)
	}
}

func TestAnonymousSessionsStoreNothing(t *testing.T) {
	h := newHouse(echo)
	s := open(t, h.gateway(), config{})
	v := s.visitor(t)
	p := dial(t, s, v.Token, 0)
	p.expect("ready/0/")
	s.call(t, "GET", "/messages", v.Token, "")
	if len(h.chats)+len(h.talks)+len(h.natives) != 0 {
		t.Error("something was stored for a visitor who said nothing")
	}
}

func TestLifetimes(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{IdentitySecret: testSecret})
	v := s.visitor(t)
	if d := v.Expires.Sub(s.clock.now()); d < visitorLife-time.Second || d > visitorLife {
		t.Errorf("a visitor's token lives %v", d)
	}
	proven := s.call(t, "POST", "/sessions", "", user("42", signed("42")))
	token, days := proven.Token, 0
	for ; days < 100; days++ { // refreshed twice a day, as a widget does
		s.clock.move(verifiedLife / 2)
		r := s.call(t, "POST", "/sessions/refresh", token, "")
		if r.status != 200 {
			break
		}
		if r.Conversation != proven.Conversation {
			t.Fatal("refreshing moved the conversation")
		}
		token = r.Token
	}
	if proof := time.Duration(days+1) * verifiedLife / 2; proof != maxProof {
		t.Errorf("a proof lasted %v, want %v", proof, maxProof)
	}
	s.clock.move(visitorLife)
	if r := s.call(t, "GET", "/messages", v.Token, ""); r.status != 401 || !strings.Contains(r.raw, "expired") {
		t.Errorf("an old token: %d %s", r.status, r.raw)
	}
}

func TestTokensAreBound(t *testing.T) {
	var g [3]signer
	for i, id := range []channels.Settings{{ID: "web", Workspace: "a"}, {ID: "web2", Workspace: "a"}, {ID: "web", Workspace: "b"}} {
		id.Secret = func(context.Context, string, int) ([]byte, error) { return bytes.Repeat([]byte{1}, 32), nil }
		g[i] = signer{s: id}
	}
	now := time.Now()
	in := session{conv: "c", level: core.Verified, user: visitor{ID: "1", Name: "名", Email: "e"}, began: now.Unix(), expires: now.Unix() + 10}
	token, err := g[0].seal(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := g[0].open(t.Context(), token, now)
	if diff := cmp.Diff(in, out, cmp.AllowUnexported(session{})); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	for i := 1; i < 3; i++ {
		if _, err := g[i].open(t.Context(), token, now); !errors.Is(err, errToken) {
			t.Errorf("%s/%s took another's token: %v", g[i].s.Workspace, g[i].s.ID, err)
		}
	}
	for i := range len(token) {
		b := []byte(token)
		b[i] ^= 1
		if s, err := g[0].open(t.Context(), string(b), now); err == nil {
			t.Errorf("character %d changed: %+v", i, s)
		}
	}
}

func TestSecretTrouble(t *testing.T) {
	var log bytes.Buffer
	fail := true
	s := open(t, newHouse(echo).gateway(), config{})
	s.tokens.s.Secret = func(context.Context, string, int) ([]byte, error) {
		if fail {
			return nil, errors.New("store is away")
		}
		return make([]byte, 32), nil
	}
	s.s.Log = slog.New(slog.NewTextHandler(&log, nil))
	if r := s.call(t, "POST", "/sessions", "", ""); r.status != 503 || strings.Contains(r.raw, "store") || !strings.Contains(log.String(), "store is away") {
		t.Errorf("%d %s, logged %s", r.status, r.raw, &log)
	}
	if r := s.call(t, "GET", "/messages", "fdw_x", ""); r.status != 503 {
		t.Errorf("a token nobody can check: %d", r.status)
	}
	fail = false
	s.visitor(t) // it works as soon as the store does
}

func TestOrigins(t *testing.T) {
	for _, tc := range []struct {
		name, origin string
		allowed      []string
		ok           bool
	}{
		{"listed", "https://shop.example", []string{"https://shop.example"}, true},
		{"any", "https://x.example", []string{"*"}, true},
		{"null under any", "null", []string{"*"}, true},
		{"not listed", "https://evil.example", []string{"https://shop.example"}, false},
		{"prefix of a listed one", "https://shop.example.evil.example", []string{"https://shop.example"}, false},
		{"other scheme", "http://shop.example", []string{"https://shop.example"}, false},
		{"other port", "https://shop.example:8443", []string{"https://shop.example"}, false},
		{"null", "null", []string{"https://shop.example"}, false},
		{"nobody listed", "https://shop.example", nil, false},
		{"the gateway's own", "https://desk.example", nil, true},
		{"the host asked", "self", nil, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := open(t, newHouse(echo).gateway(), config{AllowedOrigins: tc.allowed})
			if tc.origin == "self" {
				tc.origin = s.url
			}
			pre := s.call(t, "OPTIONS", "/messages", "", "", "Origin: "+tc.origin, "Access-Control-Request-Method: POST")
			post := s.call(t, "POST", "/sessions", "", "", "Origin: "+tc.origin)
			want, status, created := tc.origin, http.StatusNoContent, http.StatusCreated
			if !tc.ok {
				want, status, created = "", http.StatusForbidden, http.StatusForbidden
			}
			for _, r := range []result{pre, post} {
				if got := r.header.Get("Access-Control-Allow-Origin"); got != want || r.header.Get("Vary") != "Origin" {
					t.Errorf("allow %q, vary %q", got, r.header.Get("Vary"))
				}
				if r.header.Get("Access-Control-Allow-Credentials") != "" {
					t.Error("credentials are never allowed")
				}
			}
			if pre.status != status || post.status != created {
				t.Errorf("preflight %d, post %d", pre.status, post.status)
			}
			if tc.ok && !strings.Contains(pre.header.Get("Access-Control-Allow-Headers"), "Authorization") {
				t.Error("the preflight does not allow the token")
			}
		})
	}
}

func TestConfig(t *testing.T) {
	for name, tc := range map[string]struct {
		c    config
		want string // in the error; "" for none
	}{
		"empty":                {config{}, ""},
		"any":                  {config{AllowedOrigins: []string{"*"}}, ""},
		"secret and a list":    {config{AllowedOrigins: []string{"https://shop.example", "http://localhost:3000"}, IdentitySecret: testSecret}, ""},
		"secret and any":       {config{AllowedOrigins: []string{"*"}, IdentitySecret: testSecret}, "list the sites"},
		"slash at the end":     {config{AllowedOrigins: []string{"https://shop.example/"}}, "without a path"},
		"path":                 {config{AllowedOrigins: []string{"https://shop.example/chat"}}, "without a path"},
		"no scheme":            {config{AllowedOrigins: []string{"shop.example"}}, "https://"},
		"pattern":              {config{AllowedOrigins: []string{"*.example"}}, "origin"},
		"upper case is a typo": {config{AllowedOrigins: []string{"HTTPS://shop.example"}}, "origin"},
	} {
		_, err := load(func(into any) error { *into.(*config) = tc.c; return nil })
		if (err != nil) != (tc.want != "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := open(t, newHouse(echo).gateway(), config{IdentitySecret: "hunter2"})
	if log := s.log.String(); !strings.Contains(log, "short") || strings.Contains(log, "hunter2") {
		t.Errorf("a short secret: %q", log)
	}
	if _, err := Open(channeltest.New(t, channeltest.Echo, core.DeskRef{}).Settings("web", map[string]any{"allowed_orgins": []string{"*"}})); err == nil {
		t.Error("an unknown key was taken")
	}
}

// Tokens and secrets are in no answer and no log, whatever goes wrong.
func TestRedaction(t *testing.T) {
	h := newHouse(echo)
	s := open(t, h.gateway(), config{IdentitySecret: testSecret})
	v := s.call(t, "POST", "/sessions", "", user("42", signed("42")))
	var told strings.Builder
	h.readErr, h.awaitErr = errors.New("disk gone"), errors.New("disk gone")
	for _, path := range []string{"/events?access_token=" + v.Token + "&after=x", "/events?access_token=" + v.Token[:50], "/messages?access_token=" + v.Token} {
		r := s.call(t, "GET", path, "", "")
		told.WriteString(r.raw + fmt.Sprint(r.header))
	}
	s.subscribe(t, "/events?access_token="+v.Token).close()
	told.WriteString(s.call(t, "GET", "/messages", v.Token, "").raw)
	told.WriteString(s.call(t, "POST", "/messages?wait=1s", v.Token, `{"id":"1","text":"x"}`).raw)
	told.WriteString(s.call(t, "POST", "/sessions", "", user("42", signed("43"))).raw)
	s.live.end()
	all := told.String() + s.log.String()
	if !strings.Contains(all, "disk gone") {
		t.Fatal("nothing was logged: the test proves nothing")
	}
	for _, secret := range []string{v.Token[:30], testSecret, signed("42"), signed("43"), "access_token"} {
		if strings.Contains(all, secret) {
			t.Errorf("shown: %q", secret)
		}
	}
}

func TestSendIsRefused(t *testing.T) {
	s := open(t, newHouse(echo).gateway(), config{})
	if _, err := s.Send(t.Context(), core.Reply{}); !core.IsPermanent(err) {
		t.Error(err)
	}
}
