package ingest

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// style is what a paragraph style says of its paragraphs.
type style struct {
	level int // of heading; 0 for none
	num   int // list; -1 for none
	ilvl  int
	based string
}

// readStyles finds which styles are headings, by outline level, by name or by
// the style they are based on.
func readStyles(data []byte) (map[string]style, error) {
	out := map[string]style{}
	var id string
	var s style
	err := walkXML(data, func(e xml.StartElement) bool {
		switch e.Name.Local {
		case "style":
			id, s = attr(e, "styleId"), style{num: -1}
		case "name":
			s.level = max(s.level, headingName(attr(e, "val")))
		case "basedOn":
			s.based = attr(e, "val")
		case "outlineLvl":
			if n := number(attr(e, "val")); n >= 0 && n < 9 {
				s.level = n + 2
			}
		case "numId":
			s.num = number(attr(e, "val"))
		case "ilvl":
			s.ilvl = max(0, number(attr(e, "val")))
		}
		return true
	}, func(name string) {
		if name == "style" {
			out[id] = s
		}
	}, func(string) {})
	for id, s := range out {
		out[id] = inherit(out, s)
	}
	return out, err
}

func inherit(all map[string]style, s style) style {
	for based, depth := s.based, 0; based != "" && depth < 20; depth++ {
		b := all[based]
		if s.level == 0 {
			s.level = b.level
		}
		if s.num < 0 && b.num > 0 {
			s.num, s.ilvl = b.num, b.ilvl
		}
		based = b.based
	}
	return s
}

// headingName reads "heading 2", "标题 2" and "Title", which is above all; 0 is
// no heading.
func headingName(name string) int {
	name = strings.ToLower(name)
	if name == "title" || name == "标题" {
		return 1
	}
	for _, prefix := range []string{"heading ", "标题 "} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			if n, err := strconv.Atoi(rest); err == nil && n >= 1 && n <= 9 {
				return n + 1
			}
		}
	}
	return 0
}

// numbering counts lists as Word does, so that clause "2.3" can be quoted.
type numbering struct {
	abstract map[int]map[int]listLevel // by abstract list and level
	of       map[int]int               // abstract list of a list
	counts   map[int][9]int            // reached, by abstract list
}

type listLevel struct {
	format, text string // "decimal", "%1.%2"
	start        int
}

func readNumbering(data []byte) (*numbering, error) {
	n := &numbering{abstract: map[int]map[int]listLevel{}, of: map[int]int{}, counts: map[int][9]int{}}
	abstract, num, level := -1, -1, -1
	err := walkXML(data, func(e xml.StartElement) bool {
		switch e.Name.Local {
		case "abstractNum":
			abstract = number(attr(e, "abstractNumId"))
			n.abstract[abstract] = map[int]listLevel{}
		case "num":
			num = number(attr(e, "numId"))
		case "abstractNumId":
			n.of[num] = number(attr(e, "val"))
		case "lvl":
			level = number(attr(e, "ilvl"))
		case "start", "numFmt", "lvlText":
			if levels := n.abstract[abstract]; levels != nil && num < 0 {
				levels[level] = levels[level].with(e.Name.Local, attr(e, "val"))
			}
		case "lvlOverride":
			return false
		}
		return true
	}, func(string) {}, func(string) {})
	return n, err
}

func (l listLevel) with(what, value string) listLevel {
	switch what {
	case "start":
		l.start = number(value)
	case "numFmt":
		l.format = value
	default:
		l.text = value
	}
	return l
}

// next is the label of the next paragraph of list num at level; "" for none.
func (n *numbering) next(num, level int) string {
	if num <= 0 || level < 0 || level > 8 {
		return ""
	}
	id, ok := n.of[num]
	l, known := n.abstract[id][level]
	if !ok || !known || l.format == "none" {
		return ""
	}
	if l.format == "bullet" {
		return "•"
	}
	c := n.counts[id]
	for i := range level {
		if c[i] == 0 {
			c[i] = max(1, n.abstract[id][i].start)
		}
	}
	if c[level]++; c[level] == 1 {
		c[level] = max(1, l.start)
	}
	clear(c[level+1:])
	n.counts[id] = c
	label := l.text
	for i := range c {
		label = strings.ReplaceAll(label, fmt.Sprintf("%%%d", i+1), counted(n.abstract[id][i].format, c[i]))
	}
	return strings.TrimSpace(label)
}

// counted writes n as the format asks; rare formats as digits.
func counted(format string, n int) string {
	switch {
	case format == "lowerLetter" && n >= 1 && n <= 26:
		return string(rune('a' + n - 1))
	case format == "upperLetter" && n >= 1 && n <= 26:
		return string(rune('A' + n - 1))
	case strings.HasPrefix(format, "chineseCounting") || strings.HasPrefix(format, "ideograph") || strings.HasPrefix(format, "japaneseCounting"):
		return chinese(n)
	}
	return strconv.Itoa(n)
}

// chinese writes 1 to 99.
func chinese(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch {
	case n < 1 || n > 99:
		return strconv.Itoa(n)
	case n < 10:
		return digits[n]
	case n < 20:
		return "十" + digits[n-10]
	}
	return digits[n/10] + "十" + digits[n%10]
}
