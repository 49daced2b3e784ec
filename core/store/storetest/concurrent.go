package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"frontdesk/core"
	"frontdesk/core/store"
)

func order(e env) {
	l := e.leased()
	const convs, msgs = 20, 10
	var mu sync.Mutex
	got := map[core.ConversationID][]int64{}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for {
				mu.Lock()
				left := convs*msgs - total(got)
				mu.Unlock()
				if left <= 0 {
					return
				}
				w, ok := tryNext(l)
				if !ok {
					continue
				}
				mu.Lock()
				got[w.Turn.Conversation] = append(got[w.Turn.Conversation], w.Turn.Seq)
				mu.Unlock()
				if err := l.Commit(bg, w, e.say("re "+w.Envelope.Native)); err != nil {
					e.Error(err)
				}
			}
		})
	}
	for i := range convs * msgs {
		e.accept(l, msg(fmt.Sprint("c", i%convs), fmt.Sprint(i)))
	}
	wg.Wait()
	for c, seqs := range got {
		for i := 1; i < len(seqs); i++ {
			if seqs[i] <= seqs[i-1] {
				e.Fatalf("%s: turns in order %v", c, seqs)
			}
		}
	}
}

func gapless(e env) {
	l, other := e.leased(), e.handle()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			at := l
			if i%2 == 1 {
				at = other
			}
			for m := range 10 {
				e.accept(at, msg(fmt.Sprint("c", m%2), fmt.Sprint(i, "-", m)))
			}
		})
		wg.Go(func() {
			for range 10 {
				w, ok := tryNext(l)
				for !ok {
					w, ok = tryNext(l)
				}
				if err := l.Commit(bg, w, e.say("a", "b")); err != nil {
					e.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, c := range []core.ConversationID{"c0", "c1"} {
		evs, err := l.Events(bg, c, 0, 1000)
		if err != nil || len(evs) != 3*40 {
			e.Fatalf("%d events, want 120: %v", len(evs), err)
		}
		for i, ev := range evs {
			if ev.Seq != int64(i)+1 {
				e.Fatalf("event %d has seq %d", i, ev.Seq)
			}
		}
	}
}

func total(m map[core.ConversationID][]int64) (n int) {
	for _, s := range m {
		n += len(s)
	}
	return n
}

func tryNext(l core.Ledger) (core.Work, bool) {
	ctx, cancel := context.WithTimeout(bg, 20*time.Millisecond)
	defer cancel()
	w, err := l.Next(ctx)
	return w, err == nil
}

// together runs f 8 times at once, on two replicas in turn.
func (e env) together(f func(l *store.Ledger)) {
	at := [2]*store.Ledger{e.handle(), e.handle()}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() { f(at[i%2]) })
	}
	wg.Wait()
}

// locateRace: replicas that meet a new chat at once agree which conversation it is.
func locateRace(e env) {
	var mu sync.Mutex
	got := map[core.ConversationID]bool{}
	e.together(func(l *store.Ledger) {
		c, err := l.Locate(bg, core.Envelope{Workspace: "w", Channel: "c", Address: "chat-7"})
		if err != nil {
			e.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		got[c] = true
	})
	if len(got) != 1 || got[""] {
		e.Fatalf("one chat is %v", got)
	}
	e.together(func(l *store.Ledger) { // replicas that know the channel, too
		for i := range 20 {
			if _, err := l.Locate(bg, core.Envelope{Workspace: "w", Channel: "c", Address: fmt.Sprint("new-", i)}); err != nil {
				e.Error(err)
			}
		}
	})
}

// heldRace: whatever the order, a reply that would be held is free once the
// customer wrote.
func heldRace(e env) {
	l := e.leased()
	for i := range 100 {
		c := fmt.Sprint("c", i)
		e.accept(l, msg(c, c+"-1"))
		e.commit(l, e.next(l, c+"-1"), e.say(c), nil)
		d := e.claim(l, c)
		var wg sync.WaitGroup
		wg.Go(func() { e.accept(l, msg(c, c+"-2")) })
		wg.Go(func() { e.settle(l, d, core.Held, nil) })
		wg.Wait()
		got, err := l.Outgoing(bg, core.ConversationID(c))
		if err != nil || got[core.Queued] != 1 {
			e.Fatalf("round %d: %v, %v", i, got, err)
		}
		e.settle(l, e.claim(l, c), core.Sent, nil)
		e.commit(l, e.next(l, c+"-2"), core.Outcome{At: e.Now()}, nil)
	}
}

// strange: what customers, platforms and people write is kept as it is, whatever
// it looks like to a database.
func strange(e env) {
	l := e.leased()
	seen := map[core.ConversationID]bool{}
	for _, s := range []string{"AB", `\x4142`, `a\b`, `\\`, "a\x00b", "a'b", `"`} {
		m := core.Envelope{Workspace: "w", Channel: "c", Address: s, Native: s, Parts: []core.Part{{Text: s}}}
		turn := e.accept(l, m)
		c, err := l.Conversation(bg, turn.Conversation)
		if err != nil || c.Address != s || seen[turn.Conversation] {
			e.Fatalf("the chat %q is %q, %v", s, c.Address, err)
		}
		seen[turn.Conversation] = true
		sp := core.Speech{Conversation: turn.Conversation, Surface: "web", Native: s, Agent: "ann", Parts: m.Parts, Internal: true}
		if _, err := l.Speak(bg, sp); err != nil {
			e.Fatal(err)
		}
		if ns, err := l.Notes(bg, turn.Conversation); err != nil || len(ns) != 1 || ns[0].Text != s {
			e.Fatalf("the note %q is %+v, %v", s, ns, err)
		}
		if _, _, _, err := l.Pending(bg); err != nil {
			e.Fatal(err)
		}
	}
}

// sameRace: what a platform delivers eight times at once, and what a person's
// browser sends eight times at once, is there once.
func sameRace(e env) {
	var fresh atomic.Int64
	e.together(func(l *store.Ledger) {
		r, err := l.Accept(bg, msg("a", "1"))
		if err != nil || r.Turn.Seq != 1 {
			e.Errorf("Accept = %+v, %v", r, err)
		}
		if r.Fresh {
			fresh.Add(1)
		}
		if seq, err := l.Speak(bg, speech("s1", "hello")); err != nil || seq != 3 {
			e.Errorf("Speak = %d, %v", seq, err)
		}
	})
	evs, err := e.handle().Events(bg, "a", 0, 100)
	if err != nil || len(evs) != 3 || fresh.Load() != 1 {
		e.Fatalf("%d fresh, events %+v, %v", fresh.Load(), evs, err)
	}
}
