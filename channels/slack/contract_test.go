package slack_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/channels/channeltest"
	sim "frontdesk/channels/sim/slack"
	"frontdesk/channels/slack"
	"frontdesk/core"
)

// TestContract holds the channel to what every channel promises.
func TestContract(t *testing.T) {
	config := map[string]any{"bot_token": botToken, "signing_secret": secret}
	long := reply("D1", says(strings.Repeat("A sentence. ", 700)))
	request := func(now time.Time, body []byte) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/events", bytes.NewReader(body))
		sign(r.Header, body, secret, now)
		return r
	}
	message := func(chat, n int) []byte {
		return fmt.Appendf(nil, `{"type":"event_callback","event_id":"Ev%d","event":{"type":"message","channel":"D%d","channel_type":"im","user":"U%d","text":"message %d","ts":"1700000000.%06d"}}`, n, chat, chat, n, n)
	}
	channeltest.Run(t, channeltest.Kit{
		Open: slack.Open, Config: config, NoSecret: map[string]any{"bot_token": botToken},
		Secrets: []string{botToken, secret}, Timestamped: true, Method: http.MethodGet,
		Request: func(now time.Time, chat, n int) *http.Request { return request(now, message(chat, n)) },
		Signed:  request,
		Unsigned: func(now time.Time) *http.Request {
			r := request(now, message(1, 1))
			r.Header.Del("X-Slack-Signature")
			return r
		},
		Reply: &long,
	})
}

// TestHandoffWithTheEngine goes the whole way with the real ledger and engine:
// the bot gives up, a person in Slack takes the case, answers, and gives it
// back, while customer and desk are the same app.
func TestHandoffWithTheEngine(t *testing.T) {
	s, err := sim.New(sim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.AddPerson(sim.Person{ID: "U1", Name: "Ann"})
	s.AddPerson(sim.Person{ID: "U2", Name: "Bo"})
	s.AddRoom(sim.Room{ID: "C0DESK", Name: "desk"})
	h := channeltest.New(t, givesUp, core.DeskRef{Channel: "sl", Room: "C0DESK"})
	set := h.Settings("sl", map[string]any{"bot_token": botToken, "signing_secret": secret, "api_base_url": s.APIURL()})
	set.Rooms, set.Now = []string{"C0DESK"}, time.Now
	defer set.HTTP.CloseIdleConnections()
	ch := open(t, set)
	h.Start(t, ch)
	s.Connect(newHook(t, ch.Hook()))
	r := &rig{Server: s, ch: ch, t: t}

	do(t)(r.As("U1").DM("a person please"))
	r.until("the card is shown", func() bool { return len(r.Transcript("C0DESK")) == 1 })
	card := r.Transcript("C0DESK")[0]
	r.until("the bot says so", func() bool { return len(r.Transcript("D1")) == 2 })

	// Talk in the thread is internal, once the thread is known to be a case's.
	do(t)(r.As("U2").Reply("C0DESK", card.TS, "who knows about this?"))
	if err := r.As("U2").Press("C0DESK", card.TS, "frontdesk_take"); err != nil {
		t.Fatal(err)
	}
	r.until("the card says who has it", func() bool { return strings.Contains(r.Transcript("C0DESK")[0].Text, "with Bo") })
	do(t)(r.As("U1").DM("are you there?"))
	r.until("the desk hears the customer", func() bool { return strings.Contains(last(r.Thread("C0DESK", card.TS)).Text, "are you there?") })

	do(t)(r.As("U2").Reply("C0DESK", card.TS, ">> Yes, this is Bo."))
	r.until("the customer hears a person", func() bool { return last(r.Transcript("D1")).Text == "Yes, this is Bo." })
	if m := last(r.Transcript("D1")); m.Author != "Bo" {
		t.Errorf("said by %q", m.Author)
	}
	var said []string
	for _, m := range r.Transcript("D1") {
		said = append(said, m.Text)
	}
	if got := strings.Join(said, "|"); got != "a person please|I fetch a colleague.|are you there?|Yes, this is Bo." {
		t.Errorf("the customer saw %s", got)
	}

	// The buttons of the redrawn card carry the new epoch; an old one is stale.
	if err := r.As("U2").Press("C0DESK", card.TS, "frontdesk_return"); err != nil {
		t.Fatal(err)
	}
	r.until("the bot has it again", func() bool { return strings.Contains(r.Transcript("C0DESK")[0].Text, "back with the bot") })
	do(t)(r.As("U1").DM("a question"))
	r.until("the bot answers", func() bool { return last(r.Transcript("D1")).Text == "re: a question" })
	r.idle()
}

func last(ms []sim.Seen) sim.Seen {
	if len(ms) == 0 {
		return sim.Seen{}
	}
	return ms[len(ms)-1]
}
