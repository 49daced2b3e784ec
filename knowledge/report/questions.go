// Package report tells the person who gave a document what can be asked of it.
package report

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"frontdesk/core"
)

// Question is one that a document can answer.
type Question struct {
	Text string
	Lang string // "zh" or "en"
	// Expect is in the answer if it is right: a value, or the whole answer of a
	// pair; "" for a question after a subject, which may be answered in many ways.
	Expect  string
	Passage core.Passage // that answers it
}

// Questions suggests at most n questions that passages, all of one document in
// order, can answer: those it asks itself, those after a value of a table and
// those after what stands under a heading, from all over the document. The same
// passages always give the same questions.
func Questions(passages []core.Passage, n int) []Question {
	var asked, cells, topics []Question
	zh := chinese(passages)
	columns, sections := dull(passages), map[int]bool{}
	for _, p := range passages {
		switch {
		case p.Question != "":
			asked = append(asked, Question{Text: p.Question, Lang: lang(p.Question), Expect: p.Text, Passage: p})
		case len(p.Cells) > 0:
			if q, ok := ofCells(p, columns, zh); ok {
				cells = append(cells, q)
			}
		case !sections[p.Section]:
			if q, ok := ofTopic(p, zh); ok {
				topics = append(topics, q)
				sections[p.Section] = true
			}
		}
	}
	return mix(n, asked, cells, topics)
}

// dull counts the columns that say the same of everything as asked after already.
func dull(passages []core.Passage) map[string]int {
	values := map[string]map[string]int{}
	for _, p := range passages {
		for _, c := range p.Cells {
			if values[c.Group+c.Column] == nil {
				values[c.Group+c.Column] = map[string]int{}
			}
			values[c.Group+c.Column][c.Value]++
		}
	}
	out := map[string]int{}
	for name, v := range values {
		for _, n := range v {
			if len(v) == 1 && n > 2 {
				out[name] = len(passages)
			}
		}
	}
	return out
}

// mix takes as many of each kind as there are, in turn, each from all over the
// document, and gives them in its order.
func mix(n int, kinds ...[]Question) []Question {
	share := make([]int, len(kinds))
	for left := n; left > 0; {
		before := left
		for i, k := range kinds {
			if left > 0 && share[i] < len(k) {
				share[i]++
				left--
			}
		}
		if left == before {
			break
		}
	}
	var out []Question
	seen := map[string]bool{}
	for i, k := range kinds {
		for j := range share[i] {
			if q := k[j*len(k)/share[i]]; !seen[q.Text] {
				seen[q.Text] = true
				out = append(out, q)
			}
		}
	}
	return out
}

// ofCells asks after the value of the row whose column was asked after least.
func ofCells(p core.Passage, columns map[string]int, zh bool) (Question, bool) {
	key, best := "", -1
	for _, c := range p.Cells {
		if c.Key && key == "" {
			key = c.Value
		}
	}
	for i, c := range p.Cells {
		if c.Key || c.Column == "" || len(c.Value) > 120 {
			continue
		}
		if best < 0 || columns[c.Group+c.Column] < columns[p.Cells[best].Group+p.Cells[best].Column] {
			best = i
		}
	}
	if best < 0 || key == "" || utf8.RuneCountInString(key) > 40 {
		return Question{}, false
	}
	c := p.Cells[best]
	columns[c.Group+c.Column]++
	q := Question{Expect: c.Value, Passage: p, Lang: "en"}
	if zh = strings.ContainsFunc(side(c.Column, zh), isHan); zh { // a column may have its name in one language only
		q.Lang = "zh"
	}
	name := side(c.Column, zh)
	if c.Group != "" && utf8.RuneCountInString(name) < 2 {
		name = strings.TrimSpace(side(c.Group, zh) + gap(zh) + name)
	}
	switch {
	case zh && startsWithDigit(c.Value):
		q.Text = join(side(key, zh), "的"+name) + "是多少？"
	case zh:
		q.Text = join(side(key, zh), "的"+name) + "是什么？"
	default:
		q.Text = "What is the " + lower(name) + " of " + side(key, zh) + "?"
	}
	return q, true
}

// number stands before a heading.
var number = regexp.MustCompile(`^(第[一二三四五六七八九十百\d]+[章节条部分篇]|[一二三四五六七八九十]+、|\d+(\.\d+)*[.、]?)\s*`)

