package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"frontdesk/core"
)

// Talk is a conversation with a bot over the web channel of a running server.
type Talk struct {
	base, channel string
	admin         string // a token that may read traces; "" for none
	token         string
	conv          core.ConversationID
	n             int
	seq           int64
	client        *http.Client
}

// Said is one line of the other side.
type Said struct {
	Seq       int64           `json:"seq"`
	Role      string          `json:"role"`
	Text      string          `json:"text"`
	Citations []core.Citation `json:"citations"`
	Score     *float64        `json:"confidence"`
	Outcome   string          `json:"outcome"`
	Choices   []struct {
		Text string `json:"text"`
	} `json:"choices"`
}

// NewTalk begins a conversation on channel of the server at base.
func NewTalk(ctx context.Context, base, channel, adminToken string) (*Talk, error) {
	t := &Talk{base: strings.TrimSuffix(base, "/"), channel: channel, admin: adminToken, client: &http.Client{Timeout: 90 * time.Second}}
	var s struct {
		Token        string              `json:"token"`
		Conversation core.ConversationID `json:"conversation_id"`
	}
	err := t.call(ctx, http.MethodPost, "/api/v1/web/"+url.PathEscape(channel)+"/sessions", "", map[string]any{}, &s)
	t.token, t.conv = s.Token, s.Conversation
	return t, err
}

// Ask says text and returns what is answered within a minute, and the seq of
// the message, which its trace is known by.
func (t *Talk) Ask(ctx context.Context, text string) (said []Said, seq int64, err error) {
	t.n++
	id := fmt.Sprint("t", t.n)
	path := "/api/v1/web/" + url.PathEscape(t.channel) + "/messages"
	var posted struct{ Seq int64 }
	if err := t.call(ctx, http.MethodPost, path, t.token, map[string]string{"id": id, "text": text}, &posted); err != nil {
		return nil, 0, err
	}
	var answer struct{ Replies []Said }
	err = t.call(ctx, http.MethodPost, path+"?wait=60s", t.token, map[string]string{"id": id, "text": text}, &answer)
	for _, s := range answer.Replies {
		t.seq = max(t.seq, s.Seq)
	}
	return answer.Replies, posted.Seq, err
}

// Trace returns how the answer to message seq came about.
func (t *Talk) Trace(ctx context.Context, seq int64) (tr core.Trace, err error) {
	if t.admin == "" {
		return tr, errors.New("no token to read traces with")
	}
	path := fmt.Sprintf("/api/v1/admin/conversations/%s/turns/%d/trace", t.conv, seq)
	err = t.call(ctx, http.MethodGet, path, t.admin, nil, &tr)
	return tr, err
}

func (t *Talk) call(ctx context.Context, method, path, token string, body, into any) error {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, t.base+path, in)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := t.client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		var p struct{ Detail string }
		_ = json.Unmarshal(b, &p) // without a detail the status speaks
		return fmt.Errorf("%s %s: status %d %s", method, path, res.StatusCode, p.Detail)
	}
	return json.Unmarshal(b, into)
}
