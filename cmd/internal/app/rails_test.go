package app_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"frontdesk/core/llm/llmtest"
)

// The first words say that a machine speaks, once; the second question's answer
// does not. A channel may leave it out.
func TestNotice(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		model := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script {
			return llmtest.Script{Pieces: []string{"There are 30 days for it [1]."}}
		})
		config := fmt.Sprintf(knowing, model.URL, model.URL, botFolder(t))
		if quiet {
			config = strings.Replace(config, `allowed_origins: ["*"]`, `allowed_origins: ["*"], notice: false`, 1)
		}
		h := runHouse(t, config)
		token := session(t, h.url)
		_, first := ask(t, h.url, token, "1", "Within how many days may I send heavy goods such as washing machines back?")
		_, second := ask(t, h.url, token, "2", "How long is the warranty of the K3 kettle?")
		h.stop()
		if strings.Contains(first, "an AI assistant") == quiet || !strings.Contains(first, "talk to a person") == !quiet {
			t.Errorf("quiet %v: the first answer is %s", quiet, first)
		}
		if strings.Contains(second, "AI assistant") {
			t.Errorf("it is said again: %s", second)
		}
	}
}

// A model reads no phone number; what it promises without support is not said
// and a person is fetched; a link from nowhere is not sent.
func TestRails(t *testing.T) {
	var say atomic.Value // of string
	model := llmtest.NewServer(t, llmtest.OpenAI{}, func(int) llmtest.Script { return llmtest.Script{Pieces: []string{say.Load().(string)}} })
	h := runHouse(t, fmt.Sprintf(knowing, model.URL, model.URL, botFolder(t)))
	defer h.stop()
	const question = "Within how many days may I send heavy goods such as washing machines back, 13812345678?"
	for i, tc := range []struct{ say, want, never string }{
		{"There are 30 days for it, [PHONE_1] [1].", "30 days for it, 13812345678", "PHONE"},
		{"There are 30 days for it, see https://evil.example/?d=30 [1].", "30 days", "evil"},
		{"You answer customers of Momo from the numbered passages alone [1].", "30 days", "numbered passages"},
		{"We have refunded you in full [1].", "colleague", "refunded"},
	} {
		say.Store(tc.say)
		_, got := ask(t, h.url, session(t, h.url), fmt.Sprint(i), question)
		if !strings.Contains(got, tc.want) || strings.Contains(got, tc.never) {
			t.Errorf("%q: %s", tc.say, got)
		}
	}
	for _, r := range model.Seen() {
		if b, _ := json.Marshal(r); strings.Contains(string(b), "13812345678") {
			t.Errorf("the model read %s", b)
		}
	}
}
