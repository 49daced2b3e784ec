// Package openai speaks with OpenAI's models and with every server that speaks
// as OpenAI's chat completions do: Ollama, llama.cpp, vLLM, DeepSeek, Qwen, …
package openai

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	sdk "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"

	"frontdesk/core/llm"
)

var _ llm.Provider = (*Provider)(nil)

// Options of a Provider.
type Options struct {
	Name    string
	BaseURL string // up to and including /v1; "" is OpenAI's own
	Key     string // "" for servers that want none
	Model   string
	HTTP    *http.Client // llm.HTTPClient() if nil
}

// vendor is OpenAI's own base URL.
const vendor = "https://api.openai.com/v1"

// Provider is safe for concurrent use.
type Provider struct {
	name, model string
	own         bool // OpenAI's own server, which renamed max_tokens
	chat        sdk.ChatCompletionService
}

// New makes a provider. Nothing is read from the environment.
func New(o Options) *Provider {
	p := &Provider{name: o.Name, model: o.Model, own: o.BaseURL == "" || strings.TrimSuffix(o.BaseURL, "/") == vendor}
	if o.BaseURL == "" {
		o.BaseURL = vendor
	}
	if o.HTTP == nil {
		o.HTTP = llm.HTTPClient()
	}
	opts := []option.RequestOption{option.WithBaseURL(o.BaseURL), option.WithHTTPClient(o.HTTP), option.WithMaxRetries(0)}
	if o.Key != "" {
		opts = append(opts, option.WithAPIKey(o.Key))
	}
	p.chat = sdk.NewChatCompletionService(opts...)
	return p
}

// Name implements llm.Provider.
func (p *Provider) Name() string { return p.name }

// Generate implements llm.Provider. The request always streams, so that a
// silent server is noticed at the first token's deadline.
func (p *Provider) Generate(ctx context.Context, r llm.Request, on func(llm.Delta)) (llm.Answer, error) {
	var res *http.Response
	var body watch
	stream := p.chat.NewStreaming(ctx, p.params(r), option.WithResponseInto(&res), watching(&body))
	defer func() { _ = stream.Close() }()
	b := llm.NewBuilder(on)
	for stream.Next() {
		if err := p.take(b, stream.Current()); err != nil {
			return llm.Answer{}, llm.BadAnswer(p.name, err)
		}
	}
	if err := stream.Err(); err != nil || moved(res) {
		return llm.Answer{}, p.failure(ctx, res, err)
	}
	if ctx.Err() != nil {
		return llm.Answer{}, llm.TransportError(ctx, p.name, ctx.Err())
	}
	if b.Stop == "" && body.done {
		b.Stop = llm.StopEnd
	}
	return b.Finish(p.name, r)
}

// moved reports whether the answer is none: a redirect, which is not followed.
func moved(res *http.Response) bool { return res != nil && res.StatusCode > 299 }

// take adds a chunk to the answer.
func (p *Provider) take(b *llm.Builder, c sdk.ChatCompletionChunk) error {
	if c.Model != "" {
		b.Model = c.Model
	}
	if c.JSON.Usage.Valid() {
		b.Usage = llm.Usage{In: int(c.Usage.PromptTokens), Out: int(c.Usage.CompletionTokens), Known: true}
	}
	for _, choice := range c.Choices {
		if choice.Index != 0 {
			continue // one answer was asked for
		}
		for _, call := range choice.Delta.ToolCalls {
			if err := b.Call(int(call.Index), call.ID, call.Function.Name, call.Function.Arguments); err != nil {
				return err
			}
		}
		b.Refused = b.Refused || choice.Delta.Refusal != "" || choice.FinishReason == "content_filter"
		if err := b.Text(choice.Delta.Content); err != nil {
			return err
		}
		if choice.FinishReason != "" {
			b.Stop = stop(choice.FinishReason)
		}
	}
	return nil
}

func stop(reason string) llm.Stop {
	switch reason {
	case "length":
		return llm.StopLength
	case "tool_calls", "function_call":
		return llm.StopCalls
	}
	return llm.StopEnd
}

// failure classifies err. The server's words are not repeated, only its codes.
func (p *Provider) failure(ctx context.Context, res *http.Response, err error) error {
	if ctx.Err() != nil {
		return llm.TransportError(ctx, p.name, err)
	}
	if res != nil && (res.StatusCode < 200 || res.StatusCode > 299) {
		code := ""
		var api *sdk.Error
		if errors.As(err, &api) {
			code = api.Code
			if code == "" {
				code = api.Type
			}
		}
		return llm.StatusError(p.name, res.StatusCode, code, llm.RetryAfter(res.Header.Get("Retry-After"), time.Now()))
	}
	var broke *ssestream.StreamError
	if errors.As(err, &broke) {
		return p.broken(broke.Event.Data)
	}
	return llm.TransportError(ctx, p.name, err)
}

// broken classifies an error that came within the stream.
func (p *Provider) broken(data []byte) error {
	var body struct {
		Error struct {
			Code json.RawMessage `json:"code"`
			Type string          `json:"type"`
		} `json:"error"`
	}
	_ = json.Unmarshal(data, &body) // what is not understood is classified as a fault of the server's
	var status int
	var code string
	if json.Unmarshal(body.Error.Code, &status) != nil || status < 400 || status > 599 {
		_ = json.Unmarshal(body.Error.Code, &code)
		status = http.StatusBadGateway
	}
	if code == "" {
		code = body.Error.Type
	}
	switch {
	case strings.Contains(code, "rate_limit"):
		status = http.StatusTooManyRequests
	case strings.Contains(code, "api_key"), strings.Contains(code, "authentication"), code == "insufficient_quota":
		status = http.StatusUnauthorized
	}
	return llm.StatusError(p.name, status, code, 0)
}
