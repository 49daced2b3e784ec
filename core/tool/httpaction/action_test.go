package httpaction_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/fetch"
	"frontdesk/core/tool"
	"frontdesk/core/tool/httpaction"
)

// erp is the business's system: it plays answers in turn, the last for good.
type erp struct {
	*httptest.Server
	mu   sync.Mutex
	play []string // "status body"
	got  []*http.Request
	body []string
}

func newERP(t *testing.T, play ...string) *erp {
	e := &erp{play: play}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		defer e.mu.Unlock()
		b, _ := io.ReadAll(r.Body)
		e.got, e.body = append(e.got, r), append(e.body, string(b))
		p := e.play[0]
		if len(e.play) > 1 {
			e.play = e.play[1:]
		}
		var status int
		_, _ = fmt.Sscan(p, &status)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.TrimPrefix(p, fmt.Sprint(status)))
	}))
	t.Cleanup(e.Close)
	return e
}

const schema = `{"type":"object","properties":{"order":{"type":"string"},"phone":{"type":"string"},"count":{"type":"integer"},"note":{"type":"string"}}}`

func client(t *testing.T, allow ...string) *fetch.Client {
	t.Helper()
	c, err := fetch.New(fetch.Options{Allow: allow, Setting: "tools.allow", Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func options(t *testing.T, url string) httpaction.Options {
	return httpaction.Options{Spec: tool.Spec{Name: "order", Schema: json.RawMessage(schema), Identity: tool.Anonymous}, URL: url,
		Client: client(t, "127.0.0.1"), Wait: func(context.Context, time.Duration) error { return nil }}
}

func action(t *testing.T, o httpaction.Options) *httpaction.Action {
	t.Helper()
	a, err := httpaction.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func args(kv ...string) tool.Call {
	c := tool.Call{Args: map[string]any{}, Key: "key-1", Customer: tool.Customer{Native: "ann", Channel: "web", Email: "ann@shop.example", Level: core.Verified}}
	for i := 0; i+1 < len(kv); i += 2 {
		c.Args[kv[i]] = kv[i+1]
	}
	return c
}

func TestGet(t *testing.T) {
	e := newERP(t, `200 {"data":{"state":"on its way","n":20251103118,"items":[{"name":"kettle"}],"secret":"x"}}`)
	o := options(t, e.URL+"/v1/orders/{order}?note={note}&left={phone}&fixed=1")
	o.Header = http.Header{"X-Api-Key": {"s3cret"}}
	o.Result = map[string]string{"state": "data.state", "number": "data.n", "item": "data.items.0.name", "none": "data.items.7.name", "list": "data.items"}
	r, err := action(t, o).Call(t.Context(), args("order", "A 1&b=c#d", "note", "a&admin=1"))
	if err != nil {
		t.Fatal(err)
	}
	if got := e.got[0].URL.RequestURI(); got != "/v1/orders/A%201&b=c%23d?note=a%26admin%3D1&fixed=1" {
		t.Errorf("asked %s", got)
	}
	if e.got[0].Header.Get("X-Api-Key") != "s3cret" || e.got[0].Header.Get("Idempotency-Key") != "" {
		t.Errorf("headers %v", e.got[0].Header)
	}
	if r.Values["state"] != "on its way" || r.Values["number"] != "20251103118" || r.Values["item"] != "kettle" || r.Values["none"] != "" || r.Values["list"] != `[{"name":"kettle"}]` || len(r.Values) != 5 {
		t.Errorf("%v", r.Values)
	}
}

func TestBody(t *testing.T) {
	e := newERP(t, `201 {"id":7,"ok":true,"deep":{"x":1}}`)
	o := options(t, e.URL+"/tickets")
	o.Method, o.Spec.Channels = "post", []string{"web"}
	o.Body = map[string]any{"order": "{order}", "count": "{count}", "text": "for {order}: {note}", "who": map[string]any{"id": "{customer.id}", "mail": "{customer.email}"}, "left": "{phone}", "list": []any{"{order}", 1.0}}
	a := action(t, o)
	c := args("order", `A"1`, "note", "hi", "customer.id", "bob")
	c.Args["count"] = 2.0
	r, err := a.Call(t.Context(), c)
	if err != nil || r.Values["id"] != "7" || r.Values["ok"] != "true" || len(r.Values) != 2 {
		t.Fatalf("%v, %v", r, err)
	}
	if want := `{"count":2,"list":["A\"1",1],"order":"A\"1","text":"for A\"1: hi","who":{"id":"ann","mail":"ann@shop.example"}}`; e.body[0] != want {
		t.Errorf("sent %s", e.body[0])
	}
	if !a.Spec().Writes || e.got[0].Header.Get("Idempotency-Key") != "key-1" {
		t.Error("a POST is no write, or carries no key")
	}
}

// Asked for the orders of nobody, a system may give everybody's.
func TestNobody(t *testing.T) {
	for _, hole := range []string{"id", "email"} {
		e := newERP(t, `200 {"orders":"all"}`)
		o := options(t, e.URL+"/orders?of={customer."+hole+"}")
		o.Spec.Channels = []string{"web"}
		c := args()
		c.Customer.Native, c.Customer.Email = "", ""
		if r, err := action(t, o).Call(t.Context(), c); !errors.Is(err, tool.ErrIdentity) || len(e.got) != 0 {
			t.Errorf("%s: %v, %v, asked %d times", hole, r, err, len(e.got))
		}
	}
}

func TestMistakes(t *testing.T) {
	for want, change := range map[string]func(*httpaction.Options){
		"no URL": func(o *httpaction.Options) { o.URL = "erp" },
		"what the customer says": func(o *httpaction.Options) {
			o.URL, o.Spec.Identity = "http://127.0.0.1/orders?mail={customer.email}", ""
		},
		"in the host":           func(o *httpaction.Options) { o.URL = "http://{order}.example/" },
		"in the host ":          func(o *httpaction.Options) { o.URL = "{order}://erp.example/" },
		"not closed":            func(o *httpaction.Options) { o.URL = "http://127.0.0.1/{order" },
		"none of GET":           func(o *httpaction.Options) { o.Method = "TRACE" },
		"GET has no body":       func(o *httpaction.Options) { o.Body = "x" },
		"none of its arguments": func(o *httpaction.Options) { o.URL += "/{user}" },
		"of the customer there": func(o *httpaction.Options) { o.URL += "/{customer.password}" },
		"name its channels":     func(o *httpaction.Options) { o.URL += "/{customer.id}" },
		"matched needs match":   func(o *httpaction.Options) { o.Spec.Identity = tool.Matched },
		"soon guessed": func(o *httpaction.Options) {
			o.Spec.Identity = tool.Matched
			o.Match = []httpaction.Match{{"phone", "p", 2}}
		},
		"is for identity":         func(o *httpaction.Options) { o.Match = []httpaction.Match{{"phone", "p", 4}} },
		"to tools.allow":          func(o *httpaction.Options) { o.URL = "http://10.0.0.7/" },
		"name and password do no": func(o *httpaction.Options) { o.URL = "http://user:pw@127.0.0.1/" },
	} {
		o := options(t, "http://127.0.0.1/{order}")
		change(&o)
		if _, err := httpaction.New(o); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) || strings.Contains(err.Error(), "pw") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// No argument leads to another address than the one described.
func TestArgumentsInPaths(t *testing.T) {
	e := newERP(t, `200 {}`)
	a := action(t, options(t, e.URL+"/orders/{order}/state"))
	for _, v := range []string{"", " ", ".", "..", "../admin", "a/b", `a\b`, "...", "\x00", "/"} {
		if _, err := a.Call(t.Context(), args("order", v)); !errors.Is(err, tool.ErrArguments) {
			t.Errorf("%q: %v", v, err)
		}
	}
	if len(e.got) != 0 {
		t.Errorf("asked %s", e.got[0].URL)
	}
	for _, v := range []string{"%2e%2e", "a?x=1", "a#b", "@evil.example", "订单1", "a b"} {
		if _, err := a.Call(t.Context(), args("order", v)); err != nil {
			t.Errorf("%q: %v", v, err)
		}
		if last := e.got[len(e.got)-1].URL; last.Path != "/orders/"+v+"/state" || last.RawQuery != "" {
			t.Errorf("%q asked %s", v, last)
		}
	}
}

// The answer is told to who knows a second fact of it, and nothing of it else.
func TestMatched(t *testing.T) {
	o := func(play string) httpaction.Options {
		e := newERP(t, play)
		o := options(t, e.URL+"/orders/{order}")
		o.Spec.Identity, o.Match = tool.Matched, []httpaction.Match{{"phone", "buyer.phone", 4}}
		o.Result = map[string]string{"state": "state"}
		return o
	}
	const there = `200 {"state":"on its way","buyer":{"phone":"+86 138-0013-8000"}}`
	a := action(t, o(there))
	if got := a.Spec().Facts; len(got) != 2 {
		t.Errorf("facts %v", got)
	}
	for _, p := range []string{"8000", "13800138000", "尾号８０００"} {
		if r, err := a.Call(t.Context(), args("order", "1", "phone", p)); err != nil || r.Values["state"] != "on its way" {
			t.Errorf("%s: %v, %v", p, r, err)
		}
	}
	for name, c := range map[string]struct{ play, phone string }{
		"another's": {there, "9000"}, "none": {there, ""}, "too short": {there, "000"}, "no phone there": {`200 {"state":"x"}`, ""}, "null there": {`200 {"state":"x","buyer":{"phone":null}}`, "0000"},
		"short there": {`200 {"state":"x","buyer":{"phone":"00"}}`, "0000"}, "another shape": {`200 [1]`, "8000"}, "nothing there": {`404 {"state":"x"}`, "8000"},
	} {
		if r, err := action(t, o(c.play)).Call(t.Context(), args("order", "1", "phone", c.phone)); !errors.Is(err, tool.ErrNoMatch) || len(r.Values) > 0 || r.Text != "" {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
}

func TestTries(t *testing.T) {
	for name, c := range map[string]struct {
		method  string
		repeats bool
		play    []string
		calls   int
		err     error
		undone  bool
	}{
		"get, mended":            {"GET", false, []string{"503", "502", "200 {}"}, 3, nil, false},
		"get, broken":            {"GET", false, []string{"500"}, 3, tool.ErrUnavailable, false},
		"get, busy":              {"GET", false, []string{"429", "200 {}"}, 2, nil, false},
		"get, denied":            {"GET", false, []string{"401"}, 1, tool.ErrUnavailable, true},
		"get, no JSON":           {"GET", false, []string{"200 <html>"}, 1, tool.ErrUnavailable, false},
		"post is sent once":      {"POST", false, []string{"503", "200 {}"}, 1, tool.ErrUnavailable, false},
		"post refused":           {"POST", false, []string{"422"}, 1, tool.ErrUnavailable, true},
		"post that may repeat":   {"POST", true, []string{"503", "200 {}"}, 2, nil, false},
		"put that may repeat":    {"PUT", true, []string{"409", "204 "}, 2, nil, false},
		"delete that may repeat": {"DELETE", true, []string{"404"}, 1, tool.ErrNoMatch, false},
	} {
		e := newERP(t, c.play...)
		o := options(t, e.URL+"/x")
		o.Method, o.Spec.Repeats = c.method, c.repeats
		_, err := action(t, o).Call(t.Context(), args())
		if !errors.Is(err, c.err) || len(e.got) != c.calls || errors.Is(err, tool.ErrUndone) != c.undone {
			t.Errorf("%s: %v after %d", name, err, len(e.got))
		}
		for _, r := range e.got {
			if c.method != "GET" && r.Header.Get("Idempotency-Key") != "key-1" {
				t.Errorf("%s: key %q", name, r.Header.Get("Idempotency-Key"))
			}
		}
	}
}

// A name that leads inside is found out when it is asked; the error holds
// neither path nor credentials.
func TestInside(t *testing.T) {
	e := newERP(t, `200 {}`)
	o := options(t, strings.Replace(e.URL, "127.0.0.1", "localtest.example", 1)+"/secret-path/{order}")
	o.Client = client(t)
	o.Header = http.Header{"Authorization": {"Bearer s3cret"}}
	_, err := action(t, o).Call(t.Context(), args("order", "1"))
	if err == nil || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "s3cret") || len(e.got) != 0 {
		t.Error(err)
	}
	o.URL = e.URL
	if _, err := httpaction.New(o); err == nil {
		t.Error("an address inside is taken")
	}
}

// A redirect inside is refused, and counts as nothing done.
func TestRedirectInside(t *testing.T) {
	inner := newERP(t, `200 {"password":"x"}`)
	outer := httptest.NewServer(http.RedirectHandler("http://localhost"+inner.URL[strings.LastIndex(inner.URL, ":"):], http.StatusFound))
	t.Cleanup(outer.Close)
	o := options(t, outer.URL)
	o.Client = client(t, strings.TrimPrefix(outer.URL, "http://"))
	if r, err := action(t, o).Call(t.Context(), args()); !errors.Is(err, tool.ErrUnavailable) || len(r.Values) > 0 || len(inner.got) > 0 {
		t.Errorf("%v, %v", r, err)
	}
}
