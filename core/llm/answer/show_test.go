package answer

import (
	"slices"
	"strings"
	"testing"

	"frontdesk/core"
	"frontdesk/core/llm"
)

// What is seen of an answer while it comes, piece by piece.
func TestShowsEarly(t *testing.T) {
	for _, c := range []struct {
		name   string
		pieces []string
		want   []string
	}{
		{"words as they come", []string{"You can ret", "urn goods ", "to any shop"}, []string{"You can ", "return goods ", "to any "}},
		{"Chinese characters", []string{"可以", "在门店"}, []string{"可以", "在门店"}},
		{"a number waits for its sentence", []string{"退货", "期限为", "14", "天", "。请", "保留"}, []string{"退货", "期限为", "14天。", "请", "保留"}},
		{"a link waits", []string{"See https://", "shop.example/re", "turns. Bye "}, []string{"See https://shop.example/returns.", " Bye "}},
		{"a decimal point is no end", []string{"It is 3", ".", "5 kg", ". Fine "}, []string{"It is 3.5 kg.", " Fine "}},
		{"marks are left out", []string{"In boxes ", "[1]", "[2]. So "}, []string{"In boxes ", ".", " So "}},
		{"no answer", []string{"NO", "_ANS", "WER"}, nil},
		{"no answer, and more", []string{"NO_ANSWER because of ", "this."}, nil},
		{"nearly no answer", []string{"NO", " way ", "back"}, []string{"NO way "}},
		{"a number from nowhere ends it", []string{"We are glad. ", "It takes 99 days. Bye "}, []string{"We are glad.", " "}},
		{"what is vetted out ends it", []string{"We are glad. ", "You get 100 back. ", "Really glad. "}, []string{"We are glad.", " "}},
	} {
		var got []string
		turn := &core.Turn{Passages: []core.Passage{{Score: .9, Text: "14 3.5 100 https://shop.example/returns"}}, Bot: core.BotInfo{Threshold: .5},
			Show: func(_ int, piece string) { got = append(got, piece) }}
		g := &Generator{Options{Vet: func(_ *core.Turn, s string) (string, string, bool) {
			if strings.Contains(s, "100") {
				return "promise", s, true
			}
			return "", "", false
		}}}
		on := g.early(turn)
		for _, p := range c.pieces {
			on(llm.Delta{Text: p})
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: shown %q, want %q", c.name, got, c.want)
		}
	}
}

// Another model starts the text over; unsure passages show nothing.
func TestShowsEarlyAnew(t *testing.T) {
	var got []string
	turn := &core.Turn{Passages: []core.Passage{{Score: .5}}, Bot: core.BotInfo{Threshold: .5},
		Show: func(rev int, piece string) { got = append(got, strings.Repeat("+", rev)+piece) }}
	on := (&Generator{}).early(turn)
	on(llm.Delta{Text: "First "})
	on(llm.Delta{Rev: 1, Text: "Second "})
	if want := []string{"First ", "+Second "}; !slices.Equal(got, want) {
		t.Errorf("shown %q, want %q", got, want)
	}
	turn.Passages[0].Score = .49
	if (&Generator{}).early(turn) != nil {
		t.Error("an answer is shown that may never be said")
	}
}

// However a text is cut into pieces, what is shown is a part of it, from its
// beginning.
func FuzzShowsEarly(f *testing.F) {
	f.Add("退货期限为14天。See https://a.example. NO [1] way", uint8(3))
	f.Fuzz(func(t *testing.T, text string, n uint8) {
		var got strings.Builder
		turn := &core.Turn{Passages: []core.Passage{{Score: .9}}, Show: func(_ int, piece string) { got.WriteString(piece) }}
		on := (&Generator{}).early(turn)
		for rest := text; rest != ""; {
			k := min(len(rest), int(n%17)+1)
			on(llm.Delta{Text: rest[:k]})
			rest = rest[k:]
		}
		if !strings.HasPrefix(cited.ReplaceAllString(text, ""), cited.ReplaceAllString(got.String(), "")) && !strings.Contains(text, "[") {
			t.Fatalf("%q shown of %q", got.String(), text)
		}
	})
}
