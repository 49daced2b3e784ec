package canned_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"frontdesk/core/llm"
	"frontdesk/core/llm/canned"
)

func TestCanned(t *testing.T) {
	p := canned.New("last", func(r llm.Request) string { return "You said: " + r.Messages[0].Text })
	r := llm.Request{Messages: []llm.Message{{Role: llm.User, Text: "你好"}}}
	var pieces []string
	a, err := p.Generate(t.Context(), r, func(d llm.Delta) { pieces = append(pieces, d.Text) })
	if err != nil || a.Text != "You said: 你好" || strings.Join(pieces, "") != a.Text || len(pieces) != 3 || a.Provider != "last" || a.Usage != (llm.Usage{In: 2, Out: 12, Known: true}) {
		t.Errorf("%+v in %q, %v", a, pieces, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Generate(ctx, r, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	r.JSON = true
	if _, err := p.Generate(t.Context(), r, nil); llm.KindOf(err) != llm.Malformed {
		t.Errorf("no JSON: %v", err)
	}
}
