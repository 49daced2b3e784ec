package dialog

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"frontdesk/core"
)

func TestTemplates(t *testing.T) {
	for text, want := range map[string]string{
		"{a} {b|no}": "a b", "plain": "", "{{a}}": "", "{订单}": "订单", "{a|}": "a",
	} {
		got, err := Names(text)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"{", "}", "{}", "{a b}", "{a", "a}", "{a{b}}", "{" + strings.Repeat("x", 65) + "}"} {
		if names, err := Names(bad); err == nil {
			t.Errorf("%q is read as %v", bad, names)
		}
	}
	long := fill("{a}", map[string]string{"a": strings.Repeat("好", maxValue+1)})
	if utf8.RuneCountInString(long) != maxValue+1 || !strings.HasSuffix(long, "…") {
		t.Errorf("%d characters", utf8.RuneCountInString(long))
	}
	if got := fill("{a}", map[string]string{"a": "x\n\x1b[31my\x00"}); got != "x [31my" {
		t.Errorf("controls: %q", got)
	}
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"{a}", "{a|b}", "{{", "}}", "{", "a}b", "{你}", "{{{a}}}"} {
		f.Add(s, "v{a}")
	}
	f.Fuzz(func(t *testing.T, s, value string) {
		names, err := Names(s)
		got := fill(s, map[string]string{"a": value})
		if err != nil && got != s {
			t.Errorf("a broken template became %q", got)
		}
		if err == nil && !slices.Contains(names, "a") && value != "" && !strings.Contains(s, value) && len(value) > 3 && strings.Contains(got, value) {
			t.Errorf("%q shows a value it does not name: %q", s, got)
		}
	})
}

// FuzzRules ensures that no condition, hours or bound makes their readers panic,
// and that what Check lets pass can be tried.
func FuzzRules(f *testing.F) {
	for _, s := range []string{"open", "mon-fri 09:00-18:00", "> 5", "~ a(", "!= x", "*", "", "sat,sun", "today+3", "2026-01-01"} {
		f.Add(s, "12.5")
	}
	s := &Script{}
	f.Fuzz(func(t *testing.T, v, value string) {
		for _, name := range append(ConditionWords(), "slot") {
			c := Condition{name: {v}}
			tn := core.NewTurn(core.Work{}, time.Now)
			tn.Text, tn.Norm = value, value
			ok := s.met(tn, c, map[string]string{"slot": value})
			if CheckCondition(c) != nil && ok && name == WhenHours {
				t.Errorf("%q holds though it is no time", v)
			}
		}
		_ = Valid{Min: v, Max: v}.passes(value, time.Now())
		_ = Valid{Pattern: v}.passes(value, time.Now())
	})
}

func TestChannelWording(t *testing.T) {
	w := Wording{"en": "plain", "en@web": "web", "en@site2": "second", "zh": "中"}
	for _, c := range []struct{ id, kind, lang, want string }{
		{"site", "web", "en", "web"}, {"site2", "web", "en", "second"}, {"x", "mail", "en", "plain"}, {"site", "web", "zh", "中"}, {"site", "web", "fr", "web"},
	} {
		if got := w.On(c.id, c.kind, c.lang, "en"); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
