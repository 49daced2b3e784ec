package slack_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"frontdesk/channels"
	sim "frontdesk/channels/sim/slack"
	"frontdesk/core"
)

func TestDirectMessage(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	ts := do(t)(r.As("U1").DM("where is <my> parcel & when? see example.com"))
	r.idle()
	got := r.house.got()
	if len(got) != 1 {
		t.Fatalf("%d turns", len(got))
	}
	e := got[0]
	if e.Text() != "where is <my> parcel & when? see example.com" {
		t.Errorf("text %q is not what was typed", e.Text())
	}
	if e.Address != "D1" || e.Native != "D1/"+ts || e.Channel != "sl" || e.Bot != "shop" || e.Workspace != "default" {
		t.Errorf("%+v", e)
	}
	if e.Contact.Native != "U1" || e.Contact.Level != core.Verified {
		t.Errorf("contact %+v", e.Contact)
	}
	if time.Since(e.SentAt).Abs() > time.Minute {
		t.Errorf("sent at %v", e.SentAt)
	}
	// By the second message the customer's name is known.
	r.until("looked up", func() bool { return len(r.Calls("users.info")) == 1 })
	do(t)(r.As("U1").DM("hello?"))
	if e := r.house.got()[1]; e.Contact.Name != "Ann" || e.Contact.Locale != "en-GB" {
		t.Errorf("contact %+v", e.Contact)
	}
}

func TestMentionIsOneTurnAndBeginsAThread(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	do(t)(r.As("U1").Say("C1", "just chatting"))
	root := do(t)(r.As("U1").Say("C1", "@frontdesk, what do returns cost?")) // told as message and as app_mention
	do(t)(r.As("U2").Reply("C1", root, "I would like to know too"))
	other := do(t)(r.As("U2").Say("C1", "lunch?"))
	do(t)(r.As("U1").Reply("C1", other, "yes"))
	mid := do(t)(r.As("U1").Reply("C1", other, "what do you think @frontdesk"))
	do(t)(r.As("U2").Reply("C1", other, "good idea"))
	r.idle()
	got := r.house.got()
	want := []struct{ address, text string }{
		{"C1/" + root, "what do returns cost?"}, {"C1/" + root, "I would like to know too"},
		{"C1/" + other, "what do you think"}, {"C1/" + other, "good idea"},
	}
	if len(got) != len(want) {
		t.Fatalf("turns:\n%s", summary(got))
	}
	for i, w := range want {
		if got[i].Address != w.address || got[i].Text() != w.text {
			t.Errorf("turn %d is %s %q, want %v", i, got[i].Address, got[i].Text(), w)
		}
	}
	if got[2].Native != "C1/"+mid {
		t.Errorf("native %s", got[2].Native)
	}
}

func TestThreadsSurviveARestart(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	root := do(t)(r.As("U1").Say("C1", "@frontdesk hello"))
	plain := do(t)(r.As("U1").Say("C1", "hello all"))
	fresh := open(t, settings(r.house, conf{"bot_token": botToken, "signing_secret": secret, "api_base_url": r.APIURL()}))
	srv := newHook(t, fresh.Hook())
	r.Connect(srv)
	do(t)(r.As("U1").Reply("C1", root, "still there?"))
	do(t)(r.As("U1").Reply("C1", plain, "not for the bot"))
	do(t)(r.As("U2").Reply("C1", plain, "nor this"))
	do(t)(r.As("U1").Reply("C1", root, "hello?"))
	r.idle()
	if got := r.house.got(); len(got) != 3 || got[1].Text() != "still there?" || got[2].Text() != "hello?" {
		t.Errorf("turns:\n%s", summary(got))
	}
	if n := len(r.Calls("conversations.replies")); n != 2 {
		t.Errorf("%d look-ups, one a thread is enough", n)
	}
	// When Slack cannot say, the message is not lost: it comes again.
	r.Fail("conversations.replies", sim.Fault{Status: 500})
	third := do(t)(r.As("U1").Say("C1", "another"))
	do(t)(r.As("U1").Reply("C1", third, "@frontdesk now you"))
	r.idle()
	if got := r.house.got(); len(got) != 4 {
		t.Errorf("turns:\n%s", summary(got))
	}
}

func TestOwnAndChangedMessagesAreIgnored(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	ts := do(t)(r.As("U1").DM("hello"))
	if _, err := r.ch.Send(t.Context(), core.Reply{Address: "D1", Event: core.Event{Parts: []core.Part{{Text: "hi <@U0BOT>"}}}}); err != nil {
		t.Fatal(err)
	}
	if err := r.As("U1").Edit("D1", ts, "hello!"); err != nil {
		t.Fatal(err)
	}
	if err := r.As("U1").Delete("D1", ts); err != nil {
		t.Fatal(err)
	}
	if err := r.As("U1").React("D1", r.Transcript("D1")[0].TS, "eyes"); err != nil {
		t.Fatal(err)
	}
	r.idle()
	if got := r.house.got(); len(got) != 1 {
		t.Errorf("turns:\n%s", summary(got))
	}
}

