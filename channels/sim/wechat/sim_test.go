package wechat

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

const (
	key   = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aQ"
	app   = "wx49f0ab532d5d035a"
	token = "token"
	bob   = "oBob"
)

// local serves requests in this process, so that waits are a bubble's.
type local struct{ http.Handler }

// RoundTrip implements http.RoundTripper.
func (l local) RoundTrip(req *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	l.ServeHTTP(rec, req.Clone(req.Context()))
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	return rec.Result(), nil
}

func open(t *testing.T, o Options, webhook http.HandlerFunc) *Server {
	t.Helper()
	o.Webhook, o.Token, o.AppID, o.AppSecret = "http://desk.example/hook", token, app, "secret"
	o.HTTP = &http.Client{Transport: local{webhook}}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func say(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

// The same vectors the channel's SDK is held to.
func TestVectors(t *testing.T) {
	var v struct {
		Key, App string
		Sealed   []struct{ Doc, Cipher string }
		Signed   struct {
			Parts     []string
			Signature string
		}
	}
	b, err := os.ReadFile("../../wechat/testdata/vectors.json")
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	k, err := base64.StdEncoding.DecodeString(v.Key + "=")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range v.Sealed {
		for _, sealed := range []string{s.Cipher, encrypt(k, v.App, []byte(s.Doc))} {
			if doc, err := decrypt(k, v.App, sealed); err != nil || string(doc) != s.Doc {
				t.Errorf("%q decrypts to %q, %v", s.Doc, doc, err)
			}
		}
	}
	if got := sign(v.Signed.Parts...); got != v.Signed.Signature {
		t.Errorf("signature %s", got)
	}
	for _, bad := range []string{"", "***", v.Sealed[0].Cipher[:40], encrypt(k, "wx0", []byte("x"))} {
		if _, err := decrypt(k, v.App, bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// When it calls again, and what the customer sees in the end.
func TestTries(t *testing.T) {
	never := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	status := func(n int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(n) }
	}
	slow := func(d time.Duration) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(d):
				_, _ = io.WriteString(w, "success")
			case <-r.Context().Done():
			}
		}
	}
	for _, tc := range []struct {
		name  string
		hook  http.HandlerFunc
		tries int
		took  time.Duration
		seen  string
	}{
		{"success", say("success"), 1, 0, ""},
		{"an empty answer", say(""), 1, 0, ""},
		{"just in time", slow(4999 * time.Millisecond), 1, 4999 * time.Millisecond, ""},
		{"just too late", slow(5001 * time.Millisecond), 3, 15 * time.Second, Unavailable},
		{"silence", never, 3, 15 * time.Second, Unavailable},
		{"refused", status(503), 3, 15 * time.Second, Unavailable},
		{"JSON", say(`{"ok":true}`), 1, 0, Unavailable},
		{"plain XML on an encrypted account", say("<xml><ToUserName>oBob</ToUserName><FromUserName>gh_frontdesk</FromUserName>" +
			"<CreateTime>1</CreateTime><MsgType>text</MsgType><Content>x</Content></xml>"), 1, 0, Unavailable},
		{"the SDK's empty message", say("<xml><Encrypt></Encrypt></xml>"), 1, 0, Unavailable},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var tries atomic.Int32
				s := open(t, Options{AESKey: key}, func(w http.ResponseWriter, r *http.Request) {
					tries.Add(1)
					tc.hook(w, r)
				})
				start := time.Now()
				s.Say(bob, "hi")
				s.Wait()
				if n := int(tries.Load()); n != tc.tries || time.Since(start) != tc.took {
					t.Errorf("%d tries in %v", n, time.Since(start))
				}
				lines := s.Transcript(bob)[1:]
				if seen := len(lines) == 1 && lines[0].Text == Unavailable; seen != (tc.seen != "") || len(lines) > 1 {
					t.Errorf("seen %+v", lines)
				}
				s.Close()
			})
		})
	}
}

