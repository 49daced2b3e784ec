package telegram

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"frontdesk/channels/channeltest"
	"frontdesk/core"
)

// outside is npm's telegram-test-api: a Bot API nobody here wrote.
type outside struct {
	t    *testing.T
	url  string
	http *http.Client
}

func startOutside(t *testing.T) *outside {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(root, ".cache", "parts", "telegram-test-api", "node_modules")
	if _, err := os.Stat(modules); err != nil {
		t.Fatal("telegram-test-api is missing; run: make parts")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is missing: install Node.js 20 or later, then run: make parts")
	}
	addr := freeAddr(t)
	_, port, _ := net.SplitHostPort(addr)
	cmd := exec.Command(node, filepath.Join("testdata", "outside.js"), port)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
	t.Cleanup(func() { stopOutside(t, cmd, in, client) })
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatalf("telegram-test-api said %q, %v", line, err)
	}
	return &outside{t, "http://" + addr, client}
}

// stopOutside closes the child's input, and kills it if that does not do.
func stopOutside(t *testing.T, cmd *exec.Cmd, in io.Closer, client *http.Client) {
	client.CloseIdleConnections()
	_ = in.Close() // it may be gone already: Wait says
	kill := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	if err := cmd.Wait(); err != nil {
		t.Errorf("telegram-test-api: %v", err)
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (o *outside) post(path string, body any, into any) {
	o.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		o.t.Fatal(err)
	}
	resp, err := o.http.Post(o.url+path, "application/json", bytes.NewReader(b))
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		o.t.Fatalf("%s: status %d", path, resp.StatusCode)
	}
	if into != nil {
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
			o.t.Fatal(err)
		}
	}
}

func (o *outside) common() map[string]any {
	from := map[string]any{"id": 11, "first_name": "Lin", "is_bot": false}
	chat := map[string]any{"id": 11, "first_name": "Lin", "type": "private"}
	return map[string]any{"botToken": testToken, "from": from, "chat": chat, "date": 1780000000}
}

func (o *outside) say(text string) {
	m := o.common()
	m["text"] = text
	o.post("/sendMessage", m, nil)
}

func (o *outside) press(data string) {
	m := o.common()
	m["message"], m["data"] = map[string]any{"chat": m["chat"]}, data
	o.post("/sendCallback", m, nil)
}

type outsideMessage struct {
	Text   string `json:"text"`
	Markup markup `json:"reply_markup"`
}

// heard are all the bot's messages so far.
func (o *outside) heard() []outsideMessage {
	o.t.Helper()
	var h struct {
		Result []struct {
			Message struct {
				outsideMessage
				To any `json:"chat_id"`
			}
		}
	}
	o.post("/getUpdatesHistory", map[string]any{"token": testToken}, &h)
	var out []outsideMessage
	for _, r := range h.Result {
		if r.Message.To != nil { // people's have none
			out = append(out, r.Message.outsideMessage)
		}
	}
	return out
}

func (o *outside) hears(want ...string) {
	o.t.Helper()
	eventually(o.t, fmt.Sprintf("hears %q", want), func() bool { return len(o.heard()) >= len(want) })
	var got []string
	for _, m := range o.heard() {
		got = append(got, m.Text)
	}
	if !slices.Equal(got, want) {
		o.t.Errorf("heard %q, want %q", got, want)
	}
}

// attach opens a channel on o.
func (o *outside) attach(t *testing.T, mode, public string) *bench {
	t.Helper()
	b := &bench{Rig: channeltest.New(t, ask, core.DeskRef{}), t: t}
	s := b.Settings("tg", configured(map[string]any{"api_base_url": o.url, "mode": mode}))
	s.PublicURL, s.HTTP = public, &http.Client{Transport: &http.Transport{}}
	t.Cleanup(s.HTTP.CloseIdleConnections)
	ch, err := Open(s)
	if err != nil {
		t.Fatal(err)
	}
	b.ch = ch.(*Channel)
	return b
}

func TestOutsidePolling(t *testing.T) {
	o := startOutside(t)
	b := o.attach(t, polling, "")
	b.run()
	o.say("你好")
	o.hears("which?")
	if kb := o.heard()[0].Markup.Inline; len(kb) != 2 || kb[0][0] != (button{Text: "short", Data: "s"}) || len(kb[1][0].Data) > maxData {
		t.Fatalf("keyboard %+v", kb)
	}
	o.press("s")
	o.hears("which?", "s = s")
	if es := b.Accepted(); len(es) != 2 || es[0].Text() != "你好" || es[0].Contact.Name != "Lin" || es[1].Address != "11" {
		t.Errorf("accepted %+v", es)
	}
	secretless(t, b.Log.String())
}

// telegram-test-api forgets the secret it was given, so a hand in between
// adds it; what comes without is refused, as the table of hook_test shows.
func TestOutsideWebhook(t *testing.T) {
	o := startOutside(t)
	var b *bench
	hook := httptest.NewServer(http.StripPrefix("/webhooks/telegram/tg", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set(secretHeader, testSecret)
		b.ch.Hook().ServeHTTP(w, r)
	})))
	defer hook.Close()
	b = o.attach(t, webhook, hook.URL)
	b.run()
	eventually(t, "the webhook is set", func() bool { return bytes.Contains([]byte(b.Log.String()), []byte("webhook set")) })
	o.say("hello")
	o.hears("which?")
	o.press("s")
	o.hears("which?", "s = s")
}
