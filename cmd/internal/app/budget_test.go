package app_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"frontdesk/core/llm/llmtest"
)

// Over budget the documents answer, and the metrics tell what was spent; a bot
// that gives its customers less time than the channel leaves a slow model.
func TestBudget(t *testing.T) {
	model := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script {
		return llmtest.Script{Pieces: []string{"You have 30 days for it [1]."}, In: 400, Out: 400}
	})
	config := strings.NewReplacer("model: model-1", "model: gpt-4o-mini", "model: model-2", "model: claude-haiku-4-5", "{id: default, ",
		"{id: default, spend: {currency: USD, day: 0.0008}, ").Replace(fmt.Sprintf(knowing, model.URL, model.URL, botFolder(t)))
	h := runHouse(t, config)
	defer h.stop()
	said := map[bool]int{}
	for i := range 6 {
		_, body := ask(t, h.url, session(t, h.url), fmt.Sprint(i), "Within how many days may I send heavy goods such as washing machines back?")
		if !strings.Contains(body, "30 days") || strings.Contains(body, "budget") {
			t.Fatalf("%d: %s", i, body)
		}
		said[strings.Contains(body, "You have 30 days")]++
	}
	if said[true] == 0 || said[false] == 0 { // 0.0003 dollars an answer
		t.Errorf("by the model %d, by the documents %d", said[true], said[false])
	}
	res, err := http.Get(h.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if b, _ := io.ReadAll(res.Body); !strings.Contains(string(b), `frontdesk_llm_calls_total{bot="default",priced="yes",provider="main"}`) {
		t.Error("the metrics do not tell of the calls")
	}
}

func TestAnswerTime(t *testing.T) {
	model := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script { return llmtest.Script{Fault: llmtest.Hang} })
	config := strings.Replace(strings.ReplaceAll(fmt.Sprintf(knowing, model.URL, model.URL, botFolder(t)), "first_token_timeout: 300ms", "first_token_timeout: 8s"),
		"{id: default, ", "{id: default, answer_time: {total: 400ms}, ", 1)
	h := runHouse(t, config)
	defer h.stop()
	began := time.Now()
	if _, body := ask(t, h.url, session(t, h.url), "1", "Within how many days may I send heavy goods such as washing machines back?"); !strings.Contains(body, "within 30 days") {
		t.Error(body)
	}
	if took := time.Since(began); took > 5*time.Second { // without the bound it is 8 s and more
		t.Errorf("it took %s", took)
	}
}
