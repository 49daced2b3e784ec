package telegram_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/channels/sim/telegram"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "4242:sim-token"

var (
	lin  = telegram.User{ID: 11, FirstName: "Lin", LastName: "Mei", Language: "zh-hans"}
	alex = telegram.User{ID: 12, FirstName: "Alex"}
)

// clock is moved by hand.
type clock struct {
	mu   sync.Mutex
	t    time.Time
	wait []alarm
}

type alarm struct {
	at time.Time
	c  chan time.Time
}

func newClock() *clock { return &clock{t: time.Unix(1_780_000_000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	if d <= 0 {
		ch <- c.t
		return ch
	}
	c.wait = append(c.wait, alarm{c.t.Add(d), ch})
	return ch
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	var later []alarm
	for _, a := range c.wait {
		if a.at.After(c.t) {
			later = append(later, a)
			continue
		}
		a.c <- c.t
	}
	c.wait = later
}

type rig struct {
	*telegram.Server
	t   *testing.T
	url string
	clk *clock
}

func start(t *testing.T, o telegram.Options) *rig {
	t.Helper()
	clk := newClock()
	o.Token, o.Clock = token, clk
	s := telegram.New(o)
	srv := httptest.NewServer(s)
	t.Cleanup(func() {
		s.Close()
		srv.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	return &rig{Server: s, t: t, url: srv.URL, clk: clk}
}

type answer struct {
	OK          bool            `json:"ok"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Result      json.RawMessage `json:"result"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

func (r *rig) call(method string, kv ...string) answer {
	r.t.Helper()
	form := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		form.Set(kv[i], kv[i+1])
	}
	resp, err := http.PostForm(r.url+"/bot"+token+"/"+method, form)
	if err != nil {
		r.t.Fatal(err)
	}
	return read(r.t, resp)
}

func read(t *testing.T, resp *http.Response) answer {
	t.Helper()
	defer resp.Body.Close()
	var a answer
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		t.Fatal(err)
	}
	if a.OK != (resp.StatusCode == 200) || !a.OK && a.Code != resp.StatusCode {
		t.Fatalf("status %d and answer %+v disagree", resp.StatusCode, a)
	}
	return a
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: " + what)
		}
	}
}

func TestMethodsRefuse(t *testing.T) {
	r := start(t, telegram.Options{PerChat: time.Second})
	home := r.Private(lin)
	r.Say(lin, home, "hi")
	forum := r.Topic(r.Group(-500, "Shop"), 7)
	gone := r.Group(-600, "Old")
	r.Migrate(gone, -601)
	left := r.Private(alex)
	r.Block(alex, left)
	for _, c := range []struct {
		name, method string
		kv           []string
		code         int
		words        string
	}{
		{"unknown method", "sendRocket", nil, 404, "Not Found"},
		{"no chat", "sendMessage", []string{"chat_id", "99", "text", "a"}, 400, "chat not found"},
		{"empty", "sendMessage", []string{"chat_id", "11", "text", " \n"}, 400, "text is empty"},
		{"4097 units", "sendMessage", []string{"chat_id", "11", "text", strings.Repeat("😀", 2048) + "a"}, 400, "too long"},
		{"open tag", "sendMessage", []string{"chat_id", "11", "text", "<b>a", "parse_mode", "HTML"}, 400, "can't parse entities: Can't find end tag"},
		{"wrong end", "sendMessage", []string{"chat_id", "11", "text", "<b>a</i>", "parse_mode", "HTML"}, 400, "can't parse entities: Unmatched"},
		{"lone end", "sendMessage", []string{"chat_id", "11", "text", "a</i>", "parse_mode", "HTML"}, 400, "can't parse entities: Unexpected"},
		{"unknown tag", "sendMessage", []string{"chat_id", "11", "text", "<x>a</x>", "parse_mode", "HTML"}, 400, "can't parse entities: Unsupported"},
		{"unclosed bracket", "sendMessage", []string{"chat_id", "11", "text", "a < b", "parse_mode", "HTML"}, 400, "can't parse entities: Unclosed"},
		{"other mode", "sendMessage", []string{"chat_id", "11", "text", "a", "parse_mode", "Word"}, 400, "parse_mode"},
		{"long data", "sendMessage", []string{"chat_id", "11", "text", "a", "reply_markup", keys(strings.Repeat("d", 65))}, 400, "BUTTON_DATA_INVALID"},
		{"dead button", "sendMessage", []string{"chat_id", "11", "text", "a", "reply_markup", keys("")}, 400, "inline keyboard"},
		{"markup is no JSON", "sendMessage", []string{"chat_id", "11", "text", "a", "reply_markup", "{"}, 400, "reply_markup"},
		{"no topic", "sendMessage", []string{"chat_id", "-500", "message_thread_id", "8", "text", "a"}, 400, "thread not found"},
		{"no quote", "sendMessage", []string{"chat_id", "11", "text", "a", "reply_parameters", `{"message_id":77}`}, 400, "replied not found"},
		{"moved", "sendMessage", []string{"chat_id", "-600", "text", "a"}, 400, "upgraded"},
		{"blocked", "sendMessage", []string{"chat_id", "12", "text", "a"}, 403, "blocked by the user"},
		{"no such press", "answerCallbackQuery", []string{"callback_query_id", "1"}, 400, "query is too old"},
		{"edit nothing", "editMessageText", []string{"chat_id", "11", "message_id", "77", "text", "a"}, 400, "to edit not found"},
		{"edit another's", "editMessageText", []string{"chat_id", "11", "message_id", "1", "text", "a"}, 400, "can't be edited"},
		{"no file", "getFile", []string{"file_id", "x"}, 400, "file_id"},
		{"plain webhook", "setWebhook", []string{"url", "http://example.test/x"}, 400, "HTTPS"},
		{"odd port", "setWebhook", []string{"url", "https://example.test:9000/x"}, 400, "ports"},
		{"odd secret", "setWebhook", []string{"url", "https://example.test/x", "secret_token", "a b"}, 400, "unallowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := r.call(c.method, c.kv...)
			if a.Code != c.code || !strings.Contains(a.Description, c.words) {
				t.Fatalf("got %+v, want %d %q", a, c.code, c.words)
			}
		})
	}
	if a := r.call("sendMessage", "chat_id", "-600", "text", "a"); a.Parameters.MigrateTo != -601 {
		t.Errorf("moved to %d", a.Parameters.MigrateTo)
	}
	if got := r.Transcript(forum); len(got) != 0 {
		t.Errorf("a refused message is seen: %+v", got)
	}
}

