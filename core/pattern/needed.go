package pattern

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Sets of more strings than mostNeeded are no faster than the expression;
// classes of more characters than mostRunes say nothing.
const (
	mostNeeded = 120
	mostRunes  = 40
)

// needed returns sets of strings in lower case: every match of re holds one
// string of each. No set says nothing.
func needed(re *syntax.Regexp) [][]string {
	switch re.Op {
	case syntax.OpLiteral:
		return [][]string{{strings.ToLower(string(re.Rune))}}
	case syntax.OpCharClass:
		if rs := runes(re.Rune); rs != nil {
			return [][]string{rs}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0])
		}
	case syntax.OpConcat:
		var all [][]string
		for _, sub := range re.Sub {
			all = append(all, needed(sub)...)
		}
		return all
	case syntax.OpAlternate:
		return either(re.Sub)
	}
	return nil
}

// either is the one set that covers all of subs: the best of each.
func either(subs []*syntax.Regexp) [][]string {
	var all []string
	for _, sub := range subs {
		var best []string
		for _, n := range needed(sub) {
			best = better(best, n)
		}
		if best == nil || len(all)+len(best) > mostNeeded {
			return nil
		}
		all = append(all, best...)
	}
	return [][]string{all}
}

// runes are the characters of a class given by its ranges.
func runes(ranges []rune) []string {
	var out []string
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if len(out) == mostRunes {
				return nil
			}
			out = append(out, strings.ToLower(string(r)))
		}
	}
	return out
}

// better is the set that fewer texts hold: longer strings, then fewer.
func better(a, b []string) []string {
	switch la, lb := shortest(a), shortest(b); {
	case a == nil, b != nil && lb > la, b != nil && lb == la && len(b) < len(a):
		return b
	}
	return a
}

// shortest is the length of the shortest string; a character of more than a
// byte tells as much as two letters.
func shortest(ss []string) int {
	least := 1 << 30
	for _, s := range ss {
		n := 0
		for _, r := range s {
			n += min(utf8.RuneLen(r), 2)
		}
		least = min(least, n)
	}
	return least
}

// alternatives cuts an expression at the bars that stand in no group or class.
// Flags at its beginning would hold for the first only: it is not cut then.
func alternatives(expr string) []string {
	if strings.HasPrefix(expr, "(?") && !strings.HasPrefix(expr, "(?:") {
		return []string{expr}
	}
	var out []string
	depth, from, class := 0, 0, false
	for i := 0; i < len(expr); i++ {
		switch c := expr[i]; {
		case c == '\\':
			i++
		case class:
			class = c != ']'
		case c == '[':
			class = true
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == '|' && depth == 0:
			out = append(out, expr[from:i])
			from = i + 1
		}
	}
	return append(out, expr[from:])
}
