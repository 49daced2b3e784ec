package app_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/channels/builtin"
	"frontdesk/cmd/internal/app"
	"frontdesk/configs"
)

// fourChannels is a gateway with a channel of each type, none of which can
// reach its platform.
const fourChannels = `
server: {addr: "127.0.0.1:0", public_url: "https://desk.example", shutdown_timeout: 10s}
data_dir: ./data
channels:
  - {id: web, type: web, bot: default, allowed_origins: ["*"]}
  - {id: wx, type: wechat, bot: default, token: wxtoken, encoding_aes_key: abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG, app_id: wx1, mode: passive, api_base_url: "http://127.0.0.1:1"}
  - {id: tg, type: telegram, bot: default, token: "1:abc", secret_token: tgsecret, mode: webhook, api_base_url: "http://127.0.0.1:1"}
  - {id: sl, type: slack, bot: default, bot_token: xoxb-1, signing_secret: slsecret, api_base_url: "http://127.0.0.1:1/api"}
  - {id: bare, type: telegram, bot: default, token: "2:abc", mode: polling, api_base_url: "http://127.0.0.1:1"}
bots:
  - {id: default}
`

// house is a running gateway.
type house struct {
	*app.App
	url  string
	file string // its configuration
	stop func()
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// runHouse builds the gateway of a configuration and runs it until the test ends.
func runHouse(t *testing.T, config string) house {
	t.Helper()
	file := filepath.Join(t.TempDir(), "frontdesk.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	load := func() (*configs.Config, error) {
		var kinds []string
		for k := range builtin.Kinds() {
			kinds = append(kinds, k)
		}
		return configs.Load(file, func(string) (string, bool) { return "", false }, kinds...)
	}
	cfg, err := load()
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Options{Config: cfg, ConfigFile: file, Reload: load, Version: "test", Now: time.Now,
		Log: quiet()})
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
	h := house{App: a, url: "http://" + ln.Addr().String(), file: file}
	stopped := false
	h.stop = func() {
		if stopped {
			return
		}
		stopped = true
		http.DefaultClient.CloseIdleConnections()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	t.Cleanup(h.stop)
	return h
}
