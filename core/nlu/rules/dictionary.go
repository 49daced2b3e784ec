package rules

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// dictionary finds the values of a list, however they are written: exactly, in
// one pass; with a slip of the hand; by characters that sound alike, which is
// how input methods go wrong; and in pinyin. What is not written exactly has
// the score of a guess, which counts only where the value was asked for.
type dictionary struct {
	name   string
	exact  *automaton
	values []string // by word of exact
	sounds *automaton
	sound  []string // the values by word of sounds
	slips  slips
}

// The shortest words that are found by their sound, in characters, and in
// pinyin, in letters: shorter ones sound like many others.
const (
	leastSounds = 3
	leastPinyin = 6
)

// newDictionary makes a dictionary of ways to write, as key has them, and their
// values.
func newDictionary(name string, values map[string]string) *dictionary {
	d := &dictionary{name: name, slips: newSlips()}
	var words, sounds [][]rune
	for _, w := range sortedKeys(values) {
		words, d.values = append(words, []rune(w)), append(d.values, values[w])
		d.slips.add(w, values[w])
		if s := spoken([]rune(w)); len(s) >= leastSounds && !slices.Contains(s, silent) {
			sounds, d.sound = append(sounds, s), append(d.sound, values[w])
		}
		if p, ok := pinyin(w); ok && len(p) >= leastPinyin {
			d.slips.pinyin[p] = values[w]
		}
	}
	d.exact = newAutomaton(words)
	if sounds != nil {
		d.sounds = newAutomaton(sounds)
	}
	return d
}

func sortedKeys(m map[string]string) []string {
	ks := make([]string, 0, len(m))
	for k := range m {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	return ks
}

// find implements finder.
func (d *dictionary) find(f *folded, _ moment, out []core.Entity) []core.Entity {
	rs, at := f.letters()
	var found []match
	d.exact.scan(rs, func(w, from, to int) {
		if f.alone(at[from], at[to]) {
			found = append(found, match{at[from], at[to], d.values[w]})
		}
	})
	out = d.keep(f, found, fitting, out)
	if d.sounds != nil {
		found = found[:0]
		d.sounds.scan(spoken(rs), func(w, from, to int) {
			found = append(found, match{at[from], at[to], d.sound[w]})
		})
		out = d.keep(f, found, maybe, out)
	}
	return d.keep(f, d.slips.find(rs, at), maybe, out)
}

// match is a value between two bytes of a folded text.
type match struct {
	from, to int
	value    string
}

// keep appends the matches that stand farthest to the left and are longest.
func (d *dictionary) keep(f *folded, ms []match, score float64, out []core.Entity) []core.Entity {
	slices.SortStableFunc(ms, func(a, b match) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	end := 0
	for _, m := range ms {
		if m.from < end || len(out) == mostFound {
			continue
		}
		e := core.Entity{Name: d.name, Value: m.value, Start: f.at[m.from], End: f.at[m.to], Score: score}
		if overlaps(out, e) {
			continue
		}
		e.Text = f.from[e.Start:e.End]
		out = append(out, e)
		end = m.to
	}
	return out
}

// silent is the sound of what is no Chinese character.
const silent = -1

// spoken is rs by sound: letters for syllables. Sounds that many speakers do
// not tell apart are one: zh z, ch c, sh s, and n ng at the end.
func spoken(rs []rune) []rune {
	out := make([]rune, len(rs))
	for i, r := range rs {
		out[i] = silent
		if s := nlu.Reading(r); s != "" {
			out[i] = soundOf(s)
		}
	}
	return out
}

// soundOf packs the at most five letters of a syllable that are left.
func soundOf(syllable string) rune {
	if len(syllable) > 2 && syllable[1] == 'h' {
		syllable = syllable[:1] + syllable[2:]
	}
	syllable = strings.TrimSuffix(syllable, "g")
	n := rune(0)
	for i := range len(syllable) {
		n = n*27 + rune(syllable[i]-'a'+1)
	}
	return n
}

// pinyin is a word of Chinese characters as it is typed without an input
// method.
func pinyin(word string) (string, bool) {
	var b strings.Builder
	for _, r := range word {
		s := nlu.Reading(r)
		if s == "" {
			return "", false
		}
		b.WriteString(s)
	}
	return b.String(), true
}

func isLetter(r rune) bool { return unicode.Is(unicode.Latin, r) }
