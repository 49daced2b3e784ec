// Package rules finds values that have a form: order numbers, phones, dates,
// amounts and the like, in Chinese and English, and values from a bot's lists.
//
// Each rule is a regular expression in RE2 syntax, so the time is linear in the
// text, with a check that gives the value its normal form. Rules stand in
// order; a span that one has taken is not another's, so that the digits of a
// phone are no order number.
package rules

import (
	"cmp"
	"context"
	"slices"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/pattern"
)

// Extractor implements nlu.EntityExtractor. It is immutable.
type Extractor struct {
	own   []finder // a bot's; they may overlap the built-in ones
	built []rule
}

var (
	_ nlu.EntityExtractor = (*Extractor)(nil)
	_ nlu.Named           = (*Extractor)(nil)
)

// moment is what relative dates are resolved against.
type moment struct{ now time.Time }

// finder appends what it finds, and what overlaps nothing of out.
type finder interface {
	find(f *folded, m moment, out []core.Entity) []core.Entity
}

// rule finds one kind of value by its form.
type rule struct {
	name string
	re   pattern.Expr // its first group, if it has one, is the span
	// read gives the value its normal form; ok is false if it is none after all.
	read func(text string, m moment) (value string, ok bool)
	// loose lets the span touch letters or digits; else it must stand alone.
	loose bool
	score float64 // in [0,1]: how sure the form alone is
}

// New makes an extractor of the built-in rules and a bot's own.
func New(own []nlu.Lexicon) (*Extractor, error) {
	x := &Extractor{built: builtin()}
	for _, l := range own {
		rs, err := x.compile(l)
		if err != nil {
			return nil, err
		}
		x.own = append(x.own, rs...)
	}
	return x, nil
}

// Open is New with the type that bot.Parts wants.
func Open(_ context.Context, own []nlu.Lexicon) (nlu.EntityExtractor, error) { return New(own) }

// Names implements nlu.Named: the built-in rules, each once.
func (x *Extractor) Names() []string {
	var names []string
	for _, r := range x.built {
		if !slices.Contains(names, r.name) {
			names = append(names, r.name)
		}
	}
	return names
}

// Extract implements nlu.EntityExtractor.
func (x *Extractor) Extract(_ context.Context, t *core.Turn) ([]core.Entity, error) {
	now := t.Now()
	if t.Bot.Location != nil {
		now = now.In(t.Bot.Location)
	}
	return x.Find(t.Text, now), nil
}

// longest is how much of a text is looked at, in bytes, and mostFound how many
// entities of the bot's own and of the built-in ones are.
const (
	longest   = 16 << 10
	mostFound = 300
)

// Find returns the entities of text; relative dates count from now.
func (x *Extractor) Find(text string, now time.Time) []core.Entity {
	f := fold(text[:min(len(text), longest)])
	m := moment{now}
	var out, own []core.Entity
	for _, x := range x.own {
		own = x.find(&f, m, own)
	}
	for _, r := range x.built {
		out = r.find(&f, m, out)
	}
	out = append(own, out...)
	slices.SortStableFunc(out, func(a, b core.Entity) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// find implements finder; among rules, a span is taken once.
func (r rule) find(f *folded, m moment, out []core.Entity) []core.Entity {
	if !r.re.May(f.lower) {
		return out
	}
	for _, at := range r.re.Regexp().FindAllStringSubmatchIndex(f.text, mostFound) {
		from, to := at[0], at[1]
		if len(at) > 2 && at[2] >= 0 {
			from, to = at[2], at[3]
		}
		if !r.loose && !f.alone(from, to) {
			continue
		}
		value, ok := r.read(f.text[from:to], m)
		e := core.Entity{Name: r.name, Value: value, Start: f.at[from], End: f.at[to], Score: r.score}
		if len(out) == mostFound {
			return out
		}
		if !ok || overlaps(out, e) {
			continue
		}
		e.Text = f.from[e.Start:e.End]
		out = append(out, e)
	}
	return out
}

func overlaps(out []core.Entity, e core.Entity) bool {
	return slices.ContainsFunc(out, func(o core.Entity) bool { return o.Start < e.End && e.Start < o.End })
}