func keys(data string) string {
	b, _ := json.Marshal(map[string]any{"inline_keyboard": [][]map[string]string{{{"text": "Yes", "callback_data": data}}}})
	return string(b)
}

func TestWrongTokenAndPath(t *testing.T) {
	r := start(t, telegram.Options{})
	for path, code := range map[string]int{"/bot1:no/getMe": 401, "/other": 404, "/file/bot1:no/x": 404} {
		resp, err := http.Get(r.url + path)
		if err != nil {
			t.Fatal(err)
		}
		if a := read(t, resp); a.Code != code {
			t.Errorf("%s: %+v, want %d", path, a, code)
		}
	}
}

func TestPace(t *testing.T) {
	r := start(t, telegram.Options{PerChat: time.Second})
	p := r.Private(lin)
	r.Say(lin, p, "hi")
	send := func() answer { return r.call("sendMessage", "chat_id", "11", "text", "a") }
	if a := send(); !a.OK {
		t.Fatal(a)
	}
	if a := send(); a.Code != 429 || a.Parameters.RetryAfter != 1 {
		t.Fatalf("got %+v, want 429 and 1", a)
	}
	r.clk.add(time.Second)
	if a := send(); !a.OK {
		t.Fatal(a)
	}
}

func TestWhatPeopleSee(t *testing.T) {
	r := start(t, telegram.Options{})
	p := r.Private(lin)
	r.Say(lin, p, "hi")
	sent := r.call("sendMessage", "chat_id", "11", "parse_mode", "HTML", "text", "<b>5 &lt; 6</b> &amp; &#39;so&#39; &copy;",
		"reply_markup", keys("y"))
	if !sent.OK {
		t.Fatal(sent)
	}
	got := r.Transcript(p)
	if len(got) != 2 || got[1].Text != "5 < 6 & 'so' &copy;" || !got[1].Bot || got[1].Buttons[0][0].Text != "Yes" {
		t.Fatalf("seen: %+v", got)
	}
	if err := r.Press(lin, p, got[1].ID, "No"); err == nil {
		t.Error("a button that is not there was pressed")
	}
	if err := r.Press(lin, p, got[1].ID, "Yes"); err != nil {
		t.Fatal(err)
	}
	if r.Spinning() != 1 {
		t.Error("the button does not spin")
	}
	var us []struct {
		Callback struct{ ID, Data string } `json:"callback_query"`
	}
	if err := json.Unmarshal(r.call("getUpdates").Result, &us); err != nil || len(us) != 2 || us[1].Callback.Data != "y" {
		t.Fatalf("updates %+v, %v", us, err)
	}
	r.call("answerCallbackQuery", "callback_query_id", us[1].Callback.ID, "text", "thanks")
	if r.Spinning() != 0 || r.Transcript(p)[1].Alert != "thanks" {
		t.Error("the press was not answered")
	}
	r.call("editMessageText", "chat_id", "11", "message_id", "2", "text", "done")
	if m := r.Transcript(p)[1]; m.Text != "done" || !m.Edited || len(m.Buttons) != 0 {
		t.Errorf("after the edit: %+v", m)
	}
	r.call("sendChatAction", "chat_id", "11", "action", "typing")
	if !r.Typing(p) {
		t.Error("the bot does not seem to type")
	}
	r.clk.add(5 * time.Second)
	if r.Typing(p) {
		t.Error("the bot types for ever")
	}
}

