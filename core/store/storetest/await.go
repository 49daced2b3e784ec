package storetest

import (
	"context"
	"errors"
	"time"

	"frontdesk/core"
)

func awaitRemote(e env) {
	a, b := e.leased(), e.handle()
	turn := e.accept(b, msg("a", "1"))
	got := make(chan []core.Event, 1)
	go func() {
		said, err := b.Await(bg, turn)
		if err != nil {
			e.Error(err)
		}
		got <- said
	}()
	e.commit(a, e.next(a, "1"), e.say("hi"), nil)
	select {
	case said := <-got:
		if len(said) != 1 || said[0].Text() != "hi" || said[0].Seq != 2 {
			e.Fatalf("said %+v", said)
		}
	case <-time.After(5 * time.Second):
		e.Fatal("nothing came")
	}
}

// acceptRemote: b takes 1 and 3 in, the owner 2 and 4; the owner sees 2 first.
func acceptRemote(e env) {
	a, b := e.leased(), e.handle()
	e.accept(b, msg("a", "1"))
	e.accept(a, msg("a", "2"))
	e.accept(b, msg("a", "3"))
	e.accept(a, msg("a", "4"))
	for _, n := range []string{"1", "2", "3", "4"} {
		e.commit(a, e.next(a, n), e.say("re "+n), nil)
	}
	e.next(a, "")
}

func awaitLate(e env) {
	l := e.leased()
	turn := e.accept(l, msg("a", "1"))
	ctx, cancel := context.WithTimeout(bg, 30*time.Millisecond)
	defer cancel()
	if _, err := l.Await(ctx, turn); !errors.Is(err, context.DeadlineExceeded) {
		e.Fatalf("Await of an open turn = %v", err)
	}
	e.commit(l, e.next(l, "1"), e.say("x", "y"), nil)
	for _, none := range []core.TurnID{{Conversation: "a", Seq: 99}, {Conversation: "nobody", Seq: 1}} {
		if _, err := l.Await(bg, none); !errors.Is(err, core.ErrNotFound) {
			e.Fatalf("Await of %v = %v", none, err)
		}
	}
	said, err := e.handle().Await(bg, turn)
	if err != nil || len(said) != 2 || said[1].Text() != "y" || said[1].Turn != turn.Seq {
		e.Fatalf("said %+v, %v", said, err)
	}
}
