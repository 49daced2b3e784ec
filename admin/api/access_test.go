package api_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"frontdesk/admin/admintest"
	"frontdesk/admin/api"
	"frontdesk/core"
)

// access is who may do what: every route is here, see TestDescription.
var access = []struct {
	method, path string
	need         core.UserRole // "" for everybody
	status       int           // for who may
}{
	{"GET", "/api/v1/openapi.yaml", "", 200},
	{"POST", "/api/v1/admin/session", "", 400}, // without a body
	{"GET", "/api/v1/admin/session", core.RoleViewer, 200},
	{"DELETE", "/api/v1/admin/session", core.RoleViewer, 400}, // a token has none
	{"GET", "/api/v1/admin/conversations", core.RoleViewer, 200},
	{"GET", "/api/v1/admin/conversations/{id}", core.RoleViewer, 200},
	{"GET", "/api/v1/admin/conversations/{id}/messages", core.RoleViewer, 200},
	{"POST", "/api/v1/admin/conversations/{id}/messages", core.RoleAgent, 400},
	{"POST", "/api/v1/admin/conversations/{id}/take", core.RoleAgent, 428},
	{"POST", "/api/v1/admin/conversations/{id}/return", core.RoleAgent, 428},
	{"POST", "/api/v1/admin/conversations/{id}/resolve", core.RoleAgent, 428},
	{"GET", "/api/v1/admin/conversations/{id}/turns/{seq}/trace", core.RoleViewer, 200},
	{"GET", "/api/v1/admin/events", core.RoleViewer, 200},
	{"GET", "/api/v1/admin/gaps", core.RoleViewer, 200},
	{"GET", "/api/v1/admin/bots", core.RoleViewer, 200},
	{"GET", "/api/v1/admin/bots/{bot}/documents", core.RoleViewer, 200},
	{"POST", "/api/v1/admin/bots/{bot}/documents", core.RoleEditor, 415},
	{"DELETE", "/api/v1/admin/bots/{bot}/documents", core.RoleEditor, 400},
	{"GET", "/api/v1/admin/bots/{bot}/documents/versions", core.RoleViewer, 400},
	{"GET", "/api/v1/admin/bots/{bot}/documents/passages", core.RoleViewer, 400},
	{"GET", "/api/v1/admin/bots/{bot}/documents/diff", core.RoleViewer, 400},
	{"GET", "/api/v1/admin/bots/{bot}/documents/questions", core.RoleViewer, 400},
	{"GET", "/api/v1/admin/bots/{bot}/documents/file", core.RoleViewer, 400},
	{"POST", "/api/v1/admin/bots/{bot}/documents/rollback", core.RoleEditor, 400},
	{"GET", "/api/v1/admin/bots/{bot}/documents/export", core.RoleViewer, 200},
	{"POST", "/api/v1/admin/bots/{bot}/documents/import", core.RoleEditor, 415},
	{"POST", "/api/v1/admin/bots/{bot}/documents/reindex", core.RoleEditor, 400},
	{"GET", "/api/v1/admin/bots/{bot}/faq", core.RoleViewer, 200},
	{"POST", "/api/v1/admin/bots/{bot}/faq", core.RoleEditor, 400},
	{"PUT", "/api/v1/admin/bots/{bot}/faq/{entry}", core.RoleEditor, 400},
	{"DELETE", "/api/v1/admin/bots/{bot}/faq/{entry}", core.RoleEditor, 404},
	{"POST", "/api/v1/admin/bots/{bot}/faq/import", core.RoleEditor, 415},
	{"GET", "/api/v1/admin/bots/{bot}/faq/export", core.RoleViewer, 200},
	{"GET", "/api/v1/admin/bots/{bot}/search", core.RoleViewer, 400},
}

func fill(path string, id core.ConversationID) string {
	return strings.NewReplacer("{id}", string(id), "{seq}", "1", "{bot}", "default", "{entry}", "e1").Replace(path)
}

func TestEveryRouteForEveryRole(t *testing.T) {
	d := newDesk(t, func(p *api.Parts) { p.Drain = drained() }) // streams end at once
	id := d.waiting("li")
	for _, a := range access {
		path := fill(a.path, id)
		for _, r := range admintest.Roles {
			want := a.status
			if a.need != "" && !r.May(a.need) {
				want = 403
			}
			if got := d.as(r, a.method, path, ""); got.status != want {
				t.Errorf("%s %s as %s: %d, want %d: %s", a.method, a.path, r, got.status, want, got.body)
			}
		}
		want := 401
		if a.need == "" {
			want = a.status
		}
		for name, h := range map[string]map[string]string{
			"nobody":         nil,
			"unknown token":  {"Authorization": "Bearer fd_" + strings.Repeat("0", 43)},
			"another scheme": {"Authorization": "Basic b3duZXI6YSBmaW5lIHBhc3N3b3Jk"},
			"no scheme":      {"Authorization": d.Tokens[core.RoleOwner]},
			"unknown cookie": {"Cookie": "fd_session=" + strings.Repeat("0", 43)},
			"empty cookie":   {"Cookie": "fd_session="},
		} {
			got := d.do(call{a.method, path, "", h})
			if got.status != want || want == 401 && got.header.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("%s %s as %s: %d, want %d", a.method, a.path, name, got.status, want)
			}
		}
	}
}

