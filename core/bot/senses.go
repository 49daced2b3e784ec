package bot

import (
	"regexp"
	"time"

	"frontdesk/core"
	"frontdesk/core/dialog"
	"frontdesk/core/handoff"
)

// glad are words of customers who are content.
var glad = regexp.MustCompile(`谢谢|感谢|多谢|太好了|太棒了|真棒|点赞|满意|喜欢|好评|\b(?:thanks?|thank you|great|awesome|perfect|wonderful|amazing|excellent|love it|happy with)\b`)

// angry is the weight of anger from which a customer counts as angry: the limit
// of the handoff policy.
const angry = 0.6

// mood is how the customer sounds: one of dialog.Moods.
func mood(t *core.Turn) string {
	switch a := handoff.Anger(t.Norm); {
	case a >= angry:
		return "angry"
	case a > 0:
		return "negative"
	case glad.MatchString(t.Norm):
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
