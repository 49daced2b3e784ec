package answer

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"frontdesk/core"
)

// errNone means that the model found no answer in the passages.
var errNone = errors.New("the passages do not answer")

var (
	// cited is how the prompt has citations written; models also use these brackets.
	cited = regexp.MustCompile(`[ \t]*(?:\[(\d{1,3})\]|【(\d{1,3})】)`)
	// link is anything a customer could tap.
	link = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>"'）】，。！？]+|\b[\w.+-]+@[\w-]+\.[\w.-]*\w`)
	// figure is a number with what belongs to it.
	figure = regexp.MustCompile(`\d+(?:[.,:/-]\d+)*`)
	// after are citations behind the full stop: they belong to the sentence before.
	after = regexp.MustCompile(`([。！？!?.]+)((?:[ \t]*\x00)+)`)
	// ends are those of sentences, zh and en.
	ends = regexp.MustCompile(`[。！？!?]+|\.(?:\s|$)|\n`)
)

// ground makes a draft of what a model wrote, if the passages bear it out:
// every citation names a passage that was given, there is one, and every
// number and link is in a passage that is cited, or in the question. Sentences without a
// citation lower the score.
func ground(t *core.Turn, text string) (*core.Draft, error) {
	if strings.Contains(text, none) {
		return nil, errNone
	}
	given := t.Passages[:min(len(t.Passages), given)]
	refs, err := references(text, len(given))
	if err != nil {
		return nil, err
	}
	said := plainText(text)
	if said == "" {
		return nil, errors.New("it says nothing")
	}
	d := &core.Draft{Parts: []core.Part{{Text: said}}, By: By}
	var quoted []core.Passage
	best := 0.0
	for _, i := range refs {
		p := given[i]
		quoted = append(quoted, p)
		d.Citations = append(d.Citations, core.Citation{Doc: p.Doc, Title: p.Title, Page: p.Page, URL: p.URL, Quote: quote(p)})
		best = max(best, p.Score)
	}
	if err := borneOut(t, said, quoted); err != nil {
		return nil, err
	}
	d.Score = (trust + (1-trust)*best) * (0.5 + 0.5*supported(text))
	return d, nil
}

// trust is how sure an answer is whose every number is in the passages it
// cites, before the passages' own chances count: the model was free to say that
// they do not answer.
const trust = 0.6

// references are the passages cited, as indexes, in order of appearance.
func references(text string, n int) ([]int, error) {
	var refs []int
	for _, m := range cited.FindAllStringSubmatch(text, -1) {
		i, err := strconv.Atoi(m[1] + m[2])
		if err != nil || i < 1 || i > n {
			return nil, fmt.Errorf("it cites passage %s of %d", m[1]+m[2], n)
		}
		if !slices.Contains(refs, i-1) {
			refs = append(refs, i-1)
		}
	}
	if len(refs) == 0 {
		return nil, errors.New("it cites no passage")
	}
	return refs, nil
}

// borneOut: numbers and links come from the passages cited, numbers also from the
// question; what a model adds to them is made up, or taken from elsewhere.
func borneOut(t *core.Turn, said string, ps []core.Passage) error {
	var known strings.Builder
	for _, p := range ps {
		known.WriteString(shown(p) + "\n" + p.URL + "\n")
	}
	for _, l := range link.FindAllString(said, -1) {
		if !strings.Contains(known.String(), strings.TrimRight(l, ".,;:!?")) { // not from the question: it would be the customer's
			return errors.New("it names a link that is in no passage")
		}
	}
	known.WriteString(t.Text + "\n" + t.Query)
	have := map[string]bool{}
	for _, f := range figure.FindAllString(known.String(), -1) {
		have[plainFigure(f)] = true
		for _, part := range strings.FieldsFunc(f, func(r rune) bool { return strings.ContainsRune(",:/-", r) }) {
			have[part] = true
		}
	}
	for _, f := range figure.FindAllString(said, -1) {
		if !have[plainFigure(f)] && !ordinal(said, f) {
			return fmt.Errorf("it says %s, which is in no passage", f)
		}
	}
	return nil
}

// plainFigure is a number without the commas of its thousands.
func plainFigure(f string) string { return strings.ReplaceAll(f, ",", "") }

// ordinal reports whether f only counts steps: "1." or "1、" begins a line.
func ordinal(said, f string) bool {
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if len(f) == 1 && (strings.HasPrefix(line, f+". ") || strings.HasPrefix(line, f+"、") || strings.HasPrefix(line, f+") ")) {
			return true
		}
	}
	return false
}

// supported is the share of sentences that carry a citation, in [0,1].
func supported(text string) float64 {
	all, with := 0, 0
	text = after.ReplaceAllString(cited.ReplaceAllString(text, "\x00"), "$2$1 ")
	for _, s := range ends.Split(text, -1) {
		if !strings.ContainsFunc(s, unicode.IsLetter) {
			continue
		}
		all++
		if strings.Contains(s, "\x00") {
			with++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(with) / float64(all)
}

// longestQuote bounds a citation's quote, in characters.
const longestQuote = 300

func quote(p core.Passage) string {
	text := p.Text
	if p.Question != "" {
		text = p.Question
	}
	r := []rune(strings.TrimSpace(text))
	if len(r) <= longestQuote {
		return string(r)
	}
	return string(r[:longestQuote-1]) + "…"
}
