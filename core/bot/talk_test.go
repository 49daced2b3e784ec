package bot_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/bot"
	"frontdesk/core/dialog"
	"frontdesk/core/handoff"
	"frontdesk/core/nlu"
	"frontdesk/core/nlu/linear"
	"frontdesk/core/nlu/rules"
)

// shelf is a tiny retriever: pairs of question and answer, found by the share
// of character pairs they have in common.
type shelf []core.Passage

func (s shelf) Retrieve(_ context.Context, q core.Query) ([]core.Passage, error) {
	var out []core.Passage
	for _, p := range s {
		if p.Score = alike(nlu.Normalize(q.Text), nlu.Normalize(p.Question)); p.Score > 0.05 {
			out = append(out, p)
		}
	}
	for i := range out {
		for j := i + 1; j < len(out); j++ {
			if out[j].Score > out[i].Score {
				out[i], out[j] = out[j], out[i]
			}
		}
	}
	return out[:min(len(out), q.Limit)], nil
}

func alike(a, b string) float64 {
	pairs := func(s string) map[string]bool {
		m := map[string]bool{}
		rs := []rune(s)
		for i := 0; i+1 < len(rs); i++ {
			m[string(rs[i:i+2])] = true
		}
		return m
	}
	pa, pb := pairs(a), pairs(b)
	both := 0
	for p := range pa {
		if pb[p] {
			both++
		}
	}
	return float64(2*both) / float64(len(pa)+len(pb)+1)
}

var faq = shelf{
	{ID: "1", Doc: "faq.csv", Question: "订单满多少包邮", Text: "单笔满188元包邮。"},
	{ID: "2", Doc: "faq.csv", Question: "退货几天内可以", Text: "签收后7天内可以退货。"},
	{ID: "3", Doc: "faq.csv", Question: "保修期多长", Text: "整机保修一年。"},
	{ID: "4", Doc: "faq.csv", Question: "How long is the warranty", Text: "One year for the whole machine."},
	{ID: "5", Doc: "faq.csv", Question: "Do you ship to Canada", Text: "We ship to Canada within ten days."},
}

func shop() bot.Definition {
	return bot.Definition{
		ID: "shop", Name: "小店", Version: "1", Languages: []string{"zh", "en"}, TimeZone: "Asia/Shanghai", Threshold: 0.5,
		Desk: core.DeskRef{Channel: "sl", Room: "C1"},
		Intents: []bot.Intent{
			{Name: "order_status", Title: dialog.Wording{"zh": "查询订单", "en": "Track an order"}, Examples: map[string][]string{
				"zh": {"我的订单到哪了", "查一下订单", "帮我查订单状态", "查物流", "我的快递到哪里了", "订单什么时候到", "查询订单", "我的包裹呢", "看看我的订单", "订单进度", "我买的东西到哪了", "查快递"},
				"en": {"where is my order", "track my order", "track my package", "order status", "where is my package", "check my order", "what is the status of my order", "when will my order arrive", "i want to track a parcel", "has my order shipped"}}},
			{Name: "return_item", Title: dialog.Wording{"zh": "申请退货", "en": "Return an item"}, Examples: map[string][]string{
				"zh": {"我要退货", "申请退货", "我想退掉这个", "东西不要了想退", "帮我办退货", "办理退货", "不想要了退给你们", "我要把货退回去", "想退货", "退掉这件商品"},
				"en": {"i want to return an item", "return this product", "i want to send it back", "start a return", "i need to return my order", "please take it back", "return request", "i would like to return the kettle"}}},
			{Name: "invoice", Title: dialog.Wording{"zh": "发票问题", "en": "Invoices"}, Answer: dialog.Wording{"zh": "电子发票在订单详情里下载。", "en": "Download the invoice from the order page."}, Examples: map[string][]string{
				"zh": {"怎么开发票", "我要发票", "发票在哪下载", "开票", "需要电子发票", "给我开个发票", "发票怎么弄", "能开专票吗"},
				"en": {"i need an invoice", "where can i download my invoice", "send me the invoice", "how do i get an invoice", "invoice please", "can i have a receipt"}}},
			{Name: "vip_complaint", Handoff: true, Examples: map[string][]string{"zh": {"我要办理退会员费", "退还会员费", "会员费退给我", "取消会员退费"}, "en": {"refund my membership fee", "give me back the membership fee"}}},
		},
		Entities: []bot.Entity{{Name: "reason", Values: []bot.Value{{Value: "damaged", Synonyms: []string{"坏了", "破损", "broken"}}}}},
		Flows: []dialog.Flow{
			{Name: "status", Intents: []string{"order_status"}, Steps: []dialog.Step{
				{ID: "ask", Do: dialog.Ask, Slot: "order", Entity: rules.Order, Text: dialog.Wording{"zh": "请告诉我订单号。", "en": "What is your order number?"}},
				{Do: dialog.Call, Action: "order_status", OnError: "lost"},
				{Do: dialog.Done, Text: dialog.Wording{"zh": "订单{order}：{status}。", "en": "Order {order}: {status}."}},
				{ID: "lost", Do: dialog.Handoff, Text: dialog.Wording{"zh": "没有查到订单{order}。", "en": "I cannot find order {order}."}},
			}},
			{Name: "return", Intents: []string{"return_item"}, Steps: []dialog.Step{
				{ID: "order", Do: dialog.Ask, Slot: "order", Entity: rules.Order, Text: dialog.Wording{"zh": "要退哪个订单？请告诉我订单号。", "en": "Which order? Please give me its number."}},
				{ID: "why", Do: dialog.Choose, Slot: "why", Text: dialog.Wording{"zh": "退货原因是？", "en": "Why?"}, Options: []dialog.Option{
					{Value: "damaged", Label: dialog.Wording{"zh": "商品损坏", "en": "Damaged"}, Synonyms: []string{"坏了", "broken"}},
					{Value: "unwanted", Label: dialog.Wording{"zh": "不想要了", "en": "Not wanted"}, Next: "bye"}}},
				{ID: "note", Do: dialog.Ask, Slot: "note", Text: dialog.Wording{"zh": "请描述一下损坏情况。", "en": "Please describe the damage."}},
				{ID: "bye", Do: dialog.Done, Text: dialog.Wording{"zh": "已为订单{order}提交退货申请。", "en": "The return of order {order} is filed."}},
			}},
		},
		Handoff: handoff.Rules{Keywords: []handoff.Keyword{{Name: "press", Words: []string{"媒体采訪"}}}},
	}
}

