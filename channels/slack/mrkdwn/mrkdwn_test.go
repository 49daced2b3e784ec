package mrkdwn_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"frontdesk/channels/slack/mrkdwn"
)

func TestFrom(t *testing.T) {
	for _, c := range []struct{ md, want string }{
		{"plain", "plain"},
		{"a & b < c > d", "a &amp; b &lt; c &gt; d"},
		{"<!channel> <@U1> <http://x|y>", "&lt;!channel&gt; &lt;@U1&gt; &lt;http://x|y&gt;"},
		{"**bold** and *it* and __b__ and _i_ and ~~s~~", "*bold* and _it_ and *b* and _i_ and ~s~"},
		{"***both***", "*_both_*"},
		{"**粗体**中文", "*粗体*\u200b中文"},
		{"中**粗**", "中\u200b*粗*"},
		{"snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"},
		{"# Title #", "*Title*"},
		{"### **Fees**", "*Fees*"},
		{"#hash", "#hash"},
		{"- one\n* two\n  + three", "• one\n• two\n  • three"},
		{"1. first", "1. first"},
		{"---", "———"},
		{"> quoted *it*", "> quoted _it_"},
		{"[the *plan*](https://x.test/a?b=1&c=2)", "<https://x.test/a?b=1&amp;c=2|the *plan*>"},
		{"[a|b](https://x.test)", "<https://x.test|a¦b>"},
		{"![shot](https://x.test/p.png)", "<https://x.test/p.png|shot>"},
		{"[t](https://x.test \"title\")", "<https://x.test|t>"},
		{"<https://x.test>", "<https://x.test>"},
		{"[evil](javascript:alert)", "[evil](javascript:alert)"},
		{"[evil](!channel)", "[evil](!channel)"},
		{"[evil](https://x.test/|y>z)", "<https://x.test/%7Cy%3Ez|evil>"},
		{"https://x.test/a_b_c and https://x.test/d_e", "https://x.test/a_b_c and https://x.test/d_e"},
		{"see https://x.test/a。好", "see https://x.test/a。好"},
		{"`a<b`", "`a&lt;b`"},
		{"```go\na < b\n**no**\n```", "```\na &lt; b\n**no**\n```"},
		{"```\nopen", "```\nopen\n```"},
		{`\*no\* \<b\>`, "*no* &lt;b&gt;"},
		{"unclosed **bold", "unclosed **bold"},
		{"[unclosed](http://x", "[unclosed](http://x"},
		{"", ""},
	} {
		if got := mrkdwn.From(c.md); got != c.want {
			t.Errorf("From(%q) = %q, want %q", c.md, got, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"a &amp; b &lt;c&gt;", "a & b <c>"},
		{"&amp;lt;", "&lt;"},
		{"<@U1> <@U1|ann> <#C1> <#C1|general>", "@U1 @ann #C1 #general"},
		{"<!here> <!everyone> <!subteam^S1|@team> <!date^1^{date}|today>", "@here @everyone @team today"},
		{"<https://x.test>", "https://x.test"},
		{"<https://x.test|https://x.test>", "https://x.test"},
		{"<http://x.test|x.test>", "x.test"},
		{"<https://x.test|look>", "look (https://x.test)"},
		{"<mailto:a@b.c|a@b.c> <mailto:a@b.c>", "a@b.c a@b.c"},
		{"<tel:123|123>", "123"},
		{"a < b", "a < b"},
		{"<>", ""},
		{"<|x>", "x"},
	} {
		if got := mrkdwn.Plain(c.raw); got != c.want {
			t.Errorf("Plain(%q) = %q, want %q", c.raw, got, c.want)
		}
	}
}

func TestName(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Ann", "Ann"}, {" a\n b\t", "a b"}, {"<!channel>", "!channel"}, {"a\u202eb\u200bc\x00", "abc"}, {strings.Repeat("长", 9), "长长长长…"},
	} {
		if got := mrkdwn.Name(c.in, 5); utf8.RuneCountInString(c.want) <= 5 && got != c.want {
			t.Errorf("Name(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := mrkdwn.Name("<!channel>", 20); got != "!channel" {
		t.Errorf("%q", got)
	}
}

func TestSplitPrefersGoodPlaces(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"short", "hello", []string{"hello"}},
		{"nothing", "  \n", nil},
		{"paragraph", "one two three four five six.\n\nseven eight nine ten", []string{"one two three four five six.", "seven eight nine ten"}},
		{"line", "one two three four five six\nseven eight nine", []string{"one two three four five six", "seven eight nine"}},
		{"sentence", "one two three four five. six seven eight nine", []string{"one two three four five.", "six seven eight nine"}},
		{"Chinese", strings.Repeat("一", 25) + "。" + strings.Repeat("二", 20), []string{strings.Repeat("一", 25) + "。", strings.Repeat("二", 20)}},
		{"word", "one two three four five six seven eight nine", []string{"one two three four five six seven", "eight nine"}},
		{"link", "one two three four <https://x.test|a b c d e f g h>", []string{"one two three four", "<https://x.test|a b c d e f g h>"}},
		{"code", "```\naaaaaaaaaaaaaaaaaaaaaaaa\nbbbbbbbbbbbbbbbbbb\n```", []string{"```\naaaaaaaaaaaaaaaaaaaaaaaa\n```", "```\n\nbbbbbbbbbbbbbbbbbb\n```"}},
	} {
		if got := mrkdwn.Split(c.in, 40); strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// TestProperties holds for any text: pieces fit, nothing is lost, a stranger's
// text means nothing, and reading undoes escaping.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("ab <>&|*_`~[]()!@#\n。.一\\:/h"))).Draw(t, "s")
		if got := mrkdwn.Plain(mrkdwn.Escape(s)); got != s {
			t.Fatalf("Plain(Escape(%q)) = %q", s, got)
		}
		if out := mrkdwn.From(s); strings.Contains(out, "<!") || strings.Contains(out, "<@") || strings.Contains(out, "<#") {
			t.Fatalf("From(%q) = %q can mention", s, out)
		}
		strip := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "```", "")), "") }
		pieces := mrkdwn.Split(mrkdwn.Escape(s), 40)
		for _, p := range pieces {
			if n := utf8.RuneCountInString(p); n > 40 {
				t.Fatalf("a piece of %d runes: %q", n, p)
			}
			if strings.HasSuffix(p, "&amp") || strings.HasSuffix(p, "&a") || strings.HasSuffix(p, "&") {
				t.Fatalf("an entity is cut: %q", pieces)
			}
		}
		if strip(strings.Join(pieces, "")) != strip(mrkdwn.Escape(s)) {
			t.Fatalf("%q became %q", s, pieces)
		}
	})
}
