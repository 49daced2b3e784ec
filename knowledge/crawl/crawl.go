// Package crawl reads the pages of a web site, as a guest who keeps the house
// rules: robots.txt, a pause between pages, one host, a bounded number of pages
// and of links from the start.
//
// What it may reach at all is for the http.Client it is given to say.
package crawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"frontdesk/core"
)

// Options say what to read. Client and Start are needed.
type Options struct {
	Client *http.Client // bounds bodies and times, and knows where it may not go
	Start  string       // a page, or a sitemap
	Depth  int          // links followed from Start; of a sitemap, only its pages are read
	Limit  int          // pages at most; 200 if 0
	Wait   time.Duration
	Agent  string // how the program introduces itself; "frontdesk" if ""
	// ETag is that of a page read before, "" if it was not.
	ETag func(address string) string
	// Sleep waits between pages; a timer if nil.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Page is what one address gave.
type Page struct {
	URL       string
	Name      string // of the document it makes: the address without its scheme
	File      string // with the extension of what it is
	Data      []byte
	ETag      string
	Unchanged bool // since the ETag: Data is nil
	Gone      bool // there is no such page any more: Data is nil
	Err       error
	Found     int // pages known so far, this one and those to come among them
}

// longestWait bounds what robots.txt can ask for.
const longestWait = 30 * time.Second

// mostBody bounds a page, in bytes.
const mostBody = 50 << 20

type crawler struct {
	Options
	start  *url.URL
	rules  rules
	seen   map[string]bool
	queue  []stop
	wait   time.Duration
	sleeps bool
}

// stop is an address to visit; left is how many links may be followed from it.
type stop struct {
	at   *url.URL
	left int
}

// Walk calls visit with each page, and ends at its first error. A page that
// cannot be read is visited with its Err; one that robots.txt, its own robots tag
// or its type excludes is not visited. When Start itself cannot be read, that is
// the error.
func Walk(ctx context.Context, o Options, visit func(Page) error) error {
	start, err := url.Parse(strings.TrimSpace(o.Start))
	if err != nil || start.Host == "" || start.Scheme != "http" && start.Scheme != "https" {
		return core.Invalid("%q is no address of a page: write it like https://shop.example/help/", o.Start)
	}
	o.Limit, o.Agent = cmp.Or(o.Limit, 200), cmp.Or(o.Agent, "frontdesk")
	if o.ETag == nil {
		o.ETag = func(string) string { return "" }
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	c := &crawler{Options: o, start: clean(start), seen: map[string]bool{}}
	if err := c.house(ctx); err != nil {
		return err
	}
	c.add(c.start, o.Depth)
	if !c.rules.allow(c.start) {
		return core.Invalid("%s asks programs not to read %s (robots.txt)", start.Host, start.Path)
	}
	return c.walk(ctx, visit)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// house reads robots.txt. Without one all is allowed; one that cannot be read
// allows nothing (RFC 9309, 2.3.1).
func (c *crawler) house(ctx context.Context) error {
	at := c.start.ResolveReference(&url.URL{Path: "/robots.txt"})
	resp, body, err := c.get(ctx, at, "")
	switch {
	case err != nil:
		return fmt.Errorf("%s cannot be read: %w", c.start.Host, err)
	case resp.StatusCode >= 500:
		return core.Invalid("%s answers %d for its robots.txt: try again later", c.start.Host, resp.StatusCode)
	case resp.StatusCode == http.StatusOK:
		c.rules = parseRobots(body, c.Agent)
	}
	c.wait = max(c.Wait, min(c.rules.delay, longestWait))
	return nil
}

// add queues an address of this host, once.
func (c *crawler) add(at *url.URL, left int) {
	at = clean(at)
	key := at.String()
	if at.Host != c.start.Host || c.seen[key] || len(c.seen) >= c.Limit || len(key) > 2048 || picture(at) || !c.rules.allow(at) {
		return
	}
	c.seen[key] = true
	c.queue = append(c.queue, stop{at, left})
}

// clean drops what names a place within a page.
func clean(u *url.URL) *url.URL {
	out := *u
	out.Fragment, out.RawFragment, out.User = "", "", nil
	out.Host = strings.ToLower(out.Host)
	if out.Path == "" {
		out.Path = "/"
	}
	return &out
}

func (c *crawler) walk(ctx context.Context, visit func(Page) error) error {
	for n := 0; len(c.queue) > 0; n++ {
		next := c.queue[0]
		c.queue = c.queue[1:]
		p, ok := c.read(ctx, next)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if p.Err != nil && n == 0 && next.at.String() == c.start.String() {
			return p.Err
		}
		if !ok {
			continue
		}
		p.Found = len(c.seen)
		if err := visit(p); err != nil {
			return err
		}
	}
	return nil
}

// read fetches one address; false if there is nothing to visit.
func (c *crawler) read(ctx context.Context, s stop) (Page, bool) {
	p := Page{URL: s.at.String(), Name: name(s.at)}
	tag := ""
	if s.left <= 0 { // else its links are wanted, which "not modified" has none of
		tag = c.ETag(p.URL)
	}
	resp, body, err := c.get(ctx, s.at, tag)
	switch {
	case err != nil:
		p.Err = fmt.Errorf("%s: %w", p.Name, err)
		return p, true
	case resp.StatusCode == http.StatusNotModified && tag != "":
		p.Unchanged = true
		return p, true
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		p.Gone, p.Err = true, core.Invalid("%s: there is no such page (%d)", p.Name, resp.StatusCode)
		return p, true
	case resp.StatusCode != http.StatusOK:
		p.Err = core.Invalid("%s answers %d", p.Name, resp.StatusCode)
		return p, true
	}
	return c.take(p, s, resp, body)
}

// take looks at what an address gave.
func (c *crawler) take(p Page, s stop, resp *http.Response, body []byte) (Page, bool) {
	at := clean(resp.Request.URL) // after redirects
	if at.Host != c.start.Host {
		if len(c.seen) == 1 { // the site moved
			p.Err = core.Invalid("%s leads to %s: begin there", p.Name, at.Host)
		}
		return p, false
	}
	if key := at.String(); key != p.URL {
		if c.seen[key] || !c.rules.allow(at) {
			return p, false
		}
		c.seen[key] = true
		p.URL, p.Name = key, name(at)
	}
	kind, ext := kindOf(resp.Header.Get("Content-Type"), at.Path, body)
	if kind == sitemapKind {
		pages, err := readSitemap(body)
		if p.Err = err; err != nil {
			return p, true
		}
		for _, address := range pages {
			if u, err := at.Parse(address); err == nil {
				c.add(u, 0)
			}
		}
		return p, false
	}
	if kind == htmlKind {
		links, index, follow := readLinks(body, at)
		for _, u := range links {
			if follow && s.left > 0 {
				c.add(u, s.left-1)
			}
		}
		if !index {
			return p, false
		}
	}
	p.Data, p.ETag, p.File = body, resp.Header.Get("ETag"), file(at, ext)
	return p, kind != otherKind
}

// get asks for an address, after the pause.
func (c *crawler) get(ctx context.Context, at *url.URL, tag string) (*http.Response, []byte, error) {
	if c.sleeps {
		if err := c.Sleep(ctx, c.wait); err != nil {
			return nil, nil, err
		}
	}
	c.sleeps = true
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("User-Agent", c.Agent)
	if tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	resp, err := c.Client.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostBody+1))
	if err == nil && len(body) > mostBody {
		err = core.Invalid("it is larger than %d MB", mostBody>>20)
	}
	return resp, body, err
}
