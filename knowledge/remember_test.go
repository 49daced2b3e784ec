package knowledge_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"frontdesk/knowledge"
)

func TestRemembered(t *testing.T) {
	var calls atomic.Int64
	upper := knowledge.Remembered(3, func(s string) string { calls.Add(1); return strings.ToUpper(s) })
	for _, s := range []string{"a", "b", "a", "c", "a", "d", "a"} {
		if got := upper(s); got != strings.ToUpper(s) {
			t.Errorf("%s is %s", s, got)
		}
	}
	if calls.Load() != 5 { // a, b, c, d, and a again once the memory was full
		t.Errorf("%d calls", calls.Load())
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 1000 {
				upper(string(rune('a' + i%9)))
			}
		})
	}
	wg.Wait()
}
