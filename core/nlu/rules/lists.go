package rules

import (
	"strings"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/pattern"
)

// compile makes finders of what a bot looks for.
func (x *Extractor) compile(l nlu.Lexicon) ([]finder, error) {
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
		return []finder{rule{l.Name, re, same, false, fitting}}, nil
	case len(l.Values) > 0:
		d, err := list(l)
		return []finder{d}, err
	}
	return nil, core.Invalid("entity %q needs a rule, a pattern or values", l.Name)
}

func (x *Extractor) renamed(l nlu.Lexicon) ([]finder, error) {
	var rs []finder
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

// list finds any of the ways to write a value.
func list(l nlu.Lexicon) (*dictionary, error) {
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
	return newDictionary(l.Name, values), nil
}

// key is a word as lists compare it.
func key(w string) string { return strings.ToLower(strings.TrimSpace(fold(w).text)) }
