package wechat

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"frontdesk/core"
)

func said(text string, done int) core.Delivery {
	return core.Delivery{Reply: core.Reply{Done: done, Event: core.Event{Role: core.Agent, Parts: []core.Part{{Text: text}}}}}
}

var turn1 = core.TurnID{Conversation: "c", Seq: 1}

func TestPack(t *testing.T) {
	now := time.Unix(1772600000, 0)
	long := strings.TrimSpace(strings.Repeat("一二三四五六七八九。", 100)) // two pieces, the first of 2040 bytes
	b := pack([]core.Delivery{said("", 0), said(long, 1), said("a", 0), said(long, 0), said("b", 0)}, turn1, now)
	if b.text != pieces(long)[1]+gap+"a" {
		t.Errorf("text %q", b.text)
	}
	want := []core.Settlement{
		{To: core.Sent, Native: core.PassiveNative(turn1)},
		{To: core.Sent, Native: core.PassiveNative(turn1), Done: 2},
		{To: core.Sent, Native: core.PassiveNative(turn1), Done: 1},
		{To: core.Queued, At: now},
		{To: core.Queued, At: now}, // not before the one before it
	}
	for i, s := range b.settled {
		if s.Settlement != want[i] {
			t.Errorf("%d: %+v, want %+v", i, s.Settlement, want[i])
		}
	}
	b = pack([]core.Delivery{said(long, 0)}, turn1, now)
	if got := b.settled[0].Settlement; got != (core.Settlement{To: core.Queued, At: now, Done: 1, Native: core.PassiveNative(turn1)}) {
		t.Errorf("begun: %+v", got)
	}
}

// What was written passively is restored to the byte from what the ledger keeps.
func TestRepackRestoresPack(t *testing.T) {
	sentence := rapid.SampledFrom([]string{"一二三四五六七八九。", "short. ", strings.Repeat("x", 500), strings.Repeat("字", 300) + "\n"})
	rapid.Check(t, func(t *rapid.T) {
		var claimed []core.Delivery
		for range rapid.IntRange(1, 4).Draw(t, "replies") {
			text := strings.Join(rapid.SliceOfN(sentence, 0, 12).Draw(t, "text"), "")
			claimed = append(claimed, said(text, 0))
		}
		if n := len(pieces(render(claimed[0].Reply.Event))); n > 1 {
			claimed[0].Reply.Done = rapid.IntRange(0, n-1).Draw(t, "done")
		}
		b := pack(claimed, turn1, time.Time{})
		var kept []core.Reply
		for _, s := range b.settled {
			if s.Native == core.PassiveNative(turn1) {
				r := s.delivery.Reply
				r.Done = s.Done
				kept = append(kept, r)
			}
		}
		if got := repack(kept); got != b.text {
			t.Fatalf("%d bytes become %d", len(b.text), len(got))
		}
	})
}
