package evals_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"frontdesk/cmd/internal/evals"
	"frontdesk/configs"
	"frontdesk/core/nlu"
	"frontdesk/knowledge"
)

// faithful plays a model that keeps to the passages: it copies the sentence of
// them that answers, with its number, and says NO_ANSWER where none does. It
// knows what a right answer holds, so all that goes wrong is the gateway's.
type faithful struct {
	questions []evals.Asked
	calls     atomic.Int64
}

var (
	shownPassage = regexp.MustCompile(`(?s)\[(\d+)\]\n<passage>\n(.*?)\n</passage>`)
	shownAsked   = regexp.MustCompile(`(?s)<question>\n(.*?)\n</question>`)
)

// answer is what is said to a prompt.
func (f *faithful) answer(prompt string) string {
	m := shownAsked.FindStringSubmatch(prompt)
	if m == nil {
		return "NO_ANSWER"
	}
	at := slices.IndexFunc(f.questions, func(q evals.Asked) bool {
		return strings.Contains(nlu.Normalize(m[1]), nlu.Normalize(q.Question))
	})
	if at < 0 || !f.questions[at].Answerable {
		return "NO_ANSWER"
	}
	for _, p := range shownPassage.FindAllStringSubmatch(prompt, -1) {
		for _, s := range append(knowledge.Sentences(p[2]), p[2]) {
			s = strings.TrimSpace(s)
			q := f.questions[at]
			q.Kind = "fact"
			if got := evals.Judge([]evals.Asked{q}, map[string]evals.Replied{q.ID: {ID: q.ID, Answer: s}}); got.Correct == 1 {
				return fmt.Sprintf("%s [%s]", s, p[1])
			}
		}
	}
	return "NO_ANSWER"
}

func (f *faithful) serve(t *testing.T) []configs.Provider {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.calls.Add(1)
		var body struct {
			Messages []struct {
				Content json.RawMessage `json:"content"`
			} `json:"messages"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil || len(body.Messages) == 0 {
			http.Error(w, "no messages", http.StatusBadRequest)
			return
		}
		var prompt string
		if err := json.Unmarshal(body.Messages[len(body.Messages)-1].Content, &prompt); err != nil {
			http.Error(w, "no text", http.StatusBadRequest)
			return
		}
		piece, err := json.Marshal(map[string]any{"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": []any{
			map[string]any{"index": 0, "delta": map[string]any{"role": "assistant", "content": f.answer(prompt)}}}})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprintf(w, "data: %s\n\n", piece)
		fmt.Fprint(w, `data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	}))
	t.Cleanup(s.Close)
	return []configs.Provider{{Name: "scripted", Kind: "openai", BaseURL: s.URL + "/v1", APIKey: configs.NewSecret("k"), Model: "m", Timeout: 8e9}}
}

// TestAnswersWithAFaithfulModel asks the gym with such a model: it may raise what
// is answered, and must not raise what is wrong.
func TestAnswersWithAFaithfulModel(t *testing.T) {
	qs, err := evals.Rows[evals.Asked]("testdata/gym/questions.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	f := &faithful{questions: qs}
	got, err := evals.Answers{Docs: "testdata/gym/docs", Questions: "testdata/gym/questions.jsonl", Models: f.serve(t)}.Run(t.Context(), evals.Embedding{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("wrong %.3f, correct %.3f, citations %.3f, %d calls", got.WrongRate, got.CorrectRate, got.RightCitation, f.calls.Load())
	if f.calls.Load() == 0 || got.WrongRate > .02 || got.CorrectRate < .75 {
		t.Error("beyond the bounds")
	}
}
