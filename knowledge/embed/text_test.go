package embed

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	long := strings.Repeat("退", MaxText)
	for text, want := range map[string]string{
		"":                       "",
		"  退货\n":                 "退货",
		"\u3000\u00a0x\u2003":    "x",
		"cafe\u0301":             "café",
		"a\xffb":                 "a\uFFFDb",
		"\u212b":                 "\u00c5", // the Ångström sign is the letter
		long:                     long[:MaxText/3*3],
		strings.Repeat(" ", 1e6): "",
	} {
		got := Clean(text)
		if got != want {
			t.Errorf("%.20q becomes %.20q, want %.20q", text, got, want)
		}
		if again := Clean(got); again != got {
			t.Errorf("%.20q is not clean", got)
		}
	}
	if n := testing.AllocsPerRun(10, func() { Clean("我想申请退货 ok") }); n > 0 {
		t.Errorf("a clean text costs %v allocations", n)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "e\u0301", "\xff", strings.Repeat("\u0301", 100), " \u0345\u0308 "} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Clean(s)
		if !utf8.ValidString(c) || strings.TrimSpace(c) != c || Clean(c) != c {
			t.Errorf("%q becomes %q, which is not clean", s, c)
		}
	})
}
