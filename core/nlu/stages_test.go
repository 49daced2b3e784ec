package nlu_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

func turn(lang, locale string, parts ...core.Part) *core.Turn {
	t := core.NewTurn(core.Work{State: core.State{Lang: lang}, Envelope: core.Envelope{Parts: parts, Contact: core.Contact{Locale: locale}}}, time.Now)
	t.Bot.Languages = []string{"zh", "en"}
	return t
}

func TestPreprocess(t *testing.T) {
	for _, c := range []struct {
		name, before, locale, text, norm, lang string
		kind                                   core.PartKind
	}{
		{name: "clear", text: "Where is MY order", norm: "where is my order", lang: "en"},
		{name: "clear against the conversation", before: "zh", text: "Where is my order", norm: "where is my order", lang: "en"},
		{name: "short keeps the conversation's", before: "zh", text: "OK", norm: "ok", lang: "zh"},
		{name: "short at the beginning", text: "hi", norm: "hi", lang: "en"},
		{name: "a number takes the contact's", locale: "en-GB", text: "42", norm: "42", lang: "en"},
		{name: "a language the bot has not", locale: "fr", text: "42", norm: "42", lang: "zh"},
		{name: "nothing known", text: "42", norm: "42", lang: "zh"},
		{name: "traditional", text: "訂單", norm: "订单", lang: "zh"},
		{name: "voice", text: "我的订单", norm: "我的订单", lang: "zh", kind: core.Voice},
		{name: "a stand-in is no text", text: "[image]", norm: "", lang: "zh", kind: core.Image},
	} {
		t.Run(c.name, func(t *testing.T) {
			tn := turn(c.before, c.locale, core.Part{Kind: c.kind, Text: c.text})
			if err := nlu.Preprocess().Run(context.Background(), tn); err != nil {
				t.Fatal(err)
			}
			if tn.Norm != c.norm || tn.Lang != c.lang {
				t.Errorf("norm %q lang %q, want %q %q", tn.Norm, tn.Lang, c.norm, c.lang)
			}
		})
	}
}

type recognizer struct {
	in  []core.Intent
	err error
}

func (r recognizer) Recognize(context.Context, *core.Turn) ([]core.Intent, error) { return r.in, r.err }

func TestIntents(t *testing.T) {
	guess := []core.Intent{{Name: "a", Score: .9}}
	for _, c := range []struct {
		name string
		r    recognizer
		norm string
		want int
		note string
	}{
		{"found", recognizer{in: guess}, "text", 1, "intents"},
		{"no idea", recognizer{}, "text", 0, "intents"},
		{"nothing said", recognizer{in: guess}, "?!", 0, ""},
		{"broken", recognizer{err: errors.New("gone")}, "text", 0, "gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tn := turn("", "")
			tn.Norm = c.norm
			p := core.Pipeline{nlu.Intents(c.r)}
			if err := p.Run(context.Background(), tn); err != nil {
				t.Fatal(err)
			}
			if len(tn.Intents) != c.want || !strings.Contains(string(tn.Trace.Encode()), c.note) {
				t.Errorf("intents %v, trace %s", tn.Intents, tn.Trace.Encode())
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	tn := turn("", "")
	tn.Norm = "text"
	if err := nlu.Intents(recognizer{err: context.Canceled}).Run(ctx, tn); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled turn ends with %v", err)
	}
}

type extractor struct {
	es  []core.Entity
	err error
}

func (x extractor) Extract(context.Context, *core.Turn) ([]core.Entity, error) { return x.es, x.err }

func TestEntities(t *testing.T) {
	tn := turn("", "")
	s := nlu.Entities(
		extractor{es: []core.Entity{{Name: "order", Value: "1", Start: 0, End: 4}}},
		extractor{es: []core.Entity{{Name: "order", Value: "2", Start: 2, End: 6}, {Name: "phone", Value: "3", Start: 2, End: 6}, {Name: "order", Value: "4", Start: 6, End: 8}}},
	)
	if err := s.Run(context.Background(), tn); err != nil {
		t.Fatal(err)
	}
	var got string
	for _, e := range tn.Entities {
		got += e.Value
	}
	if got != "134" {
		t.Errorf("entities %v, want the first of those that overlap", tn.Entities)
	}
	if err := nlu.Entities(extractor{err: errors.New("gone")}).Run(context.Background(), tn); err == nil {
		t.Error("a failure is hidden")
	}
}

func TestPinyin(t *testing.T) {
	for w, want := range map[string]bool{"tuihuo": true, "zhuang": true, "xiexie": true, "order": false, "kettle": false, "": true, "nihaonihaonihaonihao": false} {
		if nlu.IsPinyin(w) != want {
			t.Errorf("IsPinyin(%q) = %v", w, !want)
		}
	}
}

func TestPrimary(t *testing.T) {
	for tag, want := range map[string]string{"zh-TW": "zh", "EN": "en", "zh_Hans_CN": "zh", "": ""} {
		if got := nlu.Primary(tag); got != want {
			t.Errorf("Primary(%q) = %q", tag, got)
		}
	}
}
