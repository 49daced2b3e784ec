package guard_test

import (
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/guard"
	"frontdesk/core/nlu"
)

var lists = []guard.List{
	{Name: "rude", Words: []string{"damn fool", "笨蛋", "ass"}, Action: guard.Mask},
	{Name: "forbidden", Words: []string{"赌博", "casino"}, Action: guard.Block},
	{Name: "grave", Words: []string{"自杀", "lawsuit"}, Action: guard.HandOff},
	{Name: "rivals", Words: []string{"OtherShop", "别家"}, Action: guard.Mask, In: []guard.Side{guard.FromBot}},
	{Name: "promise", Words: []string{"lifetime"}, Action: guard.HandOff, In: []guard.Side{guard.FromBot}},
	{Name: "secret", Words: []string{"internal memo"}, Action: guard.Block, In: []guard.Side{guard.FromBot}},
}

func turnOf(text string) *core.Turn {
	t := core.NewTurn(core.Work{Envelope: core.Envelope{Channel: "web", Parts: []core.Part{{Text: text}}}}, time.Now)
	t.Bot = core.BotInfo{ID: "b", Name: "Momo", Languages: []string{"en", "zh"}}
	t.Norm, t.Lang = nlu.Normalize(text), lang(text)
	return t
}

// What a word list does to a customer's message, however the word is written;
// what only looks like a word of it stays.
func TestIncoming(t *testing.T) {
	g := build(t, guard.Rules{Words: lists})
	for _, tc := range []struct{ text, left, settled, handoff string }{
		{"you damn fool", "you **** ****", "", ""},
		{"You DAMN  Fool!", "You ****  ****!", "", ""},
		{"你这个笨蛋", "你这个**", "", ""},
		{"你这个笨 蛋，笨*蛋", "你这个* *，***", "", ""},
		{"笨\u200b蛋", "***", "", ""},
		{"a massive class pass", "a massive class pass", "", ""},
		{"kick ass", "kick ***", "", ""},
		{"在线赌博吗", "在线赌博吗", "word list: forbidden", ""},
		{"賭博", "賭博", "word list: forbidden", ""},
		{"ＣＡＳＩＮＯ", "ＣＡＳＩＮＯ", "word list: forbidden", ""},
		{"casinos", "casinos", "", ""},
		{"I file a lawsuit, damn fool", "I file a lawsuit, **** ****", "", core.ReasonRule},
		{"OtherShop is cheaper", "OtherShop is cheaper", "", ""},
	} {
		turn := turnOf(tc.text)
		if err := g.Incoming().Run(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		if turn.Text != tc.left || turn.Settled() != tc.settled || turn.Handoff != tc.handoff {
			t.Errorf("%q: left %q, settled %q, handoff %q", tc.text, turn.Text, turn.Settled(), turn.Handoff)
		}
		if strings.Contains(turn.Norm, "笨蛋") || strings.Contains(turn.Norm, "damn") {
			t.Errorf("%q: later stages read %q", tc.text, turn.Norm)
		}
	}
}

func TestOutgoing(t *testing.T) {
	g := build(t, guard.Rules{Words: lists, Blocked: guard.Lines{"en": "No."}})
	for _, tc := range []struct{ say, said, handoff string }{
		{"OtherShop has it too", "********* has it too", ""},
		{"别家也有", "**也有", ""},
		{"As the internal memo says", "No.", ""},
		{"a lifetime warranty", "", core.ReasonRule},
		{"fine", "fine", ""},
	} {
		turn := turnOf("hello")
		turn.Say(core.Part{Text: tc.say})
		turn.Settle("answered")
		p := core.Pipeline{g.Outgoing()}
		if err := p.Run(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		said := ""
		for _, ev := range turn.Events() {
			said += ev.Text()
		}
		if said != tc.said || turn.Handoff != tc.handoff || (turn.Settled() == "") != (tc.handoff != "") {
			t.Errorf("%q: said %q, handoff %q, settled %q", tc.say, said, turn.Handoff, turn.Settled())
		}
	}
}

// The notice stands before a case's first words, in the customer's language,
// unless those say it themselves; then never again in the case.
func TestNotice(t *testing.T) {
	g := build(t, guard.Rules{NoNoticeOn: []string{"quiet"}, Notice: guard.Lines{"en": "{bot} is an AI; ask for a person."}})
	said := func(turn *core.Turn, words string) string {
		if words != "" {
			turn.Say(core.Part{Text: words})
		}
		if err := g.Notice().Run(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, ev := range turn.Events() {
			out += ev.Text()
		}
		return out
	}
	first := turnOf("hi")
	if got := said(first, "Hello!"); got != "Momo is an AI; ask for a person.\nHello!" || !first.State().Noticed {
		t.Errorf("first: %q, noticed %v", got, first.State().Noticed)
	}
	if got := said(turnOf("你好"), "您好！"); !strings.HasPrefix(got, "我是 AI 智能助手Momo") {
		t.Errorf("Chinese: %q", got)
	}
	second := turnOf("and?")
	second.Work.State = first.State()
	if got := said(second, "Yes."); got != "Yes." {
		t.Errorf("second: %q", got)
	}
	again := turnOf("back again")
	again.Work.State = first.State().Reopen("2")
	if got := said(again, "Yes."); !strings.HasPrefix(got, "Momo is an AI") {
		t.Errorf("a new case: %q", got)
	}
	own := turnOf("hi")
	if got := said(own, "I am Momo, a digital assistant. Ask for a person any time."); strings.Contains(got, "AI;") || !own.State().Noticed {
		t.Errorf("it says so itself: %q", got)
	}
	silent := turnOf("hi")
	if said(silent, ""); silent.State().Noticed {
		t.Error("nothing was said, so nobody was told")
	}
	quiet := turnOf("hi")
	quiet.Work.Envelope.Channel = "quiet"
	if got := said(quiet, "Hello!"); got != "Hello!" {
		t.Errorf("a channel without it: %q", got)
	}
}

func TestRulesAreChecked(t *testing.T) {
	for name, r := range map[string]guard.Rules{
		"kind": {PII: []string{"shoe size"}}, "host": {Hosts: []string{"https://x.example"}}, "action": {Words: []guard.List{{Words: []string{"a"}, Action: "shout"}}},
		"side": {Words: []guard.List{{Words: []string{"a"}, Action: guard.Mask, In: []guard.Side{"desk"}}}}, "no letters": {Words: []guard.List{{Words: []string{"!!"}, Action: guard.Mask}}},
	} {
		if _, err := guard.New(r, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A configured host is allowed with whatever path; what only looks like it is not.
func TestHosts(t *testing.T) {
	g := build(t, guard.Rules{Hosts: []string{"shop.example"}})
	turn := turnOf("where?")
	turn.Passages = []core.Passage{{Text: "see https://docs.example/a?b=1 and mail a@docs.example"}}
	for said, ok := range map[string]bool{
		"https://shop.example/x?y=1": true, "help.shop.example": true, "SHOP.example.": true, "mail to x@shop.example": true,
		"https://shop.example.evil.example/": false, "https://evilshop.example/": false, "https://shop.example@evil.example/": false,
		"javascript://shop.example/%0aalert(1)": false, "https://docs.example/a?b=1": true, "https://docs.example/a?b=1&c=2": false,
		"https://docs.example/b": false, "write a@docs.example": true, "see manual.pdf, version 2.0": true, "So it is.Please wait": true,
	} {
		why, finding := g.Vet(turn, said)
		if (why == "") != ok {
			t.Errorf("%q: %q %q", said, why, finding)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add("笨蛋 damn fool")
	g, err := guard.New(guard.Rules{Words: lists}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		turn := turnOf(text)
		if err := g.Incoming().Run(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
	})
}
