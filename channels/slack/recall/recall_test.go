package recall_test

import (
	"strconv"
	"testing"
	"time"

	"frontdesk/channels/slack/recall"
)

func TestMemory(t *testing.T) {
	now := time.Unix(0, 0)
	m := recall.New[int](3, time.Minute, func() time.Time { return now })
	m.Put("a", 1)
	m.Put("a", 2)
	if v, ok := m.Get("a"); !ok || v != 2 {
		t.Errorf("%d, %v", v, ok)
	}
	now = now.Add(time.Minute + 1)
	if v, ok := m.Get("a"); ok || v != 0 {
		t.Error("kept too long")
	}
	for i := range 100 {
		m.Put(strconv.Itoa(i), i)
	}
	n := 0
	for i := range 100 {
		if _, ok := m.Get(strconv.Itoa(i)); ok {
			n++
		}
	}
	if _, ok := m.Get("99"); n != 3 || !ok {
		t.Errorf("%d are kept", n)
	}
}