// ofTopic asks after what stands under the innermost heading, or asks the heading
// if it is a question.
func ofTopic(p core.Passage, zh bool) (Question, bool) {
	titles := strings.Split(p.Title, " › ")
	last := strings.TrimRight(strings.TrimSpace(number.ReplaceAllString(titles[len(titles)-1], "")), "†‡*：: ")
	if size := utf8.RuneCountInString(last); size < 2 || size > 60 || utf8.RuneCountInString(p.Text) < 12 {
		return Question{}, false
	}
	q := Question{Passage: p, Lang: "en"}
	if zh = strings.ContainsFunc(side(last, zh), isHan); zh {
		q.Lang = "zh"
	}
	of := "" // what it is of, where that is a model: "price" alone could be anything's
	if len(titles) > 1 && strings.ContainsFunc(titles[len(titles)-2], unicode.IsDigit) {
		of = side(strings.TrimSpace(number.ReplaceAllString(titles[len(titles)-2], "")), zh)
	}
	switch name := side(last, zh); {
	case strings.HasSuffix(last, "?") || strings.HasSuffix(last, "？"):
		q.Text, q.Lang = last, lang(last)
	case zh && of != "":
		q.Text = join(join("关于", of), "的"+name) + "有什么说明？"
	case zh:
		q.Text = join("关于", name) + "有什么说明？"
	case of != "":
		q.Text = "What should I know about the " + lower(name) + " of the " + of + "?"
	default:
		q.Text = "What should I know about " + lower(name) + "?"
	}
	return q, true
}

// side is the Chinese or the other half of a name in two languages ("额定功率 Rated
// power", "Power 功率"), the whole of one in a single language.
func side(name string, zh bool) string {
	words := strings.Fields(name)
	first, last := -1, -1 // words in Chinese
	for i, w := range words {
		if strings.ContainsFunc(w, isHan) {
			if last = i; first < 0 {
				first = i
			}
		}
	}
	var han, other []string
	switch {
	case first < 0:
		return name
	case last < len(words)-1:
		han, other = words[:last+1], words[last+1:]
	default:
		han, other = words[first:], words[:first]
	}
	switch {
	case !wordy(other):
		return name
	case zh:
		return strings.Join(han, " ")
	}
	return strings.Join(other, " ")
}

// wordy reports whether words are the half of a name, and no model's.
func wordy(words []string) bool {
	r, _ := utf8.DecodeRuneInString(strings.Join(words, ""))
	return unicode.IsLetter(r) && (len(words) > 1 || !strings.ContainsFunc(words[0], unicode.IsDigit))
}

// chinese reports whether the document is in Chinese, or in Chinese and another
// language.
func chinese(passages []core.Passage) bool {
	han, all := 0, 0
	for _, p := range passages {
		text := p.Title + p.Text
		for _, c := range p.Cells {
			text += c.Column
		}
		for _, r := range text {
			if isHan(r) {
				han++
			} else if unicode.IsLetter(r) {
				all++
			}
		}
	}
	return han*8 > all
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

func lang(s string) string {
	if strings.ContainsFunc(s, isHan) {
		return "zh"
	}
	return "en"
}

func gap(zh bool) string {
	if zh {
		return ""
	}
	return " "
}

// join puts a space between Latin letters and Chinese ones.
func join(a, b string) string {
	l, _ := utf8.DecodeLastRuneInString(a)
	r, _ := utf8.DecodeRuneInString(b)
	if isHan(l) == isHan(r) {
		return a + b
	}
	return a + " " + b
}

// lower writes a name as it stands within a sentence: "rated power", but "APF",
// "LED lamp" and "Home Office" as they are.
func lower(s string) string {
	first, rest, _ := strings.Cut(s, " ")
	named := strings.ContainsFunc(rest, unicode.IsUpper) // it is somebody's or something's
	if named || first == strings.ToUpper(first) && utf8.RuneCountInString(first) > 1 {
		return s
	}
	return strings.TrimSpace(strings.ToLower(first) + " " + rest)
}

func startsWithDigit(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "¥￥$€£≤≥<>±+-~约"))
	return unicode.IsDigit(r)
}
