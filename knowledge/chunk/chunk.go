// Package chunk cuts a document into passages that answer by themselves.
//
// A passage lies under one heading and on one page, holds whole sentences and at
// most about 256 tokens of a multilingual encoder with its title. A row of a
// table, a question with its answer and a numbered clause ("5.4 …") with what
// follows it stand alone. A list stays with the line that leads to it; where it
// is too long for one passage the line is repeated, and so is the last sentence
// of a paragraph that is, because what follows often leans on it.
//
// Passages are children: those of the same Section read in order are the text
// under one heading.
package chunk

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode/utf8"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// Split implements knowledge.Splitter. From and To count in the texts of the
// blocks (of a pair the question, a line break and the answer), each ended by a
// line break.
func Split(blocks []knowledge.Block) []core.Passage {
	var s splitter
	for _, b := range blocks {
		s.take(b)
		s.at += utf8.RuneCountInString(whole(b)) + 1
	}
	s.flush()
	s.leave(0)
	return s.out
}

// whole is what counts as the text of b.
func whole(b knowledge.Block) string {
	if b.Kind == knowledge.Pair {
		return b.Question + "\n" + b.Text
	}
	return b.Text
}

// Hash names what is searched of p: equal passages of two versions have it in common.
func Hash(p core.Passage) string {
	sum := sha256.Sum256([]byte(p.Title + "\x00" + p.Question + "\x00" + p.Text))
	return hex.EncodeToString(sum[:16])
}

type splitter struct {
	out     []core.Passage
	at      int // where the block begins
	section int
	path    []heading
	page    int
	text    strings.Builder
	size    float64
	from    int   // where the passage begins
	to      int   // and ends
	last    piece // sentence, repeatable while its paragraph goes on
	lead    piece // line that leads to the list under way
}

type heading struct {
	level int
	text  string
	page  int
	at    int
	used  bool // something came under it
}

// piece is a sentence where it stands.
type piece struct {
	text string
	at   int
}

func (s *splitter) take(b knowledge.Block) {
	text := strings.TrimSpace(b.Text)
	if text == "" {
		return
	}
	if b.Kind != knowledge.Item {
		s.lead = piece{}
	}
	whole := core.Passage{Page: b.Page, Text: text, From: s.at, To: s.at + utf8.RuneCountInString(whole(b))}
	switch b.Kind {
	case knowledge.Heading:
		s.flush()
		s.leave(b.Level)
		s.section++
		s.path = append(s.path, heading{level: b.Level, text: oneLine(text), page: b.Page, at: s.at})
	case knowledge.Row:
		s.flush()
		whole.Cells = b.Cells
		for _, p := range s.rows(whole) {
			s.emit(p)
		}
	case knowledge.Pair:
		s.flush()
		whole.Question = strings.TrimSpace(b.Question)
		s.emit(whole)
	default:
		s.prose(b, text)
	}
}

// leave ends the headings of this level and below. One with nothing under it is
// a passage itself: some documents hold a telephone number as a heading.
func (s *splitter) leave(level int) {
	for len(s.path) > 0 && s.path[len(s.path)-1].level >= level {
		last := s.path[len(s.path)-1]
		s.path = s.path[:len(s.path)-1]
		if !last.used {
			s.emit(core.Passage{Page: last.page, Text: last.text, From: last.at, To: last.at + utf8.RuneCountInString(last.text)})
		}
	}
}

// clause begins a numbered clause of a contract or a policy.
var clause = regexp.MustCompile(`^(\d+(\.\d+)+[.、]?\s|第[一二三四五六七八九十百零〇\d]+[条款])`)

func (s *splitter) prose(b knowledge.Block, text string) {
	if b.Page != s.page || s.size >= full || clause.MatchString(text) {
		s.flush()
	}
	s.page = b.Page
	if size := measure(text); s.size > 0 && s.size+size > s.room() && size <= s.room() {
		s.flush() // the paragraph fits into a passage of its own
	}
	if s.text.Len() == 0 && b.Kind == knowledge.Item {
		s.again(s.lead)
	}
	if s.text.Len() > 0 && s.text.String()[s.text.Len()-1] != '\n' {
		s.text.WriteByte('\n')
	}
	at := s.at + utf8.RuneCountInString(b.Text[:strings.Index(b.Text, text)])
	for _, sentence := range sentences(text) {
		s.add(piece{sentence, at})
		at += utf8.RuneCountInString(sentence)
	}
	if b.Kind != knowledge.Item && measure(text) <= repeat {
		s.lead = piece{text, s.at}
	}
	s.last = piece{}
}

// room is what a passage may measure beside its title.
func (s *splitter) room() float64 { return most - min(titled, measure(s.title())) }

func (s *splitter) add(p piece) {
	size := measure(p.text)
	if s.size > 0 && (s.size >= full || s.size+size > s.room()) {
		last := s.last
		s.flush()
		if measure(last.text)+size <= s.room() {
			s.again(last)
		}
	}
	s.write(p)
	s.last = p
}

// again repeats a sentence at the begin of a passage, if it is short.
func (s *splitter) again(p piece) {
	if p.text == "" || measure(p.text) > repeat {
		return
	}
	s.write(p)
}

func (s *splitter) write(p piece) {
	if s.text.Len() == 0 {
		s.from = p.at
	}
	s.to = p.at + utf8.RuneCountInString(strings.TrimRight(p.text, " \n\t"))
	s.text.WriteString(p.text)
	s.size += measure(p.text)
}

// flush closes the passage under way.
func (s *splitter) flush() {
	if text := strings.TrimSpace(s.text.String()); text != "" {
		s.emit(core.Passage{Page: s.page, Text: text, From: s.from, To: s.to})
	}
	s.text.Reset()
	s.size, s.last = 0, piece{}
}

func (s *splitter) title() string {
	titles := make([]string, len(s.path))
	for i, h := range s.path {
		titles[i] = h.text
	}
	return strings.Join(titles, " › ")
}

func (s *splitter) emit(p core.Passage) {
	for i := range s.path {
		s.path[i].used = true
	}
	p.Title, p.Section = s.title(), s.section
	s.out = append(s.out, p)
}

// rows is the row, or several of its cells where it is too long, each with the
// cells that name it.
func (s *splitter) rows(p core.Passage) []core.Passage {
	if len(p.Cells) < 3 || measure(p.Text) <= s.room() {
		return []core.Passage{p}
	}
	var keys, part []core.Cell
	var size, keyed float64
	for _, c := range p.Cells {
		if c.Key {
			keys = append(keys, c)
			keyed += measure(said(c)) + separator
		}
	}
	var out []core.Passage
	flush := func() {
		next := p
		next.Cells = append(append([]core.Cell(nil), keys...), part...)
		next.Text = rowOf(next.Cells)
		out = append(out, next)
		part, size = nil, 0
	}
	for _, c := range p.Cells {
		if c.Key {
			continue
		}
		if n := measure(said(c)) + separator; len(part) > 0 && keyed+size+n > s.room() {
			flush()
		}
		part = append(part, c)
		size += measure(said(c)) + separator
	}
	if len(part) > 0 {
		flush()
	}
	return out
}

// separator is the measure of what parts two cells.
const separator = 0.95

func rowOf(cells []core.Cell) string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = said(c)
	}
	return strings.Join(out, "; ")
}

// said is a cell as a row's text has it.
func said(c core.Cell) string {
	name := oneLine(c.Group + " " + c.Column)
	if c.Unit != "" {
		name += " (" + c.Unit + ")"
	}
	if name = strings.TrimSpace(name); name == "" {
		return c.Value
	}
	return name + ": " + c.Value
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
