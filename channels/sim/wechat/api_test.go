package wechat

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// hand is a clock moved by hand.
type hand struct {
	mu sync.Mutex
	t  time.Time
}

// Now implements Clock.
func (h *hand) Now() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.t }

// After implements Clock: nothing here waits that long.
func (h *hand) After(time.Duration) (<-chan time.Time, func()) { return nil, func() {} }

func (h *hand) add(d time.Duration) { h.mu.Lock(); defer h.mu.Unlock(); h.t = h.t.Add(d) }

type client struct {
	*testing.T
	*Server
	clock *hand
}

func openAPI(t *testing.T) client {
	t.Helper()
	c := &hand{t: time.Unix(1772600000, 0)}
	s := open(t, Options{Verified: true, Clock: c}, say("success"))
	t.Cleanup(s.Close)
	return client{t, s, c}
}

func (c client) post(path, body string) (out struct {
	ErrCode     int    `json:"errcode"`
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in"`
}) {
	c.Helper()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	rec := httptest.NewRecorder()
	c.Handler().ServeHTTP(rec, httptest.NewRequest(method, path, strings.NewReader(body)))
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		c.Fatalf("%s: %d %s", path, rec.Code, rec.Body)
	}
	return out
}

func (c client) stable(secret string, force bool) string {
	c.Helper()
	return c.post(StablePath, fmt.Sprintf(`{"grant_type":"client_credential","appid":%q,"secret":%q,"force_refresh":%v}`, app, secret, force)).AccessToken
}

func (c client) sendText(token, text string) int {
	c.Helper()
	b, _ := json.Marshal(map[string]any{"touser": bob, "msgtype": "text", "text": map[string]string{"content": text}})
	return c.post(SendPath+"?access_token="+token, string(b)).ErrCode
}

func (c client) want(what string, got, code int) {
	c.Helper()
	if got != code {
		c.Errorf("%s: code %d, want %d", what, got, code)
	}
}

func TestTokens(t *testing.T) {
	c := openAPI(t)
	a := c.stable("secret", false)
	if b := c.stable("secret", false); a == "" || a != b {
		t.Errorf("the stable token turned: %q, %q", a, b)
	}
	c.want("wrong secret", c.post(StablePath, `{"appid":"`+app+`","secret":"x"}`).ErrCode, codeBadSecret)
	c.want("wrong app", c.post(StablePath, `{"appid":"x","secret":"secret"}`).ErrCode, codeBadAppID)
	c.want("nonsense", c.post(StablePath, `nonsense`).ErrCode, codeBadJSON)
	c.Say(bob, "hi")
	c.Wait()
	c.want("a good token", c.sendText(a, "x"), 0)
	c.want("none", c.sendText("", "x"), codeBadToken)
	c.want("another", c.sendText("x", "x"), codeBadToken)
	c.clock.add(2 * time.Hour)
	c.want("an old one", c.sendText(a, "x"), codeExpired)
	b := c.stable("secret", false)
	if b == a || c.stable("secret", true) == b {
		t.Error("an old token, or a forced one, is the same")
	}
	classic := c.post(ClassPath+"?appid="+app+"&secret=secret", "").AccessToken
	c.want("the classic", c.sendText(classic, "x"), 0)
	c.post(ClassPath+"?appid="+app+"&secret=secret", "")
	c.want("the classic, after another was fetched", c.sendText(classic, "x"), codeBadToken)
	c.Revoke()
	c.want("revoked", c.sendText(c.stable("secret", false)+"x", "x"), codeBadToken)
}

