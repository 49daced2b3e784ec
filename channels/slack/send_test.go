package slack_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack/slacktest"

	sim "frontdesk/channels/sim/slack"
	"frontdesk/channels/slack"
	"frontdesk/core"
)

func reply(address string, ev core.Event) core.Reply {
	return core.Reply{Address: address, Event: ev}
}

func says(text string) core.Event {
	return core.Event{Role: core.BotRole, Parts: []core.Part{{Text: text}}}
}

func TestSendToEachKindOfChat(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	root := do(t)(r.As("U1").Say("C1", "@frontdesk hi"))
	dm := do(t)(r.As("U1").DM("hi"))
	for _, c := range []struct {
		address, room, thread string
	}{{"D1", "D1", ""}, {"D1/" + dm, "D1", dm}, {"C1/" + root, "C1", root}, {"C1", "C1", ""}} {
		native, err := r.ch.Send(t.Context(), reply(c.address, says("**Hello** "+c.address)))
		if err != nil {
			t.Fatal(err)
		}
		room, ts, _ := strings.Cut(native, "/")
		m := r.message(room, ts)
		if room != c.room || m.Thread != c.thread || m.Text != "Hello "+c.address || m.Author != "frontdesk" {
			t.Errorf("%s: %+v in %s", c.address, m, room)
		}
	}
	for _, bad := range []string{"", "/1.0", "C1/x", "C1/1"} {
		if _, err := r.ch.Send(t.Context(), reply(bad, says("x"))); !core.IsPermanent(err) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if native, err := r.ch.Send(t.Context(), reply("D1", core.Event{Kind: core.Taken})); native != "" || err != nil {
		t.Errorf("an event without words: %q %v", native, err)
	}
	r.idle()
}

func TestSendShowsSourcesChoicesAndAuthor(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	ev := core.Event{Role: core.BotRole, Parts: []core.Part{{Text: "Returns cost <nothing> & take 5 days."}, {Kind: core.File, Text: "form [1].pdf", URL: "https://shop.test/f?a=1&b=2"},
		{Kind: core.Choice, Text: "Start a return", Value: "start"}, {Kind: core.Choice, Text: strings.Repeat("long", 30)}},
		Citations: []core.Citation{{Doc: "returns.pdf", Page: 3}, {Doc: "returns.pdf", Page: 3}, {Doc: "faq.csv", Title: "FAQ <b>", URL: "https://shop.test/faq"}}}
	if _, err := r.ch.Send(t.Context(), reply("D1", ev)); err != nil {
		t.Fatal(err)
	}
	m := r.Transcript("D1")[0]
	if want := "Returns cost <nothing> & take 5 days.\nform (1).pdf\n:page_facing_up: returns.pdf · 3 | FAQ b"; m.Text != want {
		t.Errorf("shows %q\nwant  %q", m.Text, want)
	}
	if want := []sim.Link{{Text: "form (1).pdf", URL: "https://shop.test/f?a=1&b=2"}, {Text: "FAQ b", URL: "https://shop.test/faq"}}; !slices.Equal(m.Links, want) {
		t.Errorf("links %v", m.Links)
	}
	if len(m.Buttons) != 2 || m.Buttons[0] != (sim.Button{ActionID: "choice_0", Text: "Start a return", Value: "start"}) {
		t.Errorf("buttons %+v", m.Buttons)
	}
	person := core.Event{Role: core.Agent, Key: "Bo <!here>", Parts: []core.Part{{Text: "<!channel> 2**3**4 [x](http://y.test)"}}}
	if _, err := r.ch.Send(t.Context(), reply("D1", person)); err != nil {
		t.Fatal(err)
	}
	if m := r.Transcript("D1")[1]; m.Author != "Bo !here" || len(m.Pings)+len(m.Links) > 0 || m.Text != "<!channel> 2**3**4 [x](http://y.test)" {
		t.Errorf("a person's words are %+v", m)
	}
	r.idle()
}

func TestLongRepliesGoOnWhereTheyStopped(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	var b strings.Builder
	for i := range 200 {
		fmt.Fprintf(&b, "Sentence %d is about as long as sentences are in answers. ", i)
	}
	long := reply("D1", says(b.String()))
	r.Fail("chat.postMessage", sim.Fault{Drop: true})
	r.Fail("chat.update", sim.Fault{})
	_, err := r.ch.Send(t.Context(), long)
	var se *core.SendError
	if !errors.As(err, &se) || se.Done != 0 || se.Permanent {
		t.Fatalf("%v", err)
	}
	// The first piece arrives, the second does not.
	first := true
	for r.tryPieces(&long, &first) {
	}
	var texts []string
	for _, m := range r.Transcript("D1") {
		if n := len([]rune(m.Raw)); n > 4000 {
			t.Errorf("a piece of %d characters", n)
		}
		if !strings.HasSuffix(m.Text, ".") {
			t.Errorf("a piece ends in the middle of a sentence: …%q", m.Text[len(m.Text)-20:])
		}
		texts = append(texts, m.Text)
	}
	if got := strings.Join(texts, " "); got != strings.TrimSpace(b.String()) || len(texts) < 3 {
		t.Errorf("%d pieces; something is lost or said twice", len(texts))
	}
	r.idle()
}

// tryPieces sends with a fault after every first piece and reports whether it
// has to go on.
func (r *rig) tryPieces(rep *core.Reply, first *bool) bool {
	if !*first {
		_, err := r.ch.Send(r.t.Context(), *rep)
		if err != nil {
			r.t.Fatal(err)
		}
		return false
	}
	*first = false
	r.Fail("chat.postMessage", sim.Fault{Status: 0}, sim.Fault{Status: 503})
	_, err := r.ch.Send(r.t.Context(), *rep)
	var se *core.SendError
	if !errors.As(err, &se) || se.Done != 1 {
		r.t.Fatalf("after one piece: %+v", err)
	}
	rep.Done = se.Done
	return true
}

func TestSendErrors(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault sim.Fault
		perm  bool
		after time.Duration
		want  string
	}{
		{"limited", sim.Fault{Status: 429, RetryAfter: 7 * time.Second}, false, 7 * time.Second, "rate limited"},
		{"limited, no time given", sim.Fault{Status: 429}, false, 5 * time.Second, "429"},
		{"limited, said in JSON", sim.Fault{Error: "ratelimited"}, false, 5 * time.Second, "rate limited"},
		{"server error", sim.Fault{Status: 500}, false, 0, "500"},
		{"gateway", sim.Fault{Status: 502}, false, 0, "502"},
		{"hangs up", sim.Fault{Drop: true}, false, 0, "chat.postMessage"},
		{"answer lost", sim.Fault{Lost: true}, false, 0, "chat.postMessage"},
		{"no channel", sim.Fault{Error: "channel_not_found"}, true, 0, "invite"},
		{"not in it", sim.Fault{Error: "not_in_channel"}, true, 0, "/invite"},
		{"archived", sim.Fault{Error: "is_archived"}, true, 0, "unarchive"},
		{"bad token", sim.Fault{Error: "invalid_auth"}, true, 0, "OAuth & Permissions"},
		{"revoked", sim.Fault{Error: "token_revoked"}, true, 0, "OAuth & Permissions"},
		{"inactive", sim.Fault{Error: "account_inactive"}, true, 0, "OAuth & Permissions"},
		{"too long", sim.Fault{Error: "msg_too_long"}, true, 0, "too long"},
		{"scope", sim.Fault{Error: "missing_scope", Needed: "chat:write"}, true, 0, `"chat:write"`},
		{"restricted", sim.Fault{Error: "restricted_action"}, true, 0, "admin"},
		{"blocks", sim.Fault{Error: "invalid_blocks"}, true, 0, "cannot show"},
		{"internal", sim.Fault{Error: "internal_error"}, false, 0, "internal_error"},
		{"new", sim.Fault{Error: "moon_in_wrong_phase"}, false, 0, "moon_in_wrong_phase"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, sim.Options{}, nil)
			r.Fail("chat.postMessage", c.fault)
			_, err := r.ch.Send(t.Context(), reply("D1", says("hi")))
			var se *core.SendError
			if !errors.As(err, &se) || se.Permanent != c.perm || se.After != c.after || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v (%+v)", err, se)
			}
			leaks(t, err)
		})
	}
}

