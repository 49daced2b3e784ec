package core_test

import (
	"testing"
	"time"

	"frontdesk/core"
)

func TestPick(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	all := core.FAQAnswer{Text: "all"}
	zh, en := core.FAQAnswer{Text: "zh", Lang: "zh"}, core.FAQAnswer{Text: "en", Lang: "en"}
	wx := core.FAQAnswer{Text: "wx", Channels: []string{"wx", "wx2"}}
	march := core.FAQAnswer{Text: "march", Channels: []string{"wx"}, From: day(2), Until: day(4)}
	for _, x := range []struct {
		answers       []core.FAQAnswer
		lang, channel string
		at            int
		want          string
	}{
		{[]core.FAQAnswer{all}, "zh", "web", 1, "all"},
		{[]core.FAQAnswer{all, zh}, "zh", "web", 1, "zh"},
		{[]core.FAQAnswer{zh, all}, "en", "web", 1, "all"},
		{[]core.FAQAnswer{zh}, "en", "web", 1, "zh"}, // better than nothing
		{[]core.FAQAnswer{zh, en}, "en", "", 1, "en"},
		{[]core.FAQAnswer{zh, wx}, "zh", "wx", 1, "wx"},
		{[]core.FAQAnswer{wx}, "zh", "web", 1, ""},
		{[]core.FAQAnswer{wx}, "zh", "", 1, ""},
		{[]core.FAQAnswer{march}, "zh", "wx", 1, ""},
		{[]core.FAQAnswer{march}, "zh", "wx", 2, "march"},
		{[]core.FAQAnswer{march}, "zh", "wx", 4, ""},
		{[]core.FAQAnswer{march, all}, "zh", "wx", 4, "all"},
		{nil, "zh", "wx", 4, ""},
	} {
		c := core.Curated{Answers: x.answers}
		got, ok := c.Pick(x.lang, x.channel, day(x.at))
		if got != x.want || ok != (x.want != "") {
			t.Errorf("%v for %s on %s, day %d: %q, %v", x.answers, x.lang, x.channel, x.at, got, ok)
		}
	}
}
