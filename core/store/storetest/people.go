package storetest

import (
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
)

func located(e env) {
	a, b := e.leased(), e.handle()
	m := core.Envelope{Workspace: "w", Channel: "c", Address: "chat-7", Native: "1", Parts: []core.Part{{Text: "1"}}}
	first := e.accept(a, m)
	m.Native = "2"
	if second := e.accept(b, m); second.Conversation != first.Conversation || second.Seq != 2 {
		e.Fatalf("turns %v and %v", first, second)
	}
	m.Channel, m.Native = "c2", "3"
	if other := e.accept(a, m); other.Conversation == first.Conversation {
		e.Fatal("two channels share a conversation")
	}
	m.Channel, m.Workspace = "c", "w2"
	if other := e.accept(a, m); other.Conversation == first.Conversation {
		e.Fatal("two workspaces share a conversation")
	}
	e.commit(a, e.next(a, "1"), e.say("hi"), nil)
	d := e.claim(a, "hi")
	if d.Reply.Address != "chat-7" || d.Reply.Channel != "c" {
		e.Fatalf("reply goes to %q on %q", d.Reply.Address, d.Reply.Channel)
	}
}

func foreign(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	m := msg("a", "2")
	m.Channel = "other"
	var in *core.InputError
	if _, err := l.Accept(bg, m); !errors.As(err, &in) {
		e.Fatalf("Accept = %v, want an InputError", err)
	}
}

func speech(native, text string) core.Speech {
	return core.Speech{Conversation: "a", Surface: "web", Native: native, Agent: "ann", Parts: []core.Part{{Text: text}}}
}

func (e env) speak(l core.Ledger, s core.Speech) int64 {
	e.Helper()
	seq, err := l.Speak(bg, s)
	if err != nil {
		e.Fatalf("Speak: %v", err)
	}
	return seq
}

func speaks(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	w := e.next(l, "1")
	if seq := e.speak(l, speech("s1", "hello")); seq != 3 { // after the message and "ann joined"
		e.Fatalf("seq %d, want 3", seq)
	}
	if seq := e.speak(l, speech("s1", "hello")); seq != 3 {
		e.Fatalf("said again as %d", seq)
	}
	var c *core.ConflictError
	if _, err := l.Speak(bg, speech("s1", "other")); !errors.As(err, &c) {
		e.Fatalf("Speak = %v, want a conflict", err)
	}
	e.commit(l, w, e.say("too late"), core.ErrStale)
	if seq := e.speak(l, speech("s2", "still me")); seq != 4 { // no second "ann joined"
		e.Fatalf("seq %d, want 4", seq)
	}
	v, err := l.Conversation(bg, "a")
	if err != nil || v.State.Case.Mode != core.ByAgent || v.State.Case.Owner != "ann" || v.LastSeq != 4 {
		e.Fatalf("conversation %+v, %v", v, err)
	}
	e.settle(l, e.claim(l, "hello"), core.Sent, nil)
	e.settle(l, e.claim(l, "still me"), core.Sent, nil)
}

func wordsSurvive(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	e.speak(l, speech("s1", "goodbye"))
	if _, err := move(l, "a", 0, core.Returned); err != nil {
		e.Fatal(err)
	}
	e.settle(l, e.claim(l, "goodbye"), core.Sent, nil)
}

func notes(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	s := speech("n1", "careful with this one")
	s.Internal = true
	if seq := e.speak(l, s); seq != 0 {
		e.Fatalf("a note has seq %d", seq)
	}
	e.speak(l, s)
	s.Internal = false
	var c *core.ConflictError
	if _, err := l.Speak(bg, s); !errors.As(err, &c) {
		e.Fatalf("a note said aloud under the same id: %v", err)
	}
	ns, err := l.Notes(bg, "a")
	if err != nil || len(ns) != 1 || ns[0].Text != "careful with this one" || ns[0].After != 1 || ns[0].Agent != "ann" {
		e.Fatalf("notes %+v, %v", ns, err)
	}
	v, err := l.Conversation(bg, "a")
	if err != nil || v.State.Case.Mode != core.ByBot || v.LastSeq != 1 {
		e.Fatalf("conversation %+v, %v", v, err)
	}
	e.claim(l, "")
}

