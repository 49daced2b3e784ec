package runner

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/channels"
	"frontdesk/core"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// page is a channel that tells what it was asked to show.
type page struct {
	calls chan string
	fail  error
}

func (p *page) Run(context.Context) error                            { return nil }
func (p *page) Send(_ context.Context, r core.Reply) (string, error) { return r.Draft, nil }
func (p *page) Draft(_ context.Context, _ core.Reply, native, text string) (string, error) {
	p.calls <- native + ":" + text
	return "m1", p.fail
}

// pad is a drafter whose pauses end when the test says so.
type pad struct {
	*drafter
	page *page
	next chan time.Time
	end  chan time.Time
	soon chan time.Time
}

func newPad(t *testing.T) *pad {
	p := &pad{page: &page{calls: make(chan string, 10)}, next: make(chan time.Time), end: make(chan time.Time), soon: make(chan time.Time)}
	p.drafter = newDrafter(func(id string) (channels.Channel, bool) { return p.page, id == "c" })
	p.after = func(d time.Duration) <-chan time.Time {
		switch d {
		case forgotten:
			return p.end
		case late:
			return p.soon
		}
		return p.next
	}
	t.Cleanup(p.close)
	return p
}

func (p *pad) piece(rev, index int, text string) {
	p.show(core.Envelope{Channel: "c", Address: "a"}, core.Glimpse{Conversation: "x", Turn: 1, Rev: rev, Index: index, Text: text})
}

func (p *pad) want(t *testing.T, calls ...string) {
	t.Helper()
	for _, w := range calls {
		select {
		case got := <-p.page.calls:
			if got != w {
				t.Fatalf("shown %q, want %q", got, w)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("never shown: %q", w)
		}
	}
}

var answer = core.Reply{Turn: core.TurnID{Conversation: "x", Seq: 1}, Event: core.Event{Role: core.BotRole}}

// One message shows the text as it grows, at the platform's pace, and is given to
// the answer, once.
func TestDraftGrows(t *testing.T) {
	p := newPad(t)
	p.piece(0, 0, "Re")
	p.want(t, ":Re")
	p.piece(0, 1, "turns ")
	p.piece(0, 2, "take")
	p.next <- time.Time{}
	p.want(t, "m1:Returns take")
	p.piece(1, 0, "5 days") // another model took the turn
	p.piece(0, 3, "late")
	p.next <- time.Time{}
	p.want(t, "m1:5 days")
	if got := p.claim(core.Reply{Turn: answer.Turn, Event: core.Event{Role: core.Agent}}); got != "" {
		t.Errorf("a person's words take the message %q over", got)
	}
	if got := p.claim(answer); got != "m1" {
		t.Errorf("claimed %q", got)
	}
	if got := p.claim(answer); got != "" || len(p.page.calls) > 0 {
		t.Errorf("claimed %q again, or shown after", got)
	}
}

// A message whose answer another replica sends, or that waits, goes soon; one
// that could not become its answer is there for the next try.
func TestDraftOfAStoredAnswer(t *testing.T) {
	p := newPad(t)
	p.piece(0, 0, "a")
	p.want(t, ":a")
	p.next <- time.Time{}
	p.show(core.Envelope{Channel: "c"}, core.Glimpse{Conversation: "x", Turn: 1, Last: true})
	p.soon <- time.Time{}
	p.want(t, "m1:")
	if got := p.claim(answer); got != "" {
		t.Errorf("claimed %q", got)
	}
	again := answer
	again.Draft = "m1"
	p.giveBack(p.page, again)
	if got := p.claim(answer); got != "m1" {
		t.Errorf("given back and claimed %q", got)
	}
	p.giveBack(p.page, again)
	p.end <- time.Time{}
	p.want(t, "m1:")
}

// What is taken back is removed, and so is what nothing followed.
func TestDraftIsRemoved(t *testing.T) {
	p := newPad(t)
	p.piece(0, 0, "a")
	p.want(t, ":a")
	p.piece(1, 0, "")
	p.next <- time.Time{}
	p.want(t, "m1:")
	p.next <- time.Time{}
	p.piece(2, 0, "b")
	p.want(t, ":b")
	p.next <- time.Time{}
	p.end <- time.Time{}
	p.want(t, "m1:")
	if got := p.claim(answer); got != "" {
		t.Errorf("claimed %q", got)
	}
}

// One that was refused, and that no answer followed, is forgotten too.
func TestDraftRefusedIsForgotten(t *testing.T) {
	p := newPad(t)
	p.page.fail = errors.New("no")
	p.piece(0, 0, "a")
	p.want(t, ":a")
	select {
	case p.end <- time.Time{}:
	case <-time.After(5 * time.Second):
		t.Fatal("nobody waits for its end")
	}
	p.close()
	if len(p.m) != 0 {
		t.Errorf("remembers %d drafts", len(p.m))
	}
}

// A platform that refuses is not asked again; what cannot draft is left alone.
func TestDraftRefused(t *testing.T) {
	p := newPad(t)
	p.page.fail = errors.New("no")
	p.piece(0, 0, "a")
	p.want(t, ":a")
	if got := p.claim(answer); got != "" {
		t.Errorf("claimed %q", got)
	}
	p.show(core.Envelope{Channel: "other"}, core.Glimpse{Conversation: "x", Turn: 1, Text: "x"})
	p.show(core.Envelope{Channel: "c", Pull: true}, core.Glimpse{Conversation: "x", Turn: 1, Text: "x"})
	if len(p.m) != 0 {
		t.Errorf("drafts %v", slices.Collect(func(yield func(core.TurnID) bool) {
			for k := range p.m {
				if !yield(k) {
					return
				}
			}
		}))
	}
}
