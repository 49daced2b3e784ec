package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// letters embeds a text as OpenAI's endpoint would, by its letters, until it has
// none left to give: then it refuses.
type letters struct{ left atomic.Int64 }

func (e *letters) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ Input []string }
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || e.left.Add(-int64(len(in.Input))) < 0 {
		w.WriteHeader(http.StatusForbidden) // not tried again
		return
	}
	var rows []map[string]any
	for i, text := range in.Input {
		v := make([]float32, 32)
		for _, r := range text {
			v[r%32]++
		}
		v[0]++
		rows = append(rows, map[string]any{"index": i, "embedding": v})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"data": rows})
}

// An embedder that dies when it has done most of a file: the command fails, the
// version before answers, and a second run does the rest alone.
func TestTheEmbedderDiesHalfWay(t *testing.T) {
	e := &letters{}
	e.left.Store(1 << 30)
	srv := httptest.NewServer(e)
	defer srv.Close()
	c := command(t)
	h := gatewayWith(t, c, "embedding: {url: \""+srv.URL+"/v1\", model: letters}\n")
	path := file(t, "specs.pdf", specs("four"))
	c.want(t, 0, c.do(t, "-action=update", "-file="+path), "version 1", "40 of 40 passages embedded")
	path = file(t, "specs.pdf", strings.ReplaceAll(specs("nine"), ".)", "!)"))
	e.left.Store(36) // a first batch of 32, and not all of the second
	c.want(t, 1, c.do(t, "-action=update", "-file="+path), "embeddings")
	c.want(t, 0, c.do(t, "-action=show", "specs.pdf"), "four hours")
	if got := c.out.String(); strings.Contains(got, "nine hours") || strings.Contains(got, "\n2 ") {
		t.Errorf("the new file is there in part: %s", got)
	}
	e.left.Store(1 << 30)
	if got := h.ask("How long does the Atlas kettle keep water warm?"); !strings.Contains(got, "four hours") || strings.Contains(got, "nine") {
		t.Errorf("after an update that failed: %s", got)
	}
	c.want(t, 0, c.do(t, "-action=update", "-file="+path, "-json"), `"embedded": 8`, `"version": 2`)
	if got := h.ask("How long does the Atlas kettle keep water warm?"); !strings.Contains(got, "nine hours") || strings.Contains(got, "four") {
		t.Errorf("after the second run: %s", got)
	}
}
