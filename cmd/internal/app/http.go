package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"frontdesk/channels/problem"
)

// Timeouts of the server. Bodies are small and read at once; answers may be
// long: an SSE stream has no end, and ?wait= holds a request for a minute.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 60 * time.Second // an upload of server.limits.file on a slow line
	writePatience = 30 * time.Second // for a piece of an answer; else who reads nothing keeps it in memory
	writePiece    = 64 << 10
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
)

func (a *App) server(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return a.base }}
}

// handler is the whole public surface.
func (a *App) handler() http.Handler {
	mux := http.NewServeMux()
	for _, kind := range []string{"wechat", "telegram", "slack"} {
		mux.Handle("/webhooks/"+kind+"/{channel}", a.hook(kind, "/webhooks/"+kind+"/"))
		mux.Handle("/webhooks/"+kind+"/{channel}/", a.hook(kind, "/webhooks/"+kind+"/"))
	}
	mux.Handle("/api/v1/web/{channel}/", a.hook("web", "/api/v1/web/"))
	mux.Handle("/api/v1/admin/", a.admin)
	mux.Handle("/api/v1/openapi.yaml", a.admin)
	mux.Handle("/healthz", readOnly(http.HandlerFunc(a.healthz)))
	mux.Handle("/readyz", readOnly(http.HandlerFunc(a.readyz)))
	mux.Handle("/metrics", readOnly(a.metrics.handler()))
	a.pages(mux)
	return a.around(notFound(mux))
}

// hook finds the channel a request names, and gives it the rest of the path.
func (a *App) hook(kind, prefix string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("channel")
		h, ok := a.runner.Hook(kind, id)
		if !ok {
			problem.Write(w, http.StatusNotFound, "there is no "+kind+" channel of this name")
			return
		}
		r.URL.RawPath = "" // no id has a slash in it: Path says all, however it was written
		http.StripPrefix(prefix+id, rooted(h)).ServeHTTP(w, r)
	})
}

// rooted gives a handler whose prefix was all of the path "/" to see.
func rooted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "" {
			r.URL.Path = "/"
		}
		h.ServeHTTP(w, r)
	})
}

// readOnly refuses methods that are not for reading.
func readOnly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			problem.Write(w, http.StatusMethodNotAllowed, "want GET")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// notFound answers with a problem document where no route matches.
func notFound(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" {
			problem.Write(w, http.StatusNotFound, "there is nothing at this path")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// around gives every response its request id and its line in log and metrics.
func (a *App) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := requestID(r.Header.Get("X-Request-Id"))
		w.Header().Set("X-Request-Id", id)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		sw := &statusWriter{ResponseWriter: w, status: http.StatusOK, patience: writePatience}
		start := time.Now()
		defer func() {
			p := recover()
			if p != nil && p != http.ErrAbortHandler {
				a.log.Error("request panicked", "request", id, "path", r.URL.Path, "panic", fmt.Sprint(p))
				if !sw.wrote {
					problem.Write(sw, http.StatusInternalServerError, "something went wrong here; the request id finds it in the log")
					p = nil
				}
			}
			a.metrics.http.WithLabelValues(route(r.URL.Path), strconv.Itoa(sw.status)).Inc()
			// The path only: a query may carry a token.
			a.log.Debug("request", "request", id, "method", r.Method, "path", r.URL.Path, "status", sw.status, "took", time.Since(start))
			if p != nil {
				panic(http.ErrAbortHandler) // what has begun must not look whole
			}
		}()
		next.ServeHTTP(sw, r)
	})
}

// requestID keeps a caller's id if it is harmless to log, or makes one.
func requestID(given string) string {
	if given != "" && len(given) <= 64 && strings.Trim(given, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == "" {
		return given
	}
	var b [12]byte
	_, _ = rand.Read(b[:]) // it never fails
	return hex.EncodeToString(b[:])
}

// statusWriter remembers the status, and cuts off who does not take an answer,
// unless its handler sees to that. Unwrap lets http.ResponseController reach
// what is below it: flushing and hijacking work as before.
type statusWriter struct {
	http.ResponseWriter
	status   int
	wrote    bool
	patience time.Duration // for each piece written
	own      bool          // the handler sets its deadlines itself
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if !w.wrote {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(b []byte) (n int, err error) {
	w.wrote = true
	for err == nil {
		if !w.own {
			_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Now().Add(w.patience)) // a recorder has none
		}
		var k int
		k, err = w.ResponseWriter.Write(b[:min(len(b), writePiece)])
		n, b = n+k, b[k:]
		if len(b) == 0 {
			break
		}
	}
	return n, err
}

// SetWriteDeadline is for http.ResponseController.
func (w *statusWriter) SetWriteDeadline(t time.Time) error {
	w.own = true
	return http.NewResponseController(w.ResponseWriter).SetWriteDeadline(t)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Flush implements http.Flusher for handlers that ask for it by type.
func (w *statusWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

func (a *App) healthz(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") }

// readyz is 503 while draining, or when the store does not answer.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	if a.draining.Load() {
		problem.Busy(w, 5*time.Second, "draining: this replica is stopping")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if _, _, _, err := a.store.Pending(ctx); err != nil {
		a.log.Error("store is away", "err", err)
		problem.Busy(w, 5*time.Second, "the store does not answer")
		return
	}
	say(w, http.StatusOK, "ready")
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
