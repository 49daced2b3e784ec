package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func fetchFrom(h http.Handler, method, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPage(t *testing.T) {
	h := Look{Title: map[string]string{"en": `Bob's "<shop>"`}, Examples: map[string][]string{"zh": {"怎么退货？"}}}.Page("web")
	w := fetchFrom(h, "GET", "/")
	body := w.Body.String()
	for _, want := range []string{`data-channel="web"`, "<title>Bob&#39;s &#34;&lt;shop&gt;&#34;</title>", "怎么退货？", `src="widget.js"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Error(csp)
	}
	if w := fetchFrom(h, "GET", "/", "If-None-Match", w.Header().Get("ETag")); w.Code != http.StatusNotModified {
		t.Errorf("seen before: %d", w.Code)
	}
	for path, want := range map[string]int{"/other": 404, "/": 405} {
		method := "GET"
		if want == 405 {
			method = "POST"
		}
		if w := fetchFrom(h, method, path); w.Code != want {
			t.Errorf("%s %s: %d", method, path, w.Code)
		}
	}
	if !strings.Contains(fetchFrom(Page("shop"), "GET", "/").Body.String(), `data-channel="shop"`) {
		t.Error("the plain page has another channel")
	}
}

func TestWidget(t *testing.T) {
	w := fetchFrom(Widget(), "GET", "/widget.js")
	js := w.Body.String()
	if len(js) > 32_000 || len(js) < 10_000 {
		t.Errorf("%d bytes", len(js))
	}
	t.Logf("%d bytes", len(js))
	if ct := w.Header().Get("Content-Type"); !strings.HasPrefix(ct, "text/javascript") || w.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("headers %v", w.Header())
	}
	// What would turn words into code or fetch from elsewhere is not in it.
	for _, never := range []string{"innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "new Function", "document.cookie", "@import", "url("} {
		if strings.Contains(js, never) {
			t.Errorf("%s is in the widget", never)
		}
	}
	for _, u := range regexp.MustCompile(`https?://[a-z0-9.]+`).FindAllString(js, -1) {
		if u != "http://www.w3.org" { // the SVG namespace, a name and no address
			t.Errorf("an address: %s", u)
		}
	}
}

func TestSqueeze(t *testing.T) {
	in := "  // why\n\n  a = 'x // y';\n\tb; // because\nc = 'http://x';\n"
	if got := squeeze(in); got != "a = 'x // y';\nb;\nc = 'http://x';\n" {
		t.Errorf("%q", got)
	}
}
