package handoff_test

import (
	"testing"

	"frontdesk/core/handoff"
	"frontdesk/core/nlu"
)

func TestWish(t *testing.T) {
	wishes := []string{
		"转人工", "轉人工", "转 人工", "转\u200b人工", "ＲＥＡＬ　ＰＥＲＳＯＮ", "人工", "人工客服", "找人工", "人工！！！", "人工人工人工人工", "请转人工客服，谢谢", "给我转人工", "直接转人工吧", "帮我转接人工",
		"我要找真人客服", "找真人", "有没有真人", "有活人吗", "接个活人", "换个人来", "叫你们经理来", "找你们领导", "我要投诉到人", "能不能让你们经理跟我说话",
		"我要跟人说话", "跟真人聊", "打电话给我吧", "给我回个电话", "不想跟机器人说话", "别用机器人了", "怎么还不给我转人工",
		"麻烦叫个客服来", "需要人工服务", "接入人工", "zhuan ren gong", "zhuanrengong", "wo yao ren gong ke fu", "转rengong", "zhao zhenren",
		"talk to a human", "I want to speak with a real person", "agent please", "human", "Human!", "get me an agent", "can I talk to someone", "connect me to customer service",
		"let me speak to your supervisor", "is there a real person I can talk to?", "operator", "transfer me", "transfer me to a live agent now", "I need a human being",
		"I don't want to talk to a bot", "stop this bot and give me a person", "can someone call me back", "call me back please", "live agent", "put me through to a representative",
		"can you transfer 我到 human agent 吗", "no bots. a real human please", "why can't i talk to a human",
	}
	for _, s := range wishes {
		if !handoff.Wish(nlu.Normalize(s)) {
			t.Errorf("%q is a wish for a person", s)
		}
	}
	others := []string{
		"", "你好", "人工智能", "这是人工智能音箱吗", "人工费怎么算", "安装的人工费多少", "人工客服几点上班", "客服几点下班", "你们人工服务时间是几点到几点", "不用转人工", "先不用人工，我问下价格", "别给我转人工",
		"不需要真人客服", "真人同款多少钱", "经理套装还有货吗", "我朋友上次转人工等了很久", "之前的客服说可以退", "快递员打电话给我说放驿站了", "人工湖在哪", "纯人工的吗", "这个是人工合成的吗",
		"怎么退货", "换个颜色", "换个人收货可以吗", "人多吗", "给我一个优惠", "客服说明天发货", "转账失败", "人工服务费多少", "都要在工作人员的陪同下参观吗", "可以打电话咨询吗", "why won't the machine accept my card", "转接头多少钱", "直接客户能便宜吗", "客服电话是多少", "转寄到北京", "工人什么时候来",
		"human resources department hours?", "how do I get a travel agent discount", "is this jacket made for humans or pets", "are you a human?", "do you sell human hair wigs",
		"I don't need an agent", "no need for a human, just tell me the price", "don't transfer me", "when is your staff available", "what are the hours of customer service",
		"the person who delivered it was rude to my dog", "my agent number is 5", "how many people fit in it", "real leather or not", "I want to transfer money to my card", "call me old fashioned but i like it",
		"the operator manual is missing", "representative sample", "does it support two people", "last time i talked to an agent he said yes", "不用 human agent 哈，只想问 warranty",
	}
	for _, s := range others {
		if handoff.Wish(nlu.Normalize(s)) {
			t.Errorf("%q is no wish for a person", s)
		}
	}
}

func TestErrand(t *testing.T) {
	for text, want := range map[string]bool{
		"帮我把订单取消掉，单号7731": true, "那你现在就帮我改到新地址": true, "查一下我的开票记录": true, "给我查查卡在哪": true, "麻烦帮我注销账号": true,
		"Please delete all my personal data": true, "cancel my order": true, "can you please refund my order": true, "could you check my order": true,
		"": false, "怎么取消订单": false, "订单可以取消吗": false, "帮我推荐一款水壶": false, "地址可以改几次": false, "帮我查一下包邮门槛": false,
		"Can I change my delivery address?": false, "how do I delete my account": false, "please tell me the price": false, "where is my order": false,
	} {
		if got := handoff.Errand(nlu.Normalize(text)); got != want {
			t.Errorf("Errand(%q) = %v", text, got)
		}
	}
}
