package anthropic

import (
	"encoding/base64"
	"encoding/json"

	sdk "github.com/anthropics/anthropic-sdk-go"

	"frontdesk/core/llm"
)

// defaultMax is how long an answer may be when nobody said; the API wants a
// number.
const defaultMax = 1024

// params is r as the API wants it: instructions apart, tool results as the
// user's, and a message of each side in turn.
func (p *Provider) params(r llm.Request) sdk.MessageNewParams {
	out := sdk.MessageNewParams{Model: p.model, MaxTokens: int64(r.MaxTokens)}
	if out.MaxTokens == 0 {
		out.MaxTokens = defaultMax
	}
	if r.Temperature > 0 {
		out.Temperature = sdk.Float(min(r.Temperature, 1)) // it goes to 1 here
	}
	for _, m := range r.Messages {
		if m.Role == llm.System {
			out.System = append(out.System, sdk.TextBlockParam{Text: m.Text})
			continue
		}
		out.Messages = add(out.Messages, message(m))
	}
	if r.JSON {
		out.System = append(out.System, sdk.TextBlockParam{Text: wantJSON})
	}
	for _, f := range r.Tools {
		out.Tools = append(out.Tools, function(f))
	}
	return out
}

// add joins m with the last message if the same side speaks: the results of
// one answer's calls must come as one message.
func add(ms []sdk.MessageParam, m sdk.MessageParam) []sdk.MessageParam {
	if n := len(ms); n > 0 && ms[n-1].Role == m.Role {
		ms[n-1].Content = append(ms[n-1].Content, m.Content...)
		return ms
	}
	return append(ms, m)
}

func message(m llm.Message) sdk.MessageParam {
	switch m.Role {
	case llm.Tool:
		return sdk.NewUserMessage(sdk.NewToolResultBlock(m.CallID, m.Text, false))
	case llm.Assistant:
		var blocks []sdk.ContentBlockParamUnion
		if m.Text != "" {
			blocks = append(blocks, sdk.NewTextBlock(m.Text))
		}
		for _, c := range m.Calls {
			blocks = append(blocks, sdk.NewToolUseBlock(c.ID, input(c.Arguments), c.Name))
		}
		return sdk.NewAssistantMessage(blocks...)
	}
	var blocks []sdk.ContentBlockParamUnion
	for _, img := range m.Images {
		blocks = append(blocks, sdk.NewImageBlockBase64(img.MIME, base64.StdEncoding.EncodeToString(img.Data)))
	}
	if m.Text != "" {
		blocks = append(blocks, sdk.NewTextBlock(m.Text))
	}
	return sdk.NewUserMessage(blocks...)
}

func function(f llm.Function) sdk.ToolUnionParam {
	tool := sdk.ToolParam{Name: f.Name}
	if f.Description != "" {
		tool.Description = sdk.String(f.Description)
	}
	var schema struct {
		Properties json.RawMessage `json:"properties"`
		Required   []string        `json:"required"`
	}
	if json.Unmarshal(f.Schema, &schema) == nil && schema.Properties != nil {
		tool.InputSchema = sdk.ToolInputSchemaParam{Properties: schema.Properties, Required: schema.Required}
	}
	return sdk.ToolUnionParam{OfTool: &tool}
}
