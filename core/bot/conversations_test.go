package bot_test

import (
	"context"
	"testing"

	"frontdesk/core"
	"frontdesk/core/dialog"
	"frontdesk/core/nlu"
)

func TestOrderStatus(t *testing.T) {
	k := open(t, shop(), parts())
	k.expect("我的订单到哪了？", "请告诉我订单号")
	k.expect("A1234567", "订单A1234567：运输中")
	if k.state.Flow != "" {
		t.Errorf("the flow goes on: %+v", k.state)
	}
	k.expect("where is my order B7654321", "Order B7654321: on its way")
	k.wantMode(core.ByBot, "")
}

func TestOrderNotFound(t *testing.T) {
	k := open(t, shop(), parts())
	k.expect("where is my order X1234567", "cannot find order X1234567", "colleague")
	k.wantMode(core.Waiting, core.ReasonFlow)
	if k.state.Flow != "" {
		t.Error("the flow goes on")
	}
}

func TestReturn(t *testing.T) {
	for name, c := range map[string][][2]string{
		"zh":       {{"我要退货", "订单号"}, {"订单号是A1234567", "退货原因"}, {"坏了", "描述"}, {"外壳裂了一条缝", "订单A1234567提交退货"}},
		"en":       {{"I want to return an item", "number"}, {"A1234567", "Why"}, {"2", "A1234567 is filed"}},
		"by label": {{"I want to return an item", "number"}, {"A1234567", "Why"}, {"Not wanted", "is filed"}},
	} {
		t.Run(name, func(t *testing.T) {
			k := open(t, shop(), parts())
			for _, line := range c {
				k.expect(line[0], line[1])
			}
			if k.verdict() != core.VerdictAnswered {
				t.Errorf("verdict %q", k.verdict())
			}
		})
	}
}

func TestDigression(t *testing.T) {
	k := open(t, shop(), parts())
	k.expect("我要退货", "订单号")
	k.expect("订单满多少包邮？", "188元", "回到刚才", "订单号")
	if len(k.said) != 1 || len(k.said[0].Citations) != 1 {
		t.Errorf("said %+v, want one message with its source", k.said)
	}
	k.expect("谢谢", "不客气", "订单号")
	k.expect("A1234567", "退货原因")
}

func TestFlowAsksAgainOnce(t *testing.T) {
	k := open(t, shop(), parts())
	k.expect("我要退货", "订单号")
	k.expect("我不知道呀", "没能识别", "订单号")
	k.expect("真的不知道呀", "人工")
	k.wantMode(core.Waiting, core.ReasonFlow)
	if k.desk[0].Card.Signals[0].Name != "flow return" {
		t.Errorf("card %+v", k.desk[0].Card)
	}
}

func TestCancel(t *testing.T) {
	for _, words := range []string{"算了", "取消", "不退了", "cancel", "never mind"} {
		k := open(t, shop(), parts())
		k.say("我要退货")
		k.expect(words, "")
		if k.state.Flow != "" || k.last.Settled() != "cancelled: return" {
			t.Errorf("%q: flow %q, settled %q", words, k.state.Flow, k.last.Settled())
		}
	}
}

func TestAnotherFlow(t *testing.T) {
	k := open(t, shop(), parts())
	k.expect("我要退货", "订单号")
	k.expect("帮我查订单状态", "请告诉我订单号")
	if k.state.Flow != "status" {
		t.Errorf("flow %q", k.state.Flow)
	}
}

func TestAnswers(t *testing.T) {
	k := open(t, shop(), parts())
	k.expect("请问订单满多少包邮", "188元")
	ev := k.said[0]
	if ev.Verdict != core.VerdictAnswered || ev.Score == nil || *ev.Score < 0.5 || len(ev.Citations) != 1 || ev.Citations[0].Doc != "faq.csv" {
		t.Errorf("said %+v", ev)
	}
	k.expect("How long is the warranty?", "One year")
	k.expect("發票在哪下載", "订单详情")
	k.expect("i need an invoice", "order page")
	k.expect("Do you ship to Canada?", "ten days")
}

func TestUnknownThenPerson(t *testing.T) {
	k := open(t, shop(), parts())
	k.expect("你们支持用比特币付款吗", "没有找到")
	if k.verdict() != core.VerdictAbstained {
		t.Errorf("verdict %q", k.verdict())
	}
	k.expect("就是用虚拟货币行不行", "您是想问") // readings are offered
	k.expect("虚拟货币付款呀", "人工")      // and none is taken
	k.wantMode(core.Waiting, core.ReasonUnsure)
	if len(k.desk) != 1 || k.desk[0].Action != core.DeskOpen || k.desk[0].Ref.Room != "C1" {
		t.Fatalf("desk %+v", k.desk)
	}
	c := k.desk[0].Card
	if c.Asked != "虚拟货币付款呀" || c.Reason != core.ReasonUnsure || c.Contact.Name != "Ann" || c.Conversation != "v1" || c.Case != "c1" || c.Bot != "shop" ||
		c.Mode != core.Waiting || !c.Since.Equal(k.now) || c.Epoch != 1 || c.Channel != "web" {
		t.Errorf("card %+v", c)
	}
	if c.Signals[0].Name != "confidence" || c.Signals[0].Limit != 0.5 || c.Signals[0].Value >= 0.5 {
		t.Errorf("signals %+v", c.Signals)
	}
	k.expect("在吗") // a person is waited for: silence
	if len(k.desk) != 1 || k.desk[0].Action != core.DeskSay || k.desk[0].Role != core.Customer || k.desk[0].Parts[0].Text != "在吗" || k.desk[0].Author != "Ann" {
		t.Errorf("desk %+v", k.desk)
	}
}

