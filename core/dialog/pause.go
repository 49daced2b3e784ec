package dialog

import (
	"context"
	"regexp"
	"strings"

	"frontdesk/core"
)

// begin starts f. A flow that waits is paused: the bot offers to go on with it
// when f has ended.
func (s *Script) begin(ctx context.Context, t *core.Turn, f *Flow) {
	before := t.State()
	if s.flow(before.Flow) != nil && before.Flow != f.Name {
		id, _ := retried(before.Step)
		t.Trace.Add("paused", before.Flow)
		t.Note(core.Event{Kind: core.Paused, Key: before.Flow, Parts: []core.Part{text(id)}})
	}
	r := &run{s: s, f: f, t: t}
	r.start(ctx, before)
	r.finish()
}

// jump goes on with another flow, or with another step of this one.
func (r *run) jump(i int) int {
	st := r.f.Steps[i]
	f := r.s.flow(st.Flow)
	if f == nil {
		return r.after(i, st.Next)
	}
	r.t.Trace.Add("jump", f.Name)
	r.f = f
	r.enter(r.t.State())
	return 0
}

// waiting is the flow that was paused last and can still go on; a frame that
// cannot is given up.
func (s *Script) waiting(t *core.Turn) (*Flow, core.Pause) {
	for {
		all := t.State().Paused
		if len(all) == 0 {
			return nil, core.Pause{}
		}
		p := all[len(all)-1]
		f := s.flow(p.Flow)
		if f != nil && (p.Step == "" || f.index(p.Step) >= 0) && t.Now().Sub(p.At) <= f.life() {
			return f, p
		}
		t.Note(core.Event{Kind: core.Abandoned})
	}
}

// offerBack asks whether to go on with what was interrupted, once nothing else
// waits.
func (r *run) offerBack() {
	if r.t.State().Flow != "" {
		return
	}
	f, _ := r.s.waiting(r.t)
	if f == nil {
		return
	}
	r.said = append(r.said, text(r.s.lineWith(r.t, TextGoOn, "title", r.s.called(r.t, f))))
	r.said = append(r.said, r.s.yesNo(r.t)...)
	r.t.Note(core.Event{Kind: core.Offering, Key: f.Name})
}

// called is what the customer reads for f.
func (s *Script) called(t *core.Turn, f *Flow) string {
	if w := in(t, f.Title); w != "" {
		return w
	}
	return s.line(t, TextThat)
}

var goOn = regexp.MustCompile(`^(?:(?:那|我们|好的?|请)*(?:继续|接着)(?:刚才的|之前的|办|来|说|吧|刚才)*|(?:ok |please |let'?s )*(?:go on|continue|carry on|resume|go back)(?: with)?(?: (?:the|that|it|my|where we were|to .{1,40}|\w{1,20}))*)$`)

// goesOn reports whether the message wants to go on with what was interrupted.
func goesOn(norm string) bool {
	b := bare(norm)
	return goOn.MatchString(b) || goOn.MatchString(strings.ReplaceAll(b, " ", ""))
}

// comeback reads t as the answer to whether to go on, if that was asked, or as
// the wish to. It reports whether the turn has ended; where t gives what the
// paused flow waits for, the flow goes on and takes it.
func (s *Script) comeback(ctx context.Context, t *core.Turn) bool {
	asked := t.State().GoOn
	if asked {
		t.Note(core.Event{Kind: core.Offering})
	}
	if t.State().Flow != "" {
		return false
	}
	f, p := s.waiting(t)
	if f == nil {
		return false
	}
	yes, said := agreed(t)
	switch {
	case asked && said && !yes:
		t.Note(core.Event{Kind: core.Abandoned})
		t.Note(core.Event{Kind: core.Answered})
		say(t, core.VerdictAnswered, text(s.line(t, TextDropped)))
		t.Settle("given up: " + f.Name)
	case asked && said, goesOn(t.Norm):
		s.comeBack(ctx, t, f, p)
	case asked && p.Step != "" && s.gives(t, f.Steps[f.index(p.Step)]):
		t.Note(core.Event{Kind: core.Resumed})
		return false
	default:
		return false
	}
	return true
}

func (s *Script) comeBack(ctx context.Context, t *core.Turn, f *Flow, p core.Pause) {
	before := t.State()
	t.Note(core.Event{Kind: core.Resumed})
	t.Trace.Add("resumed", f.Name)
	r := &run{s: s, f: f, t: t}
	if p.Step == "" {
		r.start(ctx, before)
	} else {
		r.say(s.line(t, TextResume))
		r.wait(f.index(p.Step), "")
	}
	r.finish()
}

// gives reports whether t surely holds what st asks for.
func (s *Script) gives(t *core.Turn, st Step) bool {
	_, ok := entity(t, st.Entity, sureEntity)
	return st.Entity != "" && ok
}
