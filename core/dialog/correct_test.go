package dialog

import (
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

func TestCorrects(t *testing.T) {
	for text, want := range map[string]bool{
		"不对，是 20251103119": true, "订单号写错了": true, "改成 20251103119": true, "應該是20251103119": true, "不是这个，是另一个": true,
		"no, the other order 20251103119": true, "sorry, I meant 20251103119": true, "wrong number, it is 13900139000": true,
		"Actually 20251103119": true, "no": false, "我的订单到哪了": false, "20251103118": false, "I know the number": false,
		"不是质量问题": false, "where is the order": false, "no longer needed": true, // only once nothing else took it
	} {
		if got := corrects(nlu.Normalize(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestLatest(t *testing.T) {
	for text, want := range map[string]string{
		"20251103118, no, 20251103119": "20251103119", "是 20251103118，不对，是 20251103119": "20251103119",
		"20251103118 and 20251103119": "", "20251103118, wrong one": "", "sorry, 20251103118": "20251103118",
	} {
		turn := core.NewTurn(core.Work{Envelope: core.Envelope{Parts: []core.Part{{Text: text}}}}, time.Now)
		for i := 0; i+11 <= len(text); i++ {
			if text[i:i+8] == "20251103" {
				turn.Entities = append(turn.Entities, core.Entity{Name: "order_id", Value: text[i : i+11], Start: i, End: i + 11, Score: 0.5})
			}
		}
		if got, _ := latest(turn, "order_id", 0.3); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
