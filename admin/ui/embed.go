// Package ui is the plain page people work with at /admin/: it needs no build,
// no framework and nothing from another server. Its files are in page/; what
// it says is in page/lang, a file a language.
//
// The page gets no right it does not need: its policy allows scripts and
// styles from this server alone, and its scripts set text, never markup.
package ui

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"frontdesk/core"
)

//go:embed page
var files embed.FS

// Prefix is where the page is.
const Prefix = "/admin/"

// policy lets the page load its own files and speak to its own server.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// types are those of the page's files. Nothing else is served.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg":  "image/svg+xml",
}

// asset is a file as it is sent.
type asset struct {
	body []byte
	kind string
	etag string
}

// Handler serves the page under Prefix. Safe for concurrent use.
func Handler() http.Handler {
	assets := load()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dress(w.Header())
		name := strings.TrimPrefix(r.URL.Path, Prefix)
		if name == "" {
			name = "index.html"
		}
		a, ok := assets[name]
		switch {
		case !ok || !strings.HasPrefix(r.URL.Path, Prefix):
			refuse(w, http.StatusNotFound, "there is no such page: the desk is at "+Prefix)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			refuse(w, http.StatusMethodNotAllowed, "a page can only be read")
		default:
			w.Header().Set("Content-Type", a.kind)
			w.Header().Set("ETag", a.etag)
			w.Header().Set("Cache-Control", "no-cache") // kept, but asked for again: a new server is a new page
			http.ServeContent(w, r, name, time.Time{}, strings.NewReader(string(a.body)))
		}
	})
}

// load reads every file; they are few and small.
func load() map[string]asset {
	out := map[string]asset{}
	err := fs.WalkDir(files, "page", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := files.ReadFile(p)
		sum := sha256.Sum256(b)
		out[strings.TrimPrefix(p, "page/")] = asset{b, types[path.Ext(p)], `"` + hex.EncodeToString(sum[:8]) + `"`}
		return err
	})
	if err != nil {
		panic(err) // the files are in the program
	}
	return out
}

func dress(h http.Header) {
	if h.Get("X-Request-Id") == "" {
		h.Set("X-Request-Id", core.NewID(time.Now()))
	}
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
}

// refuse answers with an RFC 9457 problem document.
func refuse(w http.ResponseWriter, status int, detail string) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": status, // the client is gone, or it is not
		"detail": detail, "request_id": h.Get("X-Request-Id")})
}
