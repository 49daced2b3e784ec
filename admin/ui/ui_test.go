package ui

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func get(t *testing.T, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	Handler().ServeHTTP(rec, r)
	for k, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Content-Security-Policy": policy} {
		if got := rec.Header().Get(k); got != want {
			t.Errorf("%s %s: %s is %q", method, target, k, got)
		}
	}
	if rec.Header().Get("X-Request-Id") == "" {
		t.Errorf("%s %s: no request id", method, target)
	}
	return rec
}

func TestServing(t *testing.T) {
	for _, tc := range []struct {
		method, path, kind string
		status             int
	}{
		{"GET", "/admin/", "text/html; charset=utf-8", 200},
		{"HEAD", "/admin/", "text/html; charset=utf-8", 200},
		{"GET", "/admin/js/main.js", "text/javascript; charset=utf-8", 200},
		{"GET", "/admin/base.css", "text/css; charset=utf-8", 200},
		{"GET", "/admin/lang/zh.json", "application/json", 200},
		{"GET", "/admin/favicon.svg", "image/svg+xml", 200},
		{"GET", "/admin/nothing", "application/problem+json", 404},
		{"GET", "/admin/js/", "application/problem+json", 404},
		{"GET", "/admin/../embed.go", "application/problem+json", 404},
		{"GET", "/admin/page/index.html", "application/problem+json", 404},
		{"GET", "/index.html", "application/problem+json", 404},
		{"POST", "/admin/", "application/problem+json", 405},
	} {
		rec := get(t, tc.method, tc.path)
		if rec.Code != tc.status || rec.Header().Get("Content-Type") != tc.kind {
			t.Errorf("%s %s: %d %s", tc.method, tc.path, rec.Code, rec.Header().Get("Content-Type"))
		}
		if rec.Code >= 400 && !json.Valid(rec.Body.Bytes()) {
			t.Errorf("%s %s: %s", tc.method, tc.path, rec.Body)
		}
	}
}

func TestCaching(t *testing.T) {
	first := get(t, "GET", "/admin/js/main.js")
	etag := first.Header().Get("ETag")
	if etag == "" || first.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("%v", first.Header())
	}
	if again := get(t, "GET", "/admin/js/main.js", "If-None-Match", etag); again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Fatalf("%d", again.Code)
	}
}

func TestEveryFileHasAType(t *testing.T) {
	for name, a := range load() {
		if a.kind == "" {
			t.Errorf("%s is served without a type", name)
		}
	}
}

// words reads a language.
func words(t *testing.T, lang string) map[string]string {
	t.Helper()
	b, err := files.ReadFile("page/lang/" + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func keysOf(m map[string]string) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

var hole = regexp.MustCompile(`\{\w+\}`)

// TestLanguagesMatch: each text is there in both languages, with the same
// values to fill in, and is not the other's.
func TestLanguagesMatch(t *testing.T) {
	en, zh := words(t, "en"), words(t, "zh")
	if diff := cmp.Diff(keysOf(en), keysOf(zh)); diff != "" {
		t.Fatalf("(-en +zh)\n%s", diff)
	}
	han := regexp.MustCompile(`\p{Han}`)
	for k, e := range en {
		a, b := hole.FindAllString(e, -1), hole.FindAllString(zh[k], -1)
		slices.Sort(a)
		slices.Sort(b)
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("%s: %s", k, diff)
		}
		if han.MatchString(e) || e == "" {
			t.Errorf("en %s: %q", k, e)
		}
		if !han.MatchString(zh[k]) && k != "app.title" {
			t.Errorf("zh %s: %q", k, zh[k])
		}
	}
}

// TestWordsAreUsed: every key the page asks for exists, and none is left over.
func TestWordsAreUsed(t *testing.T) {
	en := words(t, "en")
	used := map[string]bool{}
	whole, built := regexp.MustCompile(`'([a-z]+(?:\.\w+)+)'`), regexp.MustCompile("'([a-z]+[a-zA-Z]*\\.)'")
	for name, text := range scripts(t) {
		for _, m := range whole.FindAllStringSubmatch(text, -1) {
			if _, ok := en[m[1]]; !ok {
				t.Errorf("%s says %q, which no language has", name, m[1])
			}
			used[m[1]] = true
		}
		for _, m := range built.FindAllStringSubmatch(text, -1) {
			n := 0
			for k := range en {
				if strings.HasPrefix(k, m[1]) {
					used[k] = true
					n++
				}
			}
			if n == 0 {
				t.Errorf("%s builds keys from %q, and there are none", name, m[1])
			}
		}
	}
	for k := range en {
		if !used[k] {
			t.Errorf("%s is never said", k)
		}
	}
}

func scripts(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(files, "page", func(p string, _ fs.DirEntry, err error) error {
		if err == nil && path.Ext(p) == ".js" {
			b, err := files.ReadFile(p)
			out[p] = string(b)
			return err
		}
		return err
	})
	if err != nil || len(out) < 10 {
		t.Fatalf("%d scripts, %v", len(out), err)
	}
	return out
}

// TestNothingBecomesMarkup: the scripts have no way to turn a text into HTML or
// code, the page has none in it, and nothing comes from another server.
func TestNothingBecomesMarkup(t *testing.T) {
	bad := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|createContextualFragment|javascript:|DOMParser`)
	for name, text := range scripts(t) {
		if m := bad.FindString(text); m != "" {
			t.Errorf("%s uses %s", name, m)
		}
	}
	other := regexp.MustCompile(`(?i)(https?:)?//[a-z0-9.-]+\.[a-z]{2,}`)
	for name, a := range load() {
		text := strings.ReplaceAll(string(a.body), "http://www.w3.org/2000/svg", "")
		if m := other.FindString(text); m != "" {
			t.Errorf("%s names another server: %s", name, m)
		}
	}
	html, err := files.ReadFile("page/index.html")
	if err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`(?i)<style|\son\w+=|style=|<script(?:\s+type="module")?>`).Find(html); m != nil {
		t.Errorf("the page has code in it: %s", m)
	}
}
