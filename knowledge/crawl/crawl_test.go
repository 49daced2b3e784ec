package crawl

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"frontdesk/core"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a web site; asked are the paths it was asked for.
type site struct {
	*httptest.Server
	pages map[string]string
	asked []string
}

func serve(t *testing.T, pages map[string]string) *site {
	t.Helper()
	s := &site{pages: pages}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r.URL.RequestURI())
		body, ok := s.pages[r.URL.RequestURI()]
		switch {
		case !ok:
			http.NotFound(w, r)
		case strings.HasPrefix(body, "→"):
			http.Redirect(w, r, strings.TrimPrefix(body, "→"), http.StatusFound)
		case strings.HasPrefix(body, "!"):
			w.WriteHeader(http.StatusInternalServerError)
		case strings.HasSuffix(r.URL.Path, ".gz"):
			w.Header().Set("Content-Type", "application/gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write([]byte(body))
			_ = z.Close()
		default:
			tag := fmt.Sprintf(`"%d"`, len(body))
			w.Header().Set("ETag", tag)
			if r.Header.Get("If-None-Match") == tag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			switch {
			case strings.HasPrefix(body, "<?xml"):
				w.Header().Set("Content-Type", "application/xml")
			case strings.HasPrefix(body, "%PDF"):
				w.Header().Set("Content-Type", "application/pdf")
			case strings.HasPrefix(body, "img"):
				w.Header().Set("Content-Type", "image/png")
			case r.URL.Path == "/robots.txt" || strings.HasSuffix(r.URL.Path, ".txt"):
				w.Header().Set("Content-Type", "text/plain")
			default:
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
			}
			_, _ = w.Write([]byte(body))
		}
	}))
	t.Cleanup(func() { s.Close(); s.Client().CloseIdleConnections() })
	return s
}

func (s *site) walk(t *testing.T, start string, o Options) (pages []Page, err error) {
	t.Helper()
	o.Client, o.Start = s.Client(), s.URL+start
	if o.Sleep == nil {
		o.Sleep = func(context.Context, time.Duration) error { return nil }
	}
	err = Walk(t.Context(), o, func(p Page) error { pages = append(pages, p); return nil })
	return pages, err
}

func (s *site) names(pages []Page) (out []string) {
	host := strings.TrimPrefix(s.URL, "http://")
	for _, p := range pages {
		n := strings.TrimPrefix(p.Name, host)
		if p.Err != nil {
			n += " !"
		}
		if p.Unchanged {
			n += " ="
		}
		out = append(out, n)
	}
	return out
}

func page(links ...string) string {
	var b strings.Builder
	b.WriteString("<html><body>text")
	for _, l := range links {
		fmt.Fprintf(&b, `<a href="%s">x</a>`, l)
	}
	return b.String()
}

func TestLinksAreFollowedToADepthOnOneHost(t *testing.T) {
	s := serve(t, map[string]string{
		"/":  page("/a", "b#part", "https://elsewhere.example/x", "mailto:a@b", "/logo.png", "/img", "/a?page=2", "javascript:1"),
		"/a": page("/c", "/"), "/b": page("/d"), "/c": page("/e"), "/d": page(), "/e": page(), "/img": "img", "/a?page=2": page(),
	})
	pages, err := s.walk(t, "/", Options{Depth: 2})
	want := []string{"", "/a", "/b", "/a?page=2", "/c", "/d"}
	if got := s.names(pages); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if pages[1].File != "a.html" || pages[1].URL != s.URL+"/a" || pages[1].ETag == "" || string(pages[1].Data) != s.pages["/a"] {
		t.Errorf("%+v", pages[1])
	}
	if pages, err = s.walk(t, "/", Options{Depth: 0}); err != nil || len(pages) != 1 {
		t.Errorf("depth 0: %v, %v", s.names(pages), err)
	}
	if pages, err = s.walk(t, "/", Options{Depth: 9, Limit: 3}); err != nil || len(pages) != 3 {
		t.Errorf("limit 3: %v, %v", s.names(pages), err)
	}
}

func TestRobotsAreObeyed(t *testing.T) {
	s := serve(t, map[string]string{
		"/robots.txt": "User-agent: *\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 2\n",
		"/":           page("/private/a", "/private/open", "/hidden", "/dead"),
		"/private/a":  page(), "/private/open": page(),
		"/hidden": `<meta name="robots" content="noindex, nofollow"><a href="/behind">`, "/behind": page(),
		"/dead": `<a rel="nofollow" href="/behind">`,
	})
	var waits []time.Duration
	pages, err := s.walk(t, "/", Options{Depth: 3, Wait: time.Second, Sleep: func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }})
	if got := s.names(pages); err != nil || !slices.Equal(got, []string{"", "/private/open", "/dead"}) {
		t.Errorf("%v, %v", got, err)
	}
	if slices.Contains(s.asked, "/private/a") || slices.Contains(s.asked, "/behind") {
		t.Errorf("asked for %v", s.asked)
	}
	if len(waits) == 0 || slices.Max(waits) != 2*time.Second || slices.Min(waits) != 2*time.Second {
		t.Errorf("waited %v", waits)
	}
	var invalid *core.InputError
	if _, err := s.walk(t, "/private/a", Options{}); !errors.As(err, &invalid) || !strings.Contains(invalid.Msg, "robots.txt") {
		t.Errorf("a start that is closed: %v", err)
	}
	s.pages["/robots.txt"] = "!"
	if _, err := s.walk(t, "/", Options{}); !errors.As(err, &invalid) {
		t.Errorf("robots.txt cannot be read: %v", err)
	}
}