func parts() bot.Parts {
	return bot.Parts{
		Recognizers: map[string]bot.NewRecognizer{"linear": linear.New},
		Entities:    rules.Open,
		Retriever:   faq,
		CPU:         make(chan struct{}, runtime.GOMAXPROCS(0)),
		Actions: map[string]dialog.Action{"order_status": dialog.ActionFunc(func(_ context.Context, t *core.Turn, slots map[string]string) (map[string]string, error) {
			if strings.HasPrefix(slots["order"], "X") {
				return nil, errors.New("no such order")
			}
			return map[string]string{"status": map[string]string{"zh": "运输中", "en": "on its way"}[t.Lang]}, nil
		})},
	}
}

// talk is a conversation with a bot, as the engine would hold it.
type talk struct {
	t     *testing.T
	b     *bot.Bot
	state core.State
	seq   int64
	now   time.Time
	last  *core.Turn
	desk  []core.DeskPost
	said  []core.Event
}

func open(t *testing.T, d bot.Definition, p bot.Parts) *talk {
	t.Helper()
	b, err := bot.Build(context.Background(), d, p)
	if err != nil {
		t.Fatal(err)
	}
	return &talk{t: t, b: b, now: time.Date(2026, 5, 1, 2, 0, 0, 0, time.UTC), state: core.State{Case: core.Case{ID: "c1", Mode: core.ByBot, Epoch: 1}}}
}

// send runs one turn and returns what the customer is told.
func (k *talk) send(ps ...core.Part) string {
	k.t.Helper()
	k.seq++
	turn := core.NewTurn(core.Work{Turn: core.TurnID{Conversation: "v1", Seq: k.seq}, Attempt: 1, State: k.state,
		Envelope: core.Envelope{Workspace: core.DefaultWorkspace, Channel: "web", Bot: "shop", Parts: ps, Contact: core.Contact{Name: "Ann"}}},
		func() time.Time { return k.now })
	if err := k.b.Run(context.Background(), turn); err != nil {
		k.t.Fatalf("turn %d: %v", k.seq, err)
	}
	o := turn.Outcome()
	if o.Trace == nil {
		k.t.Fatalf("turn %d left no trace", k.seq)
	}
	k.state = k.state.Fold(o.Events...)
	k.last, k.desk, k.said = turn, o.Desk, nil
	var texts []string
	for _, ev := range o.Events {
		if ev.Visible() {
			k.said = append(k.said, ev)
			texts = append(texts, ev.Text())
		}
	}
	return strings.Join(texts, "\n")
}

func (k *talk) say(text string) string { k.t.Helper(); return k.send(core.Part{Text: text}) }

// expect sends text and wants each of wants in the answer; "" wants silence.
func (k *talk) expect(text string, wants ...string) {
	k.t.Helper()
	k.check(text, k.say(text), wants...)
}

func (k *talk) check(sent, got string, wants ...string) {
	k.t.Helper()
	if len(wants) == 0 && got != "" {
		k.t.Errorf("%q is answered %q, want silence", sent, got)
	}
	for _, w := range wants {
		if !strings.Contains(got, w) {
			k.t.Errorf("%q is answered %q, want %q\ntrace %s", sent, got, w, k.last.Outcome().Trace)
		}
	}
}

func (k *talk) wantMode(m core.Mode, reason string) {
	k.t.Helper()
	if k.state.Case.Mode != m || k.state.Case.Reason != reason {
		k.t.Errorf("case is %s (%s), want %s (%s)\ntrace %s", k.state.Case.Mode, k.state.Case.Reason, m, reason, k.last.Outcome().Trace)
	}
}

func (k *talk) verdict() core.Verdict {
	if len(k.said) == 0 {
		return ""
	}
	return k.said[len(k.said)-1].Verdict
}
