package dialog

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Condition says when a step or rule applies: all of its names must hold, each
// for one of its values. A name is one of ConditionWords, else a slot's.
//
// A value is compared as it is; "" means empty and "*" not empty. "!= x" is any
// other value, "~ RE" a regular expression (RE2), and "> 5", ">= 5", "< 5",
// "<= 5" compare numbers, or dates as 2026-01-31.
type Condition map[string][]string

// The words of a Condition that are no slots.
const (
	WhenIntent   = "intent"   // the best intent, where it is sure enough
	WhenText     = "text"     // the message holds these words
	WhenChannel  = "channel"  // the channel's id or its type: "web"
	WhenLanguage = "language" // of the message: "zh"
	WhenHours    = "hours"    // "open", "closed", or a time such as "mon-fri 09:00-18:00"
	WhenMood     = "mood"     // "angry", "negative", "neutral", "positive"
	WhenTag      = "tag"      // the case has the tag
	WhenEvent    = "event"    // the platform's: "follow", "scan:spring", …
	WhenFlow     = "flow"     // that waits for an answer
	WhenIdentity = "identity" // of the contact: "anonymous", "claimed", "verified"
)

// ConditionWords are the names of a Condition that are no slots.
func ConditionWords() []string {
	return []string{WhenIntent, WhenText, WhenChannel, WhenLanguage, WhenHours, WhenMood, WhenTag, WhenEvent, WhenFlow, WhenIdentity}
}

// Moods are the values of WhenMood.
func Moods() []string { return []string{"angry", "negative", "neutral", "positive"} }

// test is one value of a Condition, read.
type test struct {
	op  string // "", "!=", "~", ">", ">=", "<", "<=", "*"
	arg string
	re  *regexp.Regexp // of "~"
}

// readTest reads a value of a Condition.
func readTest(s string) (test, error) {
	if s == "*" {
		return test{op: "*"}, nil
	}
	for _, op := range []string{"!=", ">=", "<=", ">", "<", "~"} {
		arg, ok := strings.CutPrefix(s, op+" ")
		if !ok {
			continue
		}
		tt := test{op: op, arg: strings.TrimSpace(arg)}
		switch op {
		case "!=":
		case "~":
			re, err := regexp.Compile("(?i)" + tt.arg)
			if err != nil {
				return tt, core.Invalid("%q is no regular expression: %v", tt.arg, err)
			}
			tt.re = re
		default:
			if _, ok := number(tt.arg); !ok && !isDate(tt.arg) {
				return tt, core.Invalid("%q compares with neither a number nor a date such as 2026-01-31", s)
			}
		}
		return tt, nil
	}
	return test{arg: s}, nil
}

func (tt test) holds(v string) bool {
	switch tt.op {
	case "":
		return v == tt.arg
	case "*":
		return v != ""
	case "!=":
		return v != tt.arg
	case "~":
		return tt.re.MatchString(v)
	}
	c, ok := compare(v, tt.arg)
	return ok && map[string]bool{">": c > 0, ">=": c >= 0, "<": c < 0, "<=": c <= 0}[tt.op]
}

var firstNumber = regexp.MustCompile(`-?[0-9]+(?:\.[0-9]+)?`)

// number is the first number in s: "USD 12.50" is 12.5.
func number(s string) (float64, bool) {
	n, err := strconv.ParseFloat(firstNumber.FindString(strings.ReplaceAll(s, ",", "")), 64)
	return n, err == nil
}

var dateForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}`)

func isDate(s string) bool { return dateForm.MatchString(s) }

// compare orders two dates or two numbers; ok is false for anything else.
func compare(a, b string) (c int, ok bool) {
	if isDate(a) || isDate(b) {
		return cmp.Compare(a[:min(len(a), 10)], b[:min(len(b), 10)]), isDate(a) && isDate(b)
	}
	x, okX := number(a)
	y, okY := number(b)
	return cmp.Compare(x, y), okX && okY
}

// CheckCondition names what is wrong with c, nil if nothing is.
func CheckCondition(c Condition) error {
	for name, values := range c {
		if len(values) == 0 {
			return core.Invalid("%s has no value: give one, or \"\" for empty", name)
		}
		for _, v := range values {
			tt, err := readTest(v)
			if err == nil {
				err = checkWord(name, v, tt)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

func checkWord(name, v string, tt test) error {
	switch {
	case name == WhenHours:
		_, err := readHours(strings.TrimPrefix(v, "!= "))
		return err
	case name == WhenMood && !slices.Contains(Moods(), tt.arg):
		return core.Invalid("%q is no mood: there are %s", tt.arg, strings.Join(Moods(), ", "))
	case name == WhenIdentity && !slices.Contains([]string{"anonymous", string(core.Claimed), string(core.Verified)}, tt.arg):
		return core.Invalid("%q is no identity: there are anonymous, claimed, verified", tt.arg)
	case !slices.Contains(ConditionWords(), name) && !isName(name):
		return core.Invalid("%q is no name of a slot", name)
	}
	return nil
}

// met reports whether all of c holds for t, with these slots.
func (s *Script) met(t *core.Turn, c Condition, slots map[string]string) bool {
	for name, values := range c {
		if !slices.ContainsFunc(values, func(v string) bool { return s.one(t, name, v, slots) }) {
			return false
		}
	}
	return true
}

// one reports whether name has the value v.
func (s *Script) one(t *core.Turn, name, v string, slots map[string]string) bool {
	if not, ok := strings.CutPrefix(v, "!= "); ok && slices.Contains(ConditionWords(), name) {
		_, err := readHours(not)
		return (name != WhenHours || err == nil) && !s.one(t, name, not, slots)
	}
	tt, err := readTest(v)
	if err != nil {
		return false
	}
	switch name {
	case WhenText:
		if tt.op == "" {
			return holds(bare(t.Norm), bare(nlu.Normalize(v)))
		}
		return tt.holds(t.Norm)
	case WhenHours:
		return s.within(t, v)
	case WhenChannel:
		return tt.holds(t.Work.Envelope.Channel) || tt.holds(t.Channel)
	case WhenTag:
		return slices.ContainsFunc(t.State().Tags, tt.holds) || v == "" && len(t.State().Tags) == 0
	case WhenEvent:
		sig, scene := signal(t)
		return tt.holds(sig) || scene != "" && tt.holds(sig+":"+scene)
	}
	return tt.holds(s.fact(t, name, slots))
}

// fact is the value of a name that has one.
func (s *Script) fact(t *core.Turn, name string, slots map[string]string) string {
	switch name {
	case WhenIntent:
		if intentConfidence(t.Intents) >= t.Bot.Threshold && len(t.Intents) > 0 {
			return t.Intents[0].Name
		}
		return ""
	case WhenLanguage:
		return t.Lang
	case WhenMood:
		if s.Mood == nil {
			return "neutral"
		}
		return s.Mood(t)
	case WhenFlow:
		return t.State().Flow
	case WhenIdentity:
		return cmp.Or(string(t.Work.Envelope.Contact.Level), "anonymous")
	}
	return slots[name]
}