func TestFiles(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	do(t)(r.As("U1").DM("it looks like this", sim.File{ID: "F1", Name: "p.png", MIME: "image/png", Size: 7},
		sim.File{ID: "F2", Name: "v.pdf", MIME: "application/pdf"}, sim.File{ID: "F3", Name: "a.m4a", MIME: "audio/mp4"}))
	r.idle()
	ps := r.house.got()[0].Parts
	if len(ps) != 4 {
		t.Fatalf("parts %+v", ps)
	}
	if p := ps[1]; p.Kind != core.Image || p.Media != "F1" || p.Size != 7 || p.Name != "p.png" || p.MIME != "image/png" || p.URL == "" {
		t.Errorf("%+v", p)
	}
	if ps[2].Kind != core.File || ps[3].Kind != core.Voice || ps[3].Text != "" {
		t.Errorf("%+v", ps[2:])
	}
}

func TestChoice(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	for _, address := range []string{"D1", "thread"} {
		if address == "thread" {
			address = "C1/" + do(t)(r.As("U1").Say("C1", "@frontdesk hi"))
		}
		native, err := r.ch.Send(t.Context(), core.Reply{Address: address, Event: core.Event{Parts: []core.Part{{Text: "Which?"},
			{Kind: core.Choice, Text: "Return <it>", Value: "return"}, {Kind: core.Choice, Text: "Keep it", Value: "keep"}}}})
		if err != nil {
			t.Fatal(err)
		}
		room, ts, _ := strings.Cut(native, "/")
		if err := r.As("U1").Press(room, ts, "choice_0"); err != nil {
			t.Fatal(err)
		}
		got := r.house.got()
		e := got[len(got)-1]
		if e.Address != address || e.Parts[0] != (core.Part{Kind: core.Choice, Text: "Return <it>", Value: "return"}) {
			t.Errorf("%s %+v", e.Address, e.Parts)
		}
		r.until("shown", func() bool {
			for _, m := range r.Thread(room, ts) {
				if m.TS == ts {
					return len(m.Buttons) == 0 && strings.HasSuffix(m.Text, "▸ Ann: Return <it>")
				}
			}
			return false
		})
	}
	r.idle()
}

func TestCommand(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	for _, c := range []struct{ where, text, shown string }{
		{"C1", "什么时候发货？", "私信"}, {"D1", "when?", ""}, {"C1", " ", "Write your question after /ask"}, {"C0DESK", "hello", "desk room"},
	} {
		shown, err := r.As("U1").Command(c.where, "/ask", c.text)
		if err != nil || !strings.Contains(shown, c.shown) || c.shown == "" && shown != "" {
			t.Errorf("%v: shows %q %v", c, shown, err)
		}
	}
	got := r.house.got()
	if len(got) != 2 || got[0].Address != "D1" || got[0].Text() != "什么时候发货？" || got[1].Address != "D1" {
		t.Errorf("turns:\n%s", summary(got))
	}
	r.house.busy = core.ErrBusy
	if shown, err := r.As("U1").Command("D1", "/ask", "why?"); err != nil || !strings.Contains(shown, "try again") {
		t.Errorf("busy shows %q %v", shown, err)
	}
}

func TestOneEventThreeTimesIsOneTurn(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	body := golden(t, "dm").Raw
	for i := range 3 {
		if w := post(r.ch.Hook(), "/events", "application/json", body, time.Now()); w.Code != http.StatusOK {
			t.Fatalf("delivery %d: %d", i, w.Code)
		}
	}
	if got := r.house.got(); len(got) != 1 {
		t.Errorf("turns:\n%s", summary(got))
	}
}

func TestFailedFirstDeliveryIsMadeUpFor(t *testing.T) {
	after := make(chan time.Time)
	r := newRig(t, sim.Options{After: func(time.Duration) <-chan time.Time { return after }}, nil)
	r.house.failing = 2
	do(t)(r.As("U1").DM("hello")) // refused, and again at once
	after <- time.Time{}          // a minute later; it carries X-Slack-Retry-Num, and counts
	r.idle()
	if got := r.house.got(); len(got) != 1 {
		t.Errorf("turns:\n%s", summary(got))
	}
}

// TestWhoTheAppIs has Slack leave the authorizations out, as it may: the app
// asks who it is, once.
func TestWhoTheAppIs(t *testing.T) {
	r := newRig(t, sim.Options{}, nil)
	event := func(kind, ts, text string) []byte {
		return []byte(`{"type":"event_callback","event":{"type":"` + kind + `","channel":"C1","user":"U1","text":"` + text + `","ts":"` + ts + `"}}`)
	}
	r.Fail("auth.test", sim.Fault{Status: 500})
	for _, body := range [][]byte{
		event("app_mention", "1700000000.000100", "<@U0BOT> one"), // while Slack does not say
		event("app_mention", "1700000000.000200", "<@U0BOT> two"),
		event("message", "1700000000.000300", "three <@U0BOT|frontdesk>"),
		event("message", "1700000000.000400", "four <@U0OTHER>"),
	} {
		if w := post(r.ch.Hook(), "/events", "application/json", body, time.Now()); w.Code != 200 {
			t.Fatalf("status %d", w.Code)
		}
	}
	got := r.house.got()
	if len(got) != 3 || got[0].Text() != "one" || got[1].Text() != "two" || got[2].Text() != "three" {
		t.Errorf("turns:\n%s", summary(got))
	}
	if n := len(r.Calls("auth.test")); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestLongTextIsCutBetweenCharacters(t *testing.T) {
	r := newRig(t, sim.Options{}, nil, func(s *channels.Settings) { s.MaxText = 10 })
	do(t)(r.As("U1").DM("一二三四五"))
	r.idle()
	if got := r.house.got()[0].Text(); got != "一二三" {
		t.Errorf("%q", got)
	}
}