func TestClarify(t *testing.T) {
	for name, pick := range map[string]core.Part{
		"number": {Text: "1"}, "ordinal": {Text: "第一个"}, "words": {Text: "申请退货"}, "button": {Kind: core.Choice, Text: "申请退货", Value: "intent:return_item"},
	} {
		t.Run(name, func(t *testing.T) {
			k := open(t, shop(), parts())
			k.state = k.state.Fold(core.Event{Kind: core.Missed}, core.Event{Kind: core.Clarified, Parts: []core.Part{{Text: "intent:return_item\t申请退货"}, {Text: "intent:order_status\t查询订单"}, {Text: "none\t都不是"}}})
			k.check(name, k.send(pick), "要退哪个订单")
			if k.state.Misses != 0 || k.state.Offered != nil {
				t.Errorf("state %+v", k.state)
			}
		})
	}
}

func TestNoneOfThese(t *testing.T) {
	k := open(t, shop(), parts())
	k.state = k.state.Fold(core.Event{Kind: core.Missed}, core.Event{Kind: core.Clarified, Parts: []core.Part{{Text: "intent:return_item\tReturn an item"}, {Text: "none\tNone of these"}}})
	k.expect("None of these", "colleague")
	k.wantMode(core.Waiting, core.ReasonUnsure)
}

// fixed is a recogniser of one's own: all it takes to swap one in.
type fixed []core.Intent

func (f fixed) Recognize(context.Context, *core.Turn) ([]core.Intent, error) { return f, nil }

func TestAmbiguousIsClarified(t *testing.T) {
	p, d := parts(), shop()
	p.Recognizers["mine"] = func(context.Context, nlu.Task) (nlu.IntentRecognizer, error) {
		return fixed{{Name: "return_item", Score: 0.52}, {Name: "order_status", Score: 0.45}, {Name: "vip_complaint", Score: 0.03}}, nil
	}
	d.Recognizer = "mine"
	k := open(t, d, p)
	k.expect("退订单", "您是想问", "申请退货", "查询订单", "都不是")
	if k.verdict() != core.VerdictClarified {
		t.Fatalf("said %+v\ntrace %s", k.said, k.last.Outcome().Trace)
	}
	var choices int
	for _, p := range k.said[0].Parts {
		if p.Kind == core.Choice {
			choices++
			if len(p.Value) > 64 {
				t.Errorf("choice %q is too long for a button", p.Value)
			}
		}
	}
	if choices < 2 || len(k.state.Offered) != choices {
		t.Errorf("%d choices, offered %q", choices, k.state.Offered)
	}
	k.expect("二", "请告诉我订单号")
	if k.state.Flow != "status" || k.state.Misses != 0 {
		t.Errorf("state %+v", k.state)
	}
}

func TestPersonWanted(t *testing.T) {
	for text, want := range map[string]struct{ reason, words string }{
		"转人工": {core.ReasonAsked, "人工"}, "轉人工": {core.ReasonAsked, "人工"}, "talk to a human": {core.ReasonAsked, "colleague"},
		"你们这什么破服务，气死我了":                          {core.ReasonAngry, "抱歉"},
		"this is ridiculous, worst service ever": {core.ReasonAngry, "sorry"},
		"充电宝冒烟了差点着火":                             {core.ReasonRule, "安全"},
		"我要接受媒体采访":                               {core.ReasonRule, "人工"},
		"会员费退给我":                                 {core.ReasonRule, "人工"},
		"帮我把账号注销掉":                               {core.ReasonRule, "人工"},
	} {
		t.Run(text, func(t *testing.T) {
			k := open(t, shop(), parts())
			k.expect(text, want.words)
			k.wantMode(core.Waiting, want.reason)
			if k.verdict() != core.VerdictHandedOver || len(k.desk) != 1 || len(k.desk[0].Card.Signals) == 0 {
				t.Errorf("verdict %q, desk %+v", k.verdict(), k.desk)
			}
		})
	}
}

