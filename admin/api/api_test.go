package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/admin/admintest"
	"frontdesk/admin/api"
	"frontdesk/core"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a world with its API, spoken to as over the wire.
type desk struct {
	*admintest.World
	h http.Handler
}

func newDesk(t *testing.T, alter ...func(*api.Parts)) desk {
	t.Helper()
	w := admintest.New(t, time.Unix(1_700_000_000, 0).UTC())
	p := w.Parts()
	for _, f := range alter {
		f(&p)
	}
	return desk{w, api.New(p)}
}

// call is a request as data.
type call struct {
	method, path string
	body         string
	header       map[string]string
}

type reply struct {
	status int
	header http.Header
	body   string
}

func (d desk) do(c call) reply {
	d.Helper()
	r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
	for k, v := range c.header {
		r.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	d.h.ServeHTTP(rec, r)
	if rec.Header().Get("X-Request-Id") == "" {
		d.Errorf("%s %s: no X-Request-Id", c.method, c.path)
	}
	if rec.Code >= 400 {
		d.isProblem(c, rec)
	}
	return reply{rec.Code, rec.Header(), rec.Body.String()}
}

// isProblem holds every refusal to RFC 9457.
func (d desk) isProblem(c call, rec *httptest.ResponseRecorder) {
	d.Helper()
	var p struct {
		Title     string `json:"title"`
		Status    int    `json:"status"`
		Detail    string `json:"detail"`
		RequestID string `json:"request_id"`
	}
	err := json.Unmarshal(rec.Body.Bytes(), &p)
	if err != nil || rec.Header().Get("Content-Type") != "application/problem+json" || p.Status != rec.Code || p.Detail == "" ||
		p.Title != http.StatusText(rec.Code) || p.RequestID != rec.Header().Get("X-Request-Id") {
		d.Errorf("%s %s: no problem document: %v, %v, %s", c.method, c.path, err, rec.Header(), rec.Body)
	}
}

// as sends a program's request.
func (d desk) as(r core.UserRole, method, path, body string, header ...string) reply {
	d.Helper()
	h := map[string]string{"Authorization": "Bearer " + d.Tokens[r]}
	for i := 0; i < len(header); i += 2 {
		h[header[i]] = header[i+1]
	}
	return d.do(call{method, path, body, h})
}

// want checks the status and decodes the answer.
func (d desk) want(r reply, status int, into any) reply {
	d.Helper()
	if r.status != status {
		d.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	if into != nil {
		if err := json.Unmarshal([]byte(r.body), into); err != nil {
			d.Fatalf("%v in %s", err, r.body)
		}
	}
	return r
}

// upload makes a multipart body of fields; "file" is name and content.
func upload(fields ...[2]string) (body, contentType string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, f := range fields {
		name, file, isFile := strings.Cut(f[0], ":")
		var w io.Writer
		if isFile {
			w, _ = m.CreateFormFile(name, file) // a buffer takes everything
		} else {
			w, _ = m.CreateFormField(name)
		}
		_, _ = io.WriteString(w, f[1])
	}
	_ = m.Close()
	return b.String(), m.FormDataContentType()
}

// browser signs in and returns the headers its writes carry.
func (d desk) browser(user string) map[string]string {
	d.Helper()
	r := d.do(call{"POST", "/api/v1/admin/session", `{"user":"` + user + `","password":"` + admintest.Password + `"}`, nil})
	var s struct{ CSRF string }
	d.want(r, 200, &s)
	cookie, _, _ := strings.Cut(r.header.Get("Set-Cookie"), ";")
	return map[string]string{"Cookie": cookie, "X-CSRF-Token": s.CSRF}
}

// waiting makes a case that waits for a person.
func (d desk) waiting(address string) core.ConversationID {
	d.Helper()
	d.Ask("web", address, "Li Hua", "Can I return an opened blender?", admintest.Answered("Within 30 days.", "returns.pdf", 0.8))
	return d.Ask("web", address, "Li Hua", "人工客服", admintest.HandedOver("One moment.", core.ReasonAsked, 0.2))
}
