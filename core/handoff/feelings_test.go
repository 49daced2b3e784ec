package handoff_test

import (
	"testing"

	"frontdesk/core/handoff"
	"frontdesk/core/nlu"
)

func TestFeelings(t *testing.T) {
	angry := func(norm string) bool { return handoff.Anger(norm) >= 0.6 }
	for name, c := range map[string]struct {
		is      func(string) bool
		yes, no []string
	}{
		"anger": {angry,
			[]string{"垃圾平台，骗子", "气死我了", "你们这什么破服务", "我要投诉你们", "等了半个月了还没处理", "再不解决我就给差评", "烦死了，太差了", "this is ridiculous", "worst service ever", "you people are useless", "nobody cares", "WTF!!", "I am fed up with this"},
			[]string{"", "什么破机器，E5一直报", "垃圾桶有几种尺寸", "厨余垃圾处理器多少钱", "热死了这鬼天气", "这件衣服好看死了", "谢谢，刚才语气冲了点", "等了两天就到了", "烦死了 Wi-Fi 连不上", "stupid F7 again", "killer deal, how do I buy it", "how terrible is the noise level", "the worst case delivery time", "空气炸锅多少瓦", "空气炸锅AF380现在标价多少钱", "评论区的差评能删掉吗", "我妈的手机坏了", "他妈妈收货可以吗", "怎么处理厨余垃圾", "去死皮的手套", "黑心棉怎么分辨", "不管了先下单吧"}},
		"failure": {handoff.Failed,
			[]string{"答非所问", "我问的不是这个", "说了三遍了还是没听懂", "没解决", "第三遍了", "that's not what I asked", "you already told me that", "you did not answer my question", "still doesn't work"},
			[]string{"", "问题解决了谢谢", "没解决方案吗", "怎么重复播放", "it doesn't work", "the answer is helpful", "洗第二遍要多久", "第一遍漂洗"}},
		"legal": {handoff.Legal,
			[]string{"我要去12315投诉", "已经联系律师了", "走法律程序", "上网曝光你们", "my lawyer will contact you", "I will sue you", "I'm filing a complaint with the consumer protection agency", "不处理的话我 sue 你们"},
			[]string{"", "延保合同合法吗", "I'm a lawyer and want a dishwasher", "曲面屏和平面屏的区别", "any legal documents included?", "相机的曝光时间怎么调", "洗衣机一直报警E5", "烟雾报警器多少钱", "广告你们自己做的吗", "我去告诉他"}},
		"danger": {handoff.Danger,
			[]string{"充电宝冒烟了", "插座漏电", "电池鼓包了", "孩子被烫伤了", "有人盗用我的账号", "my air fryer caught fire", "the cable sparks when I touch it", "there is a burning smell", "someone stole my account", "the battery exploded"},
			[]string{"", "有漏电保护吗", "会漏电吗", "容易着火吗", "不是烟，是水雾", "安装要注意什么才安全", "is it safe to wash", "does it make sparkling water", "smoke detector price", "where are the spark plugs", "充电到80%要多久", "接触电源会怎样", "燃气灶打不着火", "火花塞多少钱", "can you deliver to the hospital", "does it work with fire tv", "a melting point of 60 degrees"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, s := range c.yes {
				if !c.is(nlu.Normalize(s)) {
					t.Errorf("%q is missed", s)
				}
			}
			for _, s := range c.no {
				if c.is(nlu.Normalize(s)) {
					t.Errorf("%q is taken for it", s)
				}
			}
		})
	}
}

func TestAngerAddsUp(t *testing.T) {
	mild, more := handoff.Anger("真烦"), handoff.Anger("真烦,太慢了,无语")
	if mild <= 0 || mild >= 0.6 || more <= 0.6 || more >= 1 {
		t.Errorf("anger %v, then %v", mild, more)
	}
}
