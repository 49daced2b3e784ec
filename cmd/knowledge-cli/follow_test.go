package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"frontdesk/knowledge"
)

// A server that tells progress, and how it ends: done, refused, broken off.
func TestFollow(t *testing.T) {
	const pages = `{"progress":{"done":1,"total":2}}` + "\n" + `{"progress":{"done":2,"total":2}}` + "\n"
	for name, c := range map[string]struct{ body, err string }{
		"done":       {pages + `{"change":{"added":3}}` + "\n", ""},
		"refused":    {pages + `{"problem":{"status":503,"title":"Service Unavailable","detail":"the embedder is away"}}` + "\n", "the embedder is away"},
		"broken off": {pages, "before it was done"},
		"torn":       {pages + `{"chan`, "cannot be reached"},
		"another":    {`"hello"` + "\n", "does not answer as frontdesk does"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.Contains(r.Header.Get("Accept"), ndjson) {
					t.Errorf("it accepts %q", r.Header.Get("Accept"))
				}
				w.Header().Set("Content-Type", ndjson)
				_, _ = w.Write([]byte(c.body))
			}))
			defer srv.Close()
			base, err := url.Parse(srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			r := newRemote(base, "", "")
			defer r.http.CloseIdleConnections()
			var told []knowledge.Progress
			ctx := knowledge.WithProgress(t.Context(), func(p knowledge.Progress) { told = append(told, p) })
			ch, err := r.put(ctx, "default", upload{file: "a.md", data: []byte("x")}, func(int) {})
			switch {
			case c.err == "" && (err != nil || ch.Added != 3):
				t.Errorf("%+v, %v", ch, err)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("the error is %v", err)
			case name != "another" && len(told) != 2:
				t.Errorf("told %v", told)
			}
		})
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}
