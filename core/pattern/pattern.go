// Package pattern matches many regular expressions fast by looking for their
// literals first.
//
// A lexicon of a hundred alternatives costs a millisecond a message as one
// expression: RE2 walks all of them at each byte. Most messages hold not one of
// the words that could begin a match. So each line is compiled by itself,
// together with sets of strings of which every match must hold one each (as in
// RE2's FilteredRE2), and is run only if the text holds them.
package pattern

import (
	"cmp"
	"fmt"
	"iter"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// Set is some expressions, in order. It is immutable and safe for concurrent use.
type Set struct{ lines []line }

// line is an expression, and the alternatives it is made of: first it is seen
// whether any could match, then which.
type line struct {
	all  Expr
	alts []Expr
}

// Compile reads expressions, one a line, in RE2 syntax. White space at the ends
// of a line does not count, nor do empty lines.
func Compile(lines string) (Set, error) {
	var s Set
	for l := range strings.Lines(lines) {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		all, err := One(l)
		if err != nil {
			return Set{}, err
		}
		ln := line{all: all}
		for _, a := range alternatives(l) {
			e, err := One(a)
			if err != nil {
				return Set{}, err
			}
			ln.alts = append(ln.alts, e)
		}
		s.lines = append(s.lines, ln)
	}
	return s, nil
}

// MustCompile is Compile for expressions in the source.
func MustCompile(lines string) Set {
	s, err := Compile(lines)
	if err != nil {
		panic(err)
	}
	return s
}

// may yields the expressions that could match text as it is when asked.
func (s Set) may(text *string) iter.Seq[*regexp.Regexp] {
	return func(yield func(*regexp.Regexp) bool) {
		for _, l := range s.lines {
			if !l.all.May(*text) {
				continue
			}
			for _, e := range l.alts {
				if e.May(*text) && !yield(e.re) {
					return
				}
			}
		}
	}
}

// Match reports whether one of s matches a part of text.
func (s Set) Match(text string) bool {
	for re := range s.may(&text) {
		if re.MatchString(text) {
			return true
		}
	}
	return false
}

// Count is how often the expressions of s match in text, up to most.
func (s Set) Count(text string, most int) int {
	n := 0
	for re := range s.may(&text) {
		if n += len(re.FindAllStringIndex(text, most-n)); n >= most {
			break
		}
	}
	return n
}

// Replace puts with for every match, an expression after the other.
func (s Set) Replace(text, with string) string {
	for re := range s.may(&text) {
		text = re.ReplaceAllLiteralString(text, with)
	}
	return text
}

// Expr is one expression.
type Expr struct {
	re   *regexp.Regexp
	need [][]string // lower case; a match holds one of each
}

// One compiles a single expression.
func One(expr string) (Expr, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return Expr{}, fmt.Errorf("expression: %w", err)
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return Expr{}, fmt.Errorf("expression: %w", err)
	}
	return Expr{re: re, need: order(needed(tree))}, nil
}

// MustOne is One for an expression in the source.
func MustOne(expr string) Expr {
	e, err := One(expr)
	if err != nil {
		panic(err)
	}
	return e
}

// Regexp is the expression itself.
func (e Expr) Regexp() *regexp.Regexp { return e.re }

// May reports whether e could match in lower, a text in lower case; if not, it
// does not match the text however it is spelt.
func (e Expr) May(lower string) bool {
	for _, set := range e.need {
		if !holds(lower, set) {
			return false
		}
	}
	return true
}

func holds(text string, set []string) bool {
	for _, s := range set {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// order puts the set that fewest texts hold first.
func order(sets [][]string) [][]string {
	slices.SortStableFunc(sets, func(a, b []string) int {
		return cmp.Or(cmp.Compare(shortest(b), shortest(a)), cmp.Compare(len(a), len(b)))
	})
	return sets
}
