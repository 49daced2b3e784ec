package simulate

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// begin starts the platforms with a gateway that takes all and says nothing.
func begin(t *testing.T) (*Platforms, http.Handler) {
	t.Helper()
	gateway := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(gateway.Close)
	p, err := Start(gateway.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p, Page(p)
}

// ask is a request as the page makes it, changed by the header lines; Host and
// From are the host and the caller's address.
func ask(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host, r.RemoteAddr = "127.0.0.1:8080", "127.0.0.1:50000"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i < len(header); i += 2 {
		switch k, v := header[i], header[i+1]; k {
		case "Host":
			r.Host = v
		case "From":
			r.RemoteAddr = v
		case "Sec-Fetch-Site":
			r.Header.Del(k)
			if v != "" {
				r.Header.Set(k, v)
			}
		default:
			r.Header.Set(k, v)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestWhoMayUseThePage(t *testing.T) {
	_, h := begin(t)
	for _, tc := range []struct {
		name   string
		header []string
		status int
	}{
		{"this machine", nil, 200},
		{"by name", []string{"Host", "localhost:8080"}, 200},
		{"IPv6", []string{"Host", "[::1]:8080", "From", "[::1]:50000"}, 200},
		{"IPv4 in IPv6", []string{"From", "[::ffff:127.0.0.1]:50000"}, 200},
		{"a container's host", []string{"From", "172.17.0.1:50000", "Host", "172.17.0.2:8080"}, 200},
		{"the internet", []string{"From", "203.0.113.9:50000"}, 403},
		{"the internet, IPv6", []string{"From", "[2001:db8::1]:50000"}, 403},
		{"no address", []string{"From", "somewhere"}, 403},
		{"a name rebound to this machine", []string{"Host", "evil.example:8080"}, 403},
		{"a name that ends as one allowed", []string{"Host", "notlocalhost"}, 403},
		{"no host", []string{"Host", ""}, 403},
	} {
		for _, path := range []string{Prefix, Prefix + "api/state"} {
			if got := ask(h, "GET", path, "", tc.header...); got.Code != tc.status {
				t.Errorf("%s: %s: %d %s", tc.name, path, got.Code, got.Body)
			}
		}
		if got := ask(h, "POST", Prefix+"api/wechat/follow", "{}", tc.header...); got.Code != tc.status {
			t.Errorf("%s: POST: %d %s", tc.name, got.Code, got.Body)
		}
	}
}

func TestRefusals(t *testing.T) {
	p, h := begin(t)
	long := strings.Repeat("长", maxText+1)
	for _, tc := range []struct {
		name, method, path, body string
		header                   []string
		status                   int
	}{
		{"another site", "POST", "wechat/say", `{"text":"x"}`, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another port", "POST", "wechat/say", `{"text":"x"}`, []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"another origin, old browser", "POST", "wechat/say", `{"text":"x"}`, []string{"Sec-Fetch-Site", "", "Origin", "http://127.0.0.1:9999"}, 403},
		{"no origin", "POST", "wechat/say", `{"text":"x"}`, []string{"Sec-Fetch-Site", "", "Origin", "null"}, 403},
		{"a form", "POST", "wechat/say", `{"text":"x"}`, []string{"Content-Type", "text/plain"}, 415},
		{"no type", "POST", "wechat/say", `{"text":"x"}`, []string{"Content-Type", ""}, 415},
		{"reading", "GET", "wechat/say", "", nil, 405},
		{"writing the state", "POST", "state", "{}", nil, 405},
		{"unknown call", "POST", "wechat/dance", "{}", nil, 404},
		{"no call", "GET", "", "", nil, 404},
		{"no JSON", "POST", "wechat/say", `text=x`, nil, 400},
		{"no body", "POST", "wechat/say", ``, nil, 400},
		{"a list", "POST", "wechat/say", `["x"]`, nil, 400},
		{"wrong type", "POST", "wechat/say", `{"text":1}`, nil, 400},
		{"unknown field", "POST", "wechat/say", `{"words":"x"}`, nil, 400},
		{"two values", "POST", "wechat/say", `{"text":"x"} {}`, nil, 400},
		{"deep", "POST", "wechat/say", strings.Repeat(`{"text":`, 20000), nil, 413},
		{"large", "POST", "wechat/say", `{"text":"` + strings.Repeat("x", maxBody) + `"}`, nil, 413},
		{"long", "POST", "wechat/say", `{"text":"` + long + `"}`, nil, 422},
		{"empty", "POST", "wechat/say", `{"text":" \n"}`, nil, 422},
		{"no number", "POST", "telegram/press", `{"message":"x"}`, nil, 422},
		{"no such message", "POST", "telegram/press", `{"message":"7","button":"x"}`, nil, 409},
		{"no such card", "POST", "desk/press", `{"message":"1.2","button":"frontdesk_take"}`, nil, 409},
		{"no such thread", "POST", "desk/say", `{"thread":"1.2","text":"x"}`, nil, 409},
		{"no such window", "POST", "desk/submit", `{"window":"V1","text":"x"}`, nil, 409},
	} {
		got := ask(h, tc.method, Prefix+"api/"+tc.path, tc.body, tc.header...)
		var doc struct{ Status int }
		err := json.Unmarshal(got.Body.Bytes(), &doc)
		if got.Code != tc.status || err != nil || doc.Status != tc.status || got.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %q %s", tc.name, got.Code, got.Header().Get("Content-Type"), got.Body)
		}
		if tc.status == 405 && got.Header().Get("Allow") == "" {
			t.Errorf("%s: what is allowed is not said", tc.name)
		}
	}
	if said := p.WeChat.Transcript(OpenID); len(said) != 0 {
		t.Errorf("a refused call did something: %v", said)
	}
}

// A window that nobody has open is not remembered as closed: the page keeps no
// more than the platform does.
func TestDismissingNothing(t *testing.T) {
	p, _ := begin(t)
	s := &page{p: p, closed: map[string]bool{}}
	if s.dismiss(call{Window: "V1"}); len(s.closed) != 0 {
		t.Error(s.closed)
	}
}

func TestStateIsCheapWhileNothingChanges(t *testing.T) {
	p, h := begin(t)
	first := ask(h, "GET", Prefix+"api/state", "")
	etag := first.Header().Get("ETag")
	if first.Code != 200 || etag == "" {
		t.Fatal(first.Code, first.Header())
	}
	if got := ask(h, "GET", Prefix+"api/state", "", "If-None-Match", etag); got.Code != http.StatusNotModified || got.Body.Len() != 0 {
		t.Fatal(got.Code, got.Body)
	}
	if got := ask(h, "POST", Prefix+"api/wechat/say", `{"text":"你好"}`); got.Code != 200 {
		t.Fatal(got.Code, got.Body)
	}
	if got := ask(h, "GET", Prefix+"api/state", "", "If-None-Match", etag); got.Code != 200 || !strings.Contains(got.Body.String(), "你好") {
		t.Fatal(got.Code, got.Body)
	}
	p.WeChat.Wait()
}

// A snapshot holds the end of a long chat, each line under its own number.
func TestStateIsBounded(t *testing.T) {
	p, h := begin(t)
	for i := range maxLines + 20 {
		p.Telegram.Say(person("zh"), p.Telegram.Private(person("zh")), fmt.Sprint(i))
		p.WeChat.View(OpenID, fmt.Sprint(i))
	}
	p.WeChat.Wait()
	var s snapshot
	if err := json.Unmarshal(ask(h, "GET", Prefix+"api/state", "").Body.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Telegram.Messages); n != maxLines || s.Telegram.Messages[n-1].Text != fmt.Sprint(maxLines+19) {
		t.Errorf("%d messages", n)
	}
	if n := len(s.WeChat); n != maxLines || s.WeChat[0].N != 20 || s.WeChat[0].Text != "打开 20" {
		t.Errorf("%d lines, the first %+v", n, s.WeChat[0])
	}
}

func TestTooManyActsAtOnce(t *testing.T) {
	p, _ := begin(t)
	s := &page{p: p, acting: make(chan struct{}, 1)}
	s.acting <- struct{}{}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", Prefix+"api/wechat/follow", strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	s.route(w, r)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Error(w.Code, w.Body)
	}
}

func TestFiles(t *testing.T) {
	_, h := begin(t)
	for name, a := range load() {
		got := ask(h, "GET", Prefix+name, "")
		if got.Code != 200 || a.kind == "" || got.Header().Get("Content-Type") != a.kind || got.Header().Get("Content-Security-Policy") != policy {
			t.Errorf("%s: %d %v", name, got.Code, got.Header())
		}
		if again := ask(h, "GET", Prefix+name, "", "If-None-Match", a.etag); again.Code != http.StatusNotModified {
			t.Errorf("%s again: %d", name, again.Code)
		}
	}
	for _, bad := range []string{"page/index.html", "../act.go", "js/", "js", "lang/fr.json"} {
		if got := ask(h, "GET", Prefix+bad, ""); got.Code != 404 {
			t.Errorf("%s: %d", bad, got.Code)
		}
	}
	if got := ask(h, "DELETE", Prefix, ""); got.Code != 405 {
		t.Error(got.Code)
	}
}

// The page is its own: nothing in it comes from elsewhere, runs inline or turns
// text into markup.
func TestPageKeepsToItsPolicy(t *testing.T) {
	bad := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function| style=| on[a-z]+="|src="(?:https?:)?//|@import|url\(`)
	for name, a := range load() {
		if found := bad.Find(a.body); found != nil {
			t.Errorf("%s has %q", name, found)
		}
	}
}

func TestLanguages(t *testing.T) {
	words := map[string]map[string]string{}
	for _, lang := range []string{"zh", "en"} {
		b, err := files.ReadFile("page/lang/" + lang + ".json")
		if err == nil {
			m := map[string]string{}
			err = json.Unmarshal(b, &m)
			words[lang] = m
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	names := regexp.MustCompile(`\{(\w+)`)
	for _, pair := range [][2]string{{"zh", "en"}, {"en", "zh"}} {
		for k, v := range words[pair[0]] {
			other, ok := words[pair[1]][k]
			if !ok || v == "" {
				t.Errorf("%q of %s is missing in %s, or empty", k, pair[0], pair[1])
			}
			for _, m := range names.FindAllStringSubmatch(v, -1) {
				if !strings.Contains(other, "{"+m[1]) {
					t.Errorf("%q says {%s} in %s only", k, m[1], pair[0])
				}
			}
		}
	}
	used := source(t)
	for k := range words["en"] {
		if !used(k) {
			t.Errorf("%q is said nowhere", k)
		}
	}
	for _, k := range regexp.MustCompile(`(?:\bt\(|data-t(?:-label)?=)['"]([a-z][a-z0-9.]*)['"]`).FindAllStringSubmatch(all(t), -1) {
		if _, ok := words["en"][k[1]]; !ok {
			t.Errorf("%q has no words", k[1])
		}
	}
}

// all is every script and the page.
func all(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := fs.WalkDir(files, "page", func(p string, d fs.DirEntry, err error) error {
		if err != nil || !slices.Contains([]string{".js", ".html"}, path.Ext(p)) {
			return err
		}
		text, err := files.ReadFile(p)
		b.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// source reports whether a key is written somewhere, whole or as a template
// like `wechat.menu.${n}.key`.
func source(t *testing.T) func(key string) bool {
	text := all(t)
	var patterns []*regexp.Regexp
	for _, m := range regexp.MustCompile("`([a-z.]*\\$\\{[^`]*)`").FindAllStringSubmatch(text, -1) {
		holes := regexp.MustCompile(`\$\{[^}]*\}`).Split(m[1], -1)
		for i := range holes {
			holes[i] = regexp.QuoteMeta(holes[i])
		}
		patterns = append(patterns, regexp.MustCompile("^"+strings.Join(holes, `[a-z0-9]+`)+"$"))
	}
	return func(key string) bool {
		return strings.Contains(text, "'"+key+"'") || strings.Contains(text, `"`+key+`"`) ||
			slices.ContainsFunc(patterns, func(re *regexp.Regexp) bool { return re.MatchString(key) })
	}
}

// Close ends everything, also deliveries to a gateway that never answers.
func TestCloseIsPrompt(t *testing.T) {
	p, err := Start("http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	h := Page(p)
	for _, act := range []string{"wechat/say", "telegram/say", "slack/say"} {
		if got := ask(h, "POST", Prefix+"api/"+act, `{"text":"你好"}`); got.Code != 200 {
			t.Errorf("%s: %d %s", act, got.Code, got.Body)
		}
	}
	start := time.Now()
	p.Close()
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("closing took %v", d)
	}
}
