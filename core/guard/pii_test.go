package guard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"frontdesk/core/guard"
	"frontdesk/core/nlu/rules"
)

func finder(t testing.TB) guard.Finder {
	t.Helper()
	x, err := rules.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return x.Find
}

// personal is what must not reach a model: text, then kind and value.
var personal = [][3]string{
	{"我的手机号是13812345678，请回电", "phone", "13812345678"},
	{"电话：138 1234 5678", "phone", "138 1234 5678"},
	{"call me at +86 139-1234-5678 please", "phone", "+86 139-1234-5678"},
	{"手机１３９１２３４５６７８", "phone", "１３９１２３４５６７８"},
	{"座机 010-62781234 可以吗", "phone", "010-62781234"},
	{"座机(0755)26781234", "phone", "(0755)26781234"},
	{"香港電話 +852 9123 4567", "phone", "+852 9123 4567"},
	{"我香港的号码9123 4567", "phone", "9123 4567"},
	{"電話 28881234 搵我", "phone", "28881234"},
	{"台灣手機0912-345-678", "phone", "0912-345-678"},
	{"撥 0912345678", "phone", "0912345678"},
	{"台北 (02) 2345-6789", "phone", "(02) 2345-6789"},
	{"+886 912 345 678 是我的", "phone", "+886 912 345 678"},
	{"my number is (415) 555-2671", "phone", "(415) 555-2671"},
	{"ring +44 20 7946 0958 today", "phone", "+44 20 7946 0958"},
	{"US: +1-415-555-2671", "phone", "+1-415-555-2671"},
	{"身份证11010519491231002X", "id_card", "11010519491231002X"},
	{"身份证号 110105 19491231 002X", "id_card", "110105 19491231 002X"},
	{"ID card 440524188001010014.", "id_card", "440524188001010014"},
	{"老身份证110105491231002", "id_card", "110105491231002"},
	{"HKID A123456(3)", "id_card", "A123456(3)"},
	{"身分證 A123456789", "id_card", "A123456789"},
	{"卡号6222021234567890128", "bank_card", "6222021234567890128"},
	{"card 4111 1111 1111 1111 exp 12/29", "bank_card", "4111 1111 1111 1111"},
	{"amex 378282246310005", "bank_card", "378282246310005"},
	{"5500-0000-0000-0004 was charged twice", "bank_card", "5500-0000-0000-0004"},
	{"邮箱 zhang.san@example.com.cn 谢谢", "email", "zhang.san@example.com.cn"},
	{"write to a_b+c@mail.example.org.", "email", "a_b+c@mail.example.org"},
	{"发到test＠example.com", "email", "test＠example.com"},
	{"寄到广东省深圳市南山区科技园路12号3栋501室", "address", "广东省深圳市南山区科技园路12号3栋501室"},
	{"地址：北京市朝阳区建国路88号", "address", "北京市朝阳区建国路88号"},
	{"阳光小区3栋2单元401", "address", "阳光小区3栋2单元401"},
	{"台北市大安區忠孝東路四段100號5樓", "address", "台北市大安區忠孝東路四段100號5樓"},
	{"ship it to 221B Baker Street, London NW1 6XE please", "address", "221B Baker Street, London NW1 6XE"},
	{"I live at 1600 Pennsylvania Avenue NW, Washington, DC 20500", "address", "1600 Pennsylvania Avenue"},
	{"send to 350 Fifth Avenue, Apt 12B, New York, NY 10118", "address", "350 Fifth Avenue, Apt 12B, New York, NY 10118"},
	{"P.O. Box 1234", "address", "P.O. Box 1234"},
}

func TestHides(t *testing.T) {
	red := guard.NewRedactor(finder(t), guard.Kinds())
	alone := guard.NewRedactor(nil, guard.Kinds())
	for _, tc := range personal {
		for name, r := range map[string]*guard.Redactor{"with rules": red, "alone": alone} {
			s := r.Begin(tc[0])
			hidden := s.Hide(tc[0])
			if strings.Contains(hidden, tc[2]) || !strings.Contains(hidden, "["+strings.ToUpper(tc[1])+"_1]") {
				t.Errorf("%s: %q became %q, want %s %q hidden", name, tc[0], hidden, tc[1], tc[2])
			}
			if back := s.Restore(hidden, false); back != tc[0] {
				t.Errorf("%s: %q came back as %q", name, tc[0], back)
			}
		}
	}
}

// What is nobody's personal data stays: hiding it would cost the answer.
func TestKeeps(t *testing.T) {
	red := guard.NewRedactor(finder(t), guard.Kinds())
	for _, text := range []string{
		"订单号20251103118什么时候发货", "order 20251103118 please", "3天内可以退货吗", "价格是1299元", "the K3 kettle holds 1.7 l and 2200 W",
		"型号 WM-2024-8899 保修多久", "2025年11月30日之前", "SF1234567890123到哪了", "我想退3件", "version 2.0.1 of the app", "营业时间 9:00-18:00",
		"满199减20", "1600 points", "在哪条路上", "How do I return 2 items within 30 days?", "会员等级 V5", "123456", "room temperature is 20 degrees",
		"2024-2025", "the 3 Best Ways to Place an order", "tracking 1Z999AA10123456784",
	} {
		if got := red.Mask(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// Same value, same placeholder; what looked like one before keeps its meaning.
func TestPlaceholders(t *testing.T) {
	red := guard.NewRedactor(finder(t), guard.Kinds())
	text := "13812345678 和 13912345678，再打 13812345678。我写的是[PHONE_1]"
	s := red.Begin(text)
	hidden := s.Hide(text)
	if want := "[PHONE_2] 和 [PHONE_3]，再打 [PHONE_2]。我写的是[PHONE_1]"; hidden != want {
		t.Errorf("hidden %q, want %q", hidden, want)
	}
	for in, want := range map[string]string{
		hidden: text, "【PHONE_2】": "13812345678", "[ PHONE 3 ]": "13912345678", "call [PHONE_9]": "call ***", "[1] [PHONE]": "[1] [PHONE]",
	} {
		if got := s.Restore(in, false); got != want {
			t.Errorf("%q restored to %q, want %q", in, got, want)
		}
	}
	quote := red.Begin("")
	quote.Hide("write a@b.com")
	if got := quote.Restore(`{"to":"[EMAIL_1]"}`, true); got != `{"to":"a@b.com"}` {
		t.Errorf("JSON %s", got)
	}
}

func TestKindsChosen(t *testing.T) {
	only := guard.NewRedactor(finder(t), []string{guard.Email})
	if got, want := only.Mask("13812345678 a@b.com"), "13812345678 [email]"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if none := guard.NewRedactor(finder(t), []string{}); none.Holds("13812345678") {
		t.Error("nothing is to be found")
	}
}

func FuzzHide(f *testing.F) {
	for _, p := range personal {
		f.Add(p[0])
	}
	red := guard.NewRedactor(finder(f), guard.Kinds())
	f.Fuzz(func(t *testing.T, text string) {
		s := red.Begin(text)
		if got := s.Restore(s.Hide(text), false); got != text {
			t.Errorf("%q came back as %q", text, got)
		}
	})
}

func BenchmarkHide(b *testing.B) {
	red := guard.NewRedactor(finder(b), guard.Kinds())
	var all []string
	for _, p := range personal {
		all = append(all, p[0])
	}
	slices.Sort(all)
	i := 0
	for b.Loop() {
		s := red.Begin(all[i%len(all)])
		_ = fmt.Sprint(len(s.Hide(all[i%len(all)])))
		i++
	}
}
