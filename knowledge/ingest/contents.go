package ingest

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"frontdesk/knowledge"
)

// fewestEntries is how many lines a table of contents has at least.
const fewestEntries = 4

// withoutContents leaves out a table of contents: lines, one after the other, of
// which most are headings of the document. It answers nothing, and has the words
// of everything. Its own heading goes with it.
func withoutContents(in knowledge.Parsed) knowledge.Parsed {
	headings := map[string]bool{}
	for _, b := range in.Blocks {
		if b.Kind == knowledge.Heading {
			headings[entry(b.Text)] = true
		}
	}
	if len(headings) < fewestEntries {
		return in
	}
	left := knowledge.Omission{Why: knowledge.Contents}
	var out []knowledge.Block
	for i := 0; i < len(in.Blocks); {
		n := contents(in.Blocks[i:], headings)
		if n == 0 {
			out = append(out, in.Blocks[i])
			i++
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].Kind == knowledge.Heading && (i+n == len(in.Blocks) || in.Blocks[i+n].Kind == knowledge.Heading) {
			out = out[:last]
		}
		for _, b := range in.Blocks[i : i+n] {
			left.Pieces++
			left.Characters += utf8.RuneCountInString(b.Text)
			if p := len(left.Pages); b.Page > 0 && (p == 0 || left.Pages[p-1] != b.Page) {
				left.Pages = append(left.Pages, b.Page)
			}
		}
		i += n
	}
	in.Blocks = out
	in.Left = append(in.Left, left)
	return in
}

// contents is how many of the first blocks are a table of contents, 0 for none.
func contents(blocks []knowledge.Block, headings map[string]bool) int {
	lines, known, n := 0, 0, 0
	for _, b := range blocks {
		if b.Kind != knowledge.Paragraph && b.Kind != knowledge.Item || utf8.RuneCountInString(b.Text) > 400 {
			break
		}
		fresh := 0
		all := strings.Split(b.Text, "\n")
		for _, line := range all {
			if headings[entry(line)] {
				fresh++
			}
		}
		if fresh*2 < len(all) {
			break
		}
		lines, known, n = lines+len(all), known+fresh, n+1
	}
	if known < fewestEntries || known*10 < lines*7 {
		return 0
	}
	return n
}

// leader is what leads to a page's number in a table of contents.
var leader = regexp.MustCompile(`([.·…\s]{2,}|\t|\s)\d{1,4}\s*$`)

// entry is what a heading and its line in a table of contents have in common.
func entry(s string) string {
	s = leader.ReplaceAllString(strings.TrimSpace(s), "")
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
