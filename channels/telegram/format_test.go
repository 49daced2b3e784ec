package telegram

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	sim "frontdesk/channels/sim/telegram"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain", ""},
		{"1 < 2 & 3 > 2", ""},
		{"**bold** and `x<y`", "<b>bold</b> and <code>x&lt;y</code>"},
		{"a **b", ""},
		{"2 ** 3 ** 4", ""},
		{"****", ""},
		{"**a\nb**", ""},
		{"see [our page](https://shop.example/a?b=1&c=2) & go", `see <a href="https://shop.example/a?b=1&amp;c=2">our page</a> &amp; go`},
		{"[x](javascript:alert(1))", ""},
		{"[x](https://)", ""},
		{`[x](https://a.example/"onclick)`, ""},
		{"```go\nif a < b {}\n```", "<pre>if a &lt; b {}\n</pre>"},
		{"```**no**```", "<pre>**no**</pre>"},
		{"``` ```", ""},
		{"**退货** 7 天", "<b>退货</b> 7 天"},
		{"<b>mine</b> **ours**", "&lt;b&gt;mine&lt;/b&gt; <b>ours</b>"},
	} {
		got, marked := format(c.in)
		if marked != (c.want != "") || marked && got != c.want {
			t.Errorf("format(%q) = %q, %v; want %q", c.in, got, marked, c.want)
		}
	}
}

// Whatever the bot writes, Telegram understands its markup, and shows no more
// than was written, so that a piece never grows beyond the limit.
func TestFormatIsUnderstood(t *testing.T) {
	s := sim.New(sim.Options{Token: testToken})
	defer s.Close()
	place := s.Private(lin)
	s.Say(lin, place, "hi")
	bit := rapid.SampledFrom([]string{"**", "*", "`", "```", "[", "]", "(", ")", "](https://a.example/x)", "[a](https://b.example)", "<", ">", "&", "&lt;", `"`, "'", "x", " ", "\n", "字", "😀"})
	rapid.Check(t, func(t *rapid.T) {
		text := "x" + strings.Join(rapid.SliceOfN(bit, 0, 40).Draw(t, "bits"), "")
		html, marked := format(text)
		form := url.Values{"chat_id": {"11"}, "text": {text}}
		if marked {
			form = url.Values{"chat_id": {"11"}, "text": {html}, "parse_mode": {"HTML"}}
		}
		r := httptest.NewRequest(http.MethodPost, "/bot"+testToken+"/sendMessage", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != 200 {
			t.Fatalf("%q as %q: %s", text, html, w.Body)
		}
		all := s.Transcript(place)
		if shown := all[len(all)-1].Text; units(shown) > units(text) {
			t.Fatalf("%q is shown as %q", text, shown)
		}
	})
}
