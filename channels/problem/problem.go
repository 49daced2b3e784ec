// Package problem writes RFC 9457 problem documents: how every route of the
// gateway says no.
package problem

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Document is a problem document. Detail is for people and names the cure; it
// never carries an internal error's text.
type Document struct {
	Type      string `json:"type,omitempty"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail,omitempty"`
	RequestID string `json:"request_id,omitempty"`
}

// Write answers with a problem document of the given status.
func Write(w http.ResponseWriter, status int, detail string) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Length")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(Document{Title: http.StatusText(status), Status: status,
		Detail: detail, RequestID: h.Get("X-Request-Id")}) // the client is gone, or it is not
}

// Busy answers 503 with Retry-After, so that platform and client try again.
func Busy(w http.ResponseWriter, after time.Duration, detail string) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(after.Seconds()))))
	Write(w, http.StatusServiceUnavailable, detail)
}
