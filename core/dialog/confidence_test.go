package dialog

import (
	"math"
	"testing"

	"frontdesk/core"
)

func TestIntentConfidence(t *testing.T) {
	for _, c := range []struct {
		in   []core.Intent
		want float64
	}{
		{nil, 0},
		{[]core.Intent{{Score: .9}}, .9},
		{[]core.Intent{{Score: .6}, {Score: .3}}, .6},
		{[]core.Intent{{Score: .4}, {Score: .4}}, .2},
		{[]core.Intent{{Score: .4}, {Score: .35}}, .3},
	} {
		if got := intentConfidence(c.in); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v: %v, want %v", c.in, got, c.want)
		}
	}
}

func TestConfidence(t *testing.T) {
	at := func(passage, draft float64, by string) float64 {
		tn := &core.Turn{Passages: []core.Passage{{Score: passage}}}
		return confidence(tn, &core.Draft{Score: draft, By: by})
	}
	for _, c := range []struct {
		passage, draft float64
		by             string
		want           float64
	}{
		{.7, .7, byModel, .7}, {.9, .1, byModel, .5}, {.2, .9, byFAQ, .9}, {.2, .9, byIntent, .9}, {.2, .9, "graph", .9}, {.2, .9, "extract", .9}, {.5, 1, byModel, 0.9693},
		{0, 0, byModel, .001}, {.9, math.NaN(), byModel, 0.0866}, {.9, math.NaN(), "extract", 0}, {.9, 7, byFAQ, 1}, {.9, -7, byFAQ, 0},
	} {
		if got := at(c.passage, c.draft, c.by); math.Abs(got-c.want) > 1e-3 {
			t.Errorf("passage %v, draft %v by %s: %v, want %v", c.passage, c.draft, c.by, got, c.want)
		}
	}
	if got := confidence(&core.Turn{}, nil); got != 0 {
		t.Errorf("no draft is %v", got)
	}
	if got := confidence(&core.Turn{}, &core.Draft{Score: .6, By: "llm"}); got != .6 {
		t.Errorf("a draft of no passage is %v", got)
	}
}

// Better evidence never lowers the confidence.
func TestConfidenceIsMonotone(t *testing.T) {
	for _, by := range []string{byIntent, byFAQ, "extract", byModel} {
		for p := 0.0; p <= 1; p += .05 {
			for d := 0.0; d <= 1; d += .05 {
				c := func(p, d float64) float64 {
					return confidence(&core.Turn{Passages: []core.Passage{{Score: p}}}, &core.Draft{Score: d, By: by})
				}
				if now := c(p, d); now < 0 || now > 1 || c(p+.05, d) < now || c(p, d+.05) < now {
					t.Fatalf("%s at %v, %v: %v, then %v and %v", by, p, d, now, c(p+.05, d), c(p, d+.05))
				}
			}
		}
	}
	for s := 0.0; s <= .95; s += .05 {
		for second := 0.0; second <= s; second += .05 {
			c := func(s, second float64) float64 { return intentConfidence([]core.Intent{{Score: s}, {Score: second}}) }
			if c(s+.05, second) < c(s, second) || c(s, second+.05) > c(s, second)+1e-12 && second+.05 <= s {
				t.Fatalf("intents %v, %v", s, second)
			}
		}
	}
}
