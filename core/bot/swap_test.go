package bot_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"frontdesk/core"
	"frontdesk/core/bot"
	"frontdesk/core/nlu"
)

// own is a recogniser of one's own: an intent is understood when the message
// holds an example of it.
type own []nlu.Example

func newOwn(_ context.Context, task nlu.Task) (nlu.IntentRecognizer, error) {
	return own(task.Examples), nil
}

func (o own) Recognize(_ context.Context, t *core.Turn) ([]core.Intent, error) {
	for _, e := range o {
		if strings.Contains(t.Norm, nlu.Normalize(e.Text)) {
			return []core.Intent{{Name: e.Intent, Score: 0.99}}, nil
		}
	}
	return nil, nil
}

// tags is an entity extractor of one's own: #A12 is an order.
type tags struct{}

func newTags(context.Context, []nlu.Lexicon) (nlu.EntityExtractor, error) { return tags{}, nil }

func (tags) Names() []string { return []string{"order_id"} }

func (tags) Extract(_ context.Context, t *core.Turn) ([]core.Entity, error) {
	i := strings.IndexByte(t.Text, '#')
	if i < 0 {
		return nil, nil
	}
	e := core.Entity{Name: "order_id", Value: t.Text[i:], Text: t.Text[i:], Score: 1}
	e.Start, e.End = i, len(t.Text)
	return []core.Entity{e}, nil
}

// Native parts of one's own are one constructor each, and small.
func TestSwapNative(t *testing.T) {
	p := parts()
	p.Recognizers = map[string]bot.NewRecognizer{"linear": newOwn}
	p.Entities = newTags
	k := open(t, shop(), p)
	k.expect("请帮我查一下订单吧", "请告诉我订单号")
	k.expect("#A12", "订单#A12：运输中")
	k.expect("我想知道订单在哪里", "")
	if k.last.Intents != nil {
		t.Errorf("another recogniser guessed %v", k.last.Intents)
	}
	b, err := os.ReadFile("swap_test.go")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(b), "\n"); n >= 100 {
		t.Errorf("%d lines", n)
	}
	for l := range strings.Lines(string(b)) {
		if len([]rune(strings.ReplaceAll(l, "\t", "    "))) > 100 {
			t.Errorf("too wide: %s", l)
		}
	}
}
