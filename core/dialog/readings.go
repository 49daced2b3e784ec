package dialog

import (
	"strconv"
	"strings"
	"unicode"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// The values of choices. A button must carry little: some platforms allow 64 bytes.
const (
	valueIntent = "intent:" // an intent's name follows
	valueFlow   = "flow:"   // a flow's
	valuePick   = "pick:"   // the place, from 1, of a question among those offered
	valueNone   = "none"    // none of the readings
)

// reading is one way to understand an unclear message.
type reading struct {
	value string // of its choice
	label string // what the customer reads
	score float64
}

// encode is how a reading is kept in the state between turns.
func (r reading) encode() string { return r.value + "\t" + r.label }

func decode(s string) reading {
	v, l, _ := strings.Cut(s, "\t")
	return reading{value: v, label: l}
}

// picked returns the reading that t chooses among those offered: by button, by
// number, or by its words.
func picked(t *core.Turn) (reading, bool) {
	offered := t.Work.State.Offered
	if v := choice(t); v != "" {
		for _, o := range offered {
			if r := decode(o); r.value == v {
				return r, true
			}
		}
		return reading{value: v}, strings.HasPrefix(v, valueIntent) || strings.HasPrefix(v, valueFlow)
	}
	said := bare(t.Norm)
	if n, ok := ordinal(said); ok && n <= len(offered) {
		return decode(offered[n-1]), true
	}
	for _, o := range offered {
		if r := decode(o); said != "" && bare(nlu.Normalize(r.label)) == said {
			return r, true
		}
	}
	if len(offered) > 0 && none[said] {
		return reading{value: valueNone}, true
	}
	return reading{}, false
}

var none = map[string]bool{"都不是": true, "不是": true, "none": true, "no": true, "neither": true, "none of these": true, "none of them": true, "都不对": true, "不对": true}

var ordinals = map[string]int{
	"一": 1, "二": 2, "三": 3, "四": 4, "第一": 1, "第二": 2, "第三": 3, "第四": 4, "前者": 1, "后者": 2,
	"first": 1, "second": 2, "third": 3, "fourth": 4, "one": 1, "two": 2, "three": 3, "former": 1, "latter": 2,
}

// ordinal reads "2", "第二个", "选1", "the first one", "number 2", "option 3".
func ordinal(said string) (int, bool) {
	for _, cut := range []string{"the ", "number ", "option ", "no ", "选择", "选", "我选", "是", "第"} {
		said = strings.TrimPrefix(said, cut)
	}
	for _, cut := range []string{" one", " option", "个", "项", "号", "条", " please", "吧"} {
		said = strings.TrimSuffix(said, cut)
	}
	said = strings.TrimSpace(said)
	if n, ok := ordinals[said]; ok {
		return n, true
	}
	n, err := strconv.Atoi(said)
	return n, err == nil && n >= 1 && n <= 9
}
