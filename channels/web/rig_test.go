package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/channels/channeltest"
	"frontdesk/core"
)

// desk is a web channel in the real house: ledger, engine and a scripted bot.
type desk struct {
	*site
	*channeltest.Rig
	refuse atomic.Pointer[error] // what Accept says instead of accepting
}

// furnish opens a channel in a house whose bot answers with a. Time is real.
func furnish(t testing.TB, a channeltest.Answer, config map[string]any) *desk {
	t.Helper()
	d := &desk{Rig: channeltest.New(t, a, core.DeskRef{})}
	s := d.Settings("web", config)
	s.Now = time.Now
	accept := s.Gateway.Accept
	s.Gateway.Accept = func(ctx context.Context, e core.Envelope) (core.Receipt, error) {
		if no := d.refuse.Load(); no != nil {
			return core.Receipt{}, *no
		}
		return accept(ctx, e)
	}
	ch, err := Open(s)
	if err != nil {
		t.Fatal(err)
	}
	d.site = &site{Channel: ch.(*Channel)}
	d.Start(t, ch)
	srv := httptest.NewServer(d.Hook())
	d.url = srv.URL
	t.Cleanup(func() {
		d.live.end()
		srv.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return d
}

// speak says text to the customer as a person.
func (d *desk) speak(t testing.TB, c core.ConversationID, id, agent, text string) {
	t.Helper()
	if _, err := d.Ledger.Speak(context.Background(), core.Speech{Conversation: c, Surface: "test", Native: id,
		Agent: agent, Parts: []core.Part{{Text: text}}}); err != nil {
		t.Error(err)
	}
}

// move changes the hands of a case.
func (d *desk) move(t testing.TB, c core.ConversationID, kind, agent string) {
	t.Helper()
	if _, err := d.Ledger.Move(context.Background(), core.Move{Conversation: c, Kind: kind, Agent: agent}); err != nil {
		t.Fatal(err)
	}
}
