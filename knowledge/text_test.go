package knowledge

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestSentences(t *testing.T) {
	for _, c := range []struct {
		name string
		want []string
	}{
		{"chinese", []string{"整机保修两年。", "滤芯不保！", "为什么？", "因为是耗材；", "请看说明"}},
		{"english", []string{"Returns are free. ", "Keep the box! ", "Why? ", "Because."}},
		{"decimals and versions", []string{"It weighs 3.5 kg and costs 1,299.00 yuan. ", "Use v2.4.1."}},
		{"addresses", []string{"See https://shop.example/a.b?x=1.5&y=2 or mail a.b@shop.example. ", "Then wait."}},
		{"abbreviations", []string{"Ask Mr. Li, e.g. by mail, at approx. 9 a.m. tomorrow. ", "Dr. Wu is out."}},
		{"initials", []string{"J. R. Smith signs. ", "He pays."}},
		{"closing marks", []string{"他说：“可以退。”", "然后走了。", "(It is so.) ", "Yes."}},
		{"several marks", []string{"真的吗？！", "等等……", "好。"}},
		{"lines", []string{"第一行\n", "第二行\n", "third line"}},
		{"a number before Han", []string{"售价 3.5元。", "第2.5节"}},
		{"mixed", []string{"支持 Wi-Fi 6. ", "不支持 5G。", "OK."}},
		{"nothing", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, Sentences(strings.Join(c.want, ""))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSentencesLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab A1.。!?？…”)\n \u00a0中\ufffd"))).Draw(t, "text")
		got := Sentences(text)
		if strings.Join(got, "") != text {
			t.Fatalf("%q became %q", text, got)
		}
		if slices.Contains(got, "") {
			t.Fatalf("an empty sentence in %q", got)
		}
	})
}

func TestTerms(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"退货运费":                  "退货 货运 运费",
		"退":                     "退",
		"sw-rf216s 的年耗电":        "sw rf216s 的年 年耗 耗电",
		"5g网络 2.4ghz":           "5g 网络 2 4ghz",
		"returned items":        "return item",
		"the battery batteries": "the batteri batteri",
		"かな漢字":                  "かな な漢 漢字",
		"naïve café":            "naïve café",
		"ab,cd;ef。gh":           "ab cd ef gh",
	} {
		if got := strings.Join(Terms(text), " "); got != want {
			t.Errorf("Terms(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestStemBringsFormsTogether(t *testing.T) {
	for _, forms := range [][]string{
		{"return", "returns", "returned", "returning"}, {"charge", "charges", "charged", "charging"}, {"stop", "stopped", "stopping"},
		{"deliver", "delivers", "delivered"}, {"policy", "policies"}, {"refund", "refunds", "refunded"}, {"fill", "fills", "filled"},
		{"quick", "quickly"}, {"class", "classes"}, {"ship", "shipped", "shipping"},
	} {
		for _, f := range forms[1:] {
			if stem(f) != stem(forms[0]) {
				t.Errorf("%s → %s, but %s → %s", f, stem(f), forms[0], stem(forms[0]))
			}
		}
	}
	for _, w := range []string{"speed", "status", "this", "sw100s", "café", "is", "ring", "string"} {
		if s := stem(w); len(s) < len(w)-1 || w != "this" && s != w {
			t.Errorf("%s was cut to %s", w, s)
		}
	}
}