var room = core.DeskRef{Channel: "sl", Room: "C1"}

// opened is a ledger whose conversation a was handed to a desk.
func (e env) opened() core.Ledger {
	e.Helper()
	l := e.leased()
	e.accept(l, msg("a", "1"))
	o := e.say("a person will come")
	o.Events = append(o.Events, core.Event{Kind: core.Handed, Mode: core.Waiting, Key: core.ReasonAsked})
	o.Desk = []core.DeskPost{{Action: core.DeskOpen, Ref: room, Card: core.Card{Conversation: "a", Reason: core.ReasonAsked, Asked: "1"}}}
	e.commit(l, e.next(l, "1"), o, nil)
	e.settle(l, e.claim(l, "a person will come"), core.Sent, nil)
	return l
}

// show wants the next thing a desk is shown, and settles it.
func (e env) show(l core.Ledger, want core.DeskAction, thread, native string) *core.DeskPost {
	e.Helper()
	d, err := l.Claim(bg, time.Minute)
	if err != nil || d.Reply.Desk == nil || d.Reply.Desk.Action != want || d.Reply.Desk.Ref.Thread != thread || d.Reply.Channel != "sl" {
		e.Fatalf("Claim = %+v, %v, want %s in thread %q", d.Reply, err, want, thread)
	}
	if err := l.Settle(bg, d, core.Settlement{To: core.Sent, Native: native}); err != nil {
		e.Fatal(err)
	}
	return d.Reply.Desk
}

func desk(e env) {
	l := e.opened()
	e.accept(l, msg("a", "2"))
	o := e.say()
	o.Desk = []core.DeskPost{{Action: core.DeskSay, Role: core.Customer, Parts: []core.Part{{Text: "2"}}}}
	e.commit(l, e.next(l, "2"), o, nil)
	ref := core.DeskRef{Channel: "sl", Room: "C1", Thread: "171.5"}
	if _, err := l.ByThread(bg, "w", ref); !errors.Is(err, core.ErrNotFound) {
		e.Fatalf("ByThread before it is open: %v", err)
	}
	e.show(l, core.DeskOpen, "", "171.5")
	e.show(l, core.DeskSay, "171.5", "171.6")
	if c, err := l.ByThread(bg, "w", ref); err != nil || c != "a" {
		e.Fatalf("ByThread = %q, %v", c, err)
	}
	if _, err := l.ByThread(bg, "w2", ref); !errors.Is(err, core.ErrNotFound) {
		e.Fatalf("ByThread of another workspace: %v", err)
	}
	n := e.take(l, 1)
	p := e.show(l, core.DeskUpdate, "171.5", "")
	if p.Card.Owner != "ann" || p.Card.Epoch != n || p.Card.Asked != "1" || p.Card.Mode != core.ByAgent {
		e.Fatalf("card %+v", p.Card)
	}
	if _, err := move(l, "a", n, core.Resolved); err != nil {
		e.Fatal(err)
	}
	e.show(l, core.DeskClose, "171.5", "")
	e.accept(l, msg("a", "3")) // a new case is not this desk's
	o = e.say()
	o.Desk = []core.DeskPost{{Action: core.DeskSay}}
	e.commit(l, e.next(l, "3"), o, nil)
	e.claim(l, "")
}

func deskMirror(e env) {
	l := e.opened()
	e.show(l, core.DeskOpen, "", "171.5")
	e.speak(l, speech("s1", "hello"))
	e.show(l, core.DeskUpdate, "171.5", "")
	e.settle(l, e.claim(l, "hello"), core.Sent, nil)
	if p := e.show(l, core.DeskSay, "171.5", ""); p.Author != "ann" || core.JoinText(p.Parts) != "hello" {
		e.Fatalf("post %+v", p)
	}
	s := speech("s2", "from the desk itself")
	s.Surface = "sl"
	e.speak(l, s)
	e.settle(l, e.claim(l, "from the desk itself"), core.Sent, nil)
	e.claim(l, "")
}

