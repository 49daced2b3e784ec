package wechat

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func solid(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// Whatever is said, its pieces are small enough, whole, and lose nothing.
func TestPiecesLoseNothing(t *testing.T) {
	word := rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("发货时间三天内。！？，、”」a b\n.")), 0, 200, -1),
		rapid.SampledFrom([]string{"\n\n", " ", "👨‍👩‍👧‍👦", "🇨🇳🇫🇷", "e\u0301", "👍🏽", "https://shop.example/a/b?c=d&e=f#g",
			`<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=1">点此 查看</a>`, strings.Repeat("字", 900), strings.Repeat("x", 3000)}))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(word, 0, 40).Draw(t, "words"), "")
		ps := pieces(text)
		if solid(strings.Join(ps, "")) != solid(text) {
			t.Fatal("words are lost")
		}
		for _, p := range ps {
			if len(p) == 0 || len(p) > pieceMax || !utf8.ValidString(p) || strings.TrimSpace(p) != p {
				t.Fatalf("a piece of %d bytes: %q", len(p), p)
			}
		}
	})
}

func TestPiecesCutWell(t *testing.T) {
	filler := func(n int) string { return strings.Repeat("字", n/3) + strings.Repeat("x", n%3) }
	url := "https://shop.example/" + strings.Repeat("a", 100)
	for _, tc := range []struct{ name, text, first string }{
		{"it fits", filler(2047), filler(2047)},
		{"after a sentence", filler(1500) + "。" + filler(1000), filler(1500) + "。"},
		{"after the quote", filler(1500) + "。”" + filler(1000), filler(1500) + "。”"},
		{"after a full stop", filler(1500) + "a. b " + filler(1000), filler(1500) + "a."},
		{"not within a number", filler(1500) + " 3.14 " + filler(1000), filler(1500) + " 3.14"},
		{"at a line's end rather", filler(1200) + "\n" + filler(300) + "。" + filler(1000), filler(1200)},
		{"a line's end too early", filler(900) + "\n" + filler(700) + "。" + filler(1000), filler(900) + "\n" + filler(700) + "。"},
		{"between runes", filler(4000), strings.Repeat("字", 682)},
		{"before a link", filler(2000) + url + " x", filler(2000)},
		{"a link too long", "https://shop.example/" + strings.Repeat("a", 3000), "https://shop.example/" + strings.Repeat("a", 2047-21)},
		{"before a family", strings.Repeat("x", 2040) + "👨‍👩‍👧‍👦" + filler(100), strings.Repeat("x", 2040)},
		{"before an accent's letter", strings.Repeat("x", 2046) + "e\u0301" + filler(100), strings.Repeat("x", 2046)},
		{"before a flag", strings.Repeat("x", 2041) + "🇨🇳" + filler(100), strings.Repeat("x", 2041)},
	} {
		if got := pieces(tc.text)[0]; got != tc.first {
			t.Errorf("%s: cut at %d, want %d", tc.name, len(got), len(tc.first))
		}
	}
	if got := pieces(" \n "); len(got) != 0 {
		t.Errorf("nothing: %q", got)
	}
}