func TestSitemaps(t *testing.T) {
	s := serve(t, map[string]string{})
	s.pages["/sitemap.xml"] = `<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>` + s.URL + `/more.xml.gz</loc></sitemap></sitemapindex>`
	s.pages["/more.xml.gz"] = `<?xml version="1.0"?><urlset><url><loc>` + s.URL + `/a</loc></url><url><loc> ` + s.URL + `/b.pdf </loc></url><url><loc>https://elsewhere.example/</loc></url></urlset>`
	s.pages["/a"], s.pages["/b.pdf"], s.pages["/c"] = page("/c"), "%PDF-1.4", page()
	pages, err := s.walk(t, "/sitemap.xml", Options{Depth: 2})
	if got := s.names(pages); err != nil || !slices.Equal(got, []string{"/a", "/b.pdf"}) || pages[1].File != "b.pdf" {
		t.Errorf("%v, %v", got, err)
	}
	for body, want := range map[string]string{"<?xml version=\"1.0\"?><rss/>": "no sitemap", "<?xml version=\"1.0\"?><urlset><url>": "cannot be read"} {
		s.pages["/sitemap.xml"] = body
		if _, err := s.walk(t, "/sitemap.xml", Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestChangesAreDetected(t *testing.T) {
	s := serve(t, map[string]string{"/": page("/a", "/b"), "/a": page(), "/b": page()})
	tags := map[string]string{}
	pages, err := s.walk(t, "/", Options{Depth: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		tags[p.URL] = p.ETag
	}
	s.pages["/b"] = page() + "more"
	pages, err = s.walk(t, "/", Options{Depth: 1, ETag: func(u string) string { return tags[u] }})
	if got := s.names(pages); err != nil || !slices.Equal(got, []string{"", "/a =", "/b"}) || pages[1].Data != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestWhatGoesWrong(t *testing.T) {
	s := serve(t, map[string]string{"/": page("/none", "/broken", "/away", "/loop", "/a"), "/broken": "!", "/a": page(), "/loop": "→/a"})
	other := serve(t, map[string]string{"/x": page()})
	s.pages["/away"] = "→" + other.URL + "/x"
	pages, err := s.walk(t, "/", Options{Depth: 1})
	if got := s.names(pages); err != nil || !slices.Equal(got, []string{"", "/none !", "/broken !"}) && !slices.Equal(got, []string{"", "/none !", "/broken !", "/a"}) {
		t.Errorf("%v, %v", got, err)
	}
	if !pages[1].Gone || pages[2].Gone {
		t.Errorf("%+v", pages)
	}
	for _, start := range []string{"/none", "/broken", "/away"} {
		if _, err := s.walk(t, start, Options{}); err == nil {
			t.Errorf("%s: no error", start)
		}
	}
	for _, start := range []string{"", "ftp://x/", "/path", "::"} {
		if err := Walk(t.Context(), Options{Client: s.Client(), Start: start}, nil); err == nil {
			t.Errorf("%q: no error", start)
		}
	}
	stop := errors.New("stop")
	if err := Walk(t.Context(), Options{Client: s.Client(), Start: s.URL}, func(Page) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	slept := func(ctx context.Context, _ time.Duration) error { cancel(); return sleep(ctx, time.Hour) }
	err = Walk(ctx, Options{Client: s.Client(), Start: s.URL, Depth: 1, Sleep: slept}, func(Page) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while it waits: %v", err)
	}
}

func TestRobotsRules(t *testing.T) {
	text := "\ufeffUser-agent: other\nDisallow: /\n\nUser-Agent: Frontdesk/1.0 # us\nUser-agent: third\nDisallow: /a*b$\nDisallow: /x\nAllow: /x/y\nDisallow:\n\nUser-agent: *\nDisallow: /all\n"
	for agent, want := range map[string]map[string]bool{
		"frontdesk": {"/": true, "/a1b": false, "/a1bc": true, "/ab": false, "/x": false, "/x/y": true, "/x/z": false, "/all": true, "/xx?y=1": false},
		"nobody":    {"/all": false, "/allow": false, "/x": true},
		"third":     {"/x": false},
	} {
		r := parseRobots([]byte(text), agent)
		for path, ok := range want {
			u, err := url.Parse("http://h" + path)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.allow(u); got != ok {
				t.Errorf("%s %s: %v", agent, path, got)
			}
		}
	}
	if matches(strings.Repeat("*a", 5000), "/"+strings.Repeat("a", 4999)) {
		t.Error("a hostile pattern matches")
	}
}

func TestNames(t *testing.T) {
	long := "https://h/" + strings.Repeat("路", 100)
	for in, want := range map[string]string{"https://H/": "h", "https://h/a/": "h/a", "https://h/a?b=c": "h/a?b=c", "https://h/%00x": "h/_x"} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, name(clean(u))); diff != "" {
			t.Error(diff)
		}
	}
	a, _ := url.Parse(long + "1")
	b, _ := url.Parse(long + "2")
	if name(a) == name(b) || len(name(a)) > 255 || len(file(a, ".html")) > 255 {
		t.Errorf("%s, %s", name(a), name(b))
	}
}
