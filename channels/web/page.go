package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"frontdesk/channels/problem"
)

//go:embed assets
var assets embed.FS

// Look is what the chat page says before anybody has spoken, by language ("en",
// "zh"). What is left out is said in general words.
type Look struct {
	Title    map[string]string   `json:"title,omitempty"`
	Greet    map[string]string   `json:"greet,omitempty"`
	Examples map[string][]string `json:"examples,omitempty"` // questions to click
}

// Page serves the chat page of a channel on "/". It needs Widget on
// "/widget.js" and the channel's hook under /api/v1/web, all on one origin.
func Page(channelID string) http.Handler { return Look{}.Page(channelID) }

// Page is the package's Page with words of its own.
func (l Look) Page(channelID string) http.Handler {
	look, err := json.Marshal(l)
	if err != nil {
		panic(err) // maps of strings
	}
	title := l.Title["en"]
	if title == "" {
		title = "Customer service"
	}
	var b bytes.Buffer
	page := template.Must(template.ParseFS(assets, "assets/page.html"))
	if err := page.Execute(&b, map[string]string{"Title": title, "Channel": channelID, "Look": string(look)}); err != nil {
		panic(err) // a template of ours and a buffer
	}
	f := newFile("text/html; charset=utf-8", b.Bytes())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			problem.Write(w, http.StatusNotFound, "no such page")
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'")
		h.Set("Referrer-Policy", "no-referrer")
		f.ServeHTTP(w, r)
	})
}

// Widget serves widget.js, which puts the chat on any page. Every site may load
// it; whom it may talk to is the channel's allowed_origins.
func Widget() http.Handler {
	f := newFile("text/javascript; charset=utf-8", script())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		f.ServeHTTP(w, r)
	})
}

// script joins the sources into one function: no name of ours meets the page's.
var script = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	css, err := json.Marshal(dense.Replace(squeeze(source("style.css"))))
	if err != nil {
		panic(err) // a string
	}
	fmt.Fprintf(&b, "(() => {\n'use strict';\nconst CSS_TEXT = %s;\n", css)
	b.WriteString(squeeze(source("words.js"))) // sentences: their air is theirs
	for _, name := range []string{"core.js", "view.js", "boot.js"} {
		b.WriteString(tight.Replace(squeeze(source(name))))
	}
	b.WriteString("})();\n")
	return b.Bytes()
})

func source(name string) string {
	b, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // embedded
	}
	return string(b)
}

// squeeze drops indentation, empty lines, comments and the air around operators:
// a fifth of the bytes. It knows no JavaScript, so the sources keep to this: no
// string runs over a line's end, or has " // " or a pair of tight in it. The
// browser test runs what comes out.
func squeeze(src string) string {
	var b strings.Builder
	for line := range strings.Lines(src) {
		line = trailing.ReplaceAllString(strings.TrimSpace(line), "")
		if line != "" && !strings.HasPrefix(line, "//") {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// trailing is a comment after code; a quote in it might be a string's.
var trailing = regexp.MustCompile("\\s// [^'\"`]*$")

var (
	tight = strings.NewReplacer(" => ", "=>", " === ", "===", " && ", "&&", " || ", "||", " = ", "=", " ? ", "?", " : ", ":", ": ", ":", "; ", ";", ", ", ",", ") {", "){", "{ ", "{", " }", "}", ";\n", ";", "{\n", "{", ",\n", ",")
	// dense is for style sheets, which have no strings with such pairs.
	dense = strings.NewReplacer("\n", "", "; }", "}", ";}", "}", " {", "{", "{ ", "{", "; ", ";", ": ", ":", ", ", ",")
)

// file is a static answer with a validator.
type file struct {
	kind, etag string
	body       []byte
}

func newFile(kind string, body []byte) file {
	sum := sha256.Sum256(body)
	return file{kind, `"` + hex.EncodeToString(sum[:8]) + `"`, body}
}

// ServeHTTP implements http.Handler.
func (f file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		problem.Write(w, http.StatusMethodNotAllowed, "want GET")
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache") // asked for again, answered 304
	h.Set("ETag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.body))
}
