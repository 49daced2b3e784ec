package llm

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	models "frontdesk/core/llm"
	"frontdesk/core/llm/llmtest"
	"frontdesk/core/llm/openai"
	"frontdesk/core/nlu"
)

type fixed struct {
	in  []core.Intent
	err error
}

func (f fixed) Recognize(context.Context, *core.Turn) ([]core.Intent, error) { return f.in, f.err }

func second(f fixed) Learn {
	return func(context.Context, nlu.Task) (nlu.IntentRecognizer, error) { return f, nil }
}

func plain(t *core.Turn, choices string) (models.Request, error) {
	return models.Request{Messages: []models.Message{{Role: models.System, Text: choices}, {Role: models.User, Text: t.Text}}}, nil
}

var shop = nlu.Task{Topics: []nlu.Topic{{Name: "return", About: "Return an item"}, {Name: "invoice"}},
	Examples: []nlu.Example{{Text: "发票怎么开", Intent: "invoice"}, {Text: "receipt please", Intent: "invoice"}}}

// build makes a recogniser over a scripted server, and counts its requests.
func build(t *testing.T, f fixed, s llmtest.Script) (nlu.IntentRecognizer, *llmtest.Server) {
	t.Helper()
	srv := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script { return s })
	p := openai.New(openai.Options{Name: "m", BaseURL: srv.URL + "/v1", Key: "k", Model: "m"})
	r, err := Over(second(f), Options{Model: func() models.Provider { return p }, Request: plain, Timeout: 2 * time.Second})(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	return r, srv
}

func saying(text string) *core.Turn {
	t := core.NewTurn(core.Work{}, time.Now)
	t.Text, t.Norm = text, nlu.Normalize(text)
	return t
}

func TestRecognize(t *testing.T) {
	guess := []core.Intent{{Name: "invoice", Score: 0.4}}
	for _, c := range []struct {
		name, answer string
		status       int
		want         string // the best intent
		score        float64
		err          string
	}{
		{name: "sure", answer: `{"intent":"return","certainty":"sure","second":"invoice"}`, want: "return", score: Best},
		{name: "likely", answer: `{"intent":"return","certainty":"Likely","second":"none"}`, want: "return", score: Likely},
		{name: "no word for it", answer: `{"intent":"return","certainty":"99%"}`, want: "return", score: Unsure},
		{name: "none", answer: `{"intent":"none","certainty":"sure"}`},
		{name: "an intent of its own", answer: `{"intent":"refund_all","certainty":"sure"}`, want: "invoice", score: 0.4, err: "refund_all"},
		{name: "no JSON", answer: `It is a return.`, want: "invoice", score: 0.4, err: "examples answer"},
		{name: "away", status: 503, want: "invoice", score: 0.4, err: "examples answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := build(t, fixed{in: guess}, llmtest.Script{Pieces: []string{c.answer}, Status: c.status})
			got, err := r.Recognize(t.Context(), saying("我想把水壶寄回去"))
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
				t.Fatalf("error %v, want %q", err, c.err)
			}
			if c.want == "" {
				if len(got) != 0 {
					t.Errorf("%v, want no idea", got)
				}
				return
			}
			sum := 0.0
			for _, i := range got {
				sum += i.Score
			}
			if got[0].Name != c.want || math.Abs(got[0].Score-c.score) > 1e-9 || sum > 1 || len(got) > 1 && got[1].Score >= got[0].Score {
				t.Errorf("%v, want %s %v", got, c.want, c.score)
			}
		})
	}
}

// The model sees all intents, with their titles and examples, and of a long
// message its beginning.
func TestRequest(t *testing.T) {
	r, srv := build(t, fixed{}, llmtest.Script{Pieces: []string{`{"intent":"none"}`}})
	if _, err := r.Recognize(t.Context(), saying(strings.Repeat("退", 5000))); err != nil {
		t.Fatal(err)
	}
	seen := srv.Seen()
	if len(seen) != 1 || !seen[0].JSON || seen[0].MaxTokens != answerTokens {
		t.Fatalf("%+v", seen)
	}
	if got, want := seen[0].Messages[0].Text, "return: Return an item\ninvoice: 发票怎么开 / receipt please\n"; got != want {
		t.Errorf("choices %q, want %q", got, want)
	}
	if n := len(seen[0].Messages[1].Text); n > longest {
		t.Errorf("%d bytes of the message", n)
	}
}

// Where the examples are sure, or time is short, or there is no model, none is asked.
func TestUnasked(t *testing.T) {
	sure := fixed{in: []core.Intent{{Name: "return", Score: 0.95}}}
	r, srv := build(t, sure, llmtest.Script{})
	if got, err := r.Recognize(t.Context(), saying("退货")); err != nil || got[0].Score != 0.95 {
		t.Errorf("%v, %v", got, err)
	}
	r, hurried := build(t, fixed{}, llmtest.Script{})
	ctx, cancel := context.WithTimeout(t.Context(), spare/2)
	defer cancel()
	if _, err := r.Recognize(ctx, saying("退货")); !errors.Is(err, errHurry) {
		t.Errorf("err = %v", err)
	}
	if n := len(srv.Seen()) + len(hurried.Seen()); n != 0 {
		t.Errorf("%d requests", n)
	}
	none, err := Over(second(fixed{}), Options{})(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := none.Recognize(t.Context(), saying("退货")); !errors.Is(err, errNoModel) || got != nil {
		t.Errorf("%v, %v", got, err)
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	r, _ = build(t, fixed{}, llmtest.Script{})
	if _, err := r.Recognize(gone, saying("退货")); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled turn ends with %v", err)
	}
}

func TestFallbackFails(t *testing.T) {
	bad := func(context.Context, nlu.Task) (nlu.IntentRecognizer, error) { return nil, errors.New("no") }
	if _, err := Over(bad, Options{})(t.Context(), shop); err == nil {
		t.Error("a fallback that cannot be built is hidden")
	}
}
