package bot

import (
	"time"

	"frontdesk/core"
	"frontdesk/core/dialog"
	"frontdesk/core/handoff"
	"frontdesk/core/nlu"
)

// angry is the weight of anger from which a customer counts as angry: the limit
// of the handoff policy.
const angry = 0.6

// mood is how the customer sounds: one of dialog.Moods.
func mood(t *core.Turn) string {
	a, s := handoff.Anger(t.Norm), nlu.Sentiment(t.Text)
	switch {
	case a >= angry:
		return "angry"
	case a > 0, s < 0:
		return "negative"
	case s > 0:
		return "positive"
	}
	return "neutral"
}

// open reports whether the house is open, by the definition's hours.
func (d Definition) open() (func(at time.Time) bool, error) {
	loc, err := d.location()
	if err != nil {
		return nil, err
	}
	return dialog.Week(d.Hours, d.Holidays, loc)
}
