package dialog

import (
	"context"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
)

func TestCondition(t *testing.T) {
	slots := map[string]string{"tier": "gold", "n": "USD 12.50", "day": "2026-05-03", "empty": ""}
	k := open(t, &Script{Mood: func(*core.Turn) string { return "angry" }, Open: func(at time.Time) bool { return at.Hour() < 18 }})
	k.do(core.Part{Text: "I want my money back please"}, intent("refund", .9))
	tn := k.last
	tn.Note(core.Event{Kind: core.Tagged, Key: "vip"})
	for _, c := range []struct {
		name, value string
		want        bool
	}{
		{"tier", "gold", true}, {"tier", "Gold", false}, {"tier", "!= gold", false}, {"tier", "!= silver", true}, {"tier", "*", true}, {"tier", "", false},
		{"tier", "~ ^g", true}, {"tier", "~ ^x", false}, {"none", "", true}, {"none", "*", false}, {"empty", "", true},
		{"n", "> 12", true}, {"n", ">= 12.5", true}, {"n", "< 12.5", false}, {"n", "<= 12.5", true}, {"tier", "> 1", false},
		{"day", "> 2026-05-02", true}, {"day", "< 2026-05-02", false}, {"n", "> 2026-05-02", false},
		{WhenIntent, "refund", true}, {WhenIntent, "other", false}, {WhenIntent, "!= other", true},
		{WhenText, "money back", true}, {WhenText, "oney", false}, {WhenText, "~ back|front", true}, {WhenText, "!= money", false},
		{WhenChannel, "site", true}, {WhenChannel, "web", true}, {WhenChannel, "mail", false}, {WhenChannel, "!= web", false}, {WhenChannel, "!= mail", true},
		{WhenLanguage, "en", true}, {WhenLanguage, "zh", false}, {WhenMood, "angry", true}, {WhenMood, "!= angry", false},
		{WhenHours, "open", true}, {WhenHours, "closed", false}, {WhenHours, "fri 09:00-11:00", true}, {WhenHours, "mon-thu", false}, {WhenHours, "!= fri", false},
		{WhenTag, "vip", true}, {WhenTag, "!= vip", false}, {WhenTag, "", false}, {WhenIdentity, "anonymous", true}, {WhenFlow, "", true}, {WhenEvent, "follow", false},
	} {
		if got := k.s.met(tn, Condition{c.name: {c.value}}, slots); got != c.want {
			t.Errorf("%s: %q is %v", c.name, c.value, got)
		}
	}
	if !k.s.met(tn, Condition{"tier": {"silver", "gold"}, WhenLanguage: {"en"}}, slots) || k.s.met(tn, Condition{"tier": {"gold"}, WhenLanguage: {"zh"}}, slots) {
		t.Error("one of the values of all names must hold")
	}
	if !k.s.met(tn, nil, nil) {
		t.Error("no condition does not hold")
	}
}

func TestCheckCondition(t *testing.T) {
	for want, c := range map[string]Condition{
		"":                         {"a": {"", "*", "> 5", "!= x", "~ a+", "< 2026-01-01"}, WhenHours: {"mon-fri 09:00-18:00", "!= closed"}, WhenMood: {"!= angry"}},
		"a has no value":           {"a": nil},
		`no regular expression`:    {"a": {"~ ("}},
		`neither a number`:         {"a": {"> x"}},
		`"25:00" is no time`:       {WhenHours: {"25:00"}},
		`"sad" is no mood`:         {WhenMood: {"sad"}},
		`"a b" is no name`:         {"a b": {"x"}},
		`"known" is no identity`:   {WhenIdentity: {"known"}},
		`is no time: write open, `: {WhenHours: {"mon-xyz"}},
	} {
		err := CheckCondition(c)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v: %v, want %q", c, err, want)
		}
	}
}

