package llmtest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"

	"frontdesk/core/llm"
)

// OpenAI is the wire format of OpenAI's chat completions, as its API reference
// and what compatible servers send describe it.
type OpenAI struct{}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// Path implements Dialect.
func (OpenAI) Path() string { return "/v1/chat/completions" }

type openAIRequest struct {
	Model    string `json:"model"`
	Stream   bool   `json:"stream"`
	Messages []struct {
		Role      string          `json:"role"`
		Content   json.RawMessage `json:"content"`
		CallID    string          `json:"tool_call_id"`
		ToolCalls []struct {
			ID       string `json:"id"`
			Type     string `json:"type"`
			Function struct{ Name, Arguments string }
		} `json:"tool_calls"`
	} `json:"messages"`
	Tools []struct {
		Type     string
		Function struct {
			Name, Description string
			Parameters        json.RawMessage
		}
	} `json:"tools"`
	ResponseFormat struct{ Type string } `json:"response_format"`
	MaxTokens      int                   `json:"max_tokens"`
	StreamOptions  struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
}

// Read implements Dialect.
func (OpenAI) Read(h http.Header, body []byte) (Seen, error) {
	var r openAIRequest
	if err := json.Unmarshal(body, &r); err != nil {
		return Seen{}, fmt.Errorf("body: %w", err)
	}
	if !r.StreamOptions.IncludeUsage {
		return Seen{}, errors.New("usage was not asked for")
	}
	s := Seen{Key: strings.TrimPrefix(h.Get("Authorization"), "Bearer "), Model: r.Model, Stream: r.Stream, MaxTokens: r.MaxTokens,
		JSON: r.ResponseFormat.Type == "json_object"}
	for _, m := range r.Messages {
		msg := llm.Message{Role: llm.Role(m.Role), CallID: m.CallID}
		if err := openAIContent(m.Content, &msg); err != nil {
			return s, err
		}
		for _, c := range m.ToolCalls {
			msg.Calls = append(msg.Calls, llm.Call{ID: c.ID, Name: c.Function.Name, Arguments: json.RawMessage(c.Function.Arguments)})
		}
		s.Messages = append(s.Messages, msg)
	}
	for _, t := range r.Tools {
		s.Tools = append(s.Tools, llm.Function{Name: t.Function.Name, Description: t.Function.Description, Schema: t.Function.Parameters})
	}
	return s, nil
}

// openAIContent is a text, or a list of parts.
func openAIContent(raw json.RawMessage, into *llm.Message) error {
	if len(raw) == 0 || json.Unmarshal(raw, &into.Text) == nil {
		return nil
	}
	var parts []struct {
		Type, Text string
		ImageURL   struct{ URL string } `json:"image_url"`
	}
	if err := json.Unmarshal(raw, &parts); err != nil {
		return fmt.Errorf("content: %w", err)
	}
	for _, p := range parts {
		if p.Type == "text" {
			into.Text += p.Text
			continue
		}
		head, data, _ := strings.Cut(p.ImageURL.URL, ";base64,")
		b, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			return fmt.Errorf("image: %w", err)
		}
		into.Images = append(into.Images, llm.Image{MIME: strings.TrimPrefix(head, "data:"), Data: b})
	}
	return nil
}

type obj = map[string]any

// Events implements Dialect.
func (o OpenAI) Events(s Script) []string {
	chunk := func(delta obj, reason any) string {
		return "data: " + encode(obj{"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "scripted-1",
			"choices": []obj{{"index": 0, "delta": delta, "finish_reason": reason}}}) + "\n\n"
	}
	out := []string{chunk(obj{"role": "assistant", "content": ""}, nil)}
	for i, p := range s.Pieces {
		out = append(out, chunk(obj{"content": p}, nil))
		if i == 0 && s.Broken {
			return append(out, "data: "+o.Error(s)+"\n\n")
		}
	}
	for i, c := range s.Calls {
		out = append(out, chunk(obj{"tool_calls": []obj{{"index": i, "id": c.ID, "type": "function", "function": obj{"name": c.Name, "arguments": ""}}}}, nil))
		for _, half := range halves(string(c.Arguments)) {
			out = append(out, chunk(obj{"tool_calls": []obj{{"index": i, "function": obj{"arguments": half}}}}, nil))
		}
	}
	reason := map[llm.Stop]string{"": "stop", llm.StopEnd: "stop", llm.StopLength: "length", llm.StopCalls: "tool_calls"}[s.Stop]
	if len(s.Calls) > 0 {
		reason = "tool_calls"
	}
	if s.Refuse {
		reason = "content_filter"
	}
	out = append(out, chunk(obj{}, reason))
	if s.Out > 0 {
		out = append(out, "data: "+encode(obj{"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "scripted-1", "choices": []obj{},
			"usage": obj{"prompt_tokens": s.In, "completion_tokens": s.Out, "total_tokens": s.In + s.Out}})+"\n\n")
	}
	return append(out, "data: [DONE]\n\n")
}

// Error implements Dialect.
func (OpenAI) Error(s Script) string {
	return encode(obj{"error": obj{"message": s.Words, "type": "some_error", "param": nil, "code": s.Code}})
}

func halves(s string) []string { return []string{s[:len(s)/2], s[len(s)/2:]} }
