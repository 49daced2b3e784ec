// Package anthropic speaks with Anthropic's models.
package anthropic

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	sdk "github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"

	"frontdesk/core/llm"
)

var _ llm.Provider = (*Provider)(nil)

// Options of a Provider.
type Options struct {
	Name    string
	BaseURL string // without /v1; "" is Anthropic's own
	Key     string
	Model   string
	HTTP    *http.Client // llm.HTTPClient() if nil
}

// Provider is safe for concurrent use.
type Provider struct {
	name, model string
	messages    sdk.MessageService
}

// New makes a provider. Nothing is read from the environment.
func New(o Options) *Provider {
	if o.BaseURL == "" {
		o.BaseURL = "https://api.anthropic.com"
	}
	if o.HTTP == nil {
		o.HTTP = llm.HTTPClient()
	}
	base := strings.TrimSuffix(strings.TrimSuffix(o.BaseURL, "/"), "/v1") + "/" // people write it either way
	opts := []option.RequestOption{option.WithBaseURL(base), option.WithHTTPClient(o.HTTP), option.WithMaxRetries(0)}
	if o.Key != "" {
		opts = append(opts, option.WithAPIKey(o.Key))
	}
	return &Provider{name: o.Name, model: o.Model, messages: sdk.NewMessageService(opts...)}
}

// Name implements llm.Provider.
func (p *Provider) Name() string { return p.name }

// Generate implements llm.Provider. The request always streams, so that a
// silent server is noticed at the first token's deadline.
func (p *Provider) Generate(ctx context.Context, r llm.Request, on func(llm.Delta)) (llm.Answer, error) {
	var res *http.Response
	stream := p.messages.NewStreaming(ctx, p.params(r), option.WithResponseInto(&res))
	defer func() { _ = stream.Close() }()
	b := llm.NewBuilder(on)
	done := false
	for stream.Next() {
		ev := stream.Current()
		done = done || ev.Type == "message_stop"
		if err := take(b, ev); err != nil {
			return llm.Answer{}, llm.BadAnswer(p.name, err)
		}
	}
	switch err := stream.Err(); {
	case err != nil, res != nil && res.StatusCode > 299: // a redirect is not followed
		return llm.Answer{}, p.failure(ctx, res, err)
	case ctx.Err() != nil:
		return llm.Answer{}, llm.TransportError(ctx, p.name, ctx.Err())
	case !done:
		b.Stop = "" // it was cut after the reason, before the end
	}
	return b.Finish(p.name, r)
}

// take adds an event to the answer.
func take(b *llm.Builder, ev sdk.MessageStreamEventUnion) error {
	switch ev.Type {
	case "message_start":
		b.Model = ev.Message.Model
		u := ev.Message.Usage
		b.Usage = llm.Usage{In: int(u.InputTokens + u.CacheReadInputTokens + u.CacheCreationInputTokens), Out: int(u.OutputTokens), Known: ev.Message.JSON.Usage.Valid()}
	case "content_block_start":
		if ev.ContentBlock.Type == "tool_use" {
			return b.Call(int(ev.Index), ev.ContentBlock.ID, ev.ContentBlock.Name, "")
		}
		return b.Text(ev.ContentBlock.Text)
	case "content_block_delta":
		switch ev.Delta.Type {
		case "text_delta":
			return b.Text(ev.Delta.Text)
		case "input_json_delta":
			return b.Call(int(ev.Index), "", "", ev.Delta.PartialJSON)
		}
	case "message_delta":
		b.Usage.Out = int(ev.Usage.OutputTokens) // it counts from the beginning
		if ev.Delta.StopReason != "" {
			b.Stop, b.Refused = stop(ev.Delta.StopReason)
		}
	}
	return nil
}

func stop(reason sdk.StopReason) (_ llm.Stop, refused bool) {
	switch reason {
	case sdk.StopReasonMaxTokens, sdk.StopReasonModelContextWindowExceeded:
		return llm.StopLength, false
	case sdk.StopReasonToolUse:
		return llm.StopCalls, false
	case sdk.StopReasonRefusal:
		return llm.StopEnd, true
	}
	return llm.StopEnd, false
}

// failure classifies err. The server's words are not repeated, only its codes.
func (p *Provider) failure(ctx context.Context, res *http.Response, err error) error {
	if ctx.Err() != nil {
		return llm.TransportError(ctx, p.name, err)
	}
	if res == nil {
		return llm.TransportError(ctx, p.name, err)
	}
	status := res.StatusCode
	var api *sdk.Error
	if !errors.As(err, &api) {
		if status < 300 {
			return llm.TransportError(ctx, p.name, err)
		}
		return llm.StatusError(p.name, status, "", retryAfter(res))
	}
	code := string(api.Type())
	if status < 300 { // the error came within the stream
		status = statusOf(code)
	}
	return llm.StatusError(p.name, status, code, retryAfter(res))
}

func retryAfter(res *http.Response) time.Duration {
	return llm.RetryAfter(res.Header.Get("Retry-After"), time.Now())
}

// statusOf is the HTTP status that stands for an error's type, by the API's
// documentation of errors.
func statusOf(kind string) int {
	switch kind {
	case "rate_limit_error":
		return http.StatusTooManyRequests
	case "invalid_request_error", "request_too_large":
		return http.StatusBadRequest
	case "authentication_error", "permission_error", "billing_error":
		return http.StatusForbidden
	case "not_found_error":
		return http.StatusNotFound
	}
	return http.StatusBadGateway
}

// wantJSON is what a request for JSON says: the API has no switch that takes
// any object.
const wantJSON = "Answer with one JSON object and nothing else."

// input is a call's arguments as they are sent back.
func input(args json.RawMessage) json.RawMessage {
	if len(args) == 0 {
		return json.RawMessage("{}")
	}
	return args
}