func TestHours(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse("Mon 2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		hours, at string
		want      bool
	}{
		{"09:00-18:00", "Fri 2026-05-01 09:00", true}, {"09:00-18:00", "Fri 2026-05-01 18:00", false}, {"09:00-18:00", "Fri 2026-05-01 08:59", false},
		{"mon-fri", "Fri 2026-05-01 23:59", true}, {"mon-fri", "Sat 2026-05-02 00:00", false}, {"sat,sun", "Sun 2026-05-03 12:00", true},
		{"fri-mon 10:00-12:00", "Sun 2026-05-03 11:00", true}, {"fri-mon 10:00-12:00", "Tue 2026-05-05 11:00", false},
		{"22:00-08:00", "Fri 2026-05-01 23:00", true}, {"22:00-08:00", "Fri 2026-05-01 07:59", true}, {"22:00-08:00", "Fri 2026-05-01 08:00", false},
		{"fri 22:00-08:00", "Sat 2026-05-02 07:00", true}, {"fri 22:00-08:00", "Fri 2026-05-01 07:00", false}, {"fri 22:00-24:00", "Fri 2026-05-01 23:59", true},
	} {
		h, err := readHours(c.hours)
		if err != nil || h.at(at(c.at)) != c.want {
			t.Errorf("%s at %s: %v, %v", c.hours, c.at, !c.want, err)
		}
	}
	for _, bad := range []string{"", "9-18", "09:00-09:00", "mon tue wed", "09:00", "09:00-18:00 mon", "24:01-25:00", "09:00-18:00x"} {
		if _, err := readHours(bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestWeek(t *testing.T) {
	shanghai := time.FixedZone("", 8*3600)
	open, err := Week([]string{"mon-fri 09:00-18:00", "sat 10:00-12:00"}, []string{"2026-05-01", "2026-10-01/2026-10-07"}, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{
		"2026-05-04T01:00:00Z": true, "2026-05-04T00:59:00Z": false, "2026-05-02T03:00:00Z": true, "2026-05-03T03:00:00Z": false,
		"2026-05-01T03:00:00Z": false, "2026-10-07T03:00:00Z": false, "2026-10-08T03:00:00Z": true, "2026-04-30T16:30:00Z": false,
	} {
		v, err := time.Parse(time.RFC3339, at)
		if err != nil || open(v) != want {
			t.Errorf("open at %s: %v, %v", at, !want, err)
		}
	}
	for _, bad := range [][2]string{{"open", "2026-05-01"}, {"9-5", "2026-05-01"}, {"sat", "1 May"}, {"sat", "2026-05-02/2026-05-01"}} {
		if _, err := Week([]string{bad[0]}, []string{bad[1]}, time.UTC); err == nil {
			t.Errorf("%v is read", bad)
		}
	}
}

func TestValid(t *testing.T) {
	today := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		v     Valid
		value string
		want  bool
	}{
		{Valid{}, "anything", true},
		{Valid{Pattern: "[A-Z][0-9]+"}, "A12", true}, {Valid{Pattern: "[A-Z][0-9]+"}, "xA12", false}, {Valid{Pattern: "a|b"}, "ab", false},
		{Valid{Min: "1", Max: "10"}, "10", true}, {Valid{Min: "1", Max: "10"}, "11", false}, {Valid{Min: "1"}, "0.5", false}, {Valid{Min: "1"}, "many", false},
		{Valid{Min: "today"}, "2026-05-01", true}, {Valid{Min: "today"}, "2026-04-30", false}, {Valid{Max: "today+14"}, "2026-05-15T10:00:00Z", true},
		{Valid{Max: "today+14"}, "2026-05-16", false}, {Valid{Min: "today-30"}, "2026-04-01", true}, {Valid{Min: "today-30"}, "2026-03-31", false},
		{Valid{MinLength: 2, MaxLength: 3}, "你好", true}, {Valid{MinLength: 2, MaxLength: 3}, "好", false}, {Valid{MaxLength: 3}, "abcd", false},
	} {
		if got := c.v.passes(c.value, today); got != c.want {
			t.Errorf("%+v, %q: %v", c.v, c.value, got)
		}
	}
	for _, bad := range []Valid{{Pattern: "("}, {Min: "soon"}, {MinLength: 3, MaxLength: 2}, {MinLength: -1}} {
		if CheckValid(bad) == nil {
			t.Errorf("%+v is right", bad)
		}
	}
}

// A value that breaks its rule is asked for once more, then a person is wanted.
func TestInvalidValue(t *testing.T) {
	s := flowOf(Step{ID: "q", Do: Ask, Slot: "s", Entity: "order", Valid: Valid{Pattern: "A.*"}, Text: say1("Which?"), Retry: say1("One with A.")}, Step{Do: Done, Text: say1("got {s}")})
	k := open(t, s)
	k.expect("go B1", some(order("B1")), "Which?") // in passing, it does not count
	k.expect("B1", some(order("B1")), "One with A.")
	k.expect("A1", some(order("A1")), "got A1")
	k = open(t, s)
	k.expect("go", nil, "Which?")
	k.expect("B1", some(order("B1")), "One with A.")
	k.expect("B2", some(order("B2")))
	if k.last.Handoff != core.ReasonFlow {
		t.Errorf("handoff %q", k.last.Handoff)
	}
}

func ruled(rules ...Rule) *Script {
	s := shop()
	s.Rules = rules
	return s
}

func TestRules(t *testing.T) {
	k := open(t, ruled(
		Rule{Name: "gold", When: Condition{WhenText: {"gold"}}, Tags: []string{"vip"}},
		Rule{Name: "price", When: Condition{WhenText: {"price"}}, Say: say1("See the list, {bot} says")},
		Rule{Name: "second", When: Condition{WhenText: {"price"}}, Say: say1("never"), Tags: []string{"asked"}},
		Rule{Name: "go", When: Condition{WhenText: {"track"}}, Start: "status", Say: say1("Sure.")},
		Rule{Name: "law", When: Condition{WhenText: {"lawyer"}}, Handoff: true, Say: say1("I see.")},
		Rule{Name: "night", When: Condition{WhenText: {"where is"}}, Say: say1("It is late."), Continue: true, Once: true},
		Rule{Name: "gift", When: Condition{WhenEvent: {"scan:spring"}}, Say: say1("A gift!")},
	))
	k.expect("the gold price", nil, "See the list, Momo says")
	if got := strings.Join(k.st.Tags, " "); got != "vip asked" {
		t.Errorf("tags %q", got)
	}
	k.expect("track", nil, "Sure.", "Which order?")
	k.expect("the price", nil, "See the list", "Back to where we were", "Which order?") // and back
	if k.st.Flow != "status" {
		t.Errorf("flow %q", k.st.Flow)
	}
	k.expect("cancel", nil, "cancelled")
	k.expect("where is A1", some(order("A1")), "It is late.", "You mean A1?")
	k.expect("yes", nil, "on its way")
	if got := k.say("where is A1", order("A1")); strings.Contains(got, "late") {
		t.Errorf("once, and again: %q", got)
	}
	k.expect("yes", nil, "on its way")
	if got := k.do(core.Part{Kind: core.Signal, Value: "scan", Text: "spring"}, nil); got != "A gift!" {
		t.Errorf("the scan says %q", got)
	}
	if got := k.do(core.Part{Kind: core.Signal, Value: "scan", Text: "autumn"}, nil); got != "" {
		t.Errorf("another scan says %q", got)
	}
	k.expect("my lawyer", nil, "I see.")
	if k.last.Handoff != core.ReasonRule {
		t.Errorf("handoff %q", k.last.Handoff)
	}
}

// Once a person is wanted, rules say nothing more, but their tags still help.
func TestRulesBehindAPerson(t *testing.T) {
	s := ruled(Rule{Name: "r", When: Condition{WhenText: {"price"}}, Say: say1("never"), Tags: []string{"t"}})
	tn := core.NewTurn(core.Work{}, time.Now)
	tn.Text, tn.Norm, tn.Handoff = "price", "price", core.ReasonAsked
	if err := s.Rule().Run(context.Background(), tn); err != nil || len(tn.State().Tags) != 1 || len(tn.Events()) != 1 {
		t.Errorf("events %+v, %v", tn.Events(), err)
	}
}

func TestEventStartsFlow(t *testing.T) {
	s := shop()
	s.Flows[0].Events = []string{"order_paid"}
	s.Flows[1].Events = []string{core.SignalFollow}
	s.Flows[1].Buttons = []string{"MENU_RETURN"}
	k := open(t, s)
	if got := k.do(core.Part{Kind: core.Signal, Value: "order_paid"}, nil); got != "Which order?" {
		t.Errorf("says %q", got)
	}
	if got := k.do(core.Part{Kind: core.Choice, Text: "Return", Value: "MENU_RETURN"}, nil); got != "Return which?" || len(k.st.Paused) != 1 {
		t.Errorf("says %q, paused %v", got, k.st.Paused)
	}
	k = open(t, s)
	if got := k.do(core.Part{Kind: core.Signal, Value: core.SignalFollow}, nil); got != "Return which?" {
		t.Errorf("follow says %q", got)
	}
}
