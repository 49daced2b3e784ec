package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"frontdesk/cmd/internal/app"
	"frontdesk/configs"
)

// sourced is a gateway whose tools come from every source.
const sourced = `
server: {addr: "127.0.0.1:0", public_url: "https://desk.example", shutdown_timeout: 10s}
data_dir: %[1]s/data
tools:
  allow: ["127.0.0.1"]
  openapi:
    - file: %[1]s/erp.yaml
      base_url: "%[2]s"
      operations: [{id: getOrder, name: order, identity: anonymous, result: {state: state}}]
  mcp:
    - {name: crm, url: "%[3]s", tools: [{tool: hello, identity: anonymous, read_only: true}]}
channels:
  - {id: web, type: web, bot: default, allowed_origins: ["*"]}
bots:
  - {id: default, dir: "%[1]s/bot", tools: [%[4]s]}
`

const callingFlow = `name: ask
keywords: [ask the systems]
steps:
  - {do: call, action: order, with: {order: "4711"}, save: {state: state}, on_error: bad}
  - {do: call, action: hello, save: {greeting: text}, on_error: bad}
  - {do: done, text: {en: "ERP says {state}, CRM says {greeting}."}}
  - {id: bad, do: done, text: {en: "It failed."}}
`

// mcpServer is a real one, over HTTP.
func mcpServer(t *testing.T) string {
	srv := sdk.NewServer(&sdk.Implementation{Name: "crm", Version: "1"}, nil)
	sdk.AddTool(srv, &sdk.Tool{Name: "hello"}, func(context.Context, *sdk.CallToolRequest, struct{}) (*sdk.CallToolResult, map[string]string, error) {
		return nil, map[string]string{"text": "hello"}, nil
	})
	s := httptest.NewServer(sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return srv }, nil))
	t.Cleanup(s.Close)
	t.Cleanup(func() {
		for one := range srv.Sessions() {
			_ = one.Close() // the handler has no end of its own
		}
	})
	return s.URL
}

// Flows call operations of a description and tools of an MCP server; a reload
// takes tools away and brings them back.
func TestToolSources(t *testing.T) {
	e, dir := newERP(t), t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("erp.yaml", "openapi: 3.1.0\npaths: {\"/orders/1001\": {get: {operationId: getOrder, parameters: [{name: order, in: query, schema: {type: string}}]}}}\n")
	put("bot/bot.yaml", "name: Momo\nlanguages: [en]\n")
	put("bot/flows/ask.yaml", callingFlow)
	mcpURL := mcpServer(t)
	config := func(tools string) string { return fmt.Sprintf(sourced, dir, e.URL, mcpURL, tools) }
	file := filepath.Join(dir, "frontdesk.yaml")
	load := func() (*configs.Config, error) {
		return configs.Load(file, func(string) (string, bool) { return "", false }, "web")
	}
	put("frontdesk.yaml", config("order, hello"))
	cfg, err := load()
	if err != nil {
		t.Fatal(err)
	}
	findings := app.Check(t.Context(), app.Options{Config: cfg, Now: time.Now, Log: quiet()}, t.TempDir(), false)
	tried := false
	for _, f := range findings {
		if f.Err != nil {
			t.Errorf("%s: %v", f.Part, f.Err)
		}
		tried = tried || f.Part == "tools crm"
	}
	if !tried {
		t.Errorf("check says nothing of the server: %v", findings)
	}
	h := runHouse(t, config("order, hello"))
	defer h.stop()
	say := func(want string) {
		t.Helper()
		var body string
		for end := time.Now().Add(20 * time.Second); time.Now().Before(end); { // the server is connected to meanwhile
			_, body = ask(t, h.url, session(t, h.url), fmt.Sprint(time.Now().UnixNano()), "Please ask the systems")
			if strings.Contains(body, want) {
				return
			}
		}
		t.Errorf("no %q in %s", want, body)
	}
	say("ERP says ANNSTATE, CRM says hello.")
	running, err := filepath.Glob(filepath.Join(dir, "..", "*", "frontdesk.yaml"))
	if err != nil || len(running) == 0 {
		t.Fatal(running, err)
	}
	reload := func(text string) error {
		for _, f := range running {
			if err := os.WriteFile(f, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return h.Reload(t.Context())
	}
	if err := reload(config("order")); err == nil || !strings.Contains(err.Error(), "hello") {
		t.Errorf("a flow calls what the bot may not, and is taken: %v", err)
	}
	say("ERP says ANNSTATE, CRM says hello.")
	if err := reload(strings.Replace(config("order, hello"), "{state: state}", "{state: phone}", 1)); err != nil {
		t.Fatal(err)
	}
	say("ERP says 13800131111, CRM says hello.")
}
