package nlu

import (
	"context"
	"regexp"
	"strings"

	"frontdesk/core"
)

// Marked is a sentence with the values in it, from which entities are learnt.
type Marked struct {
	Text  string
	Marks []Mark // in order, without overlaps
}

// Mark is a value in a sentence: bytes of its text, the end exclusive.
type Mark struct {
	Start, End int
	Name       string // of the entity
	Value      string // what the words stand for; "" is themselves
}

// mark is [words](name) or [words](name:value). Other brackets are text.
var mark = regexp.MustCompile(`\[([^\[\]]+)\]\(([A-Za-z_][A-Za-z0-9_\-]*)(?::([^()]*))?\)`)

// ReadMarks reads a sentence as authors write it: "[red](colour) shoes", or
// "[scarlet](colour:red) shoes" for another way to say it.
func ReadMarks(s string) Marked {
	var m Marked
	var b strings.Builder
	end := 0
	for _, at := range mark.FindAllStringSubmatchIndex(s, -1) {
		b.WriteString(s[end:at[0]])
		one := Mark{Start: b.Len(), Name: s[at[4]:at[5]]}
		b.WriteString(s[at[2]:at[3]])
		one.End = b.Len()
		if at[6] >= 0 {
			one.Value = strings.TrimSpace(s[at[6]:at[7]])
		}
		m.Marks = append(m.Marks, one)
		end = at[1]
	}
	b.WriteString(s[end:])
	m.Text = b.String()
	return m
}

// Learned gives what an extractor found by its words the values these stand
// for, by name and normalised words.
type Learned struct {
	Finder EntityExtractor
	Values map[string]map[string]string
}

// Extract implements EntityExtractor.
func (l Learned) Extract(ctx context.Context, t *core.Turn) ([]core.Entity, error) {
	es, err := l.Finder.Extract(ctx, t)
	for i, e := range es {
		if v, ok := l.Values[e.Name][Normalize(e.Text)]; ok {
			es[i].Value = v
		}
	}
	return es, err
}

// LearnedValues are the values of marks and of lists, for Learned.
func LearnedValues(marked []Marked, lists []Lexicon) map[string]map[string]string {
	values := map[string]map[string]string{}
	add := func(name, words, value string) {
		if values[name] == nil {
			values[name] = map[string]string{}
		}
		values[name][Normalize(words)] = value
	}
	for _, l := range lists {
		for _, v := range l.Values {
			for _, w := range append([]string{v.Value}, v.Synonyms...) {
				add(l.Name, w, v.Value)
			}
		}
	}
	for _, m := range marked {
		for _, k := range m.Marks {
			if k.Value != "" {
				add(k.Name, m.Text[k.Start:k.End], k.Value)
			}
		}
	}
	return values
}
