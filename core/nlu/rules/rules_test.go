package rules_test

import (
	"strings"
	"testing"
	"time"

	"frontdesk/core/nlu"
	"frontdesk/core/nlu/rules"
)

// Friday, the first of May 2026, half past nine in the morning in Shanghai.
func now(t *testing.T) time.Time {
	t.Helper()
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(2026, 5, 1, 1, 30, 0, 0, time.UTC).In(loc)
}

// found shows entities as "name=value", in order.
func found(x *rules.Extractor, text string, at time.Time) string {
	var out []string
	for _, e := range x.Find(text, at) {
		out = append(out, e.Name+"="+e.Value)
	}
	return strings.Join(out, " ")
}

func TestFindForms(t *testing.T) {
	check(t, map[string]string{
		"": "", "你好": "", "hello there": "",
		"订单号是A1234567，还没到":                "order_id=A1234567",
		"訂單編號：２０２４０５１２３３４４":               "order_id=202405123344",
		"my order number is b7654321-2":   "order_id=B7654321-2",
		"order #A1234567":                 "order_id=A1234567",
		"in order to use it":              "",
		"A1234567":                        "order_id=A1234567",
		"20240512334":                     "order_id=20240512334",
		"the AF350S and the WM810S":       "",
		"手机13812345678":                   "phone=+8613812345678",
		"+86 139 0013 9000":               "phone=+8613900139000",
		"电话010-62345678":                  "phone=+861062345678",
		"call 400-123-4567":               "phone=+864001234567",
		"call me at +1 415-555-0132":      "phone=+14155550132",
		"(415) 555-0132":                  "phone=+14155550132",
		"113812345678 是条码":                "order_id=113812345678",
		"寄到Zhang.San@Example.com谢谢":       "email=zhang.san@example.com",
		"see https://shop.example/a?b=1.": "url=https://shop.example/a?b=1",
		"页面www.example.com/item打不开":       "url=www.example.com/item",
		"身份证11010519491231002X":           "id_card=11010519491231002X",
		"110105194912310021":              "order_id=110105194912310021", // the check digit is wrong
		"快递单号SF1234567890123":             "tracking_no=SF1234567890123",
		"tracking 1Z999AA10123456784":     "tracking_no=1Z999AA10123456784",
		"EB123456789CN":                   "tracking_no=EB123456789CN",
		"退款1,280.50元":                     "amount=1280.50 CNY",
		"￥５９．９":                           "amount=59.9 CNY",
		"1.5万元":                           "amount=15000 CNY",
		"二十块钱":                            "amount=20 CNY",
		"$49.99":                          "amount=49.99 USD",
		"HK$ 100":                         "amount=100 HKD",
		"20 euros":                        "amount=20 EUR",
		"打八五折":                            "percent=85%",
		"8.5折":                            "percent=85%",
		"七折":                              "percent=70%",
		"百分之二十":                           "percent=20%",
		"15% off":                         "percent=15%",
		"买了三件":                            "quantity=3",
		"一百二十瓶":                           "quantity=120",
		"一个问题":                            "",
		"two boxes":                       "quantity=2",
		"a dozen bottles":                 "quantity=12",
		"2 boxes":                         "quantity=2",
		"收货地址改成浙江省杭州市西湖区文三路100号": "address=浙江省杭州市西湖区文三路100号",
	})
}

