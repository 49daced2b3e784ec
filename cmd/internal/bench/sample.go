package bench

// Sample returns questions a shop's customers ask, in Chinese and English: the
// demo's bot has answers to them.
func Sample() []string {
	return []string{
		"运费多少钱？", "How long does shipping take?", "可以开发票吗？", "How do I return an item?",
		"支持哪些付款方式？", "What does the warranty cover?", "多久能收到退款？", "Can I change my delivery address?",
		"会员有什么权益？", "Do you ship abroad?", "怎么取消订单？", "Which payment methods do you accept?",
		"保修期多长？", "When will I get my refund?", "优惠券怎么用？", "How can I get an invoice?",
		"下单后多久发货？", "Can I exchange a product?", "退货运费谁出？", "How do coupons work?",
	}
}
