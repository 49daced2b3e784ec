package web

import (
	"testing"

	"frontdesk/core"
)

// A socket and an event stream show an answer as it grows; what comes after the
// answer is not shown.
func TestDeltas(t *testing.T) {
	h := newHouse(nil)
	s := open(t, h.gateway(), config{})
	v := s.visitor(t)
	p := dial(t, s, v.Token, 0)
	p.expect("ready/0/")
	p.say(`{"type":"message","id":"a","text":"hi"}`)
	p.expect("ack/a/1", "message/1/hi", "typing/bot")
	glimpse := func(rev, index int, text string) {
		h.live.Publish(core.Glimpse{Conversation: v.Conversation, Turn: 1, Rev: rev, Index: index, Text: text})
	}
	glimpse(0, 0, "Re")
	g, err := p.next()
	if err != nil || g.Type != typeDelta || g.Text != "Re" || g.Turn != 1 {
		t.Fatalf("%+v %v", g, err)
	}
	glimpse(0, 1, "turns")
	p.expect("delta/0/turns")
	h.live.Publish(core.Glimpse{Conversation: "another", Turn: 1, Text: "not yours"})
	h.mu.Lock()
	h.settle(core.TurnID{Conversation: v.Conversation, Seq: 1}, echo("hi"))
	h.mu.Unlock()
	p.expect("message/2/re: hi")
	glimpse(0, 2, "late")
	p.say(`{"type":"ping"}`)
	p.expect("pong/0/")
}