func leaks(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, s := range []string{botToken, appToken, secret, "p4ssword"} {
			if strings.Contains(e.Error(), s) {
				t.Errorf("%q shows a secret", strings.ReplaceAll(e.Error(), s, "«"+s+"»"))
			}
		}
	}
}

// TestNoSecretInErrors provokes failures that quote what was sent.
func TestNoSecretInErrors(t *testing.T) {
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		_, _ = fmt.Fprintf(w, `{"ok":false,"error":"bad %s %s"}`, r.Form.Get("token"), r.Header.Get("Authorization"))
	}))
	defer echo.Close()
	redirect := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		w.Header().Set("Location", "http://[::1]:namedport/"+r.Form.Get("token"))
		w.WriteHeader(302)
	}))
	defer redirect.Close()
	dead := httptest.NewServer(nil)
	dead.Close()
	for _, base := range []string{echo.URL, redirect.URL, dead.URL, "http://user:p4ssword@127.0.0.1:1", "http://bad host/", "http://x.invalid/?t=" + botToken} {
		s := settings(newHouse(), conf{"bot_token": botToken, "app_token": appToken, "signing_secret": secret, "api_base_url": base})
		ch := open(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		_, err := ch.Send(ctx, reply("D1", says("hi")))
		if err == nil {
			t.Errorf("%s: sent", base)
		}
		leaks(t, err)
		if err := ch.Check(ctx); err == nil {
			t.Errorf("%s: checked", base)
		} else {
			leaks(t, err)
		}
		cancel()
		s.HTTP.CloseIdleConnections()
	}
}

