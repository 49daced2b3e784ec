package api_test

import (
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/admin/api"
	"frontdesk/core"
)

const docs = "/api/v1/admin/bots/default/documents"

type changed struct {
	Document                  map[string]any
	Added, Removed, Unchanged int
}

func (d desk) put(status int, fields ...[2]string) (ch changed) {
	d.Helper()
	body, ct := upload(fields...)
	r := d.as(core.RoleEditor, "POST", docs, body, "Content-Type", ct)
	if status == 200 {
		d.want(r, 200, &ch)
	} else {
		d.want(r, status, nil)
	}
	return ch
}

func (d desk) names() (out []string) {
	d.Helper()
	var p struct {
		Items []struct {
			Name    string
			Version int
		}
	}
	d.want(d.as(core.RoleViewer, "GET", docs, ""), 200, &p)
	for _, x := range p.Items {
		out = append(out, fmt.Sprint(x.Name, " ", x.Version))
	}
	return out
}

func TestUploadReplaceDelete(t *testing.T) {
	d := newDesk(t)
	ch := d.put(200, [2]string{"file:returns.txt", "thirty days\nfree of charge"})
	if ch.Added != 2 || ch.Removed != 0 || ch.Unchanged != 0 {
		t.Fatalf("%+v", ch)
	}
	for _, key := range []string{"name", "file", "version", "mime", "bytes", "passages", "pages", "sha256", "updated"} {
		if _, ok := ch.Document[key]; !ok {
			t.Errorf("document lacks %s: %v", key, ch.Document)
		}
	}
	v2 := [][2]string{{"as", "returns.txt"}, {"dry_run", "true"}, {"file:C:\\new\\returns v2.txt", "fourteen days\nfree of charge"}}
	if ch = d.put(200, v2...); ch.Added != 1 || ch.Removed != 1 || ch.Unchanged != 1 {
		t.Fatalf("%+v", ch)
	}
	if got := d.names(); len(got) != 1 || got[0] != "returns.txt 1" {
		t.Fatalf("a dry run wrote: %v", got)
	}
	v2[1][1] = "false"
	if ch = d.put(200, v2...); ch.Document["file"] != "returns v2.txt" || ch.Document["name"] != "returns.txt" || ch.Document["version"] != 2.0 {
		t.Fatalf("%+v", ch)
	}
	var found struct{ Items []map[string]any }
	r := d.want(d.as(core.RoleViewer, "GET", "/api/v1/admin/bots/default/search?limit=3&q="+url.QueryEscape("days"), ""), 200, &found)
	if len(found.Items) != 1 || found.Items[0]["text"] != "fourteen days" || found.Items[0]["doc"] != "returns v2.txt" {
		t.Fatal(r.body)
	}
	for _, key := range []string{"doc", "title", "page", "text", "question", "score"} {
		if _, ok := found.Items[0][key]; !ok {
			t.Errorf("hit lacks %s", key)
		}
	}
	d.want(d.as(core.RoleEditor, "DELETE", docs+"?name=returns.txt", ""), 204, nil)
	d.want(d.as(core.RoleEditor, "DELETE", docs+"?name=returns.txt", ""), 404, nil)
	if got := d.names(); len(got) != 0 {
		t.Fatal(got)
	}
}

func TestDocumentsPage(t *testing.T) {
	d := newDesk(t)
	for _, n := range []string{"a & b.txt", "c.txt", "政策.txt"} {
		d.put(200, [2]string{"file:" + n, n})
	}
	var got []string
	for cursor, n := "", 0; n == 0 || cursor != ""; n++ {
		var p struct {
			Items []struct{ Name string }
			Next  string
		}
		d.want(d.as(core.RoleViewer, "GET", docs+"?limit=1&cursor="+url.QueryEscape(cursor), ""), 200, &p)
		got, cursor = append(got, p.Items[0].Name), p.Next
	}
	if diff := cmp.Diff([]string{"a & b.txt", "c.txt", "政策.txt"}, got); diff != "" {
		t.Fatal(diff)
	}
}

