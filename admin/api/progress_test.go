package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"frontdesk/core"
)

// TestUploadTellsProgress: who accepts lines hears how far the reading is, and
// last how it ended.
func TestUploadTellsProgress(t *testing.T) {
	type line struct {
		Progress *struct{ Done, Total int }
		Change   *changed
		Problem  *struct {
			Status    int
			Title     string
			Detail    string
			RequestID string `json:"request_id"`
		}
	}
	d := newDesk(t)
	put := func(status int, fields ...[2]string) (all []line) {
		t.Helper()
		body, ct := upload(fields...)
		r := d.as(core.RoleEditor, "POST", docs, body, "Content-Type", ct, "Accept", "application/x-ndjson")
		if r.status != status {
			t.Fatalf("%d %s", r.status, r.body)
		}
		if status != 200 {
			return nil
		}
		if ct := r.header.Get("Content-Type"); ct != "application/x-ndjson" {
			t.Errorf("Content-Type %q", ct)
		}
		for s := range strings.Lines(r.body) {
			var l line
			if err := json.Unmarshal([]byte(s), &l); err != nil {
				t.Fatalf("%v: %q", err, s)
			}
			all = append(all, l)
		}
		return all
	}
	for _, dry := range []string{"true", "false"} {
		all := put(200, [2]string{"file:a.txt", "one\ntwo\nthree"}, [2]string{"dry_run", dry})
		last, n := all[len(all)-1], 0
		for _, l := range all[:len(all)-1] {
			if l.Progress == nil || l.Progress.Total != 3 || l.Progress.Done <= n {
				t.Fatalf("%+v", all)
			}
			n = l.Progress.Done
		}
		if n != 3 || last.Change == nil || last.Change.Added != 3 { // the last page is always told
			t.Errorf("%d, %+v", n, last)
		}
	}
	all := put(200, [2]string{"as", "broken late"}, [2]string{"file:a.txt", "one\ntwo"})
	p := all[len(all)-1].Problem
	if len(all) < 2 || p == nil || p.Status != 500 || p.Title == "" || p.RequestID == "" {
		t.Errorf("%+v", all)
	}
	put(500, [2]string{"as", "broken"}, [2]string{"file:a.txt", "one"})
	put(400, [2]string{"file:a.txt", "a\x00b"})
}
