package dialog

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Readings below likely are not worth a question, nor are those less than
// comparable times as likely as the best. Of the others, the best mostOffered
// are offered.
const (
	likely      = 0.2
	comparable  = 0.4
	mostOffered = 2
)

// clarify asks back: with the likeliest readings if there are any, else it
// admits that it knows nothing. Either counts as a miss, so that the next
// unsure turn goes to a person.
func (s *Script) clarify(t *core.Turn, c float64) {
	t.Note(core.Event{Kind: core.Missed})
	rs := s.readings(t)
	if len(rs) == 0 && s.Approved {
		t.Handoff = core.ReasonUnsure // nothing that was approved fits, and nothing else may be said
		t.Signals = append(doubts(t, c), t.Signals...)
		return
	}
	if len(rs) == 0 {
		t.Note(core.Event{Role: core.BotRole, Parts: []core.Part{text(s.line(t, TextUnknown))}, Score: &c, Verdict: core.VerdictAbstained})
		t.Settle("abstained")
		return
	}
	rs = append(rs, reading{value: valueNone, label: s.line(t, TextNone)})
	parts, kept := []core.Part{text(s.line(t, TextClarify))}, make([]core.Part, len(rs))
	for i, r := range rs {
		kept[i] = text(r.encode())
		parts = append(parts, core.Part{Kind: core.Choice, Text: r.label, Value: r.value})
	}
	t.Trace.Add("offered", kept)
	t.Note(core.Event{Kind: core.Clarified, Parts: kept})
	t.Note(core.Event{Role: core.BotRole, Parts: parts, Score: &c, Verdict: core.VerdictClarified})
	t.Settle("clarified")
}

// readings are the likeliest ways to understand t, best first, no two with the
// same words.
func (s *Script) readings(t *core.Turn) []reading {
	var rs []reading
	add := func(r reading) {
		same := func(o reading) bool { return nlu.Normalize(o.label) == nlu.Normalize(r.label) }
		if r.label != "" && !slices.ContainsFunc(rs, same) {
			rs = append(rs, r)
		}
	}
	for _, i := range t.Intents {
		if !s.leads(i.Name) {
			continue
		}
		add(reading{value: valueIntent + i.Name, label: s.title(t, i.Name), score: i.Score})
	}
	for i, p := range t.Passages {
		if p.Question != "" {
			add(reading{value: valuePick + strconv.Itoa(i+1), label: p.Question, score: p.Score})
		}
	}
	slices.SortStableFunc(rs, func(a, b reading) int { return cmp.Compare(b.score, a.score) })
	if len(rs) == 0 {
		return nil
	}
	least := max(likely, comparable*rs[0].score)
	rs = slices.DeleteFunc(rs, func(r reading) bool { return r.score < least })
	return rs[:min(len(rs), mostOffered)]
}

// leads reports whether understanding an intent would lead anywhere.
func (s *Script) leads(intent string) bool {
	tp, _ := s.topic(intent)
	return len(tp.Answer) > 0 || tp.Handoff || s.startedBy(intent) != nil
}

// title is what the customer reads for an intent: its own title, or the flow's
// that it starts.
func (s *Script) title(t *core.Turn, intent string) string {
	tp, _ := s.topic(intent)
	if w := in(t, tp.Title); w != "" {
		return w
	}
	if f := s.startedBy(intent); f != nil {
		return in(t, f.Title)
	}
	return ""
}

// digressed comes back to a flow whose question the message did not answer: an
// answer found meanwhile is given and the question put again; else the
// question is put once more, and then a person is wanted.
func (s *Script) digressed(ctx context.Context, t *core.Turn, f *Flow, c float64) {
	id, again := retried(t.State().Step)
	i := f.index(id)
	r := &run{s: s, f: f, t: t}
	switch st := f.Steps[i]; {
	case s.asideTalk(t) != "":
		r.said = []core.Part{text(s.asideTalk(t)), text(s.line(t, TextResume))}
		r.wait(i, mark(again))
		r.finish()
	case t.Draft != nil && c >= t.Bot.Threshold:
		r.said = []core.Part{text(s.line(t, TextResume))}
		r.wait(i, mark(again))
		s.reply(t, c, r.said...)
		t.Settle("digression in flow: " + f.Name)
	case s.leaves(t, f) != nil: // a question that another flow answers
		s.begin(ctx, t, s.leaves(t, f))
	case st.Do == Ask && st.Entity == "" && nlu.Wordy(t.Norm) && !r.doubted(st) && r.valid(st, t.Text): // it looked like a question
		r.fill(st, t.Text)
		r.from(ctx, r.afterAnswer(i, t.Text))
		r.finish()
	case again:
		t.Note(core.Event{Kind: core.Missed})
		t.Trace.Add("asked twice", st.Slot)
		r.person()
	default:
		t.Note(core.Event{Kind: core.Missed})
		r.retry(i)
		t.Settle("asked again: " + f.Name)
	}
}

// leaves is the other flow that t surely means, nil if none.
func (s *Script) leaves(t *core.Turn, f *Flow) *Flow {
	if intentConfidence(t.Intents) < sureIntent {
		return nil
	}
	if to := s.startedBy(t.Intents[0].Name); to != f {
		return to
	}
	return nil
}

// asideTalk is the answer to small talk in a flow, "" if the message as a whole
// is none: a guess would only lead away from the flow.
func (s *Script) asideTalk(t *core.Turn) string {
	name, _ := chat(t.Norm)
	return s.smallTalkAnswer(t, name)
}

func mark(again bool) string {
	if again {
		return reasked
	}
	return ""
}

// retry puts the question of step i a second time, in the step's own words for
// that if it has some.
func (r *run) retry(i int) {
	st := r.f.Steps[i]
	words := r.words(st.Retry)
	switch {
	case r.doubted(st):
		words = r.s.line(r.t, TextRetry) + "\n" + r.words(st.Confirm)
	case words == "":
		words = r.s.line(r.t, TextRetry) + "\n" + r.words(st.Text)
	}
	r.put(i, words, reasked)
	say(r.t, core.VerdictClarified, r.said...)
}
