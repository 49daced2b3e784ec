package answer

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"frontdesk/core"
	"frontdesk/core/llm"
)

// early shows an answer while it is being written: finished sentences that vet
// lets pass, and of the one under way the words, as long as they are harmless.
// Numbers, links and brackets are what promises, and what leads somewhere: a
// sentence with one of them is shown when it is whole and was vetted. After a
// sentence that may not be shown nothing follows; the verdict over the whole
// answer decides.
type early struct {
	turn  *core.Turn
	vet   func(t *core.Turn, said string) (why, finding string, person bool)
	rev   int
	text  string // of this rev
	begin int    // of the sentence under way
	shown int    // bytes of text that were shown, or left out
	mute  bool
}

// early is what shows the answer to t, nil if the passages are not sure enough
// for that: what comes of them may never be said.
func (g *Generator) early(t *core.Turn) func(llm.Delta) {
	if t.Passages[0].Score < t.Bot.Threshold {
		return nil
	}
	e := &early{turn: t, vet: g.o.Vet}
	return e.add
}

func (e *early) add(d llm.Delta) {
	if d.Rev > e.rev {
		*e = early{turn: e.turn, vet: e.vet, rev: d.Rev}
	}
	e.text += d.Text
	if e.mute || strings.HasPrefix(none, strings.TrimSpace(e.text)) {
		return // it may yet say that there is no answer
	}
	if strings.HasPrefix(strings.TrimSpace(e.text), none) {
		e.mute = true
		return
	}
	for !e.mute {
		n := sentenceEnd(e.text[e.begin:])
		if n == 0 {
			break
		}
		e.finish(e.begin + n)
	}
	if tail := e.text[e.begin:]; !e.mute && harmless(tail) && e.passes(tail[:wordEnd(tail)]) {
		e.show(e.begin + wordEnd(tail))
	}
}

// finish shows what is left of the sentence that ends at end.
func (e *early) finish(end int) {
	said, ps := plainText(e.text[e.begin:end]), e.turn.Passages
	if !e.passes(said) || borneOut(e.turn, said, ps[:min(len(ps), given)]) != nil {
		e.mute = true
		return
	}
	e.show(end)
	e.begin = end
}

// passes reports whether said may be read: a promise is one before its full stop.
func (e *early) passes(said string) bool {
	if e.vet == nil || said == "" {
		return true
	}
	why, _, _ := e.vet(e.turn, said)
	return why == ""
}

func (e *early) show(end int) {
	if end <= e.shown {
		return
	}
	piece := e.text[e.shown:end]
	e.shown = end
	if piece = cited.ReplaceAllString(piece, ""); piece != "" { // the sources are named below the answer
		e.turn.Show(e.rev, piece)
	}
}

// sentenceEnd is the length of the first whole sentence of s, 0 if none ends.
// A full stop ends one only before a blank: it may be a decimal point.
func sentenceEnd(s string) int {
	for i, r := range s {
		n := i + utf8.RuneLen(r)
		switch {
		case r == '\n' || strings.ContainsRune("。！？；", r):
			return n
		case strings.ContainsRune(".!?", r) && n < len(s) && (s[n] == ' ' || s[n] == '\n'):
			return n
		}
	}
	return 0
}

// harmless reports whether the words of a sentence under way promise nothing and
// lead nowhere.
func harmless(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsDigit(r) || unicode.Is(unicode.Sc, r) || strings.ContainsRune("[](){}<>⟦⟧@/:%*_`|", r)
	}) && !strings.Contains(strings.ToLower(s), "www.")
}

// wordEnd is how much of s are whole words: a Chinese character is one.
func wordEnd(s string) int {
	end := 0
	for i, r := range s {
		if unicode.IsSpace(r) || unicode.Is(unicode.Han, r) {
			end = i + utf8.RuneLen(r)
		}
	}
	return end
}
