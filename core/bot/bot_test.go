package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/bot"
	"frontdesk/core/dialog"
	"frontdesk/core/handoff"
	"frontdesk/core/nlu"
)

func TestBuildFindsMistakes(t *testing.T) {
	for want, change := range map[string]func(d *bot.Definition, p *bot.Parts){
		`needs an id`:                 func(d *bot.Definition, _ *bot.Parts) { d.ID = "" },
		`name at least one`:           func(d *bot.Definition, _ *bot.Parts) { d.Languages = nil },
		`language "zh-CN"`:            func(d *bot.Definition, _ *bot.Parts) { d.Languages = []string{"zh-CN", "zh", "en"} },
		`time zone "Mars"`:            func(d *bot.Definition, _ *bot.Parts) { d.TimeZone = "Mars" },
		`threshold 1.5`:               func(d *bot.Definition, _ *bot.Parts) { d.Threshold = 1.5 },
		`there are linear`:            func(d *bot.Definition, _ *bot.Parts) { d.Recognizer = "bert" },
		`needs a room`:                func(d *bot.Definition, _ *bot.Parts) { d.Desk.Room = "" },
		`parts are missing`:           func(_ *bot.Definition, p *bot.Parts) { p.Retriever = nil },
		`intent 5 has no name`:        func(d *bot.Definition, _ *bot.Parts) { d.Intents = append(d.Intents, bot.Intent{}) },
		`"invoice" is defined twice`:  func(d *bot.Definition, _ *bot.Parts) { d.Intents = append(d.Intents, bot.Intent{Name: "invoice"}) },
		`none of the bot's languages`: func(d *bot.Definition, _ *bot.Parts) { d.Intents[0].Examples = map[string][]string{"fr": {"bonjour"}} },
		`example 2 in "en" holds no`:  func(d *bot.Definition, _ *bot.Parts) { d.Intents[0].Examples = map[string][]string{"en": {"a", "?!"}} },
		`is an example of "order_stat`: func(d *bot.Definition, _ *bot.Parts) {
			d.Intents[2].Examples = map[string][]string{"en": {"Where is my ORDER"}}
		},
		`entity "reason" is defined tw`: func(d *bot.Definition, _ *bot.Parts) { d.Entities = append(d.Entities, d.Entities[0]) },
		`needs a rule, a pattern or`:    func(d *bot.Definition, _ *bot.Parts) { d.Entities = append(d.Entities, bot.Entity{Name: "x"}) },
		`text "hallo" is not known`:     func(d *bot.Definition, _ *bot.Parts) { d.Texts = dialog.Texts{"hallo": {"en": "x"}} },
		`there is no action "order_s`:   func(_ *bot.Definition, p *bot.Parts) { p.Actions = nil },
		`entity "nothing" is neither`:   func(d *bot.Definition, _ *bot.Parts) { d.Flows[0].Steps[0].Entity = "nothing" },
		`intent "gone", which is not`:   func(d *bot.Definition, _ *bot.Parts) { d.Flows[0].Intents = []string{"gone"} },
		`handoff limits`:                func(d *bot.Definition, _ *bot.Parts) { d.Handoff.Limits.Misses = -1 },
		`anger limit`:                   func(d *bot.Definition, _ *bot.Parts) { d.Handoff.Limits.Anger = 2 },
		`handoff rule "x": "!"`: func(d *bot.Definition, _ *bot.Parts) {
			d.Handoff.Keywords = []handoff.Keyword{{Name: "x", Words: []string{"!"}}}
		},
		`recogniser "linear": no`: func(_ *bot.Definition, p *bot.Parts) {
			p.Recognizers["linear"] = func(context.Context, nlu.Task) (nlu.IntentRecognizer, error) { return nil, errors.New("no") }
		},
	} {
		d, p := shop(), parts()
		change(&d, &p)
		_, err := bot.Build(context.Background(), d, p)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), fmt.Sprintf("bot %q: ", d.ID)) {
			t.Errorf("err = %v, want %q", err, want)
		}
	}
}

// The least a bot needs: it starts empty and is honest about it.
func TestEmptyBot(t *testing.T) {
	p := parts()
	p.Retriever = shelf{}
	k := open(t, bot.Definition{ID: "shop", Languages: []string{"en"}}, p)
	if k.b.Info.Threshold != bot.DefaultThreshold || k.b.Info.Name != "shop" || k.b.Info.Location != time.UTC {
		t.Errorf("info %+v", k.b.Info)
	}
	k.expect("hello", "How can I help")
	k.expect("how much is the kettle", "found nothing")
	k.expect("the small kettle i mean", "found nothing")
	k.expect("the kettle for two cups", "colleague") // the third in a row
	k.wantMode(core.Waiting, core.ReasonUnsure)
	if len(k.desk) != 0 {
		t.Errorf("told a desk that is not there: %+v", k.desk)
	}
}

