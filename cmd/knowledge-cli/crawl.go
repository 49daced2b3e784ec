package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
	"frontdesk/core/fetch"
	"frontdesk/knowledge/crawl"
)

// crawled is what became of one page.
type crawled struct {
	URL       string `json:"url"`
	Name      string `json:"name"`
	State     string `json:"state"` // new, changed, unchanged, gone or failed
	Version   int    `json:"version,omitempty"`
	Added     int    `json:"added,omitempty"`
	Removed   int    `json:"removed,omitempty"`
	Unchanged int    `json:"unchanged,omitempty"`
	Error     string `json:"error,omitempty"`
}

// crawl reads a site; each page is a document. Pages that did not change cost a
// question, so what was interrupted is simply done again.
func (p program) crawl(ctx context.Context, o options, t target, bot string) error {
	docs, err := t.list(ctx, bot)
	if err != nil {
		return err
	}
	known := map[string]document{}
	for _, d := range docs {
		if d.Kind == core.OriginPage {
			known[d.URL] = d
		}
	}
	client, err := fetch.New(fetch.Options{Allow: o.allow, Setting: "-allow", MaxBody: 50 << 20, Timeout: time.Minute})
	if err != nil {
		return misusedf("-allow: %v", err)
	}
	defer client.Close()
	var items []crawled
	var errs []error
	began := time.Now()
	err = crawl.Walk(ctx, crawl.Options{Client: client.HTTP(), Start: o.url, Depth: o.depth, Limit: o.limit, Wait: o.wait,
		ETag: func(url string) string { return known[url].ETag }}, func(page crawl.Page) error {
		c, err := p.page(ctx, o, t, bot, page, known[page.URL])
		items = append(items, c)
		if err != nil && ctx.Err() == nil {
			errs = append(errs, err)
		}
		p.progress(o, len(items), page.Found, began, c)
		return ctx.Err()
	})
	if ctx.Err() != nil {
		err = core.Invalid("interrupted after %d pages: the same command goes on", len(items))
	}
	errs = append(errs, err)
	if o.json {
		errs = append(errs, p.print(map[string]any{"items": append([]crawled{}, items...)}))
	} else {
		errs = append(errs, p.crawlTold(items))
	}
	return errors.Join(errs...)
}

// page takes one page in.
func (p program) page(ctx context.Context, o options, t target, bot string, page crawl.Page, old document) (crawled, error) {
	out := crawled{URL: page.URL, Name: page.Name, State: "unchanged", Version: old.Version}
	if old.Name != "" {
		out.Name = old.Name
	}
	switch {
	case page.Gone && old.Name != "":
		out.State = "gone"
		return out, nil
	case page.Err != nil:
		out.State, out.Error = "failed", page.Err.Error()
		return out, page.Err
	case page.Unchanged:
		return out, nil
	}
	c, err := t.put(ctx, bot, upload{as: out.Name, file: page.File, data: page.Data, dry: o.dry,
		origin: core.Origin{Kind: core.OriginPage, URL: page.URL, ETag: page.ETag}}, func(int) {})
	if err != nil {
		out.State, out.Error = "failed", err.Error()
		return out, fmt.Errorf("%s: %w", out.Name, err)
	}
	switch {
	case old.Name == "":
		out.State = "new"
	case c.Added+c.Removed > 0:
		out.State = "changed"
	}
	out.Version, out.Added, out.Removed, out.Unchanged = c.Document.Version, c.Added, c.Removed, c.Unchanged
	return out, nil
}

// progress tells on a terminal how far it is, and how long it may still take.
func (p program) progress(o options, done, found int, began time.Time, c crawled) {
	if !p.terminal || o.json {
		return
	}
	left := time.Duration(float64(time.Since(began)) / float64(done) * float64(max(found-done, 0)))
	_, _ = fmt.Fprintf(p.stderr, "%d of %d, about %v left: %s %s\n", done, found, left.Round(time.Second), c.Name, c.State)
}

func (p program) crawlTold(items []crawled) (err error) {
	count := map[string]int{}
	for _, c := range items {
		count[c.State]++
		line := ""
		switch c.State {
		case "new", "changed":
			line = fmt.Sprintf("%s is %s: version %d, %d passages added, %d removed\n", c.Name, c.State, c.Version, c.Added, c.Removed)
		case "gone":
			line = fmt.Sprintf("%s is gone from the site, answers still draw from it: knowledge-cli -action=delete -as=%q\n", c.Name, c.Name)
		default:
			continue
		}
		_, werr := fmt.Fprint(p.stdout, line)
		err = errors.Join(err, werr)
	}
	_, werr := fmt.Fprintf(p.stdout, "%d pages: %d new, %d changed, %d unchanged, %d gone, %d failed\n",
		len(items), count["new"], count["changed"], count["unchanged"], count["gone"], count["failed"])
	return errors.Join(err, werr)
}
