// Package api is the HTTP interface of people and programs that run the desk:
// routes under /api/v1/admin, described by openapi.yaml.
//
// Every request is checked in one place (guard.go) against the role its route
// names in routes.go. A browser proves itself with a cookie and, for writes, a
// CSRF token; a program with a bearer token. Errors are RFC 9457 problem
// documents (problem.go).
package api

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"frontdesk/admin/auth"
	"frontdesk/core"
)

// Prefix is where the routes are.
const Prefix = "/api/v1/admin"

// Ledger is what the API asks of a core.Ledger.
type Ledger interface {
	core.Cases
	core.History
	core.Feed
}

// Upload is a file to answer customers from.
type Upload struct {
	Workspace core.WorkspaceID
	Bot       string
	Name      string // the document it is a version of
	File      string // its own name
	Data      []byte
	Origin    core.Origin
	// Progress hears how many pages are read, one call after the other and none
	// after Ingest or Preview returned; nil if nobody wants to know. It does not
	// block.
	Progress func(done, total int)
}

// Change is what a new version of a document brings, in passages.
type Change struct {
	Document   core.Document
	Added      int
	Removed    int
	Unchanged  int
	Embedded   int         // of how many passages vectors were computed
	Edits      []core.Edit // the differences themselves
	Unreadable []int       // pages nothing could be read of, from 1
	Recognised []int       // pages whose text was read from a picture, from 1
	Tables     int         // found in the file
	Left       []Omission  // left out of the file on purpose, one for each reason
	Warnings   []string    // what of this matters to the person who gave the file, in English
}

// Omission is text that was left out of a file.
type Omission struct {
	Why        string `json:"why"` // hidden, running, contents, deleted or repeated
	Pieces     int    `json:"pieces"`
	Characters int    `json:"characters"`
	Pages      []int  `json:"pages,omitempty"` // from 1, where the format has pages
}

// Documents keeps what customers are answered from. Safe for concurrent use. A
// core.InputError says what is wrong with a file.
type Documents interface {
	// Ingest makes u the current version; when it returns, answers draw from it.
	Ingest(ctx context.Context, u Upload) (Change, error)
	// Preview tells what Ingest would change, and changes nothing.
	Preview(ctx context.Context, u Upload) (Change, error)
	// Delete removes a document. core.ErrNotFound if there is none.
	Delete(ctx context.Context, w core.WorkspaceID, bot, name string) error
	// Documents lists the current versions, by name.
	Documents(ctx context.Context, w core.WorkspaceID, bot string) ([]core.Document, error)
	// Search returns at most q.Limit passages, best first.
	Search(ctx context.Context, q core.Query) ([]core.Passage, error)
}

// Parts is what New needs. Those without a default must be given.
type Parts struct {
	Ledger    Ledger
	Auth      *auth.Service
	Documents Documents
	Versions  Versions
	FAQ       FAQ
	Packs     Packs
	// Gaps lists the questions that bots had no answer to.
	Gaps func(ctx context.Context, q core.GapQuery) (core.Gaps, error)
	Bots func() []string // ids of the bots, in the order to show them
	Now  func() time.Time

	Log       *slog.Logger                 // nothing is logged if nil
	PublicURL string                       // as browsers reach the server; if it is https, cookies are sent over nothing else
	Address   func(r *http.Request) string // of the client, for the sign-in throttle; RemoteAddr's if nil
	Drain     <-chan struct{}              // closed when the server stops: streams end
	MaxBody   int64                        // bytes of a JSON body; 1 MB if 0
	MaxText   int                          // bytes of a message; 16 kB if 0
	MaxFile   int64                        // bytes of an upload; 50 MB if 0
	KeepAlive time.Duration                // between signs of life of a stream; 15 s if 0
}

func (p Parts) withDefaults() Parts {
	if p.Log == nil {
		p.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if p.Address == nil {
		p.Address = remote
	}
	if p.MaxBody == 0 {
		p.MaxBody = 1 << 20
	}
	if p.MaxText == 0 {
		p.MaxText = 16 << 10
	}
	if p.MaxFile == 0 {
		p.MaxFile = 50 << 20
	}
	if p.KeepAlive == 0 {
		p.KeepAlive = 15 * time.Second
	}
	return p
}

func remote(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// Bounds of what runs at once. Beyond, a client is asked to try again.
const (
	maxStreams = 512 // open event streams
	maxUploads = 2   // files in memory: each may be MaxFile long
)

type api struct {
	Parts
	streams chan struct{}
	uploads chan struct{}
	origin  *http.CrossOriginProtection
	secure  bool // cookies over https only
}

// New makes the handler of all routes under Prefix and of
// /api/v1/openapi.yaml. It starts no goroutine; those of open streams end when
// Drain is closed or the client leaves.
func New(p Parts) http.Handler {
	a := &api{Parts: p.withDefaults(), streams: make(chan struct{}, maxStreams), uploads: make(chan struct{}, maxUploads),
		origin: http.NewCrossOriginProtection()}
	if u, err := url.Parse(p.PublicURL); err == nil && u.Host != "" {
		a.secure = u.Scheme == "https"
		if err := a.origin.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			a.Log.Warn("browsers that send no Sec-Fetch-Site may be refused: the public URL is no origin", "err", err)
		}
	}
	e := echo.New()
	e.HTTPErrorHandler = a.fail
	e.Use(a.dress)
	for _, r := range a.routes() {
		e.Add(r.method, r.path, a.guard(r))
	}
	return e
}