func TestDefinitionIsNotAltered(t *testing.T) {
	d := shop()
	d.Flows[0].Keywords = []string{"ＡＢＣ"}
	open(t, d, parts())
	if d.Flows[0].Keywords[0] != "ＡＢＣ" || d.Handoff.Keywords[0].Words[0] != "媒体采訪" {
		t.Errorf("definition %+v", d)
	}
}

func TestKeywordIsNormalised(t *testing.T) {
	d := shop()
	d.Flows[0].Keywords = []string{"快遞"}
	k := open(t, d, parts())
	k.expect("快递到哪儿啦啦啦", "订单号")
}

func TestTraceExplains(t *testing.T) {
	k := open(t, shop(), parts())
	k.say("订单满多少包邮")
	trace := string(k.last.Outcome().Trace)
	for _, want := range []string{`"bot":"shop"`, `"stage":"guard"`, `"stage":"preprocess"`, `"stage":"intent"`, `"stage":"entities"`, `"stage":"state"`, `"stage":"signals"`, `"stage":"flow"`,
		`"stage":"knowledge"`, `"stage":"answer"`, `"stage":"confidence"`, `"faq.csv"`, `"threshold","value":0.5`, `"settled":"answered: faq"`} {
		if !strings.Contains(trace, want) {
			t.Errorf("no %s in %s", want, trace)
		}
	}
}

func TestSnapshot(t *testing.T) {
	var s bot.Snapshot
	if _, ok := s.Get("a"); ok || s.All() != nil {
		t.Error("the zero value holds a bot")
	}
	a, b := &bot.Bot{Info: core.BotInfo{ID: "a"}}, &bot.Bot{Info: core.BotInfo{ID: "b"}}
	s.Put(a)
	s.Set(b)
	if _, ok := s.Get("a"); ok {
		t.Error("a bot outlives the set it was in")
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() { s.Put(&bot.Bot{Info: core.BotInfo{ID: fmt.Sprint(i)}}) })
	}
	wg.Wait()
	if got, ok := s.Get("b"); !ok || got != b || len(s.All()) != 21 {
		t.Errorf("%d bots, want none lost", len(s.All()))
	}
}

// Turns of one bot run at once; the CPU's places are all given back.
func TestManyTurnsAtOnce(t *testing.T) {
	p := parts()
	b, err := bot.Build(context.Background(), shop(), p)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			turn := core.NewTurn(core.Work{Envelope: core.Envelope{Parts: []core.Part{{Text: fmt.Sprintf("where is my order A%07d", i)}}}}, time.Now)
			if err := b.Run(context.Background(), turn); err != nil {
				t.Error(err)
			}
			if got := turn.State().Slots["order"]; got != fmt.Sprintf("A%07d", i) {
				t.Errorf("turn %d has order %q", i, got)
			}
		})
	}
	wg.Wait()
	if len(p.CPU) != 0 {
		t.Errorf("%d places are still taken", len(p.CPU))
	}
}

// Whatever is written, the customer is answered, or a person is fetched.
func FuzzTalk(f *testing.F) {
	b, err := bot.Build(context.Background(), shop(), parts())
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range [][2]string{{"我要退货", "A1234567"}, {"转人工", "?"}, {"", "\xff"}, {"where is my order", "cancel"}, {"退货期限", "1"}} {
		f.Add(s[0], s[1])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		state := core.State{Case: core.Case{ID: "c", Mode: core.ByBot}}
		for _, text := range []string{first, second} {
			turn := core.NewTurn(core.Work{State: state, Envelope: core.Envelope{Parts: []core.Part{{Text: text}}}}, time.Now)
			if err := b.Run(context.Background(), turn); err != nil {
				t.Fatal(err)
			}
			said := 0
			for _, ev := range turn.Outcome().Events {
				if ev.Visible() && ev.Text() != "" {
					said++
				}
			}
			if held := state.Case.Mode.Held(); turn.Settled() == "" || held != (said == 0) {
				t.Fatalf("%q: %d messages, settled %q, %s", text, said, turn.Settled(), state.Case.Mode)
			}
			state = turn.State()
		}
	})
}

func BenchmarkTurn(b *testing.B) {
	bt, err := bot.Build(context.Background(), shop(), parts())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		turn := core.NewTurn(core.Work{Envelope: core.Envelope{Parts: []core.Part{{Text: "请问订单满多少可以包邮"}}}}, time.Now)
		if err := bt.Run(context.Background(), turn); err != nil {
			b.Fatal(err)
		}
	}
}
