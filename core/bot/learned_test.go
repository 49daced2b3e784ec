package bot_test

import (
	"context"
	"strings"
	"testing"

	"frontdesk/core/bot"
	"frontdesk/core/nlu"
	"frontdesk/core/nlu/tagger"
)

// What examples mark is learnt: values that no list has are found by what
// stands around them, and words marked with a value get it.
func TestLearnedEntities(t *testing.T) {
	d := shop()
	d.Intents = append(d.Intents, bot.Intent{Name: "stock", Examples: map[string][]string{
		"en": {"do you have shoes in [red](colour)", "do you have bags in [dark green](colour)", "are there hats in [blue](colour) left",
			"do you have coats in [scarlet](colour:red)", "are there shoes in [black](colour) left", "i want a bag in [white](colour) please"},
		"zh": {"有[红色](colour:red)的鞋吗", "有[蓝色](colour:blue)的包吗", "有[黑色](colour:black)的帽子吗", "[白色](colour:white)的鞋还有吗"},
	}})
	d.Entities = append(d.Entities, bot.Entity{Name: "colour", Learn: true})
	p := parts()
	p.Tagger = tagger.Open
	for text, want := range map[string]string{
		"do you have hats in magenta":       "magenta",
		"do you have shoes in scarlet":      "red",
		"有蓝色的帽子吗":                           "blue",
		"有紫色的包吗":                            "紫色",
		"where is my order":                 "",
		"i want to return the kettle":       "",
		"are there coats in turquoise left": "turquoise",
	} {
		k := open(t, d, p) // nobody has been fetched yet
		k.say(text)
		got := ""
		for _, e := range k.last.Entities {
			if e.Name == "colour" {
				got += e.Value
			}
		}
		if got != want {
			t.Errorf("%q: colour %q, want %q", text, got, want)
		}
	}
	k := open(t, d, p)
	k.say("do you have hats in magenta")
	if len(k.last.Intents) == 0 || k.last.Intents[0].Name != "stock" {
		t.Errorf("the marks confuse the recogniser: %v", k.last.Intents)
	}
}

func TestLearnedMistakes(t *testing.T) {
	for want, change := range map[string]func(*bot.Definition, *bot.Parts){
		"no entity with learn": func(d *bot.Definition, _ *bot.Parts) {
			d.Intents[0].Examples["en"][0] = "where is my [red](colour) order"
		},
		"mark at least": func(d *bot.Definition, _ *bot.Parts) { d.Entities[0].Learn = true },
		"has no rule": func(d *bot.Definition, _ *bot.Parts) {
			d.Entities[0] = bot.Entity{Name: "x", Rule: "phone", Learn: true}
		},
		"nothing here learns": func(d *bot.Definition, p *bot.Parts) { d.Entities[0].Learn, p.Tagger = true, nil },
	} {
		d, p := shop(), parts()
		p.Tagger = tagger.Open
		change(&d, &p)
		if _, err := bot.Build(context.Background(), d, p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// A tagger of one's own is one constructor as well.
func TestSwapTagger(t *testing.T) {
	d, p := shop(), parts()
	d.Entities = append(d.Entities, bot.Entity{Name: "order_id", Learn: true})
	d.Intents[0].Examples["en"] = append(d.Intents[0].Examples["en"], "where is [#1](order_id)", "find [#2](order_id)", "track [#3](order_id)")
	learnt := 0
	p.Tagger = func(_ context.Context, marked []nlu.Marked) (nlu.EntityExtractor, error) {
		for _, m := range marked {
			learnt += len(m.Marks)
		}
		return tags{}, nil
	}
	k := open(t, d, p)
	k.expect("where is #A12", "#A12")
	if learnt != 3 {
		t.Errorf("it learnt of %d marks", learnt)
	}
}
