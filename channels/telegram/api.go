package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

const (
	// callTime bounds a call of the Bot API that does not wait for updates.
	callTime = 20 * time.Second
	// maxAnswer bounds an answer of the Bot API, in bytes: a batch of updates
	// is the largest there is.
	maxAnswer = 32 << 20
)

// api calls the Bot API through the SDK. It is immutable.
type api struct {
	client   *http.Client
	endpoint string // with the SDK's two %s
	token    string
	hide     []string // never in an error
}

func newAPI(client *http.Client, base, token, secret string) api {
	own := *client  // the transport is shared, the rest is ours
	own.Timeout = 0 // contexts bound the calls: a long poll outlives any client timeout
	// The token is in the URL: it must not follow a redirect to another host.
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	hide := []string{token}
	if secret != "" {
		hide = append(hide, secret)
	}
	return api{client: &own, endpoint: strings.ReplaceAll(base, "%", "%%") + "/bot%s/%s", token: token, hide: hide}
}

// call makes one request, bounded by callTime, and decodes its result into
// out, which may be nil. Its errors are *apiError and hold no secret.
func (a api) call(ctx context.Context, method string, p tgbotapi.Params, out any) error {
	return a.callWithin(ctx, callTime, method, p, out)
}

func (a api) callWithin(ctx context.Context, d time.Duration, method string, p tgbotapi.Params, out any) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	line := &bound{ctx: ctx, client: a.client}
	bot := &tgbotapi.BotAPI{Token: a.token, Client: line}
	bot.SetAPIEndpoint(a.endpoint)
	resp, err := bot.MakeRequest(method, p)
	if err == nil && out != nil {
		err = json.Unmarshal(resp.Result, out)
	}
	if err == nil {
		return nil
	}
	return a.failed(method, line, err)
}

// bound is the SDK's HTTP client for one call: it brings the context the SDK
// lacks, bounds the answer and remembers the status the SDK forgets.
type bound struct {
	ctx    context.Context
	client *http.Client
	status int
	after  time.Duration
}

// Do implements tgbotapi.HTTPClient.
func (b *bound) Do(req *http.Request) (*http.Response, error) {
	resp, err := b.client.Do(req.WithContext(b.ctx))
	if err != nil {
		return nil, err
	}
	b.status, b.after = resp.StatusCode, retryAfter(resp.Header)
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	return resp, nil
}

func retryAfter(h http.Header) time.Duration {
	d, err := time.ParseDuration(h.Get("Retry-After") + "s")
	if err != nil || d < 0 {
		return 0
	}
	return min(d, time.Hour)
}

// params builds the parameters of a call; values that are no strings are
// given as JSON, as the Bot API wants them.
func params(kv map[string]any) (tgbotapi.Params, error) {
	p := tgbotapi.Params{}
	for k, v := range kv {
		if s, ok := v.(string); ok {
			p[k] = s
			continue
		}
		b, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %w", k, err)
		}
		p[k] = string(b)
	}
	return p, nil
}
