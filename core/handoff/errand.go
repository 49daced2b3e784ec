package handoff

import "frontdesk/core/pattern"

var errand = pattern.MustCompile(`
	(?:帮我|给我|替我|帮忙|麻烦你?|请你?).{0,8}(?:取消|撤销|修改|改成|改到|改一下|改下|换成|删除|删掉|注销|催|补发|补寄|重发|重寄|解绑|冻结|解冻|拦截).{0,12}(?:订单|那单|这单|地址|账号|账户|快递|包裹|数据|信息|掉|会员|发票|手机号|下$|一下$)
	(?:帮我|给我|替我|麻烦你?|请你?) ?(?:查|看|check|track|核实|核对).{0,10}(?:卡在|我的|我那|这单|那单|my )
	(?:帮我|给我|替我).{0,6}(?:改到|改成|取消掉?)
	查(?:一下|下|查)?我的?.{0,6}(?:记录|订单|物流|退款|账户|积分|余额)
	^(?:please |pls |can you |could you |would you |i want you to |i need you to )+(?:please )?(?:cancel|delete|remove|erase|change|update|refund|unlock|reset|reship|resend|stop|close|check|look up|track) (?:all (?:of )?)?(?:my|the order|order|this order)\b
	^(?:cancel|delete|remove|erase|refund|unlock|reship|resend) (?:all (?:of )?)?my\b
`)

// Errand reports whether a normalised text asks for something to be done to
// the customer's own order or account, rather than for information.
func Errand(norm string) bool {
	for _, c := range clauses(norm) {
		if errand.Match(squash(c)) {
			return true
		}
	}
	return false
}
