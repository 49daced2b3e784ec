package rules

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/pattern"
)

// compile makes rules of what a bot looks for.
func (x *Extractor) compile(l nlu.Lexicon) ([]rule, error) {
	switch {
	case l.Name == "":
		return nil, core.Invalid("an entity has no name")
	case l.Rule != "":
		return x.renamed(l)
	case l.Pattern != "":
		re, err := pattern.One(l.Pattern)
		if err != nil {
			return nil, core.Invalid("entity %q: pattern: %v", l.Name, err)
		}
		return []rule{{l.Name, re, same, false, fitting}}, nil
	case len(l.Values) > 0:
		return list(l)
	}
	return nil, core.Invalid("entity %q needs a rule, a pattern or values", l.Name)
}

func (x *Extractor) renamed(l nlu.Lexicon) ([]rule, error) {
	var rs []rule
	for _, r := range x.built {
		if r.name == l.Rule {
			r.name = l.Name
			rs = append(rs, r)
		}
	}
	if rs == nil {
		return nil, core.Invalid("entity %q: there is no rule %q; there are %s", l.Name, l.Rule, strings.Join(x.Names(), ", "))
	}
	return rs, nil
}

// list finds any of the ways to write a value, longest first.
func list(l nlu.Lexicon) ([]rule, error) {
	values := map[string]string{}
	for _, v := range l.Values {
		for _, w := range append([]string{v.Value}, v.Synonyms...) {
			key := key(w)
			if key == "" {
				return nil, core.Invalid("entity %q: value %q has an empty synonym", l.Name, v.Value)
			}
			if old, ok := values[key]; ok && old != v.Value {
				return nil, core.Invalid("entity %q: %q stands for both %q and %q", l.Name, w, old, v.Value)
			}
			values[key] = v.Value
		}
	}
	words := make([]string, 0, len(values))
	for w := range values {
		words = append(words, regexp.QuoteMeta(w))
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	re, err := pattern.One("(?i)" + strings.Join(words, "|"))
	if err != nil {
		return nil, core.Invalid("entity %q: %v", l.Name, err)
	}
	read := func(s string, _ moment) (string, bool) {
		v, ok := values[key(s)]
		return v, ok
	}
	return []rule{{l.Name, re, read, false, fitting}}, nil
}

// key is a word as lists compare it.
func key(w string) string { return strings.ToLower(strings.TrimSpace(fold(w).text)) }
