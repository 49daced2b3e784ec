package cache

import (
	"context"
	"strings"
	"testing"

	"frontdesk/core/llm"
)

type bomb struct{}

func (bomb) Name() string { return "bomb" }

func (bomb) Generate(context.Context, llm.Request, func(llm.Delta)) (llm.Answer, error) {
	panic("boom")
}

// A provider that panics is an error to who asked, and no more.
func TestOnceSurvivesAPanic(t *testing.T) {
	_, err := NewOnce(bomb{}).Generate(t.Context(), llm.Request{Messages: []llm.Message{{Role: llm.User, Text: "x"}}}, nil)
	if err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("err = %v", err)
	}
}