func drained() <-chan struct{} {
	ch := make(chan struct{})
	close(ch)
	return ch
}

// TestCookieWritesNeedCSRF: reads do not, programs do not, and another site's
// page gets nowhere even with the token.
func TestCookieWritesNeedCSRF(t *testing.T) {
	d := newDesk(t, func(p *api.Parts) { p.Drain = drained() })
	id := d.waiting("li")
	good := d.browser("owner")
	with := func(k, v string) map[string]string {
		h := maps.Clone(good)
		h[k] = v
		return h
	}
	other := d.browser("owner")
	for _, a := range access {
		if a.need == "" || a.path == "/api/v1/admin/session" {
			continue
		}
		for _, tc := range []struct {
			name   string
			header map[string]string
			writes int // status of a write
		}{
			{"with token", good, a.status},
			{"without", with("X-CSRF-Token", ""), 403},
			{"wrong", with("X-CSRF-Token", "x"), 403},
			{"of another session", with("X-CSRF-Token", other["X-CSRF-Token"]), 403},
			{"from another site", with("Sec-Fetch-Site", "cross-site"), 403},
			{"from another origin", with("Origin", "https://evil.example"), 403},
			{"from this site", with("Sec-Fetch-Site", "same-origin"), a.status},
		} {
			want := tc.writes
			if a.method == "GET" {
				want = a.status
			}
			if got := d.do(call{a.method, fill(a.path, id), "", tc.header}); got.status != want {
				t.Errorf("%s %s %s: %d, want %d", a.method, a.path, tc.name, got.status, want)
			}
		}
	}
}

func TestSession(t *testing.T) {
	d := newDesk(t)
	r := d.do(call{"POST", "/api/v1/admin/session", `{"user":"Agent","password":"a fine password"}`, nil})
	var s struct {
		User, Role, CSRF string
		Expires          time.Time
		Bots             []string
	}
	d.want(r, 200, &s)
	if s.User != "agent" || s.Role != "agent" || len(s.CSRF) != 43 || !s.Expires.After(d.Now()) || len(s.Bots) != 2 {
		t.Fatalf("%+v", s)
	}
	cookie := r.header.Get("Set-Cookie")
	for _, want := range []string{"fd_session=", "; Path=/", "; HttpOnly", "; SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %q", cookie, want)
		}
	}
	if strings.Contains(cookie, "Secure") || strings.Contains(r.body, strings.TrimPrefix(strings.Split(cookie, ";")[0], "fd_session=")) {
		t.Errorf("cookie %q, body %s", cookie, r.body)
	}
	h := map[string]string{"Cookie": strings.Split(cookie, ";")[0], "X-CSRF-Token": s.CSRF}
	var again struct{ User, CSRF string }
	d.want(d.do(call{"GET", "/api/v1/admin/session", "", h}), 200, &again)
	if again.User != "agent" || again.CSRF != s.CSRF {
		t.Fatalf("%+v", again)
	}
	out := d.want(d.do(call{"DELETE", "/api/v1/admin/session", "", h}), 204, nil)
	if c := out.header.Get("Set-Cookie"); !strings.Contains(c, "Max-Age=0") {
		t.Fatalf("cookie %q", c)
	}
	d.want(d.do(call{"GET", "/api/v1/admin/session", "", h}), 401, nil)
}

func TestCookieIsSecureOverHTTPS(t *testing.T) {
	d := newDesk(t, func(p *api.Parts) { p.PublicURL = "https://desk.example/base" })
	r := d.do(call{"POST", "/api/v1/admin/session", `{"user":"agent","password":"a fine password"}`, nil})
	if c := r.header.Get("Set-Cookie"); !strings.Contains(c, "; Secure") {
		t.Fatalf("cookie %q", c)
	}
	for origin, status := range map[string]int{"https://desk.example": 200, "https://evil.example": 403} { // behind a proxy, Host is another
		r := d.do(call{"POST", "/api/v1/admin/session", `{"user":"agent","password":"a fine password"}`, map[string]string{"Origin": origin}})
		if r.status != status {
			t.Errorf("from %s: %d, want %d", origin, r.status, status)
		}
	}
}