func lists(e env) {
	l := e.leased()
	for i := range 5 {
		e.accept(l, msg(fmt.Sprint("c", i), fmt.Sprint(i)))
	}
	for _, c := range []core.ConversationID{"c1", "c3"} {
		if _, err := move(l, c, 0, core.Taken); err != nil {
			e.Fatal(err)
		}
	}
	e.list(l, "", 2, "c4", "c3", "c2", "c1", "c0")
	e.list(l, core.ByAgent, 1, "c3", "c1")
	e.list(l, core.ByBot, 10, "c4", "c2", "c0")
	e.list(l, core.Waiting, 10)
	var in *core.InputError
	if _, _, err := l.Conversations(bg, core.ListFilter{Workspace: "w", Cursor: "x", Limit: 1}); !errors.As(err, &in) {
		e.Fatalf("bad cursor: %v", err)
	}
	if got, _, err := l.Conversations(bg, core.ListFilter{Workspace: "w2", Limit: 9}); err != nil || len(got) != 0 {
		e.Fatalf("another workspace sees %v, %v", got, err)
	}
}

func (e env) list(l core.Ledger, m core.Mode, page int, want ...core.ConversationID) {
	e.Helper()
	var got []core.ConversationID
	for cursor := ""; ; {
		vs, next, err := l.Conversations(bg, core.ListFilter{Workspace: "w", Mode: m, Cursor: cursor, Limit: page})
		if err != nil || len(vs) > page {
			e.Fatalf("%d of a page of %d, %v", len(vs), page, err)
		}
		for _, v := range vs {
			got = append(got, v.ID)
		}
		if cursor = next; next == "" {
			break
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		e.Fatalf("list %q = %v, want %v", m, got, want)
	}
}

func traced(e env) {
	l := e.leased()
	turn := e.accept(l, msg("a", "1"))
	o := e.say("hi")
	o.Trace = []byte(`{"settled":"x"}`)
	e.commit(l, e.next(l, "1"), o, nil)
	if got, err := l.Trace(bg, turn); err != nil || string(got) != `{"settled":"x"}` {
		e.Fatalf("Trace = %s, %v", got, err)
	}
	turn.Seq = 99
	if _, err := l.Trace(bg, turn); !errors.Is(err, core.ErrNotFound) {
		e.Fatalf("Trace of nothing: %v", err)
	}
}

func watched(e env) {
	l := e.leased()
	one, stop := l.Watch("a")
	all, stopAll := l.Watch("")
	defer stopAll()
	told := func(ch <-chan core.ConversationID, what string) {
		e.Helper()
		select {
		case <-ch:
		case <-time.After(5 * time.Second):
			e.Fatalf("%s was not told", what)
		}
	}
	e.accept(l, msg("a", "1"))
	told(one, "a's watcher")
	told(all, "the watcher of all")
	e.commit(l, e.next(l, "1"), e.say("hi"), nil)
	told(one, "a's watcher")
	stop()
	stop() // twice is harmless
}

func drained(e env) {
	l := e.leased()
	first, later := e.accept(l, msg("a", "1")), e.accept(l, msg("a", "2"))
	w := e.next(l, "1")
	l.Drain()
	if _, err := l.Await(bg, later); !errors.Is(err, core.ErrDraining) {
		e.Fatalf("Await of a turn not begun = %v", err)
	}
	got := make(chan error, 1)
	go func() { _, err := l.Await(bg, first); got <- err }()
	e.commit(l, w, e.say("hi"), nil)
	if err := <-got; err != nil {
		e.Fatalf("Await of a running turn = %v", err)
	}
}

// namesakes: who has the case is a person, not a name.
func namesakes(e env) {
	l := e.leased()
	e.accept(l, msg("a", "1"))
	s := speech("s1", "hello")
	s.Person = "sl:U1"
	e.speak(l, s)
	s = speech("s2", "hello from another ann")
	s.Person = "sl:U2"
	if seq := e.speak(l, s); seq != 5 { // message, joined, said, joined, said
		e.Fatalf("seq %d, want 5: two people of one name are one", seq)
	}
	v, err := l.Conversation(bg, "a")
	if err != nil || v.State.Case.Person != "sl:U2" || v.State.Case.Owner != "ann" || v.State.Case.Epoch != 3 {
		e.Fatalf("case %+v, %v", v.State.Case, err)
	}
}
