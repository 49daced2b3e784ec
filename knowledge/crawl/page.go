package crawl

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/html"

	"frontdesk/core"
)

// contentKind is what an address gives.
type contentKind int

const (
	otherKind contentKind = iota
	htmlKind
	sitemapKind
	fileKind
)

// kindOf tells what body is, and the extension its file gets.
func kindOf(contentType, at string, body []byte) (contentKind, string) {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil || kind == "application/octet-stream" {
		kind, _, _ = mime.ParseMediaType(http.DetectContentType(body))
	}
	switch kind {
	case "text/html", "application/xhtml+xml":
		return htmlKind, ".html"
	case "text/xml", "application/xml", "application/gzip", "application/x-gzip":
		return sitemapKind, ""
	case "application/pdf":
		return fileKind, ".pdf"
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
		return fileKind, ".docx"
	case "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return fileKind, ".xlsx"
	case "text/markdown":
		return fileKind, ".md"
	case "text/csv":
		return fileKind, ".csv"
	case "text/plain":
		switch ext := strings.ToLower(path.Ext(at)); ext {
		case ".md", ".csv":
			return fileKind, ext
		case ".txt", "":
			return fileKind, ".txt"
		}
	}
	return otherKind, ""
}

// picture reports whether the address says itself that there is nothing to read.
func picture(u *url.URL) bool {
	switch strings.ToLower(path.Ext(u.Path)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".ico", ".css", ".js", ".mp3", ".mp4", ".webm", ".zip", ".gz", ".exe", ".woff", ".woff2":
		return !strings.HasSuffix(u.Path, ".xml.gz")
	}
	return false
}

// name is the document an address makes: a person knows it again, and two
// addresses never share one.
func name(u *url.URL) string {
	s := strings.TrimSuffix(u.Host+u.Path, "/")
	if u.RawQuery != "" {
		s += "?" + u.RawQuery
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(s, "_"))
	if len(s) <= 200 {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return strings.ToValidUTF8(s[:180], "") + "…" + hex.EncodeToString(sum[:6])
}

// file is what a citation calls a page.
func file(u *url.URL, ext string) string {
	last := path.Base(u.Path)
	if last == "/" || last == "." {
		last = u.Host
	}
	if last = name(&url.URL{Host: last}); !strings.EqualFold(path.Ext(last), ext) {
		last += ext
	}
	return last
}

// mostLinks bounds what is taken of one page.
const mostLinks = 5000

// readLinks returns the links of a page, and whether it wants to be read and its
// links followed.
func readLinks(body []byte, at *url.URL) (links []*url.URL, index, follow bool) {
	index, follow = true, true
	base := at
	z := html.NewTokenizer(bytes.NewReader(body))
	for len(links) < mostLinks {
		switch z.Next() {
		case html.ErrorToken:
			return links, index, follow
		case html.StartTagToken, html.SelfClosingTagToken:
			tag, more := z.TagName()
			attr := map[string]string{}
			for what := string(tag); more && (what == "a" || what == "base" || what == "meta"); {
				var k, v []byte
				k, v, more = z.TagAttr()
				attr[string(k)] = string(v)
			}
			switch {
			case string(tag) == "base" && attr["href"] != "":
				if u, err := at.Parse(attr["href"]); err == nil {
					base = u
				}
			case string(tag) == "meta" && strings.EqualFold(attr["name"], "robots"):
				says := strings.ToLower(attr["content"])
				index = index && !strings.Contains(says, "noindex") && !strings.Contains(says, "none")
				follow = follow && !strings.Contains(says, "nofollow") && !strings.Contains(says, "none")
			case string(tag) == "a" && attr["href"] != "" && !strings.Contains(attr["rel"], "nofollow"):
				if u, err := base.Parse(strings.TrimSpace(attr["href"])); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
					links = append(links, u)
				}
			}
		}
	}
	return links, index, follow
}

// mostSitemap bounds a sitemap, unpacked (sitemaps.org allows 50 MB).
const mostSitemap = 50 << 20

// readSitemap returns the addresses of a sitemap, those of further sitemaps in an
// index among them.
func readSitemap(body []byte) ([]string, error) {
	var in io.Reader = bytes.NewReader(body)
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, core.Invalid("the sitemap cannot be unpacked")
		}
		in = z
	}
	d := xml.NewDecoder(io.LimitReader(in, mostSitemap))
	var out []string
	root := ""
	for len(out) < 50_000 {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, core.Invalid("the sitemap cannot be read: %v", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if root == "" {
			if root = start.Name.Local; root != "urlset" && root != "sitemapindex" {
				return nil, core.Invalid("this XML file is no sitemap, but a <%s>", root)
			}
		}
		if start.Name.Local == "loc" {
			var loc string
			if err := d.DecodeElement(&loc, &start); err != nil {
				return nil, core.Invalid("the sitemap cannot be read: %v", err)
			}
			if loc = strings.TrimSpace(loc); loc != "" {
				out = append(out, loc)
			}
		}
	}
	return out, nil
}
