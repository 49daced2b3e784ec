package rules

import (
	"testing"
	"time"
)

func TestCards(t *testing.T) {
	x, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string][2]string{
		"我的银行卡号是4111111111111111":       {BankCard, "4111111111111111"},
		"card number 3782 822463 10005": {},
		"信用卡 4111 1111 1111 1111 被盗刷":   {BankCard, "4111111111111111"},
		"4111-1111-1111-1111":           {BankCard, "4111111111111111"},
		"4111 1111 1111 1112":           {}, // the check digit is wrong
		"卡号6222021234567890":            {},
		"4111111111111111":              {Order, "4111111111111111"}, // bare: an order's number as likely
		"订单号4111111111111111":           {Order, "4111111111111111"},
		"车牌京A12345":                     {Plate, "京A12345"},
		"粤B·D12345 停在门口":                {Plate, "粤BD12345"},
		"粤z1234港":                       {Plate, "粤Z1234港"},
		"沪Iabcde":                       {}, // I is on no plate
		"我在京ABCDEF":                     {}, // no digit
		"身份证110101199003078515":         {IDCard, "110101199003078515"},
	} {
		var got [2]string
		for _, e := range x.Find(text, time.Now()) {
			if e.Name == BankCard || e.Name == Plate || e.Name == Order && want[0] == Order || e.Name == IDCard {
				got = [2]string{e.Name, e.Value}
			}
		}
		if got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