func TestWishInsideFlow(t *testing.T) {
	k := open(t, shop(), parts())
	k.say("我的订单到哪了")
	k.say("A1234567")
	k.say("我要退货")
	k.say("A7654321")
	k.expect("还是转人工吧", "人工")
	k.wantMode(core.Waiting, core.ReasonAsked)
	if c := k.desk[0].Card; c.Slots["order"] != "A7654321" || k.state.Flow != "" {
		t.Errorf("card %+v, flow %q", c, k.state.Flow)
	}
}

func TestRepeatedQuestion(t *testing.T) {
	k := open(t, shop(), parts())
	k.expect("订单满多少包邮", "188元")
	k.expect("订单满多少包邮？", "188元")
	k.expect("订单满多少包邮！", "抱歉")
	k.wantMode(core.Waiting, core.ReasonRepeated)
	if k.desk[0].Card.Tried != "单笔满188元包邮。" {
		t.Errorf("tried %q", k.desk[0].Card.Tried)
	}
}

func TestRepeatedSmallTalkIsNone(t *testing.T) {
	k := open(t, shop(), parts())
	k.expect("订单满多少包邮", "188元")
	for range 5 {
		k.expect("谢谢", "不客气")
	}
	k.wantMode(core.ByBot, "")
}

func TestFailuresInARow(t *testing.T) {
	k := open(t, shop(), parts())
	k.state.Misses = 3 // the engine apologised three times
	k.expect("订单满多少包邮", "抱歉")
	k.wantMode(core.Waiting, core.ReasonFailed)
}

func TestTakeover(t *testing.T) {
	k := open(t, shop(), parts())
	k.say("转人工")
	k.state = k.state.Fold(core.Event{Kind: core.Taken, Key: "Ben"})
	for _, p := range []core.Part{{Text: "订单满多少包邮"}, {Text: "转人工"}, {Kind: core.Image, Text: "[image]"}} {
		k.check(p.Text, k.send(p))
		if len(k.desk) != 1 || k.desk[0].Action != core.DeskSay || k.desk[0].Card.Owner != "Ben" {
			t.Errorf("%q: desk %+v", p.Text, k.desk)
		}
	}
	k.check("signal", k.send(core.Part{Kind: core.Signal, Value: core.SignalUnfollow}))
	if len(k.desk) != 0 {
		t.Errorf("a signal is told: %+v", k.desk)
	}
	k.state = k.state.Fold(core.Event{Kind: core.Returned})
	k.expect("订单满多少包邮", "188元")
	k.wantMode(core.ByBot, "")
}

func TestGreetings(t *testing.T) {
	k := open(t, shop(), parts())
	k.check("follow", k.send(core.Part{Kind: core.Signal, Value: core.SignalFollow}), "小店")
	k.expect("你好", "您好")
	k.expect("hello there", "How can I help")
	k.expect("你是机器人吗", "小店", "不是真人")
	k.expect("thanks a lot!", "welcome")
	k.expect("再见", "再见")
	k.expect("好的", "好的")
	for _, s := range []string{core.SignalUnfollow, core.SignalScan, core.SignalView, core.SignalReceipt} {
		k.check(s, k.send(core.Part{Kind: core.Signal, Value: s}))
	}
	k.wantMode(core.ByBot, "")
}

func TestWithoutWords(t *testing.T) {
	k := open(t, shop(), parts())
	for _, text := range []string{"", "  ", "😀😀", "...", "\u200b"} {
		k.expect(text, "请用文字")
	}
	for kind, want := range map[core.PartKind]string{core.Image: "图片", core.Voice: "语音", core.Video: "视频", core.File: "文件", core.Location: "位置", core.Link: "链接"} {
		words := "[" + string(kind) + "]"
		if kind == core.Voice {
			words = ""
		}
		k.check(string(kind), k.send(core.Part{Kind: kind, Text: words}), want)
	}
	k.check("voice", k.send(core.Part{Kind: core.Voice, Text: "订单满多少包邮"}), "188元")
	k.wantMode(core.ByBot, "")
}

func TestMediaForPeople(t *testing.T) {
	d := shop()
	d.Media = dialog.Media{core.Image: "person"}
	k := open(t, d, parts())
	k.check("image", k.send(core.Part{Kind: core.Image, Text: "[image]"}), "人工")
	k.wantMode(core.Waiting, core.ReasonRule)
	if k.desk[0].Card.Asked != "[image]" {
		t.Errorf("card %+v", k.desk[0].Card)
	}
}

func TestFollowUp(t *testing.T) {
	k := open(t, shop(), parts())
	k.expect("订单满多少包邮", "188元")
	k.expect("那退货呢？", "")
	if got := k.last.State().Last; got != "那退货呢" {
		t.Errorf("last %q", got)
	}
}

func TestLanguages(t *testing.T) {
	k := open(t, shop(), parts())
	k.expect("hello there", "How can I help")
	k.expect("ok", "All right") // the conversation's language
	k.expect("你好", "您好")
	k.expect("ok", "好的")
}
