package dialog

import (
	"context"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

func TestCompleted(t *testing.T) {
	for _, c := range [][3]string{
		{"do you ship to canada", "and to the US?", "do you ship to the us"},
		{"do you ship to canada", "what about Germany?", "do you ship to germany"},
		{"how long is the warranty for the kettle", "and for the oven?", "how long is the warranty for the oven"},
		{"how long is the warranty", "and for the oven?", "how long is the warranty and for the oven?"},
		{"do you ship to canada", "and for express?", "do you ship to canada and for express?"},
		{"寄到加拿大要多久", "那美国呢？", "寄到美国要多久"},
		{"能寄到西藏吗", "寄到新疆呢", "能寄到新疆吗"},
		{"订单满多少包邮", "那退货呢？", "订单满多少包邮 那退货呢？"},
		{"订单满多少包邮", "怎么申请退货", "怎么申请退货"},
		{"", "and to the US?", "and to the US?"},
	} {
		turn := core.NewTurn(core.Work{State: core.State{Last: c[0]}, Envelope: core.Envelope{Parts: []core.Part{{Text: c[1]}}}}, time.Now)
		turn.Norm = nlu.Normalize(c[1])
		if got := (&Script{}).whole(context.Background(), turn); got != c[2] {
			t.Errorf("%q after %q: %q, want %q", c[1], c[0], got, c[2])
		}
	}
}
