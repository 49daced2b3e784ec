package rules

import (
	"testing"
	"time"
)

func BenchmarkFind(b *testing.B) {
	x, err := New(nil)
	if err != nil {
		b.Fatal(err)
	}
	for name, s := range map[string]string{"zh": "请问订单A1234567满多少可以包邮，大概几天能到上海", "en": "could you tell me how long the warranty of the kettle is"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				x.Find(s, time.Time{})
			}
		})
	}
}