func TestBadUploads(t *testing.T) {
	d := newDesk(t, func(p *api.Parts) { p.MaxFile = 1000 })
	file := [2]string{"file:a.txt", "text"}
	for name, tc := range map[string]struct {
		status int
		fields [][2]string
	}{
		"no file":         {400, [][2]string{{"as", "x"}}},
		"no fields":       {400, nil},
		"empty file":      {400, [][2]string{{"file:a.txt", ""}}},
		"file as text":    {400, [][2]string{{"file", "text"}}},
		"two files":       {400, [][2]string{file, file}},
		"unknown field":   {400, [][2]string{file, {"bot", "x"}}},
		"control in name": {400, [][2]string{{"file:a\x01.txt", "text"}}},
		"name of no text": {400, [][2]string{{"file:a\xff.txt", "text"}}},
		"dots":            {400, [][2]string{{"file:..", "text"}}},
		"long name":       {400, [][2]string{{"file:" + strings.Repeat("a", 256), "text"}}},
		"long as":         {400, [][2]string{file, {"as", strings.Repeat("a", 256)}}},
		"longer as":       {413, [][2]string{file, {"as", strings.Repeat("a", 2000)}}},
		"bad dry_run":     {400, [][2]string{file, {"dry_run", "maybe"}}},
		"just fits":       {200, [][2]string{{"file:a.txt", strings.Repeat("a", 1000)}}},
		"too large":       {413, [][2]string{{"file:a.txt", strings.Repeat("a", 1001)}}},
		"far too large":   {413, [][2]string{{"file:a.txt", strings.Repeat("a", 1<<20)}}},
		"unreadable":      {400, [][2]string{{"file:a.txt", "\x00"}}},
	} {
		t.Run(name, func(t *testing.T) { desk{d.World, d.h}.put(tc.status, tc.fields...) })
	}
	body, ct := upload(file)
	for name, tc := range map[string]struct {
		status   int
		body, ct string
	}{
		"no form":       {415, "text", "text/plain"},
		"no type":       {415, "text", ""},
		"no boundary":   {415, body, "multipart/form-data"},
		"other":         {400, body, "multipart/form-data; boundary=x"},
		"broken off":    {400, body[:len(body)/2], ct},
		"not multipart": {400, `{"file":"x"}`, ct},
	} {
		if r := d.as(core.RoleEditor, "POST", docs, tc.body, "Content-Type", tc.ct); r.status != tc.status {
			t.Errorf("%s: %d, want %d: %s", name, r.status, tc.status, r.body)
		}
	}
}

// TestInnerErrorsStayInside: what broke is for the log, not for the client.
func TestInnerErrorsStayInside(t *testing.T) {
	d := newDesk(t)
	body, ct := upload([2]string{"file:broken", "text"})
	r := d.want(d.as(core.RoleEditor, "POST", docs, body, "Content-Type", ct), 500, nil)
	if strings.Contains(r.body, "secret detail") {
		t.Fatal(r.body)
	}
}

func TestUploadsAreBounded(t *testing.T) {
	d := newDesk(t)
	var writers []func()
	started := make(chan struct{})
	for range 2 { // uploads that never end take the places there are
		pr, finish := endless(started)
		r := httptest.NewRequest("POST", docs, pr)
		r.Header.Set("Authorization", "Bearer "+d.Tokens[core.RoleEditor])
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		done := make(chan struct{})
		go func() {
			defer close(done)
			d.h.ServeHTTP(httptest.NewRecorder(), r)
		}()
		<-started
		writers = append(writers, func() { finish(); <-done })
	}
	body, ct := upload([2]string{"file:a.txt", "text"})
	r := d.want(d.as(core.RoleEditor, "POST", docs, body, "Content-Type", ct), 503, nil)
	if r.header.Get("Retry-After") == "" {
		t.Fatal("no Retry-After")
	}
	for _, w := range writers {
		w()
	}
	d.put(200, [2]string{"file:a.txt", "text"})
}
