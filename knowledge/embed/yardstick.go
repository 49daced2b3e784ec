package embed

import (
	"context"

	"frontdesk/core"
)

// Where the cosines of multilingual-e5-small lie on the yardstick. A test
// measures them.
const (
	yardWith    = 0.6502
	yardWithout = 0.4728
)

// pairs are questions and what answers them, written for this: half Chinese,
// half English, two across.
var pairs = [...][2]string{
	{"怎么申请退货", "签收后七天内，在订单页点“申请售后”即可退货。"},
	{"运费谁出", "满99元包邮，不满的收10元运费。"},
	{"你们几点下班", "客服时间为每天9:00到21:00。"},
	{"能开发票吗", "下单时勾选“需要发票”，我们会把电子发票发到邮箱。"},
	{"密码忘了怎么办", "在登录页点“忘记密码”，用手机号重新设置。"},
	{"这款耳机防水吗", "本产品达到IPX5防水等级，可在雨中使用。"},
	{"会员有什么好处", "金卡会员享九折，并优先发货。"},
	{"可以货到付款吗", "You can pay in cash when the parcel arrives."},
	{"How do I change my address?", "Open your profile, choose Addresses and press Edit."},
	{"Where is my parcel?", "Every shipment has a tracking number; enter it on the tracking page."},
	{"Is there a student discount?", "Students get ten percent off with a valid card."},
	{"How long is the warranty?", "All appliances are covered for two years from purchase."},
	{"Can I cancel my subscription?", "A plan can be ended at any time in the billing settings."},
	{"Do you ship to Canada?", "We deliver to the United States, Canada and Mexico."},
	{"The app crashes when I open it", "Please update to the latest version and restart your phone."},
	{"Which card do you accept?", "支持银联、Visa和万事达信用卡。"},
}

// yardstick returns the mean cosine, placed, of questions to what answers them
// and to what answers the others.
func yardstick(ctx context.Context, e core.Embedder) (with, without float64, err error) {
	questions, answers := make([]string, len(pairs)), make([]string, len(pairs))
	for i, p := range pairs {
		questions[i], answers[i] = p[0], p[1]
	}
	q, err := e.Embed(ctx, core.EmbedQuery, questions)
	if err != nil {
		return 0, 0, err
	}
	a, err := e.Embed(ctx, core.EmbedPassage, answers)
	if err != nil {
		return 0, 0, err
	}
	c := CentreOf(a)
	for i := range q {
		from := c.Place(q[i])
		for j := range a {
			s := Cosine(from, c.Place(a[j]))
			if i == j {
				with += s / float64(len(pairs))
			} else {
				without += s / float64(len(pairs)*(len(pairs)-1))
			}
		}
	}
	return with, without, nil
}
