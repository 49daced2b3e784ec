package telegram

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"frontdesk/channels/channeltest"
	"frontdesk/core"
)

func post(body []byte, secret string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if secret != "" {
		r.Header.Set(secretHeader, secret)
	}
	return r
}

func said(now time.Time, chat, n int) []byte {
	return fmt.Appendf(nil, `{"update_id":%d,"message":{"message_id":%d,"date":%d,"text":"hello %d",
		"from":{"id":%d,"is_bot":false,"first_name":"Lin"},"chat":{"id":%d,"type":"private","first_name":"Lin"}}}`,
		9000+n, n, now.Unix(), n, chat, chat)
}

func TestContract(t *testing.T) {
	channeltest.Run(t, channeltest.Kit{
		Open:     Open,
		Config:   configured(nil),
		NoSecret: map[string]any{"token": testToken},
		Secrets:  []string{testToken, testSecret, "the-tokens-own-secret_part"},
		Request:  func(now time.Time, chat, n int) *http.Request { return post(said(now, chat, n), testSecret) },
		Signed:   func(_ time.Time, body []byte) *http.Request { return post(body, testSecret) },
		Unsigned: func(now time.Time) *http.Request { return post(said(now, 1, 1), "") },
		Method:   http.MethodGet,
		Reply:    &core.Reply{Channel: "it", Address: "11", Event: core.Event{Role: core.BotRole, Parts: []core.Part{{Text: "hi"}}}},
	})
}
