package handoff_test

import (
	"testing"

	"frontdesk/core/handoff"
)

func BenchmarkJudge(b *testing.B) {
	p := handoff.NewPolicy(handoff.Rules{})
	for name, s := range map[string]string{
		"zh": "请问订单满多少可以包邮,大概几天能到上海", "en": "could you tell me how long the warranty of the kettle is",
		"long": "i bought this machine a month ago and it worked well, but since yesterday the display shows an error code, i have tried to reset it as the manual says and it comes back after a while, what should i do next",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p.Judge(handoff.Facts{Norm: s})
			}
		})
	}
}
