package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"frontdesk/channels/builtin"
	"frontdesk/cmd/internal/app"
	"frontdesk/configs"
)

// house is a real gateway, whose run file this command finds.
type house struct {
	*app.App
	t   *testing.T
	url string
}

// gateway runs one over an empty bot until the test ends, and c finds it.
func gateway(t *testing.T, c *cli) *house {
	t.Helper()
	return gatewayWith(t, c, "")
}

// gatewayWith has more lines in its configuration.
func gatewayWith(t *testing.T, c *cli, more string) *house {
	t.Helper()
	config := file(t, "frontdesk.yaml", "server: {public_url: \"http://localhost\"}\ndata_dir: "+c.data+
		"\nchannels:\n  - {id: web, type: web, bot: default, allowed_origins: [\"*\"]}\nbots:\n  - {id: default, languages: [zh, en]}\n"+more)
	var kinds []string
	for k := range builtin.Kinds() {
		kinds = append(kinds, k)
	}
	cfg, err := configs.Load(config, func(string) (string, bool) { return "", false }, kinds...)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Options{Config: cfg, Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done, up := make(chan error, 1), make(chan struct{})
	go func() { done <- a.Run(ctx, ln, func() { close(up) }) }()
	<-up
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return &house{App: a, t: t, url: "http://" + ln.Addr().String()}
}

func (h *house) post(path, token string, in, out any) {
	h.t.Helper()
	b, err := json.Marshal(in)
	if err != nil {
		h.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url+"/api/v1/web/web"+path, bytes.NewReader(b))
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode > 201 {
		h.t.Fatalf("%s: %d %s %v", path, res.StatusCode, body, err)
	}
	if err := json.Unmarshal(body, out); err != nil {
		h.t.Fatal(err)
	}
}

// ask lets a new customer ask, and returns what the bot says and cites.
func (h *house) ask(text string) string {
	h.t.Helper()
	var session struct{ Token string }
	h.post("/sessions", "", map[string]any{}, &session)
	var got struct {
		Replies []struct {
			Text      string
			Citations []struct {
				Doc  string
				Page int
			}
		}
	}
	h.post("/messages?wait=30s", session.Token, map[string]string{"id": "1", "text": text}, &got)
	var out strings.Builder
	for _, r := range got.Replies {
		out.WriteString(r.Text)
		for _, c := range r.Citations {
			fmt.Fprintf(&out, " [%s p%d]", c.Doc, c.Page)
		}
		out.WriteString("\n")
	}
	return out.String()
}