func TestSignInRefusals(t *testing.T) {
	d := newDesk(t)
	post := func(body string, header map[string]string) reply {
		return d.do(call{"POST", "/api/v1/admin/session", body, header})
	}
	for _, tc := range []struct {
		name, body string
		header     map[string]string
		status     int
	}{
		{"wrong password", `{"user":"owner","password":"wrong password"}`, nil, 401},
		{"unknown user", `{"user":"nobody","password":"wrong password"}`, nil, 401},
		{"no password", `{"user":"owner"}`, nil, 400},
		{"empty", `{"user":"","password":""}`, nil, 400},
		{"another site's form", `{"user":"owner","password":"a fine password"}`, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"plain text", `{"user":"owner","password":"a fine password"}`, map[string]string{"Content-Type": "text/plain"}, 415},
	} {
		r := post(tc.body, tc.header)
		if r.status != tc.status || r.header.Get("Set-Cookie") != "" || strings.Contains(r.body, "wrong password\"") {
			t.Errorf("%s: %d %s", tc.name, r.status, r.body)
		}
	}
	for range 5 {
		post(`{"user":"admin","password":"wrong password"}`, nil)
	}
	r := d.want(post(`{"user":"admin","password":"a fine password"}`, nil), 429, nil)
	if r.header.Get("Retry-After") != "1" {
		t.Fatalf("Retry-After %q", r.header.Get("Retry-After"))
	}
	d.Add(time.Second)
	d.want(post(`{"user":"admin","password":"a fine password"}`, nil), 200, nil)
}

// TestRoleChangesCountAtOnce: a session does not outlive what it was given for.
func TestRoleChangesCountAtOnce(t *testing.T) {
	d := newDesk(t)
	h := d.browser("agent")
	d.want(d.do(call{"GET", "/api/v1/admin/session", "", h}), 200, nil)
	if err := d.Auth.SetDisabled(t.Context(), "agent", true); err != nil {
		t.Fatal(err)
	}
	d.want(d.do(call{"GET", "/api/v1/admin/session", "", h}), 401, nil)
}

func TestHeaders(t *testing.T) {
	d := newDesk(t)
	for _, path := range []string{"/api/v1/admin/session", "/api/v1/admin/conversations", "/nowhere"} {
		r := d.as(core.RoleViewer, "GET", path, "", "X-Request-Id", "client-7.a_B")
		for k, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
			"Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "X-Request-Id": "client-7.a_B"} {
			if got := r.header.Get(k); got != want {
				t.Errorf("%s: %s is %q, want %q", path, k, got, want)
			}
		}
		if !strings.HasPrefix(r.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: no policy", path)
		}
	}
	for _, bad := range []string{"a b", strings.Repeat("x", 65), "a\x1b[31m", `"><script>`} {
		if got := d.as(core.RoleViewer, "GET", "/api/v1/admin/session", "", "X-Request-Id", bad).header.Get("X-Request-Id"); got == bad {
			t.Errorf("the id %q was kept", bad)
		}
	}
}

func TestRouting(t *testing.T) {
	d := newDesk(t)
	id := d.waiting("li")
	for _, tc := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 404}, {"GET", "/api/v1/admin", 404}, {"GET", "/api/v1/admin/nothing", 404},
		{"PUT", "/api/v1/admin/session", 405}, {"POST", "/api/v1/admin/conversations", 405},
		{"DELETE", "/api/v1/admin/conversations/" + string(id), 405}, {"GET", "/api/v1/admin/conversations/x/take", 405},
		{"PATCH", "/api/v1/admin/bots/default/documents", 405}, {"POST", "/api/v1/openapi.yaml", 405},
		{"GET", "/api/v1/admin/conversations/unknown", 404}, {"GET", "/api/v1/admin/conversations/unknown/messages", 404},
		{"GET", "/api/v1/admin/bots/unknown/documents", 404}, {"GET", "/api/v1/admin/bots/unknown/search?q=x", 404},
		{"GET", fmt.Sprintf("/api/v1/admin/conversations/%s/turns/99/trace", id), 404},
		{"GET", fmt.Sprintf("/api/v1/admin/conversations/%s/turns/2/trace", id), 404}, // the bot's message
		{"GET", fmt.Sprintf("/api/v1/admin/conversations/%s/turns/x/trace", id), 404},
		{"GET", "/api/v1/admin/conversations?mode=all", 400}, {"GET", "/api/v1/admin/conversations?limit=0", 400},
		{"GET", "/api/v1/admin/conversations?limit=201", 400}, {"GET", "/api/v1/admin/conversations?limit=x", 400},
		{"GET", "/api/v1/admin/conversations?cursor=zzz", 400}, {"GET", "/api/v1/admin/conversations?mode=%zz", 400},
		{"GET", fmt.Sprintf("/api/v1/admin/conversations/%s/messages?after=-1", id), 400},
		{"GET", "/api/v1/admin/bots/default/search?q=%ff", 400}, {"GET", "/api/v1/admin/bots/%ff/documents", 400},
		{"GET", "/api/v1/admin/conversations/%00", 400},
	} {
		r := d.as(core.RoleOwner, tc.method, tc.path, "")
		if r.status != tc.status || tc.status == 405 && r.header.Get("Allow") == "" {
			t.Errorf("%s %s: %d, want %d: %s", tc.method, tc.path, r.status, tc.status, r.body)
		}
	}
}
