package dialog

import (
	"strings"
	"testing"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

func TestSmallTalk(t *testing.T) {
	for text, want := range map[string]string{
		"你好": Greeting, "您好！": Greeting, "在吗？": Greeting, "Hi!": Greeting, "hello there": Greeting, "Good morning 😀": Greeting, "ni hao": Greeting,
		"谢谢": Thanks, "好的，谢谢": Thanks, "thanks a lot!": Thanks, "thank you so much": Thanks, "3q": Thanks, "谢谢你啦～": Thanks, "thanks, that solved it": Thanks,
		"再见": Goodbye, "bye bye": Goodbye, "没别的了，谢谢": Goodbye, "that's all": Goodbye,
		"好的": Nod, "OK": Nod, "嗯嗯": Nod, "got it": Nod, "哈哈哈哈": Nod, "好的我知道了": Nod,
		"你是机器人吗？": Who, "are you a bot or a human?": Who, "Who are you": Who, "你叫什么名字": Who,
		"": "", "你好，我要退货": "", "谢谢，那运费呢": "", "hello kitty mug": "", "ok but where is it": "", "good": Nod, "再见面的时候": "", "thanks giving sale": "", "你是哪家公司": "",
	} {
		if got, _ := chat(nlu.Normalize(text)); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestOrdinal(t *testing.T) {
	for text, want := range map[string]int{"1": 1, "2.": 2, "第二个": 2, "选3": 3, "the first one": 1, "option 2": 2, "number three": 3, "二": 2, "第一": 1, "1个": 1, "12": 0, "0": 0, "a": 0, "": 0, "后者": 2, "2 please": 2} {
		got, ok := ordinal(bare(nlu.Normalize(text)))
		if ok != (want > 0) || ok && got != want {
			t.Errorf("%q is %d %v, want %d", text, got, ok, want)
		}
	}
}

func TestCancels(t *testing.T) {
	for text, want := range map[string]bool{
		"取消": true, "算了吧": true, "我不要了": true, "还是不退了": true, "不用了，谢谢": true, "cancel please": true, "never mind": true, "Stop.": true, "forget it": true, "退出": true,
		"": false, "取消订单": false, "不知道": false, "cancel my order": false, "stop sending mails to me": false, "怎么取消": false,
	} {
		if got := cancels(nlu.Normalize(text)); got != want {
			t.Errorf("cancels(%q) = %v", text, got)
		}
	}
}

func TestQuestioning(t *testing.T) {
	for text, want := range map[string]bool{"多少钱": true, "what is it": true, "ok?": true, "可以吗": true, "外壳裂了": false, "it is broken": false, "": false, "运费谁出": true} {
		if got := questioning(nlu.Normalize(text)); got != want {
			t.Errorf("questioning(%q) = %v", text, got)
		}
	}
}

func TestWording(t *testing.T) {
	w := Wording{"zh": "你好", "en": ""}
	for _, c := range []struct{ lang, want string }{{"zh", "你好"}, {"en", "你好"}, {"ja", "你好"}} {
		if got := w.In(c.lang, "fr", "zh"); got != c.want {
			t.Errorf("In(%s) = %q", c.lang, got)
		}
	}
	if got := Wording(nil).In("zh", "en"); got != "" {
		t.Errorf("nothing is %q", got)
	}
}

func TestTextsOver(t *testing.T) {
	mine := Texts{TextGreeting: {"en": "Ahoy"}}
	all := DefaultTexts().Over(mine)
	if all[TextGreeting]["en"] != "Ahoy" || all[TextGreeting]["zh"] != DefaultTexts()[TextGreeting]["zh"] || len(all) != len(DefaultTexts()) {
		t.Errorf("texts %v", all[TextGreeting])
	}
	if len(mine) != 1 || len(mine[TextGreeting]) != 1 {
		t.Error("the bot's own texts were altered")
	}
}

// Each sentence exists in both languages, and promises nothing it cannot keep.
func TestDefaultTexts(t *testing.T) {
	for key, w := range DefaultTexts() {
		for _, lang := range []string{"zh", "en"} {
			if w[lang] == "" {
				t.Errorf("%s has no %s", key, lang)
			}
		}
		if strings.Contains(w["en"], "minute") || strings.Contains(w["zh"], "分钟") {
			t.Errorf("%s promises a time", key)
		}
	}
	for _, kind := range []core.PartKind{core.Image, core.Voice, core.Video, core.File, core.Location, core.Link} {
		if DefaultTexts()[TextKey(kind)] == nil {
			t.Errorf("no line for %s", kind)
		}
	}
}

func TestFill(t *testing.T) {
	for text, want := range map[string]string{"order {a}": "order 1", "{a}{b}": "1", "{b|none} {a|none}": "none 1", "{{a}} {a}": "{a} 1", "{}": "{}", "plain": "plain", "": ""} {
		if got := fill(text, map[string]string{"a": "1"}); got != want {
			t.Errorf("fill(%q) = %q", text, got)
		}
	}
	if got := fill("{a}", map[string]string{"a": "{b}", "b": "x"}); got != "{b}" {
		t.Errorf("a value is filled in again: %q", got)
	}
}
