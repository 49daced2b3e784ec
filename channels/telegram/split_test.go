package telegram

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// texts are words, blanks, emoji, accents and Chinese, in any order.
func texts() *rapid.Generator[string] {
	bit := rapid.SampledFrom([]string{"a", "word ", "\n", "\n\n", "  ", "。", "退货！", "Yes. ", "😀", "👩‍👩‍👧", "👍🏽", "e\u0301", "字", "\r\n", "\ufe0f"})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(bit, 0, 120).Draw(t, "bits"), "")
	})
}

func TestSplitProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(texts(), rapid.String()).Draw(t, "text")
		limit := rapid.IntRange(2, 60).Draw(t, "limit")
		ps := split(s, limit)
		if strings.Join(ps, "") != s {
			t.Fatalf("joined %q, want %q", ps, s)
		}
		for _, p := range ps {
			if n := len(utf16.Encode([]rune(p))); n > limit || n == 0 {
				t.Fatalf("%d units in %q, at most %d", n, p, limit)
			}
			if !utf8.ValidString(p) {
				t.Fatalf("a rune was torn: %q", p)
			}
		}
		if !slices.Equal(ps, split(s, limit)) {
			t.Fatal("not the same again")
		}
	})
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name  string
		text  string
		limit int
		want  []string
	}{
		{"nothing", "", 5, nil},
		{"fits", "hello", 5, []string{"hello"}},
		{"paragraph before line", "aaaa\n\nb\ncc dd", 10, []string{"aaaa\n\n", "b\ncc dd"}},
		{"line before sentence", "aaaaa\nb. cc dd", 11, []string{"aaaaa\n", "b. cc dd"}},
		{"sentence before word", "one two. three", 12, []string{"one two. ", "three"}},
		{"Chinese sentence", "您好。请稍等一下", 5, []string{"您好。", "请稍等一下"}},
		{"word", "aaaa bbbb", 8, []string{"aaaa ", "bbbb"}},
		{"an early end is no place", "a\nbbbbbbbbbbb", 8, []string{"a\nbbbbbb", "bbbbb"}},
		{"no version number is torn at its dot", "v1.2.3.4.5.6", 8, []string{"v1.2.3.4", ".5.6"}},
		{"emoji are two units", "😀😀😀", 5, []string{"😀😀", "😀"}},
		{"no joined emoji is torn", "aaa👩‍👧b", 7, []string{"aaa", "👩‍👧b"}},
		{"no accent is torn", "abcde\u0301", 5, []string{"abcd", "e\u0301"}},
		{"a tower of accents is torn after all", "a" + strings.Repeat("\u0301", 40), 30,
			[]string{"a" + strings.Repeat("\u0301", 29), strings.Repeat("\u0301", 11)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := split(c.text, c.limit); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
