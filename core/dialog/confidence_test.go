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
	for score, want := range map[float64]float64{.7: .7, 0: 0, 7: 1, -7: 0, math.Inf(1): 1} {
		if got := confidence(&core.Draft{Score: score}); got != want {
			t.Errorf("score %v: %v, want %v", score, got, want)
		}
	}
	if got := confidence(&core.Draft{Score: math.NaN()}); got != 0 {
		t.Errorf("no number is %v", got)
	}
	if got := confidence(nil); got != 0 {
		t.Errorf("no draft is %v", got)
	}
}
