// Package chunk cuts a document into passages that answer by themselves.
//
// A passage lies under one heading and on one page, holds whole sentences and
// is of 300 to 500 Chinese characters or 100 to 200 English words where the
// text allows. A row of a table and a question with its answer stand alone. A
// paragraph longer than a passage is continued with its last sentence repeated,
// because what follows often leans on it.
package chunk

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// The measure of a passage is Han characters, other letters counting 0.4: an
// English word is about 2.5 then, so both languages get their usual sizes.
const (
	full   = 420.0  // a passage this long is closed
	most   = 520.0  // and none grows beyond it by adding a sentence
	repeat = 80.0   // a sentence longer than this is not repeated
	whole  = 2000.0 // a sentence longer than this is no sentence, and cut
	latin  = 0.4
)

// Split implements knowledge.Splitter.
func Split(blocks []knowledge.Block) []core.Passage {
	var s splitter
	for _, b := range blocks {
		s.take(b)
	}
	s.flush()
	s.leave(0)
	return s.out
}

// Hash names what is searched of p: equal passages of two versions have it in common.
func Hash(p core.Passage) string {
	sum := sha256.Sum256([]byte(p.Title + "\x00" + p.Question + "\x00" + p.Text))
	return hex.EncodeToString(sum[:16])
}

type splitter struct {
	out  []core.Passage
	path []heading
	page int
	text strings.Builder
	size float64
	last string // sentence, repeatable while its paragraph goes on
}

type heading struct {
	level int
	text  string
	page  int
	used  bool // something came under it
}

func (s *splitter) take(b knowledge.Block) {
	text := strings.TrimSpace(b.Text)
	if text == "" {
		return
	}
	switch b.Kind {
	case knowledge.Heading:
		s.flush()
		s.leave(b.Level)
		s.path = append(s.path, heading{level: b.Level, text: oneLine(text), page: b.Page})
	case knowledge.Row:
		s.flush()
		s.emit(core.Passage{Page: b.Page, Text: text, Cells: b.Cells})
	case knowledge.Pair:
		s.flush()
		s.emit(core.Passage{Page: b.Page, Text: text, Question: strings.TrimSpace(b.Question)})
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
			s.emit(core.Passage{Page: last.page, Text: last.text})
		}
	}
}

func (s *splitter) prose(b knowledge.Block, text string) {
	if b.Page != s.page || s.size >= full {
		s.flush()
	}
	s.page = b.Page
	if size := measure(text); s.size > 0 && s.size+size > most && size <= most {
		s.flush() // the paragraph fits into a passage of its own
	}
	if s.text.Len() > 0 {
		s.text.WriteByte('\n')
	}
	for _, sentence := range sentences(text) {
		s.add(sentence)
	}
	s.last = ""
}

func (s *splitter) add(sentence string) {
	size := measure(sentence)
	if s.size > 0 && (s.size >= full || s.size+size > most) {
		last := s.last
		s.flush()
		if last != "" && measure(last) <= repeat {
			s.write(last)
		}
	}
	s.write(sentence)
	s.last = sentence
}

func (s *splitter) write(sentence string) {
	s.text.WriteString(sentence)
	s.size += measure(sentence)
}

// flush closes the passage under way.
func (s *splitter) flush() {
	if text := strings.TrimSpace(s.text.String()); text != "" {
		s.emit(core.Passage{Page: s.page, Text: text})
	}
	s.text.Reset()
	s.size, s.last = 0, ""
}

func (s *splitter) emit(p core.Passage) {
	titles := make([]string, len(s.path))
	for i, h := range s.path {
		titles[i] = h.text
		s.path[i].used = true
	}
	p.Title = strings.Join(titles, " › ")
	s.out = append(s.out, p)
}

// sentences are those of text, and pieces of what is too long to be one.
func sentences(text string) []string {
	var out []string
	for _, s := range knowledge.Sentences(text) {
		for measure(s) > whole {
			cut := cutting(s)
			out = append(out, s[:cut])
			s = s[cut:]
		}
		out = append(out, s)
	}
	return out
}

// cutting is where to cut s, after a space or comma if there is one late enough.
func cutting(s string) int {
	var size float64
	soft := 0
	for i, r := range s {
		if size >= full {
			if soft > 0 {
				return soft
			}
			return i
		}
		size += weight(r)
		if size > full/2 && (unicode.IsSpace(r) || r == '，' || r == ',' || r == '、') {
			soft = i + len(string(r))
		}
	}
	return len(s)
}

func measure(s string) float64 {
	var size float64
	for _, r := range s {
		size += weight(r)
	}
	return size
}

func weight(r rune) float64 {
	if r < 0x2E80 {
		return latin
	}
	return 1
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
