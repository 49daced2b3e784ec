package openai

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	sdk "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/shared"

	"frontdesk/core/llm"
)

// params is r as the API wants it.
func (p *Provider) params(r llm.Request) sdk.ChatCompletionNewParams {
	out := sdk.ChatCompletionNewParams{Model: p.model, StreamOptions: sdk.ChatCompletionStreamOptionsParam{IncludeUsage: sdk.Bool(true)}}
	for _, m := range r.Messages {
		out.Messages = append(out.Messages, message(m))
	}
	for _, f := range r.Tools {
		out.Tools = append(out.Tools, function(f))
	}
	if r.JSON {
		out.ResponseFormat.OfJSONObject = &shared.ResponseFormatJSONObjectParam{}
	}
	switch {
	case r.MaxTokens == 0:
	case p.own:
		out.MaxCompletionTokens = sdk.Int(int64(r.MaxTokens))
	default:
		out.MaxTokens = sdk.Int(int64(r.MaxTokens))
	}
	if r.Temperature > 0 && !fixed(p.model) {
		out.Temperature = sdk.Float(r.Temperature)
	}
	return out
}

// fixed reports whether a model refuses a temperature, as OpenAI's reasoning
// ones do with status 400.
func fixed(model string) bool {
	for _, family := range []string{"o1", "o3", "o4", "gpt-5"} {
		if strings.HasPrefix(model, family) {
			return true
		}
	}
	return false
}

func message(m llm.Message) sdk.ChatCompletionMessageParamUnion {
	switch m.Role {
	case llm.System:
		return sdk.SystemMessage(m.Text)
	case llm.Tool:
		return sdk.ToolMessage(m.Text, m.CallID)
	case llm.Assistant:
		return assistant(m)
	}
	if len(m.Images) == 0 {
		return sdk.UserMessage(m.Text)
	}
	parts := []sdk.ChatCompletionContentPartUnionParam{sdk.TextContentPart(m.Text)}
	for _, img := range m.Images {
		url := "data:" + img.MIME + ";base64," + base64.StdEncoding.EncodeToString(img.Data)
		parts = append(parts, sdk.ImageContentPart(sdk.ChatCompletionContentPartImageImageURLParam{URL: url}))
	}
	return sdk.UserMessage(parts)
}

func assistant(m llm.Message) sdk.ChatCompletionMessageParamUnion {
	a := &sdk.ChatCompletionAssistantMessageParam{}
	if m.Text != "" {
		a.Content.OfString = sdk.String(m.Text)
	}
	for _, c := range m.Calls {
		a.ToolCalls = append(a.ToolCalls, sdk.ChatCompletionMessageToolCallUnionParam{OfFunction: &sdk.ChatCompletionMessageFunctionToolCallParam{
			ID: c.ID, Function: sdk.ChatCompletionMessageFunctionToolCallFunctionParam{Name: c.Name, Arguments: string(c.Arguments)}}})
	}
	return sdk.ChatCompletionMessageParamUnion{OfAssistant: a}
}

func function(f llm.Function) sdk.ChatCompletionToolUnionParam {
	def := shared.FunctionDefinitionParam{Name: f.Name}
	if f.Description != "" {
		def.Description = sdk.String(f.Description)
	}
	var schema shared.FunctionParameters
	if json.Unmarshal(f.Schema, &schema) == nil {
		def.Parameters = schema
	}
	return sdk.ChatCompletionFunctionTool(def)
}
