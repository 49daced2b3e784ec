package simulate

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"frontdesk/channels/problem"
)

// Prefix is where Page expects to be mounted.
const Prefix = "/sim/"

//go:embed page
var files embed.FS

// policy lets the page load its own files and speak to its own server.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// types are those of the page's files. Nothing else is served.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg":  "image/svg+xml",
}

// parallel bounds the acts under way: one in Slack waits up to 3 s for the
// gateway.
const parallel = 16

// page is the handler. Everything that is said lives in the platforms; the
// page only remembers which windows were closed, which the platform does not.
type page struct {
	p      *Platforms
	assets map[string]asset
	acting chan struct{}

	mu     sync.Mutex
	closed map[string]bool // windows in Slack that were dismissed
}

// Page serves the page under Prefix on which one person is a customer on each
// platform of p, and a support agent in Slack; its API is under Prefix+"api/".
// It asks nobody for a password, so it belongs to demonstrations alone, and
// refuses whoever is neither on this machine nor on its private network, and
// requests another site sends. Safe for concurrent use.
func Page(p *Platforms) http.Handler {
	s := &page{p: p, assets: load(), acting: make(chan struct{}, parallel), closed: map[string]bool{}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dress(w.Header())
		if why := stranger(r); why != "" {
			problem.Write(w, http.StatusForbidden, why)
			return
		}
		s.route(w, r)
	})
}

func (s *page) route(w http.ResponseWriter, r *http.Request) {
	name, _ := strings.CutPrefix(r.URL.Path, Prefix)
	call, api := strings.CutPrefix(name, "api/")
	_, known := acts[call]
	switch {
	case api && call == "state":
		if reads(w, r) {
			s.state(w, r)
		}
	case api && known:
		s.act(w, r, acts[call])
	case api:
		problem.Write(w, http.StatusNotFound, "the page has no such call")
	default:
		s.file(w, r, name)
	}
}

// reads refuses methods that are not for reading.
func reads(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	w.Header().Set("Allow", "GET, HEAD")
	problem.Write(w, http.StatusMethodNotAllowed, "want GET")
	return false
}

func (s *page) file(w http.ResponseWriter, r *http.Request, name string) {
	if name == "" {
		name = "index.html"
	}
	a, ok := s.assets[name]
	if !ok {
		problem.Write(w, http.StatusNotFound, "there is no such page: the simulators are at "+Prefix)
		return
	}
	if !reads(w, r) {
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("ETag", a.etag)
	h.Set("Cache-Control", "no-cache") // kept, but asked for again
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(a.body)))
}

// asset is a file as it is sent.
type asset struct {
	body       []byte
	kind, etag string
}

// load reads every file; they are few and small.
func load() map[string]asset {
	out := map[string]asset{}
	err := fs.WalkDir(files, "page", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := files.ReadFile(p)
		out[strings.TrimPrefix(p, "page/")] = asset{b, types[path.Ext(p)], tag(b)}
		return err
	})
	if err != nil {
		panic(err) // the files are in the program
	}
	return out
}

// tag is the validator of a body.
func tag(b []byte) string {
	sum := sha256.Sum256(b)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

func dress(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
}
