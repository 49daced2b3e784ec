package linear

import (
	"math"
	"strings"
	"testing"

	"frontdesk/core/nlu"
)

func TestExplain(t *testing.T) {
	r := learn(t, lessons())
	for text, want := range map[string]string{"我要退货": "退", "please send me the invoice": "invoice"} {
		best := r.Rank(text)[0].Name
		got := r.Explain(text, best)
		found := false
		for i, why := range got {
			if i > 0 && math.Abs(why.Weight) > math.Abs(got[i-1].Weight) {
				t.Errorf("%q: not strongest first: %v", text, got)
			}
			found = found || strings.Contains(why.Words, want) && why.Weight > 0
			if why.Words == "" {
				t.Errorf("%q: a feature has no spelling: %v", text, got)
			}
		}
		if !found || len(got) > mostReasons {
			t.Errorf("%q is %s because of %v, want %q among it", text, best, got, want)
		}
	}
	if got := r.Explain("我要退货", "no such intent"); got != nil {
		t.Errorf("%v", got)
	}
	if got := learn(t, nil).Explain("我要退货", "return"); got != nil {
		t.Errorf("%v", got)
	}
}

// Every feature a text has is spelt.
func FuzzSpell(f *testing.F) {
	f.Add("我要return the 水壶, it's broken 123")
	f.Fuzz(func(t *testing.T, text string) {
		norm := nlu.Normalize(text)
		spelt := spell(norm)
		for _, g := range grams(norm, nil) {
			if _, ok := spelt[g]; !ok {
				t.Fatalf("%q: %v is not spelt", norm, g)
			}
		}
	})
}