// Plain and sealed answers are shown; forged ones are not.
func TestAnswers(t *testing.T) {
	k, _ := base64.StdEncoding.DecodeString(key + "=")
	doc := func(over ...field) []byte {
		fs := []field{{"ToUserName", bob}, {"FromUserName", "gh_frontdesk"}, {"CreateTime", "1"}, {"MsgType", "text"}, {"Content", "hello ]]> 您好"}}
		for _, o := range over {
			for i := range fs {
				if fs[i].name == o.name {
					fs[i] = o
				}
			}
		}
		return document(fs...)
	}
	sealed := func(d []byte, tok, id string) string {
		c := encrypt(k, id, d)
		return string(document(field{"Encrypt", c}, field{"MsgSignature", sign(tok, "1", "n", c)}, field{"TimeStamp", "1"}, field{"Nonce", "n"}))
	}
	for _, tc := range []struct {
		name, mode, body string
		ok               bool
	}{
		{"plain", Plain, string(doc()), true},
		{"sealed", AES, sealed(doc(), token, app), true},
		{"compatible, plain", Compatible, string(doc()), true},
		{"compatible, sealed", Compatible, sealed(doc(), token, app), true},
		{"wrong signature", AES, sealed(doc(), "other", app), false},
		{"wrong app", AES, sealed(doc(), token, "wx0"), false},
		{"sealed on a plain account", Plain, sealed(doc(), token, app), false},
		{"sealed nonsense", AES, sealed([]byte("<xml"), token, app), false},
		{"to somebody else", Plain, string(doc(field{"ToUserName", "oEve"})), false},
		{"without a time", Plain, string(doc(field{"CreateTime", "0"})), false},
		{"not a text", Plain, string(doc(field{"MsgType", "music"})), false},
		{"2047 bytes", Plain, string(doc(field{"Content", strings.Repeat("x", 2047)})), true},
		{"2048 bytes", Plain, string(doc(field{"Content", strings.Repeat("x", 2048)})), false},
	} {
		s := open(t, Options{AESKey: key, Mode: tc.mode}, say(tc.body))
		s.Say(bob, "hi")
		s.Wait()
		got := s.Transcript(bob)[1]
		if ok := got.From == FromAccount && got.Via == ViaPassive && got.Attempt == 1; ok != tc.ok {
			t.Errorf("%s: %+v", tc.name, got)
		}
		s.Close()
	}
}

// Each act is a document of the right kind, signed.
func TestActs(t *testing.T) {
	for name, tc := range map[string]struct {
		act  func(*Server)
		want []string
	}{
		"text":      {func(s *Server) { s.Say(bob, "a]]>b") }, []string{"<MsgType><![CDATA[text]]>", "<Content><![CDATA[a]]]]><![CDATA[>b]]>", "<MsgId>"}},
		"tap":       {func(s *Server) { s.Tap(bob, "m1", "退货") }, []string{"<bizmsgmenuid><![CDATA[m1]]>", "退货"}},
		"image":     {func(s *Server) { s.Image(bob, "http://x/1") }, []string{"[image]", "<PicUrl><![CDATA[http://x/1]]>"}},
		"voice":     {func(s *Server) { s.Voice(bob, "退货") }, []string{"[voice]", "<Recognition><![CDATA[退货]]>"}},
		"video":     {func(s *Server) { s.Video(bob, false) }, []string{"[video]"}},
		"short":     {func(s *Server) { s.Video(bob, true) }, []string{"[shortvideo]"}},
		"location":  {func(s *Server) { s.Location(bob, 23.1, 113.3, "广州") }, []string{"[location]", "<Location_X><![CDATA[23.100000]]>"}},
		"link":      {func(s *Server) { s.Link(bob, "t", "d", "https://x") }, []string{"[link]", "<Url><![CDATA[https://x]]>"}},
		"follow":    {func(s *Server) { s.Follow(bob, "7") }, []string{"[event]", "[subscribe]", "[qrscene_7]"}},
		"unfollow":  {func(s *Server) { s.Unfollow(bob) }, []string{"[unsubscribe]"}},
		"scan":      {func(s *Server) { s.Scan(bob, "7") }, []string{"[SCAN]", "<EventKey><![CDATA[7]]>"}},
		"click":     {func(s *Server) { s.Click(bob, "K") }, []string{"[CLICK]", "[K]"}},
		"view":      {func(s *Server) { s.View(bob, "https://x") }, []string{"[VIEW]", "[https://x]"}},
		"templates": {func(s *Server) { s.TemplateResult(bob, "success") }, []string{"[TEMPLATESENDJOBFINISH]", "<Status><![CDATA[success]]>"}},
	} {
		var body string
		var q url.Values
		s := open(t, Options{}, func(_ http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			body, q = string(b), r.URL.Query()
		})
		tc.act(s)
		s.Wait()
		for _, w := range append(tc.want, "<FromUserName><![CDATA[oBob]]>", "<ToUserName><![CDATA[gh_frontdesk]]>") {
			if !strings.Contains(body, w) {
				t.Errorf("%s: %s has no %s", name, body, w)
			}
		}
		if q.Get("signature") != sign(token, q.Get("timestamp"), q.Get("nonce")) || q.Get("openid") != bob {
			t.Errorf("%s: query %v", name, q)
		}
		s.Close()
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	defer goleak.VerifyNone(t)
	s := open(t, Options{}, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	for i := range 20 {
		s.Say(fmt.Sprint(i), "hi")
	}
	s.Close()
	s.Say(bob, "hi") // does nothing
	if n := len(s.Transcript(bob)); n != 0 {
		t.Errorf("%d lines after Close", n)
	}
}

func TestNewRefusesABadKey(t *testing.T) {
	if _, err := New(Options{AESKey: "short"}); err == nil {
		t.Error("taken")
	}
}
