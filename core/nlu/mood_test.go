package nlu_test

import (
	"strings"
	"testing"

	"frontdesk/core/nlu"
)

func TestSentiment(t *testing.T) {
	for text, want := range map[string]int{
		"谢谢，很棒👍": 1, "Thank you, this is great": 1, "😊😊": 1, "水壶真的很好用": 1,
		"太差了，很失望": -1, "This is terrible 😡": -1, "😭": -1, "投诉！！！": -1,
		"不满意": -1, "not happy at all": -1, "不是很喜欢": -1, "it was not bad": 1,
		"我的订单到哪了": 0, "where is my order 📦": 0, "": 0, "\xff": 0,
	} {
		got := nlu.Sentiment(text)
		if got < -1 || got > 1 || got > 0 != (want > 0) || got < 0 != (want < 0) {
			t.Errorf("%q sounds %v, want the sign of %d", text, got, want)
		}
	}
	if got := nlu.Sentiment(strings.Repeat("😡", 5000)); got != -1 {
		t.Errorf("anger without end is %v", got)
	}
}

func TestUrgency(t *testing.T) {
	for text, want := range map[string]bool{
		"马上给我退款，很急": true, "i need it asap": true, "please cancel it right now": true, "尽快发货": true,
		"不急，慢慢来": false, "no rush": false, "我要退货": false, "when do you open": false,
	} {
		if got := nlu.Urgency(text); got > 0 != want || got < 0 || got >= 1 {
			t.Errorf("%q: %v", text, got)
		}
	}
	if one, two := nlu.Urgency("尽快"), nlu.Urgency("很急，尽快"); one >= two {
		t.Errorf("%v and %v", one, two)
	}
}
