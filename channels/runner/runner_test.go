package runner_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"frontdesk/channels"
	"frontdesk/channels/runner"
	"frontdesk/core"
)

type probe struct{ stopped *atomic.Int32 }

func (p probe) Run(ctx context.Context) error {
	<-ctx.Done()
	p.stopped.Add(1)
	return nil
}
func (probe) Send(context.Context, core.Reply) (string, error) { return "n", nil }

func TestApply(t *testing.T) {
	var opened int
	var stopped atomic.Int32
	kinds := channels.Kinds{
		"ok":  func(channels.Settings) (channels.Channel, error) { opened++; return probe{&stopped}, nil },
		"bad": func(channels.Settings) (channels.Channel, error) { return nil, errors.New("no token") },
	}
	r := runner.New(kinds, func(string, error) {})
	defer r.Close()
	spec := func(kind, name, digest string) runner.Spec {
		return runner.Spec{Kind: kind, Digest: digest, Settings: channels.Settings{ID: name}}
	}
	for _, step := range []struct {
		name            string
		want            []runner.Spec
		opened, stopped int
		err             string
	}{
		{"first", []runner.Spec{spec("ok", "a", "1"), spec("ok", "b", "1")}, 2, 0, ""},
		{"unchanged", []runner.Spec{spec("ok", "a", "1"), spec("ok", "b", "1")}, 2, 0, ""},
		{"broken config changes nothing", []runner.Spec{spec("bad", "c", "1"), spec("nope", "d", "1")}, 2, 0,
			"channel c: no token\nchannel d: unknown type \"nope\""},
		{"one changed, one gone", []runner.Spec{spec("ok", "a", "2")}, 3, 2, ""},
	} {
		err := r.Apply(context.Background(), step.want)
		if got := text(err); got != step.err {
			t.Fatalf("%s: err %q, want %q", step.name, got, step.err)
		}
		if opened != step.opened || int(stopped.Load()) != step.stopped {
			t.Fatalf("%s: opened %d stopped %d, want %d %d", step.name, opened, stopped.Load(), step.opened, step.stopped)
		}
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

type desk struct{ probe }

func (desk) Desk() core.Desk { return shown{} }

type shown struct{}

func (shown) Show(_ context.Context, p core.DeskPost) (string, error) {
	return "shown in " + p.Ref.Room, nil
}

// A reply goes to its channel, a desk's to its desk, and one to a channel that
// is gone is tried again: it may come back.
func TestSend(t *testing.T) {
	var stopped atomic.Int32
	r := runner.New(channels.Kinds{
		"plain": func(channels.Settings) (channels.Channel, error) { return probe{&stopped}, nil },
		"desk":  func(channels.Settings) (channels.Channel, error) { return desk{probe{&stopped}}, nil },
	}, func(string, error) {})
	err := r.Apply(context.Background(), []runner.Spec{
		{Kind: "plain", Settings: channels.Settings{ID: "p"}}, {Kind: "desk", Settings: channels.Settings{ID: "d"}}})
	if err != nil {
		t.Fatal(err)
	}
	post := &core.DeskPost{Ref: core.DeskRef{Room: "r"}}
	for _, tc := range []struct {
		channel   string
		post      *core.DeskPost
		want      string
		permanent bool
	}{
		{"p", nil, "n", false}, {"d", nil, "n", false}, {"d", post, "shown in r", false},
		{"p", post, "", true}, {"gone", nil, "", false},
	} {
		got, err := r.Send(context.Background(), core.Reply{Channel: tc.channel, Desk: tc.post})
		if got != tc.want || (err == nil) != (tc.want != "") || core.IsPermanent(err) != tc.permanent {
			t.Errorf("%+v: %q, %v", tc, got, err)
		}
	}
	r.Close()
	if stopped.Load() != 2 {
		t.Errorf("%d stopped, want 2", stopped.Load())
	}
	if _, ok := r.Get("p"); ok {
		t.Error("a closed runner has a channel")
	}
}