// TestAgainstSlacktest sends through slack-go's own server.
func TestAgainstSlacktest(t *testing.T) {
	srv := slacktest.NewTestServer()
	srv.Start()
	defer srv.Stop()
	s := settings(newHouse(), conf{"bot_token": "TEST_TOKEN", "signing_secret": secret, "api_base_url": srv.GetAPIURL()})
	defer s.HTTP.CloseIdleConnections()
	ch := open(t, s)
	native, err := ch.Send(t.Context(), reply("C123ABC/1700000000.000100", core.Event{Role: core.Agent, Key: "Bo",
		Parts: []core.Part{{Text: "**Hi** there"}, {Kind: core.Choice, Text: "Yes"}}}))
	if err != nil || !strings.HasPrefix(native, "C123ABC/") {
		t.Errorf("%q, %v", native, err)
	}
	if self, err := ch.Self(t.Context()); err != nil || self == "" {
		t.Errorf("self %q, %v", self, err)
	}
}

func TestCheck(t *testing.T) {
	good := "chat:write,chat:write.customize,im:history,im:write,app_mentions:read,channels:history,channels:read,users:read,reactions:write,commands,files:read"
	for _, c := range []struct {
		name   string
		scopes string
		extra  conf
		room   sim.Room
		want   []string
	}{
		{"all well", good, nil, sim.Room{ID: "C0DESK"}, nil},
		{"socket mode", good, conf{"app_token": appToken, "signing_secret": ""}, sim.Room{ID: "C0DESK"}, nil},
		{"scopes", "chat:write,im:history", nil, sim.Room{ID: "C0DESK"}, []string{"chat:write.customize, im:write", "reinstall"}},
		{"not invited", good, nil, sim.Room{ID: "C0DESK", Without: true}, []string{"/invite", "C0DESK"}},
		{"wrong bot token", good, conf{"bot_token": "xoxb-old"}, sim.Room{ID: "C0DESK"}, []string{"invalid_auth", "bot_token"}},
		{"wrong app token", good, conf{"app_token": "xapp-old"}, sim.Room{ID: "C0DESK"}, []string{"apps.connections.open", "invalid_auth"}},
		{"no secret", good, conf{"signing_secret": ""}, sim.Room{ID: "C0DESK"}, []string{"signing_secret is empty"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, sim.Options{Scopes: c.scopes}, c.extra)
			r.AddRoom(c.room)
			err := r.ch.Check(t.Context())
			if (err == nil) != (c.want == nil) {
				t.Fatalf("%v", err)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q lacks %q", err, w)
				}
			}
			leaks(t, err)
		})
	}
}

func TestOpenRefusesMixedUpTokens(t *testing.T) {
	for _, c := range []struct {
		conf conf
		want string
	}{
		{conf{}, "bot_token is empty"},
		{conf{"bot_token": "xapp-1"}, "app_token"},
		{conf{"bot_token": "xoxp-1"}, "xoxb-"},
		{conf{"bot_token": "xoxb-1", "app_token": "xoxb-1"}, "connections:write"},
	} {
		if _, err := slack.Open(settings(newHouse(), c.conf)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.conf, err)
		}
	}
}
