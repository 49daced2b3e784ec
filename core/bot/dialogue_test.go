package bot_test

import (
	"context"
	"strings"
	"testing"

	"frontdesk/core"
	"frontdesk/core/bot"
	"frontdesk/core/dialog"
	"frontdesk/core/nlu"
)

// confirming is the shop with a flow that asks before it believes.
func confirming() bot.Definition {
	d := shop()
	d.Flows[0].Steps[0].Confirm = dialog.Wording{"zh": "您是说订单{order}吗？", "en": "You mean order {order}?"}
	d.Flows[0].Title = dialog.Wording{"zh": "查询订单", "en": "Track an order"}
	d.Flows[1].Title = dialog.Wording{"zh": "申请退货", "en": "Return an item"}
	return d
}

// Who wants a person, is angry, speaks of law or is in danger gets one at once:
// wherever the conversation is, nothing is asked back.
func TestNothingIsAskedBackOf(t *testing.T) {
	fresh := *open(t, confirming(), parts())
	for _, c := range []struct{ text, reason string }{
		{"转人工", core.ReasonAsked}, {"I want to talk to a real person", core.ReasonAsked},
		{"你们就是骗子，气死我了", core.ReasonAngry}, {"this is the worst service ever, you are scammers", core.ReasonAngry},
		{"我要找律师起诉你们", core.ReasonRule}, {"my lawyer will sue you", core.ReasonRule},
		{"充电器着火了，手烧伤了", core.ReasonRule}, {"the charger caught fire and burned my hand", core.ReasonRule},
	} {
		for name, before := range map[string][]string{
			"at first":               nil,
			"after a question back":  {"嗯这个那个什么的"},
			"in a flow":              {"我要退货"},
			"in a choice":            {"我要退货", "A1234567"},
			"before a confirmation":  {"我的订单到哪了", "A1234567"},
			"before going on":        {"我要退货", "我的订单A1234567到哪了", "对"},
			"asked for once already": {"我要退货", "我不知道呀"},
		} {
			k := fresh
			for _, line := range before {
				k.say(line)
			}
			k.wantMode(core.ByBot, "")
			k.say(c.text)
			if k.state.Case.Mode != core.Waiting || k.state.Case.Reason != c.reason {
				t.Errorf("%s, %q: %s (%s), want %s", name, c.text, k.state.Case.Mode, k.state.Case.Reason, c.reason)
			}
			for _, ev := range k.said {
				if ev.Verdict == core.VerdictClarified {
					t.Errorf("%s, %q: asked back %q", name, c.text, ev.Text())
				}
			}
		}
	}
}

// The one question back offers the two likeliest readings, as buttons, and the
// way out.
func TestTwoReadings(t *testing.T) {
	d := shop()
	p := parts()
	p.Recognizers["fixed"] = func(context.Context, nlu.Task) (nlu.IntentRecognizer, error) { return torn{}, nil }
	d.Recognizer = "fixed"
	k := open(t, d, p)
	k.expect("那个东西", "查询订单", "申请退货")
	if n := len(k.said[0].Parts); n != 4 || k.verdict() != core.VerdictClarified {
		t.Fatalf("%d parts: %+v", n, k.said[0].Parts)
	}
	for _, part := range k.said[0].Parts[1:] {
		if part.Kind != core.Choice || part.Value == "" {
			t.Errorf("%+v is no button", part)
		}
	}
	k.expect("那个东西呀到底", "人工")
	k.wantMode(core.Waiting, core.ReasonUnsure)
}

// torn cannot tell three intents apart.
type torn struct{}

func (torn) Recognize(context.Context, *core.Turn) ([]core.Intent, error) {
	return []core.Intent{{Name: "order_status", Score: .36}, {Name: "return_item", Score: .33}, {Name: "invoice", Score: .31}}, nil
}

// A bot of approved answers says pairs and answers of intents; what they do not
// hold goes to a person, without a word of a document or a model.
func TestApprovedAnswersOnly(t *testing.T) {
	d, p := shop(), parts()
	d.Approved = true
	p.Retriever = documents{}
	p.Generator = talkative{}
	k := open(t, d, p)
	k.expect("保修期多长", "整机保修一年")
	k.expect("我要发票", "电子发票在订单详情里下载")
	if got := k.say("屋顶的颜色怎么选"); strings.Contains(got, "document") || strings.Contains(got, "model") {
		t.Errorf("said %q", got)
	}
	k.wantMode(core.Waiting, core.ReasonUnsure)
	d.Approved = false
	k = open(t, d, p)
	k.expect("屋顶的颜色怎么选", "the model says")
}

// documents finds a pair and, surer, a piece of a document.
type documents struct{}

func (documents) Retrieve(ctx context.Context, q core.Query) ([]core.Passage, error) {
	pairs, err := faq.Retrieve(ctx, q)
	return append([]core.Passage{{ID: "9", Doc: "roof.md", Text: "what the document says", Score: .97}}, pairs...), err
}

type talkative struct{}

func (talkative) Generate(context.Context, *core.Turn) (*core.Draft, error) {
	return &core.Draft{Parts: []core.Part{{Text: "the model says"}}, Score: .99, By: "model"}, nil
}

// A policy of one's own is one field.
func TestSwapPolicy(t *testing.T) {
	p := parts()
	p.Policy = cautious{}
	k := open(t, shop(), p)
	k.expect("保修期多长", "人工")
	k.wantMode(core.Waiting, core.ReasonUnsure)
}

// cautious lets people answer everything that no flow takes.
type cautious struct{}

func (cautious) Next(context.Context, *core.Turn, dialog.Situation) dialog.Move {
	return dialog.Move{Do: dialog.DoPerson, Reason: core.ReasonUnsure}
}

// A message that asks for two things gets two answers, through all stages.
func TestTwoWishesInOneMessage(t *testing.T) {
	p := parts()
	p.Split = func(text string) []string { return strings.Split(text, "，另外") }
	k := open(t, shop(), p)
	k.expect("我要退货，另外保修期多长", "整机保修一年", "要退哪个订单")
	if len(k.said) != 2 || !strings.Contains(k.said[1].Text(), "要退哪个订单") || k.state.Flow != "return" {
		t.Errorf("said %v, flow %q: the question comes last", k.said, k.state.Flow)
	}
	k.expect("订单A1234567，另外满多少包邮", "188元", "退货原因")
	k.expect("不想要了", "已为订单A1234567提交退货申请")
	if k.state.Misses != 0 {
		t.Errorf("misses %d", k.state.Misses)
	}
}
