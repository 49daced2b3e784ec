package dialog

import (
	"strconv"

	"frontdesk/core"
)

// askWhich puts a draft that asks back: its choices become readings, so that a
// button, a number or the words pick one, and the question before is asked of
// it. It counts as a miss, so that the next unsure turn goes to a person.
func (s *Script) askWhich(t *core.Turn, c float64) {
	t.Note(core.Event{Kind: core.Missed})
	var parts, kept []core.Part
	for _, p := range t.Draft.Parts {
		if p.Kind == core.Choice {
			p.Value = valuePick + strconv.Itoa(len(kept)+1)
			kept = append(kept, text(reading{value: p.Value, label: p.Text}.encode()))
		}
		parts = append(parts, p)
	}
	t.Trace.Add("offered", kept)
	t.Note(core.Event{Kind: core.Clarified, Parts: kept})
	t.Note(core.Event{Role: core.BotRole, Parts: parts, Score: &c, Verdict: core.VerdictClarified})
	t.Settle("clarified: which")
}