func TestGetUpdates(t *testing.T) {
	r := start(t, telegram.Options{})
	p := r.Private(lin)
	r.Say(lin, p, "one")
	r.Say(lin, p, "two")
	ids := func(kv ...string) []int64 {
		var us []struct {
			ID int64 `json:"update_id"`
		}
		if err := json.Unmarshal(r.call("getUpdates", kv...).Result, &us); err != nil {
			t.Fatal(err)
		}
		var out []int64
		for _, u := range us {
			out = append(out, u.ID)
		}
		return out
	}
	first := ids()
	if len(first) != 2 || len(ids()) != 2 {
		t.Fatal("unconfirmed updates must come again")
	}
	next, _ := json.Marshal(first[0] + 1)
	if got := ids("offset", string(next), "limit", "1"); len(got) != 1 || got[0] != first[1] {
		t.Fatalf("after offset: %v", got)
	}
	if r.Pending() != 1 {
		t.Errorf("%d pending, want 1", r.Pending())
	}
	if got := ids("allowed_updates", `["callback_query"]`); len(got) != 1 {
		t.Fatalf("earlier updates must stay: %v", got)
	}
	r.Say(lin, p, "three")
	if r.Pending() != 1 {
		t.Error("an update that is not allowed was queued")
	}
}

func TestLongPoll(t *testing.T) {
	r := start(t, telegram.Options{})
	poll := func() <-chan answer {
		c := make(chan answer, 1)
		before := r.Calls("getUpdates")
		go func() { c <- r.call("getUpdates", "timeout", "20") }()
		eventually(t, "poll open", func() bool { return r.Calls("getUpdates") > before && r.alarms() > 0 })
		return c
	}
	a := poll()
	b := poll()
	if got := <-a; got.Code != 409 || !strings.Contains(got.Description, "terminated by other") {
		t.Fatalf("the earlier poll got %+v", got)
	}
	r.Say(lin, r.Private(lin), "hi")
	if got := <-b; !strings.Contains(string(got.Result), `"hi"`) {
		t.Fatalf("the poll got %s", got.Result)
	}
	if got := r.call("setWebhook", "url", "http://127.0.0.1:1/"); !got.OK {
		t.Fatal(got)
	}
	if got := r.call("getUpdates"); got.Code != 409 || !strings.Contains(got.Description, "webhook is active") {
		t.Fatalf("with a webhook: %+v", got)
	}
	r.call("deleteWebhook", "drop_pending_updates", "true")
	c := poll()
	r.clk.add(20 * time.Second)
	if got := <-c; string(got.Result) != "[]" {
		t.Fatalf("an empty poll got %s", got.Result)
	}
}

func (r *rig) alarms() int {
	r.clk.mu.Lock()
	defer r.clk.mu.Unlock()
	return len(r.clk.wait)
}

