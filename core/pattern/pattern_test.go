package pattern

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

func TestNeeded(t *testing.T) {
	for expr, want := range map[string]string{
		"abc":                     "abc",
		"(?i)ABC":                 "abc",
		"a+bc":                    "a & bc",
		"x*":                      "",
		"a?":                      "",
		"(?:human|agent)":         "human|agent",
		"(?:human|.*)":            "",
		"转(?:人工|客服)":              "转 & 人工|客服",
		`[0-3]{3}`:                "0|1|2|3",
		`\p{Han}x`:                "x",
		`(?:a|b){0,2}word$`:       "word",
		"(?:talk to|call) (?:it)": "talk to|call &  it",
		"(?:one two+|x(?:a|b)yz)": "one tw|yz",
	} {
		tree, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		var sets []string
		for _, n := range needed(tree) {
			sets = append(sets, strings.Join(n, "|"))
		}
		if got := strings.Join(sets, " & "); got != want {
			t.Errorf("needed(%s) = %q, want %q", expr, got, want)
		}
	}
}

func TestAlternatives(t *testing.T) {
	for expr, want := range map[string]string{
		"a":                "a",
		"a|b|c":            "a b c",
		"(?:a|b)|c":        "(?:a|b) c",
		`[|)]|a\|b|\(`:     `[|)] a\|b \(`,
		"(?i)a|b":          "(?i)a|b",
		"x(a|(b|c))|^(d)$": "x(a|(b|c)) ^(d)$",
	} {
		if got := strings.Join(alternatives(expr), " "); got != want {
			t.Errorf("alternatives(%s) = %q, want %q", expr, got, want)
		}
	}
}

func TestSet(t *testing.T) {
	s := MustCompile(`
		fire
		冒烟|着火

		\bsmok(?:e|ing)\b
	`)
	for text, want := range map[string]bool{"on fire": true, "它冒烟了": true, "no smoke": true, "smoker": false, "": false} {
		if s.Match(text) != want {
			t.Errorf("Match(%q) = %v", text, !want)
		}
	}
	if n := s.Count("fire fire smoke", 2); n != 2 {
		t.Errorf("Count = %d, want the limit", n)
	}
	if n := s.Count("fire and smoke", 5); n != 2 {
		t.Errorf("Count = %d", n)
	}
	if got := s.Replace("fire 着火 cold", "□"); got != "□ □ cold" {
		t.Errorf("Replace = %q", got)
	}
	if _, err := Compile("ok\n(bad"); err == nil || !strings.Contains(err.Error(), "(bad") {
		t.Errorf("err = %v", err)
	}
}

// The filter must never hide a match.
func FuzzFilter(f *testing.F) {
	f.Add("(?i)ab+c|d[ef]", "xABBC")
	f.Add("转(?:人工|客服)?x", "转x")
	f.Add(`^(?:a|)b`, "b")
	f.Fuzz(func(t *testing.T, expr, text string) {
		re, err := regexp.Compile(expr)
		if err != nil {
			return // no expression
		}
		e, err := One(expr)
		if err != nil {
			t.Fatal(err)
		}
		text = strings.ToLower(text)
		if re.MatchString(text) && !e.May(text) {
			t.Fatalf("%q matches %q, but none of %q is in it", expr, text, e.need)
		}
	})
}
