package llmtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"frontdesk/core/llm"
)

// Anthropic is the wire format of Anthropic's messages, as its API reference
// describes it.
type Anthropic struct{}

// Path implements Dialect.
func (Anthropic) Path() string { return "/v1/messages" }

type anthropicRequest struct {
	Model     string
	Stream    bool
	MaxTokens int `json:"max_tokens"`
	System    []struct{ Text string }
	Messages  []struct {
		Role    string
		Content []struct {
			Type, Text, ID, Name string
			Input                json.RawMessage
			ToolUseID            string `json:"tool_use_id"`
			Content              []struct{ Text string }
			Source               struct {
				MediaType string `json:"media_type"`
				Data      []byte
			}
		}
	}
	Tools []struct {
		Name, Description string
		InputSchema       json.RawMessage `json:"input_schema"`
	}
}

// Read implements Dialect. A request for JSON is an instruction here.
func (Anthropic) Read(h http.Header, body []byte) (Seen, error) {
	var r anthropicRequest
	if err := json.Unmarshal(body, &r); err != nil {
		return Seen{}, fmt.Errorf("body: %w", err)
	}
	if h.Get("Anthropic-Version") == "" || r.MaxTokens == 0 {
		return Seen{}, errors.New("the version or max_tokens is missing")
	}
	s := Seen{Key: h.Get("X-Api-Key"), Model: r.Model, Stream: r.Stream, MaxTokens: r.MaxTokens}
	for _, t := range r.System {
		if t.Text == "Answer with one JSON object and nothing else." {
			s.JSON = true
			continue
		}
		s.Messages = append(s.Messages, llm.Message{Role: llm.System, Text: t.Text})
	}
	last := ""
	for _, m := range r.Messages {
		if m.Role == last {
			return s, errors.New("roles must alternate")
		}
		last = m.Role
		msg := llm.Message{Role: llm.Role(m.Role)}
		for _, c := range m.Content {
			switch c.Type {
			case "text":
				msg.Text += c.Text
			case "image":
				msg.Images = append(msg.Images, llm.Image{MIME: c.Source.MediaType, Data: c.Source.Data})
			case "tool_use":
				msg.Calls = append(msg.Calls, llm.Call{ID: c.ID, Name: c.Name, Arguments: c.Input})
			case "tool_result":
				s.Messages = append(s.Messages, llm.Message{Role: llm.Tool, CallID: c.ToolUseID, Text: c.Content[0].Text})
			}
		}
		if msg.Text != "" || msg.Calls != nil || msg.Images != nil {
			s.Messages = append(s.Messages, msg)
		}
	}
	for _, t := range r.Tools {
		s.Tools = append(s.Tools, llm.Function{Name: t.Name, Description: t.Description, Schema: t.InputSchema})
	}
	return s, nil
}

// Events implements Dialect.
func (a Anthropic) Events(s Script) []string {
	event := func(v obj) string { return fmt.Sprintf("event: %s\ndata: %s\n\n", v["type"], encode(v)) }
	usage := obj{"input_tokens": s.In, "output_tokens": 1}
	start := obj{"id": "msg_1", "type": "message", "role": "assistant", "model": "scripted-1", "content": []obj{}, "stop_reason": nil, "stop_sequence": nil}
	if s.Out > 0 {
		start["usage"] = usage
	}
	out := []string{event(obj{"type": "message_start", "message": start})}
	if len(s.Pieces) > 0 {
		out = append(out, event(obj{"type": "content_block_start", "index": 0, "content_block": obj{"type": "text", "text": ""}})+event(obj{"type": "ping"}))
		for i, p := range s.Pieces {
			out = append(out, event(obj{"type": "content_block_delta", "index": 0, "delta": obj{"type": "text_delta", "text": p}}))
			if i == 0 && s.Broken {
				return append(out, "event: error\ndata: "+a.Error(s)+"\n\n")
			}
		}
		out = append(out, event(obj{"type": "content_block_stop", "index": 0}))
	}
	for i, c := range s.Calls {
		out = append(out, event(obj{"type": "content_block_start", "index": i + 1, "content_block": obj{"type": "tool_use", "id": c.ID, "name": c.Name, "input": obj{}}}))
		for _, half := range halves(string(c.Arguments)) {
			out = append(out, event(obj{"type": "content_block_delta", "index": i + 1, "delta": obj{"type": "input_json_delta", "partial_json": half}}))
		}
		out = append(out, event(obj{"type": "content_block_stop", "index": i + 1}))
	}
	reason := map[llm.Stop]string{"": "end_turn", llm.StopEnd: "end_turn", llm.StopLength: "max_tokens", llm.StopCalls: "tool_use"}[s.Stop]
	if len(s.Calls) > 0 {
		reason = "tool_use"
	}
	if s.Refuse {
		reason = "refusal"
	}
	return append(out, event(obj{"type": "message_delta", "delta": obj{"stop_reason": reason, "stop_sequence": nil}, "usage": obj{"output_tokens": s.Out}}),
		event(obj{"type": "message_stop"}))
}

// Error implements Dialect.
func (Anthropic) Error(s Script) string {
	return encode(obj{"type": "error", "error": obj{"type": s.Code, "message": s.Words}})
}