func TestQuotas(t *testing.T) {
	type act func(client)
	say, click := act(func(c client) { c.Say(bob, "hi") }), act(func(c client) { c.Click(bob, "K") })
	for _, tc := range []struct {
		name string
		acts []act
		wait time.Duration
		n    int // messages that may go
		then int // the code of the next
	}{
		{"a stranger", nil, 0, 0, codeBadOpenID},
		{"a message", []act{say}, 0, 5, codeTooMany},
		{"a message, a day ago", []act{say}, 24 * time.Hour, 5, codeTooMany},
		{"a message, two days ago", []act{say}, 48 * time.Hour, 0, codeOutside},
		{"a click", []act{click}, 0, 3, codeTooMany},
		{"a click a minute ago", []act{click}, time.Minute, 0, codeOutside},
		{"a scan", []act{func(c client) { c.Scan(bob, "7") }}, 0, 3, codeTooMany},
		{"a follow", []act{func(c client) { c.Follow(bob, "") }}, 0, 3, codeTooMany},
		{"a tap of a menu message", []act{func(c client) { c.Tap(bob, "1", "x") }}, 0, 3, codeTooMany},
		{"both", []act{say, click}, 0, 8, codeTooMany},
		{"both, a minute ago", []act{say, click}, time.Minute, 5, codeTooMany},
		{"two messages", []act{say, say}, 0, 5, codeTooMany},
		{"a view", []act{func(c client) { c.View(bob, "https://x") }}, 0, 0, codeOutside},
		{"left", []act{say, func(c client) { c.Unfollow(bob) }}, 0, 0, codeOutside},
		{"left and back", []act{func(c client) { c.Unfollow(bob) }, say}, 0, 5, codeTooMany},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := openAPI(t)
			for _, a := range tc.acts {
				a(c)
			}
			c.Wait()
			c.clock.add(tc.wait)
			tok := c.stable("secret", false)
			for i := range tc.n {
				c.want(fmt.Sprint(i), c.sendText(tok, "x"), 0)
			}
			c.want("the next", c.sendText(tok, "x"), tc.then)
		})
	}
}

// What ends first is used first: after a click's minute, the message's are left.
func TestQuotasAreSpentWell(t *testing.T) {
	c := openAPI(t)
	c.Say(bob, "hi")
	c.Click(bob, "K")
	c.Wait()
	tok := c.stable("secret", false)
	for range 3 {
		c.want("in the minute", c.sendText(tok, "x"), 0)
	}
	c.clock.add(time.Minute)
	for range 5 {
		c.want("after it", c.sendText(tok, "x"), 0)
	}
	c.want("the next", c.sendText(tok, "x"), codeTooMany)
}

func TestSending(t *testing.T) {
	c := openAPI(t)
	c.Say(bob, "hi")
	c.Wait()
	tok := c.stable("secret", false)
	c.want("too long", c.sendText(tok, strings.Repeat("x", 2048)), codeTooLong)
	c.want("nothing", c.sendText(tok, ""), codeBadJSON)
	c.want("staff", c.post(StaffPath+"?access_token="+tok, "").ErrCode, 0)
	c.Refuse(SendPath, 45009, 0)
	c.want("made to fail", c.sendText(tok, "x"), 45009)
	menu := `{"touser":"oBob","msgtype":"msgmenu","msgmenu":{"head_content":"h","list":[{"id":"1","content":"yes"}],"tail_content":"t"}}`
	c.want("a menu", c.post(SendPath+"?access_token="+tok, menu).ErrCode, 0)
	lines := c.Transcript(bob)
	if got := lines[len(lines)-1]; got.Text != "h\n[1] yes\nt" || got.Via != ViaCustom {
		t.Errorf("shown %+v", got)
	}
	c.SetVerified(false)
	c.want("not verified", c.sendText(tok, "x"), codeNotGranted)
	c.want("staff, not verified", c.post(StaffPath+"?access_token="+tok, "").ErrCode, codeNotGranted)
	if n := c.Calls(SendPath); n != 5 {
		t.Errorf("%d calls counted", n)
	}
}

func TestVerifyAddress(t *testing.T) {
	s := open(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if r.Method != http.MethodGet || q.Get("signature") != sign(token, q.Get("timestamp"), q.Get("nonce")) {
			t.Errorf("%s %v", r.Method, q)
		}
		_, _ = w.Write([]byte(q.Get("echostr")))
	})
	defer s.Close()
	if got, status, err := s.Verify(context.Background(), "123"); got != "123" || status != 200 || err != nil {
		t.Errorf("%q, %d, %v", got, status, err)
	}
}
