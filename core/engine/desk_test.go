package engine_test

import (
	"errors"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/engine"
	"frontdesk/core/store"
	"frontdesk/core/store/mem"
)

// What people do on a desk, and what becomes of the case.
func TestOnDesk(t *testing.T) {
	l := store.New(mem.New(), store.Options{Now: time.Now})
	if _, err := l.Lease(t.Context(), time.Minute, core.Partitions); err != nil {
		t.Fatal(err)
	}
	accept(t, l, "a", "1", "a person!")
	w, err := l.Next(t.Context())
	if err == nil {
		err = l.Commit(t.Context(), w, core.Outcome{Events: []core.Event{{Kind: core.Handed, Mode: core.Waiting}},
			Desk: []core.DeskPost{{Action: core.DeskOpen, Ref: core.DeskRef{Channel: "d", Room: "r"}}}})
	}
	if err != nil {
		t.Fatal(err)
	}
	d, err := l.Claim(t.Context(), time.Minute)
	if err == nil {
		err = l.Settle(t.Context(), d, core.Settlement{To: core.Sent, Native: "7"})
	}
	if err != nil {
		t.Fatal(err)
	}
	ref := core.DeskRef{Channel: "d", Room: "r", Thread: "7"}
	on := engine.OnDesk(l)
	for _, step := range []struct {
		name  string
		ev    core.DeskEvent
		want  error
		mode  core.Mode
		epoch int64
		seq   int64
	}{
		{"a note stays inside", core.DeskEvent{Native: "n1", Do: core.DoNote, Text: "hm"}, nil, core.Waiting, 1, 1},
		{"a button", core.DeskEvent{Do: core.DoTake, Epoch: 1}, nil, core.ByAgent, 2, 2},
		{"pressed again", core.DeskEvent{Do: core.DoTake, Epoch: 1}, core.ErrStale, core.ByAgent, 2, 2},
		{"a reply", core.DeskEvent{Native: "n2", Do: core.DoReply, Text: "hello"}, nil, core.ByAgent, 2, 3},
		{"delivered again", core.DeskEvent{Native: "n2", Do: core.DoReply, Text: "hello"}, nil, core.ByAgent, 2, 3},
		{"given back as it is", core.DeskEvent{Do: core.DoReturn}, nil, core.ByBot, 3, 4},
		{"resolved", core.DeskEvent{Do: core.DoResolve, Epoch: 3}, nil, core.Closed, 4, 5},
		{"no case", core.DeskEvent{Do: core.DoTake, Ref: core.DeskRef{Channel: "d", Room: "r", Thread: "8"}}, core.ErrNotFound, core.Closed, 4, 5},
	} {
		step.ev.Workspace, step.ev.Name = "", "Ann"
		if step.ev.Ref == (core.DeskRef{}) {
			step.ev.Ref = ref
		}
		if err := on(t.Context(), step.ev); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", step.name, err, step.want)
		}
		v, err := l.Conversation(t.Context(), "a")
		if c := v.State.Case; err != nil || c.Mode != step.mode || c.Epoch != step.epoch || v.LastSeq != step.seq {
			t.Errorf("%s: %+v, last %d, %v", step.name, c, v.LastSeq, err)
		}
	}
	var in *core.InputError
	if err := on(t.Context(), core.DeskEvent{Ref: ref, Do: "dance"}); !errors.As(err, &in) {
		t.Errorf("dance: %v", err)
	}
	for thread, want := range map[string]bool{"7": true, "8": false} {
		ref.Thread = thread
		if got, err := engine.IsThread(t.Context(), l, "", ref); got != want || err != nil {
			t.Errorf("thread %s: %v, %v", thread, got, err)
		}
	}
}
