package wechat

import (
	"strings"
	"testing"

	"frontdesk/core"
)

func TestPlain(t *testing.T) {
	for _, tc := range []struct{ md, want string }{
		{"您好", "您好"},
		{"# 退货说明\n\n请在**七天**内 *申请*。", "退货说明\n\n请在七天内 申请。"},
		{"**加粗：**内容", "加粗：内容"},
		{"~~旧~~ __新__ _斜_", "旧 新 斜"},
		{"- 一\n* 二\n  + 三\n1. 四", "• 一\n• 二\n  • 三\n1. 四"},
		{"> 引用\n> > 更深", "引用\n更深"},
		{"[官网](https://shop.example/a_b_c)", "官网 (https://shop.example/a_b_c)"},
		{"[https://x.example](https://x.example)", "https://x.example"},
		{`![图](https://x.example/a.png "标题")`, "图 (https://x.example/a.png)"},
		{"<https://x.example/a_b>", "https://x.example/a_b"},
		{"看 https://x.example/a_b_c?d=e_f_g 吧", "看 https://x.example/a_b_c?d=e_f_g 吧"},
		{"snake_case_name 和 2*3*4", "snake_case_name 和 2*3*4"},
		{"2 * 3 = 6 * 1", "2 * 3 = 6 * 1"},
		{"用 `git push **x**` 吧", "用 git push **x** 吧"},
		{"```go\nfmt.Println(\"**\")\n```", "fmt.Println(\"**\")"},
		{"| 型号 | 价格 |\n|---|---:|\n| A | 1 |", "型号 | 价格\nA | 1"},
		{"上\n\n---\n\n下", "上\n\n下"},
		{`1\. 不是 \*列表\*`, "1. 不是 *列表*"},
		{"a\r\nb", "a\nb"},
		{"**未闭合", "**未闭合"},
	} {
		if got := plain(tc.md); got != tc.want {
			t.Errorf("%q becomes %q, want %q", tc.md, got, tc.want)
		}
	}
}

func TestRender(t *testing.T) {
	for name, tc := range map[string]struct {
		ev   core.Event
		want string
	}{
		"choices are numbered": {core.Event{Role: core.BotRole, Parts: []core.Part{{Text: "您想问："}, {Kind: core.Choice, Text: "退货"}, {Kind: core.Choice, Text: "换货"}}},
			"您想问：\n1. 退货\n2. 换货"},
		"people are quoted as they are": {core.Event{Role: core.Agent, Parts: []core.Part{{Text: "2**3 = 8, *really*"}}}, "2**3 = 8, *really*"},
		"files are links":               {core.Event{Parts: []core.Part{{Kind: core.Image, Text: "图", URL: "https://x.example/a.png"}}}, "图\nhttps://x.example/a.png"},
		"sources are named once": {core.Event{Role: core.BotRole, Parts: []core.Part{{Text: "七天。"}}, Citations: []core.Citation{
			{Doc: "returns.pdf", Page: 3}, {Doc: "returns.pdf", Page: 3}, {Doc: "faq.md"}, {Doc: "a"}, {Doc: "b"}}},
			"七天。\n— returns.pdf, p. 3\n— faq.md\n— a"},
		"signals say nothing":       {core.Event{Kind: core.Taken, Key: "li", Parts: []core.Part{{Kind: core.Signal, Text: "x"}}}, ""},
		"what XML cannot hold goes": {core.Event{Role: core.Agent, Parts: []core.Part{{Text: "a\x00b\x0bc\xffd\ufffee\tf"}}}, "abc�de\tf"},
	} {
		if got := render(tc.ev); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestNoticeSpeaksTheCustomersLanguage(t *testing.T) {
	for words, want := range map[string]string{"你好": noticeZH, "hello": noticeEN, "": noticeZH, "OK 吗": noticeZH, "123": noticeZH} {
		if got := noticeFor(words); got != want {
			t.Errorf("%q: %q", words, got)
		}
	}
	for _, n := range []string{noticeZH, noticeEN} {
		if len(n) > pieceMax || !strings.Contains(n, "msgmenuid="+fetchID+`"`) {
			t.Errorf("notice %q", n)
		}
	}
}
