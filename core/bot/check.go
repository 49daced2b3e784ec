package bot

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"frontdesk/core"
	"frontdesk/core/dialog"
	"frontdesk/core/nlu"
)

// DefaultRecognizer is the one a bot gets that names none.
const DefaultRecognizer = "linear"

func (d Definition) withDefaults() Definition {
	d.Name = cmp.Or(d.Name, d.ID)
	d.Recognizer = cmp.Or(d.Recognizer, DefaultRecognizer)
	d.Threshold = cmp.Or(d.Threshold, DefaultThreshold)
	return d
}

// mistakes gathers what is wrong, so that all of it is told at once.
type mistakes struct{ errs []error }

func (m *mistakes) add(wrong bool, format string, args ...any) {
	if wrong {
		m.errs = append(m.errs, core.Invalid(format, args...))
	}
}

// check finds the mistakes of d that need no built part.
func (d Definition) check(p Parts) (core.BotInfo, error) {
	var m mistakes
	m.add(d.ID == "", "a bot needs an id")
	m.add(len(d.Languages) == 0, "languages: name at least one, such as zh or en")
	for _, l := range d.Languages {
		m.add(l == "" || l != nlu.Primary(l), "language %q: use the primary tag in lower case, such as zh or en", l)
	}
	m.add(!(d.Threshold > 0 && d.Threshold < 1), "threshold %v must lie between 0 and 1", d.Threshold)
	m.add(p.Recognizers[d.Recognizer] == nil, "recogniser %q is not known; there are %s", d.Recognizer,
		strings.Join(slices.Sorted(maps.Keys(p.Recognizers)), ", "))
	m.add(d.Desk.Channel != "" && d.Desk.Room == "", "desk: channel %q needs a room", d.Desk.Channel)
	m.add(p.Entities == nil || p.Retriever == nil || p.CPU == nil, "parts are missing: entities, retriever and CPU are needed")
	loc, err := d.location()
	if err != nil {
		m.errs = append(m.errs, err)
	}
	if _, err := d.open(); err != nil && loc != nil {
		m.errs = append(m.errs, err)
	}
	d.checkIntents(&m)
	d.checkLearned(&m, p)
	d.checkTexts(&m)
	d.checkLimits(&m)
	return core.BotInfo{ID: d.ID, Name: d.Name, Version: d.Version, Languages: d.Languages, Location: loc,
		Threshold: d.Threshold, Desk: d.Desk}, errors.Join(m.errs...)
}

func (d Definition) checkIntents(m *mistakes) {
	seen := map[string]bool{}
	meaning := map[string]string{}
	for i, in := range d.Intents {
		m.add(in.Name == "", "intent %d has no name", i+1)
		m.add(seen[in.Name], "intent %q is defined twice", in.Name)
		seen[in.Name] = true
		for _, lang := range slices.Sorted(maps.Keys(in.Examples)) {
			m.add(!slices.Contains(d.Languages, lang), "intent %q: examples in %q, which is none of the bot's languages", in.Name, lang)
			for n, e := range in.Examples[lang] {
				e = nlu.ReadMarks(e).Text
				norm := nlu.Normalize(e)
				where := fmt.Sprintf("intent %q, example %d in %q", in.Name, n+1, lang)
				m.add(!nlu.Wordy(norm), "%s holds no words: %q", where, e)
				other, taken := meaning[norm]
				m.add(taken && other != in.Name, "%s (%q) is an example of %q too", where, e, other)
				meaning[norm] = in.Name
			}
		}
	}
	ents := map[string]bool{}
	for i, e := range d.Entities {
		m.add(e.Name == "", "entity %d has no name", i+1)
		m.add(ents[e.Name], "entity %q is defined twice", e.Name)
		ents[e.Name] = true
	}
}

// checkTexts finds sentences that nobody says.
func (d Definition) checkTexts(m *mistakes) {
	known := dialog.DefaultTexts()
	for k := range d.Texts {
		_, ok := known[k]
		m.add(!ok, "text %q is not known", k)
	}
}

func (d Definition) checkLimits(m *mistakes) {
	l := d.Handoff.Limits
	m.add(l.Repeats < 0 || l.Misses < 0, "handoff limits must not be negative")
	m.add(l.Anger < 0 || l.Anger > 1, "handoff anger limit %v must lie between 0 and 1", l.Anger)
	for i, k := range d.Handoff.Keywords {
		m.add(k.Name == "", "handoff rule %d has no name", i+1)
		for _, w := range k.Words {
			m.add(!nlu.Wordy(nlu.Normalize(w)), "handoff rule %q: %q holds no words", k.Name, w)
		}
	}
}
