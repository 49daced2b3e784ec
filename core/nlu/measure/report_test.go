package measure

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// parrot knows the texts it was taught, and how sure it is of each: by length.
type parrot map[string]string

func (p parrot) Recognize(_ context.Context, t *core.Turn) ([]core.Intent, error) {
	for text, intent := range p {
		if strings.Contains(t.Norm, text) {
			return []core.Intent{{Name: intent, Score: float64(min(len(text), 9)) / 10}}, nil
		}
	}
	return nil, nil
}

func teach(_ context.Context, task nlu.Task) (nlu.IntentRecognizer, error) {
	p := parrot{}
	for _, e := range task.Examples {
		p[nlu.Normalize(e.Text)] = e.Intent
	}
	return p, nil
}

func TestReview(t *testing.T) {
	gs := []Guess{
		{"a", "x", "x", .95, true}, {"b", "x", "x", .91, true}, {"c", "x", "y", .55, true},
		{"d", "y", "y", .62, true}, {"e", "y", "", 0, true}, {"f", "", "x", .3, false},
	}
	r := Review(gs)
	if want := []Confusion{{"x", "y", 1, []string{"c"}}, {"y", "", 1, []string{"e"}}}; !reflect.DeepEqual(r.Confusion, want) {
		t.Errorf("confusion %+v", r.Confusion)
	}
	if len(r.Intents) != 2 || r.Intents[0].Rows != 3 || r.Intents[0].Precision != 1 || math.Abs(r.Intents[0].Recall-2./3) > 1e-9 || r.Intents[1].Precision != .5 {
		t.Errorf("intents %+v", r.Intents)
	}
	at := slices.IndexFunc(r.Sweep, func(s Sweep) bool { return math.Abs(s.Threshold-.6) < 1e-9 })
	if s := r.Sweep[at]; s.Taken != .6 || s.Right != 1 || s.Refused != 1 {
		t.Errorf("at 0.6: %+v", s)
	}
	if s := r.Sweep[0]; s.Taken != .8 || s.Right != .75 || s.Refused != 0 {
		t.Errorf("at %v: %+v", s.Threshold, s)
	}
	rows := 0
	for _, b := range r.Bins {
		rows += b.Rows
	}
	if last := r.Bins[len(r.Bins)-1]; rows != 5 || last.Rows != 2 || math.Abs(last.Score-.93) > 1e-9 || last.Right != 1 {
		t.Errorf("bins %+v", r.Bins)
	}
}

// Each row is asked once, of a recogniser that was not taught it.
func TestCrossValidate(t *testing.T) {
	rows := []Row{{Text: "one", Intent: "a"}, {Text: "one more", Intent: "a"}, {Text: "two", Intent: "b"}, {Text: "two more", Intent: "b"}, {Text: "third", Intent: "b"}}
	got, gs, err := CrossValidate(context.Background(), teach, rows, 2, .5)
	if err != nil || len(gs) != len(rows) {
		t.Fatalf("%d guesses, %v", len(gs), err)
	}
	for _, g := range gs {
		if want := map[string]string{"one more": "a", "two more": "b"}[g.Text]; g.Got != want {
			t.Errorf("%q is %q, want %q: only what holds another example is known", g.Text, g.Got, want)
		}
	}
	if math.Abs(got.Accuracy-.4) > 1e-9 {
		t.Errorf("accuracy %v", got.Accuracy)
	}
	for _, folds := range []int{0, 1, 6} {
		var input *core.InputError
		if _, _, err := CrossValidate(context.Background(), teach, rows, folds, .5); !errors.As(err, &input) {
			t.Errorf("%d parts: %v", folds, err)
		}
	}
}
