package nlu_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"frontdesk/core/nlu"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"white space", " \t\r\n ", ""},
		{"plain", "where is my order", "where is my order"},
		{"case and spaces", "  Where  IS\tmy\nOrder ", "where is my order"},
		{"full width", "ＡＢＣ　１２３！", "abc 123!"},
		{"compatibility forms", "①㎏ ﬁne", "1kg fine"},
		{"traditional", "請問訂單什麼時候發貨", "请问订单什么时候发货"},
		{"simplified stays", "请问订单", "请问订单"},
		{"zero width", "转\u200b人\u200d工\ufeff", "转人工"},
		{"direction marks", "\u202eabc\u202c", "abc"},
		{"controls", "a\x00b\x07c", "abc"},
		{"invalid bytes", "a\xff\xfeb", "ab"},
		{"variation selector", "❤\ufe0f", "❤"},
		{"long letters", "sooooooo good", "sooo good"},
		{"three stay", "AAA XXXL", "aaa xxxl"},
		{"digits stay", "10000000", "10000000"},
		{"han", "哈哈哈哈哈", "哈哈"},
		{"words stay", "人工人工人工", "人工人工人工"},
		{"signs", "what?!?! no!!!!! wait......", "what?!?! no! wait."},
		{"emoji", "好😀😀😀", "好😀"},
		{"decomposed", "cafe\u0301", "café"},
		{"piled up marks", "x" + strings.Repeat("\u0323\u0301", 30), "x" + strings.Repeat("\u0323", 4)},
		{"mixed", "Order　ＩＤ：Ａ１２３", "order id:a123"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := nlu.Normalize(c.in); got != c.want {
				t.Errorf("Normalize(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func FuzzNormalize(f *testing.F) {
	for _, s := range []string{"", "Ａb", "請問\u200b訂單", "İ J\u030c ﷺ", "\xff\xc3", "a\u0301\u0301\u0301\u0301\u0301\u0301", "ᄀᄀᄀᆨ", "!\ufe0f!", "ΌΣΣΣΣ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := nlu.Normalize(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q gives invalid %q", s, got)
		}
		if again := nlu.Normalize(got); again != got {
			t.Fatalf("%q gives %q, then %q", s, got, again)
		}
		if strings.TrimSpace(got) != got || strings.Contains(got, "  ") {
			t.Fatalf("%q keeps spaces: %q", s, got)
		}
	})
}

func TestLanguage(t *testing.T) {
	both := []string{"zh", "en"}
	for _, c := range []struct {
		text, lang string
		sure       bool
		langs      []string
	}{
		{"我的订单呢", "zh", true, both},
		{"where is my order", "en", true, both},
		{"app 支持哪个 android version", "zh", true, both},
		{"rice cooker 可以预约多久", "zh", true, both},
		{"i paid 300 元 for this kettle", "en", true, both},
		{"tuihuo ji tian nei", "zh", true, both},
		{"hao de xiexie", "zh", true, both},
		{"change date", "en", true, both},
		{"refund", "en", true, both},
		{"ok", "en", false, both},
		{"hi", "en", false, both},
		{"嗯", "zh", false, both},
		{"12345", "", false, both},
		{"", "", false, both},
		{"?!", "", false, both},
		{"где мой заказ", "", false, both},
		{"где мой заказ", "ru", false, nil},
		{"注文はどこですか", "ja", true, []string{"ja", "en"}},
		{"我的订单呢", "", false, []string{"en"}},
	} {
		lang, sure := nlu.Language(c.text, c.langs)
		if lang != c.lang || sure != c.sure {
			t.Errorf("Language(%q, %v) = %q %v, want %q %v", c.text, c.langs, lang, sure, c.lang, c.sure)
		}
	}
}

func BenchmarkNormalize(b *testing.B) {
	for name, s := range map[string]string{"ascii": "Where is my order A1234567?", "zh": "請問我的訂單什麼時候可以發貨？訂單號碼是２０２４"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				nlu.Normalize(s)
			}
		})
	}
}