func TestWebhook(t *testing.T) {
	var mu sync.Mutex
	var texts []string
	codes := []int{500, 0, 301, 200, 204} // 0: the answer breaks off
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		b, _ := io.ReadAll(r.Body)
		if r.Header.Get("X-Telegram-Bot-Api-Secret-Token") != "s3cret" {
			t.Error("without the secret")
		}
		texts = append(texts, words(b))
		code := codes[0]
		codes = codes[1:]
		if code == 0 {
			w.Header().Set("Content-Length", "10")
			_, _ = w.Write([]byte("half"))
			return
		}
		w.WriteHeader(code)
	}))
	defer bot.Close()
	r := start(t, telegram.Options{Retry: time.Second})
	p := r.Private(lin)
	if a := r.call("setWebhook", "url", bot.URL, "secret_token", "s3cret"); !a.OK {
		t.Fatal(a)
	}
	r.Say(lin, p, "one")
	r.Say(lin, p, "two")
	for range 3 {
		eventually(t, "a retry is arranged", func() bool { return r.alarms() == 1 })
		r.clk.add(time.Second)
	}
	eventually(t, "all delivered", func() bool { return r.Pending() == 0 })
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(texts, " "); got != "one one one one two" {
		t.Errorf("delivered: %s", got)
	}
	if info := r.call("getWebhookInfo"); !strings.Contains(string(info.Result), "last_error_message") {
		t.Errorf("webhook info: %s", info.Result)
	}
}

func words(update []byte) string {
	var u struct {
		Message struct{ Text string }
	}
	_ = json.Unmarshal(update, &u) // "" if it is none
	return u.Message.Text
}

func TestWebhookAnswersACall(t *testing.T) {
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"method":"sendMessage","chat_id":11,"text":"pong"}`)
	}))
	defer bot.Close()
	r := start(t, telegram.Options{})
	r.call("setWebhook", "url", bot.URL)
	r.Say(lin, r.Private(lin), "ping")
	eventually(t, "pong", func() bool {
		got := r.Transcript(r.Private(lin))
		return len(got) == 2 && got[1].Text == "pong"
	})
}

func TestFaults(t *testing.T) {
	r := start(t, telegram.Options{})
	p := r.Private(lin)
	r.Say(lin, p, "hi")
	r.Fail("sendMessage", telegram.Fault{Status: 429, RetryAfter: 3}, telegram.Fault{Late: true})
	if a := r.call("sendMessage", "chat_id", "11", "text", "a"); a.Code != 429 || a.Parameters.RetryAfter != 3 {
		t.Fatalf("got %+v", a)
	}
	if _, err := http.PostForm(r.url+"/bot"+token+"/sendMessage", url.Values{"chat_id": {"11"}, "text": {"b"}}); err == nil {
		t.Fatal("the connection was not cut")
	}
	if got := r.Transcript(p); len(got) != 2 || got[1].Text != "b" {
		t.Fatalf("a late fault must carry the call out: %+v", got)
	}
}

func TestFiles(t *testing.T) {
	r := start(t, telegram.Options{})
	r.Attach(lin, r.Private(lin), telegram.Attachment{Kind: "document", Name: "a.pdf", Data: []byte("%PDF")})
	var us []struct {
		Message struct {
			Document struct {
				ID   string `json:"file_id"`
				Size int    `json:"file_size"`
			}
		}
	}
	if err := json.Unmarshal(r.call("getUpdates").Result, &us); err != nil || us[0].Message.Document.Size != 4 {
		t.Fatalf("%+v, %v", us, err)
	}
	var f struct {
		Path string `json:"file_path"`
	}
	if err := json.Unmarshal(r.call("getFile", "file_id", us[0].Message.Document.ID).Result, &f); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(r.url + "/file/bot" + token + "/" + f.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); !bytes.Equal(b, []byte("%PDF")) {
		t.Errorf("got %q", b)
	}
}

func TestEntitiesAreMarked(t *testing.T) {
	r := start(t, telegram.Options{Username: "shop_bot"})
	r.Say(lin, r.Group(-5, "G"), "/help@shop_bot 😀 @shop_bot a/b")
	res := string(r.call("getUpdates").Result)
	for _, want := range []string{`{"length":14,"offset":0,"type":"bot_command"}`, `{"length":9,"offset":18,"type":"mention"}`} {
		if !strings.Contains(res, want) {
			t.Errorf("%s is not in %s", want, res)
		}
	}
}
