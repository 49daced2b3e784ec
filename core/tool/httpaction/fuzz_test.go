package httpaction

import (
	"net/url"
	"strings"
	"testing"
)

// Whatever an argument holds, the request goes to the host and the folder that
// were written down, with the query's names and no others.
func FuzzFill(f *testing.F) {
	for _, s := range []string{"4711", "..", "../../x", "a/b", "a?x=1", "a#b", "%2e%2e", "%2f", "@evil.example", "\\", ";", "&admin=1", "\n", "订单", "{order}", "{customer.id}"} {
		f.Add(s, s)
	}
	t1, err := parse("https://erp.example:8443/v1/orders/{order}/state?note={note}&fixed=1")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, order, note string) {
		s, err := t1.fill(map[string]any{"order": order, "note": note})
		if err != nil {
			return
		}
		u, err := url.Parse(s)
		if err != nil {
			t.Fatalf("%q is no URL: %v", s, err)
		}
		parts := strings.Split(u.EscapedPath(), "/")
		if u.Host != "erp.example:8443" || u.User != nil || u.Fragment != "" || len(parts) != 5 || parts[1] != "v1" || parts[2] != "orders" || parts[4] != "state" {
			t.Fatalf("%q, %q: %s", order, note, s)
		}
		if got, err := url.PathUnescape(parts[3]); err != nil || got != order || got == ".." || got == "." {
			t.Fatalf("%q became %q", order, got)
		}
		q, err := url.ParseQuery(u.RawQuery)
		if err != nil || len(q) != 2 || q.Get("note") != note || q.Get("fixed") != "1" {
			t.Fatalf("%q: query %s", note, u.RawQuery)
		}
	})
}
