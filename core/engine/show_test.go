package engine_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"frontdesk/core"
)

// screen is what a customer sees while an answer is written.
type screen struct {
	mu    sync.Mutex
	of    core.ConversationID
	rev   int
	texts []string // after each piece
}

func (s *screen) show(_ core.Envelope, g core.Glimpse) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.Conversation != s.of { // each has a screen of its own
		s.of, s.rev = g.Conversation, -1
	}
	switch {
	case g.Last, len(s.texts) > 0 && g.Rev < s.rev:
		return // as clients do
	case len(s.texts) > 0 && g.Rev == s.rev:
		s.texts = append(s.texts, s.texts[len(s.texts)-1]+g.Text)
	default:
		s.texts = append(s.texts, g.Text)
	}
	s.rev = g.Rev
}

func (s *screen) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.texts)
}

func watched(t *testing.T, run func(context.Context, *core.Turn) error) (*rig, *screen) {
	r, s := newRig(run), &screen{}
	r.Show = s.show
	r.start(t)
	return r, s
}

// An answer is seen as it grows, and starts over when another model takes it.
func TestShowsAnAnswerBeingWritten(t *testing.T) {
	r, s := watched(t, func(_ context.Context, t *core.Turn) error {
		t.Show(0, "Two ")
		t.Show(0, "wee")
		t.Show(1, "14 days")
		t.Say(core.Part{Text: "14 days."})
		return nil
	})
	said(t, r.l, accept(t, r.l, "a", "1", "how long"), "14 days.")
	if got, want := s.seen(), []string{"Two ", "Two wee", "14 days"}; !slices.Equal(got, want) {
		t.Errorf("seen %q, want %q", got, want)
	}
}

// A person who speaks has the floor: what the bot showed goes, and nothing more
// is shown.
func TestShowsNothingAfterAPersonSpoke(t *testing.T) {
	var speak func(core.ConversationID)
	r, s := watched(t, func(_ context.Context, t *core.Turn) error {
		if t.State().Case.Mode.Held() {
			return nil
		}
		t.Show(0, "The refund")
		speak(t.Work.Turn.Conversation)
		t.Show(0, " is on its way")
		t.Show(1, "again")
		t.Say(core.Part{Text: "The refund is on its way"})
		return nil
	})
	speak = func(c core.ConversationID) {
		if _, err := r.l.Speak(t.Context(), core.Speech{Conversation: c, Surface: "web", Native: "n", Agent: "Ann", Parts: []core.Part{{Text: "I look"}}}); err != nil {
			t.Error(err)
		}
	}
	turn := accept(t, r.l, "a", "1", "refund?")
	if _, err := r.l.Await(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	r.stop()
	r.ended(t)
	if got, want := s.seen(), []string{"The refund", ""}; !slices.Equal(got, want) {
		t.Errorf("seen %q, want %q", got, want)
	}
}

// What a run showed that failed is taken back before the next shows its own; a
// turn that says nothing leaves nothing on the screen.
func TestTakesBackWhatIsNotSaid(t *testing.T) {
	r, s := watched(t, func(_ context.Context, t *core.Turn) error {
		t.Show(0, "half")
		switch {
		case t.Work.Attempt == 1:
			return errors.New("no")
		case t.Text == "quiet":
			return nil
		}
		t.Say(core.Part{Text: "whole"})
		return nil
	})
	said(t, r.l, accept(t, r.l, "a", "1", "x"), "whole")
	if got, want := s.seen(), []string{"half", "", "half"}; !slices.Equal(got, want) {
		t.Errorf("seen %q, want %q", got, want)
	}
	if _, err := r.l.Await(t.Context(), accept(t, r.l, "b", "2", "quiet")); err != nil {
		t.Fatal(err)
	}
	r.stop()
	r.ended(t)
	if got := s.seen(); got[len(got)-1] != "" {
		t.Errorf("left on the screen: %q", got)
	}
}
