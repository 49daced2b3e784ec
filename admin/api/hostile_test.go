package api_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"frontdesk/admin/api"
	"frontdesk/core"
)

// endless is a body that says that it is being read, and goes on until finished.
func endless(started chan<- struct{}) (io.Reader, func()) {
	pr, pw := io.Pipe()
	go func() {
		_, _ = io.WriteString(pw, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n")
		started <- struct{}{}
	}()
	return pr, func() { _ = pw.CloseWithError(errors.New("gone")) }
}

// TestHostileBodies: each JSON route, each kind of nonsense, CONTRACT's status.
func TestHostileBodies(t *testing.T) {
	d := newDesk(t, func(p *api.Parts) { p.MaxBody, p.MaxText = 4096, 100 })
	id := d.waiting("li")
	for _, route := range []struct{ path, good string }{
		{"/api/v1/admin/session", `{"user":"viewer","password":"a fine password"}`},
		{path(id, "/messages"), `{"id":"x","text":"hello"}`},
	} {
		for name, tc := range map[string]struct {
			status int
			body   string
		}{
			"good":               {200, route.good},
			"spaces around":      {200, " \n" + route.good + "\n "},
			"empty":              {400, ""},
			"not JSON":           {400, "hello"},
			"XML":                {400, "<a/>"},
			"half":               {400, route.good[:10]},
			"null":               {400, "null"},
			"array":              {400, "[]"},
			"string":             {400, `"x"`},
			"no fields":          {400, "{}"},
			"unknown field":      {400, strings.Replace(route.good, "{", `{"admin":true,`, 1)},
			"wrong type":         {400, strings.NewReplacer(`"hello"`, "5", `"viewer"`, "5").Replace(route.good)},
			"nested":             {400, strings.NewReplacer(`"hello"`, `{"a":{}}`, `"viewer"`, `[[]]`).Replace(route.good)},
			"deep":               {400, strings.Repeat(`{"text":`, 400)},
			"trailing object":    {400, route.good + "{}"},
			"trailing text":      {400, route.good + "x"},
			"invalid UTF-8":      {400, strings.NewReplacer("hello", "h\xff", "viewer", "v\xff").Replace(route.good)},
			"UTF-16":             {400, "\xff\xfe{\x00}\x00"},
			"too large":          {413, `{"text":"` + strings.Repeat("a", 5000) + `"}`},
			"too large, of dust": {413, strings.Repeat(" ", 5000)},
		} {
			if r := d.as(core.RoleOwner, "POST", route.path, tc.body); r.status != tc.status {
				t.Errorf("%s, %s: %d, want %d: %s", route.path, name, r.status, tc.status, r.body)
			}
		}
	}
}

func TestHostileMessages(t *testing.T) {
	d := newDesk(t, func(p *api.Parts) { p.MaxText = 100 })
	id := d.waiting("li")
	for name, tc := range map[string]struct {
		status int
		body   string
	}{
		"no id":              {400, `{"text":"x"}`},
		"empty id":           {400, `{"id":"","text":"x"}`},
		"long id":            {400, `{"id":"` + strings.Repeat("x", 129) + `","text":"x"}`},
		"id of a bell":       {400, `{"id":"\u0007","text":"x"}`},
		"no text":            {400, `{"id":"1"}`},
		"blank text":         {400, `{"id":"1","text":" \n\t"}`},
		"a bell":             {400, `{"id":"1","text":"\u0007"}`},
		"NUL":                {400, `{"id":"1","text":"a\u0000b"}`},
		"longest":            {200, `{"id":"2","text":"` + strings.Repeat("x", 100) + `"}`},
		"too long":           {413, `{"id":"1","text":"` + strings.Repeat("x", 101) + `"}`},
		"lines and tabs":     {200, `{"id":"3","text":"a\r\n\tb"}`},
		"markup is text":     {200, `{"id":"4","text":"<script>alert(1)</script>"}`},
		"half a surrogate":   {200, `{"id":"5","text":"\ud800"}`}, // becomes U+FFFD
		"internal as a word": {400, `{"id":"1","text":"x","internal":"yes"}`},
	} {
		if r := d.as(core.RoleAgent, "POST", path(id, "/messages"), tc.body); r.status != tc.status {
			t.Errorf("%s: %d, want %d: %s", name, r.status, tc.status, r.body)
		}
	}
	d.want(d.as(core.RoleAgent, "POST", path("unknown", "/messages"), `{"id":"1","text":"x"}`), 404, nil)
}

// TestPanicIsAnAnswer: one broken part must not take the server's connection
// or its words along.
func TestPanicIsAnAnswer(t *testing.T) {
	d := newDesk(t, func(p *api.Parts) { p.Documents = nil })
	r := d.want(d.as(core.RoleViewer, "GET", docs, ""), 500, nil)
	if strings.Contains(r.body, "nil pointer") {
		t.Fatal(r.body)
	}
}
