package dialog

import (
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// everything is a script with all that reads the customer's words.
func everything() *Script {
	s := shop()
	s.Rules = []Rule{
		{Name: "a", When: Condition{WhenText: {"price", "价格", "~ (a+)+b"}}, Tags: []string{"t"}},
		{Name: "b", When: Condition{WhenText: {"urgent"}}, Say: say1("{message}"), Continue: true},
	}
	s.Flows = append(s.Flows, Flow{Name: "story", Keywords: []string{"story"}, Steps: []Step{
		{Do: Ask, Slot: "s", Text: say1("Tell me."), Valid: Valid{MinLength: 2, Pattern: "(?s).*"}, Confirm: say1("{s}?")}, {Do: Done, Text: say1("{s}")}}})
	return s
}

// FuzzTalk ensures that whatever is said, wherever a conversation is, each turn
// ends with an answer or a person, and that the state stays bounded.
func FuzzTalk(f *testing.F) {
	for _, s := range []string{"where is it", "yes", "no, the other order", "取消", "send back A1", "story", "继续", "1", "urgent {message}", "\x00\xff", "🙂🙂", "2026-05-01"} {
		f.Add(s, "yes", "no")
	}
	f.Fuzz(func(t *testing.T, one, two, three string) {
		k := open(t, everything())
		for _, before := range []string{"", "send back", "story"} {
			k.st = core.State{}
			if before != "" {
				k.say(before)
			}
			for _, text := range []string{one, two, three} {
				got := k.say(text, order("A1"))
				if k.last.Settled() == "" && k.last.Handoff == "" {
					t.Fatalf("%q leaves the turn open", text)
				}
				if k.last.Handoff == "" && got == "" {
					t.Fatalf("%q is met with silence", text)
				}
				if k.last.Handoff != "" {
					break
				}
				if len(k.st.Paused) > 3 || len(k.st.Tags) > 32 {
					t.Fatalf("the state grows: %+v", k.st)
				}
			}
		}
	})
}

// Long texts cost little in all that reads them; the figure is for people, the
// bound twenty times what is promised, for machines that are busy.
func TestLongTexts(t *testing.T) {
	for name, unit := range map[string]string{"latin": "no, the other order please ", "han": "不对，另一个订单，", "letters": "aaaaaaaaaa", "marks": "?!。，{}", "digits": "20251103118 "} {
		text := strings.Repeat(unit, 100_000/len(unit))
		for _, before := range []string{"", "send back", "story"} {
			k := open(t, everything())
			if before != "" {
				k.say(before)
			}
			norm := nlu.Normalize(text)
			start := time.Now()
			k.say(norm)
			took := time.Since(start)
			t.Logf("%s, after %q: %d ms for %d kB", name, before, took.Milliseconds(), len(norm)/1000)
			if took > time.Second {
				t.Errorf("%s, after %q: %v", name, before, took)
			}
		}
	}
}