func TestFindDays(t *testing.T) {
	check(t, map[string]string{
		"今天":                     "date=2026-05-01",
		"大后天":                    "date=2026-05-04",
		"前天":                     "date=2026-04-29",
		"上周五":                    "date=2026-04-24",
		"下个星期天":                  "date=2026-05-10",
		"周三":                     "date=2026-04-29",
		"上上周一":                   "date=2026-04-13",
		"3天前":                    "date=2026-04-28",
		"两天后":                    "date=2026-05-03",
		"2026年3月5日":              "date=2026-03-05",
		"2026-02-30":             "",
		"2026/5/1":               "date=2026-05-01",
		"5月12日":                  "date=2026-05-12",
		"12月3号":                  "date=2025-12-03", // the last one
		"1月3号":                   "date=2026-01-03",
		"tomorrow":               "date=2026-05-02",
		"the day after tomorrow": "date=2026-05-03",
		"next Monday 3pm":        "date=2026-05-04 time=15:00",
		"last friday":            "date=2026-04-24",
		"on Sunday":              "date=2026-05-03",
		"March 3, 2024":          "date=2024-03-03",
		"3rd of March 2024":      "date=2024-03-03",
		"2 days ago":             "date=2026-04-29",
		"in 3 days":              "date=2026-05-04",
		"下午三点半":                  "time=15:30",
		"晚上8点一刻":                 "time=20:15",
		"上午10点":                  "time=10:00",
		"中午12点":                  "time=12:00",
		"15:45":                  "time=15:45",
		"25:99":                  "",
		"at 12am":                "time=00:00",
		"at 5:30 p.m.":           "time=17:30",
		"noon":                   "time=12:00",
		"早一点":                    "",
		"有点贵":                    "",
	})
}

// check wants the built-in rules to find just that in each text.
func check(t *testing.T, cases map[string]string) {
	t.Helper()
	x, err := rules.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range cases {
		if got := found(x, text, now(t)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestSpans(t *testing.T) {
	x, _ := rules.New(nil)
	text := "訂單Ａ１２３４５６７，电话13812345678"
	for _, e := range x.Find(text, now(t)) {
		if text[e.Start:e.End] != e.Text {
			t.Errorf("%s: span %q, text %q", e.Name, text[e.Start:e.End], e.Text)
		}
	}
	if got := x.Find(text, now(t))[0]; got.Text != "Ａ１２３４５６７" || got.Value != "A1234567" {
		t.Errorf("got %+v, want the text as written and the value normalised", got)
	}
}

func TestLists(t *testing.T) {
	x, err := rules.New([]nlu.Lexicon{
		{Name: "colour", Values: []nlu.Value{{Value: "red", Synonyms: []string{"红色", "紅的", "Red wine"}}, {Value: "blue", Synonyms: []string{"蓝"}}}},
		{Name: "member", Pattern: `VIP-(\d{4})`},
		{Name: "order", Rule: rules.Order},
	})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"有没有紅色的": "colour=red", "RED please": "colour=red", "i have a sacred bluebird": "", "red wine or blue": "colour=red colour=blue",
		"VIP-1234": "member=1234", "order A1234567": "order=A1234567 order_id=A1234567",
	} {
		if got := found(x, text, now(t)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestMistakes(t *testing.T) {
	for want, l := range map[string]nlu.Lexicon{
		"has no name":      {Values: []nlu.Value{{Value: "x"}}},
		"needs a rule":     {Name: "x"},
		`there is no rule`: {Name: "x", Rule: "nothing"},
		"pattern":          {Name: "x", Pattern: "("},
		"an empty synonym": {Name: "x", Values: []nlu.Value{{Value: "a", Synonyms: []string{" "}}}},
		"stands for both":  {Name: "x", Values: []nlu.Value{{Value: "a", Synonyms: []string{"C"}}, {Value: "b", Synonyms: []string{"c"}}}},
	} {
		if _, err := rules.New([]nlu.Lexicon{l}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", l, err, want)
		}
	}
}

func FuzzFind(f *testing.F) {
	x, err := rules.New(nil)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"", "订单A1234567", "\xff\xfe2026-05-01", "１３８１２３４５６７８", "晚上十点二十分", "百分之百", "一万万块钱", "1.5k$", strings.Repeat("1", 50)} {
		f.Add(s)
	}
	at := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		for _, e := range x.Find(s, at) {
			if e.Start < 0 || e.End > len(s) || e.Start >= e.End || s[e.Start:e.End] != e.Text || e.Value == "" {
				t.Fatalf("%q: %+v", s, e)
			}
		}
	})
}

// However long the text, the time is bounded: only its beginning is read.
func TestLongText(t *testing.T) {
	x, _ := rules.New(nil)
	text := strings.Repeat("订单A1234567明天下午三点13812345678 ", 3000)
	start := time.Now()
	n := len(x.Find(text, now(t)))
	if took := time.Since(start); n == 0 || took > 5*time.Second {
		t.Errorf("%d entities in %v", n, took)
	}
}
