package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/core"
)

// scripted is the bot of the browser tests: what it says depends on the question.
func scripted(_ context.Context, t *core.Turn) error {
	score := 0.9
	says := core.Event{Role: core.BotRole, Verdict: core.VerdictAnswered, Score: &score}
	if t.State().Case.Mode.Held() {
		return nil
	}
	switch {
	case t.Work.Envelope.Parts[0].Kind == core.Choice:
		says.Parts = []core.Part{{Text: "re: " + t.Text + " " + t.Work.Envelope.Parts[0].Value}}
	case strings.Contains(t.Text, "转人工"), strings.Contains(t.Text, "person"):
		says.Verdict = core.VerdictHandedOver
		says.Parts = []core.Part{{Text: "正在为您转接人工客服，请稍候。"}}
		t.Note(core.Event{Kind: core.Handed, Mode: core.Waiting, Key: core.ReasonAsked})
	case strings.Contains(t.Text, "退货"):
		says.Parts = []core.Part{{Text: "自签收之日起 7 天内，商品未使用且包装完好，可以申请无理由退货。退款会在仓库收到商品后 3 个工作日内原路退回。"}}
		says.Citations = []core.Citation{
			{Doc: "退换货政策.pdf", Title: "退换货政策 › 七天无理由退货", Page: 2, Quote: "自签收之日起 7 天内，商品未使用且包装完好，可以申请无理由退货。", URL: "https://shop.example/returns"},
			{Doc: "faq.csv", Quote: "退款多久到账？3 个工作日内原路退回。"}}
	case strings.Contains(t.Text, "return"):
		says.Parts = []core.Part{{Text: "You can return an unused item in its original packaging within 7 days of delivery. The refund goes back the way you paid within 3 working days after our warehouse has received it.\n\nStart here: https://shop.example/returns?from=chat."}}
		says.Citations = []core.Citation{{Doc: "returns.pdf", Title: "Returns › Seven days, no questions asked", Page: 2, Quote: "Unused items in their original packaging may be returned within 7 days of delivery.", URL: "https://shop.example/returns"}}
	case strings.Contains(t.Text, "发票"), strings.Contains(t.Text, "unclear"):
		says.Verdict = core.VerdictClarified
		says.Parts = []core.Part{{Text: "您想问的是哪一种？ Which one do you mean?"}, {Kind: core.Choice, Text: "开具电子发票", Value: "invoice.new"}, {Kind: core.Choice, Text: "修改发票抬头", Value: "invoice.title"}}
	case strings.Contains(t.Text, "evil"):
		says.Parts = []core.Part{{Text: `<img src=x onerror="document.title='owned'"> javascript:alert(1) https://ok.example/"onclick="x`},
			{Kind: core.Link, Text: "click", URL: "javascript:document.title='owned'"}}
		says.Citations = []core.Citation{{Doc: "<b>x</b>", URL: "javascript:document.title='owned'", Quote: "<script>document.title='owned'</script>"}}
	case strings.Contains(t.Text, "write"):
		for _, piece := range []string{"Half a", " thought"} {
			t.Show(0, piece)
			<-time.After(700 * time.Millisecond) // long enough to see it
		}
		says.Parts = []core.Part{{Text: "re: " + t.Text}}
	case strings.Contains(t.Text, "slow"):
		<-time.After(1500 * time.Millisecond) // long enough to see the dots
		fallthrough
	default:
		says.Parts = []core.Part{{Text: "re: " + t.Text}}
	}
	t.Note(core.Event{Kind: core.Answered})
	t.Note(says)
	return nil
}

// cutter is a listener whose connections can be cut, as a bad network does.
type cutter struct {
	net.Listener
	mu    sync.Mutex
	conns map[net.Conn]bool
}

func (c *cutter) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err == nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.conns[conn] = true
	}
	return conn, err
}

func (c *cutter) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.conns {
		_ = conn.Close()
		delete(c.conns, conn)
	}
}

// root is the repository's folder.
func root(t *testing.T) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("no go.mod above the test")
	return ""
}

// TestBrowser drives the chat page and the widget in a real Chromium. What it
// does there is in testdata/browser.mjs; it steers the house by routes of its own.
// FRONTDESK_SHOTS=DIR keeps screenshots.
func TestBrowser(t *testing.T) {
	parts := filepath.Join(root(t), ".cache", "parts", "playwright")
	chromium, err := exec.LookPath("chromium")
	if _, serr := os.Stat(filepath.Join(parts, "node_modules", "playwright-core")); err != nil || serr != nil {
		t.Fatal("playwright-core or chromium is missing; run: make parts")
	}
	d := furnish(t, scripted, map[string]any{"allowed_origins": []string{"*"}})
	look := Look{Examples: map[string][]string{"en": {"How do I return an item?", "I want to talk to a person"}, "zh": {"怎么申请退货？", "转人工"}}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{Listener: l, conns: map[net.Conn]bool{}}
	mux := http.NewServeMux()
	mux.Handle("/", look.Page("web"))
	mux.Handle("/widget.js", Widget())
	mux.Handle("/api/v1/web/web/", http.StripPrefix("/api/v1/web/web", d.Hook()))
	wheel := http.NewServeMux()
	wheel.HandleFunc("POST /{do}", func(w http.ResponseWriter, r *http.Request) { d.steer(t, c, r) })
	steering := httptest.NewServer(wheel)
	defer steering.Close()
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(c) }()
	shop := httptest.NewServer(http.HandlerFunc(embedding("http://" + l.Addr().String())))
	defer shop.Close()

	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "testdata/browser.mjs", parts, chromium, "http://"+l.Addr().String(), shop.URL, steering.URL, os.Getenv("FRONTDESK_SHOTS"))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	t.Log("\n" + out.String())
	if err != nil {
		t.Error(err)
	}
	d.live.end()
	_ = srv.Close()
	<-done
}

// steer is the test's hand in the house.
func (d *desk) steer(t *testing.T, c *cutter, r *http.Request) {
	q := r.URL.Query()
	conv := core.ConversationID(q.Get("c"))
	switch r.PathValue("do") {
	case "drain": // as a restart does: the old streams end, new ones are welcome
		d.live.end()
		d.live.revive()
	case "cut":
		c.cut()
	case "say":
		d.speak(t, conv, q.Get("c")+q.Get("id"), q.Get("agent"), q.Get("text"))
	case "return":
		d.move(t, conv, core.Returned, q.Get("agent"))
	case "resolve":
		d.move(t, conv, core.Resolved, q.Get("agent"))
	case "refuse":
		err := core.Invalid("refused by the test")
		if q.Get("busy") != "" {
			err = errors.Join(core.ErrBusy)
		}
		d.refuse.Store(&err)
	case "allow":
		d.refuse.Store(nil)
	}
}

// embedding is a shop's page with a policy as strict as one can be that loads
// the widget, and with styles of its own that must not reach into it.
func embedding(base string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src %s; connect-src %s %s; style-src 'nonce-shop'; img-src data:; require-trusted-types-for 'script'",
			base, base, strings.Replace(base, "http", "ws", 1)))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title>
<link rel="icon" href="data:,"><style nonce="shop">*{letter-spacing:.3em!important} button{display:none!important} body{font:20px serif;margin:40px}</style></head>
<body><h1>A shop</h1><p>Things to buy.</p><script src="%s/widget.js" data-channel="web" data-examples="How do I return an item?" data-color="#7a3ff2" %s async></script></body></html>`, base, r.URL.Query().Get("attrs"))
	}
}

// revive lets streams in again after end.
func (s *streams) revive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended, s.drain = false, make(chan struct{})
}
