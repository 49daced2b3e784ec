package strict

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func mustParse(t *testing.T, src string) *Node {
	t.Helper()
	n, err := Parse("f", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestParse(t *testing.T) {
	n := mustParse(t, `
a: &x {b: 1, c: "2"}
d: *x
e:
  <<: *x
  b: 9
f: [on, ~, 0x1F, .5, -1]
g: |
  two
  lines
'h i': 'it''s'
`)
	want := map[string]any{
		"a": map[string]any{"b": int64(1), "c": "2"},
		"d": map[string]any{"b": int64(1), "c": "2"},
		"e": map[string]any{"b": int64(9), "c": "2"},
		"f": []any{"on", nil, "0x1F", 0.5, int64(-1)},
		"g": "two\nlines\n", "h i": "it's",
	}
	if diff := cmp.Diff(want, Value(n)); diff != "" {
		t.Error(diff)
	}
	if p := n.Get("d").Get("c").Pos; p.Line != 2 {
		t.Errorf("an alias' value is at %v, want where it was written", p)
	}
}

func TestEmptyFiles(t *testing.T) {
	for _, src := range []string{"", "\n", "# only\n# comments\n", "---\n", "\xef\xbb\xbf# mark\n"} {
		n, err := Parse("f", []byte(src))
		if err != nil || n.Kind != Map || len(n.Pairs) != 0 {
			t.Errorf("%q: got %+v, %v", src, n, err)
		}
	}
}

// patience is far beyond what any file within the bounds takes, on a machine
// that is busy with other things too; what it catches takes minutes.
const patience = 30 * time.Second

// TestBounds ensures that files made to hurt are refused, and quickly.
func TestBounds(t *testing.T) {
	indented := func(unit string, n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.Repeat(" ", i) + unit + "\n")
		}
		return b.String()
	}
	for name, src := range map[string]string{
		"large":           "a: " + strings.Repeat("x", MaxBytes),
		"brackets":        strings.Repeat("[", 100_000),
		"braces":          strings.Repeat("{a: ", 50_000),
		"dashes":          strings.Repeat("- ", 100_000) + "x",
		"questions":       strings.Repeat("? ", 100_000) + "x",
		"anchors":         strings.Repeat("&a ", 50_000) + "x",
		"tags":            strings.Repeat("!!map ", 40_000) + "x",
		"indentation":     indented("a:", 600),
		"mappings":        indented("a:", 150),
		"alias of itself": "a: &a [*a]\n",
		"many values":     "a: [" + strings.Repeat("1,", maxNodes+1) + "]",
		"second document": "a: 1\n---\nb: 2\n",
		"binary":          "a: \x00\xff",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			n, err := Parse("f", []byte(src))
			var one *Error
			if !errors.As(err, &one) {
				t.Fatalf("got %v, %v", n, err)
			}
			if len(err.Error()) > 300 {
				t.Errorf("a long error: %.300s…", err)
			}
			if took := time.Since(start); took > patience {
				t.Errorf("took %v", took)
			}
		})
	}
}

// TestLargeFileIsQuick ensures that the largest files let in take no minute.
func TestLargeFileIsQuick(t *testing.T) {
	var b strings.Builder
	for i := 0; b.Len() < MaxBytes-100; i++ {
		fmt.Fprintf(&b, "key%d: %s\n", i, strings.Repeat("word ", 20))
	}
	start := time.Now()
	mustParse(t, b.String())
	if took := time.Since(start); took > patience {
		t.Errorf("took %v", took)
	}
}

type level int

func (l *level) UnmarshalText(b []byte) error {
	if string(b) != "high" {
		return errors.New("only high will do")
	}
	*l = 3
	return nil
}

type Common struct {
	Name string `yaml:"name"`
}

type item struct {
	N    int `yaml:"n"`
	Kind string
}

func (i *item) SetDefaults() { i.N = 7 }

type target struct {
	Common
	S      string            `yaml:"s"`
	B      *bool             `yaml:"b"`
	U      uint8             `yaml:"u"`
	F      float64           `yaml:"f"`
	D      time.Duration     `yaml:"d"`
	L      level             `yaml:"l"`
	Items  []item            `yaml:"items"`
	M      map[string]string `yaml:"m"`
	Any    any               `yaml:"any"`
	Pw     Secret            `yaml:"pw"`
	Inline Common2           `yaml:",inline"`
	Hidden string            `yaml:"-"`
	none   string
}

type Common2 struct {
	Extra int `yaml:"extra"`
}

func TestDecode(t *testing.T) {
	got := target{S: "kept", U: 4}
	err := Decode(mustParse(t, `
name: 012
s:
b: false
f: 1e-3
d: 1m
l: high
items: [{n: 1}, {kind: x}]
m: {a: 1, b: yes}
any: {x: [1, two]}
pw: 0x10
extra: 5
`), &got)
	if err != nil {
		t.Fatal(err)
	}
	no := false
	want := target{
		Common: Common{"012"}, S: "kept", B: &no, U: 4, F: 0.001, D: time.Minute, L: 3,
		Items: []item{{N: 1}, {N: 7, Kind: "x"}}, M: map[string]string{"a": "1", "b": "yes"},
		Any: map[string]any{"x": []any{int64(1), "two"}}, Pw: NewSecret("0x10"), Inline: Common2{5},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(target{})); diff != "" {
		t.Error(diff)
	}
	if got.none != "" {
		t.Error("an unexported field was filled")
	}
}

func TestDecodeMistakes(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"name: [x]", "f:1:7: a single value is wanted here, not a list"},
		{"name: {x: 1}", "f:1:8: a single value is wanted here, not a mapping"},
		{"b: yes", `f:1:4: "yes" is neither true nor false`},
		{"u: 256", `"256" is no whole number in range`},
		{"u: -1", `"-1" is no whole number in range`},
		{"f: .inf", `".inf" is no number`},
		{"f: x", `"x" is no number`},
		{"d: 5", `"5" is no duration`},
		{"l: low", "only high will do"},
		{"items: {n: 1}", "a list is wanted here, not a mapping"},
		{"items: [{n: 1}, ~]", "an entry of the list is empty"},
		{"items: [{m: 1}]", `unknown key "m" in items[0]: did you mean "n"?`},
		{"m: [a]", "a mapping is wanted here, not a list"},
		{"pw: [a]", "a single value is wanted here, not a list"},
		{"hidden: x", `unknown key "hidden"`},
		{"none: x", `unknown key "none"`},
		{"pw_file: x", `unknown key "pw_file": known here are any, b, d`},
		{"s: " + strings.Repeat("x", 10) + "\nu: " + strings.Repeat("y", 100), strings.Repeat("y", 40) + `"…`},
	} {
		err := Decode(mustParse(t, tt.src), &target{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s:\ngot  %v\nwant %s", tt.src, err, tt.want)
		}
	}
	if err := Decode(mustParse(t, "a: 1"), target{}); err == nil {
		t.Error("decoding into no pointer is let through")
	}
	if err := Decode(mustParse(t, "a: 1"), &struct{ A chan int }{}); err == nil {
		t.Error("decoding into a channel is let through")
	}
}

func TestHiddenTextsStayHidden(t *testing.T) {
	n := mustParse(t, "u: password\nitems: [{n: password}]\nd: password\nb: password\nf: password\n")
	n.Hide()
	err := Decode(n, &target{})
	if err == nil || strings.Contains(err.Error(), "password") || strings.Count(err.Error(), "the value is") != 5 {
		t.Errorf("got %v", err)
	}
}

// TestManyMistakes ensures that a wrong file does not fill the screen.
func TestManyMistakes(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, "wrong%d: 1\n", i)
	}
	err := Decode(mustParse(t, b.String()), &target{})
	var all Errors
	if !errors.As(err, &all) || len(all) != 100 {
		t.Fatalf("got %v", err)
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != maxShown+1 || lines[maxShown] != "… and 80 more" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
	var one *Error
	if !errors.As(err, &one) || one.Pos.Line != 1 {
		t.Errorf("the first mistake is not to be had: %v", one)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"addr", "public_url", "shutdown_timeout", "token", "app_id"}
	for in, want := range map[string]string{
		"adr": "addr", "adrr": "addr", "Addr": "addr", "publicurl": "public_url", "url": "",
		"tokne": "token", "shutdowntimout": "shutdown_timeout", "appid": "app_id", "x": "", "": "",
		strings.Repeat("a", 10_000): "",
	} {
		if got := Nearest(in, known); got != want {
			t.Errorf("%.20s: got %q, want %q", in, got, want)
		}
	}
}

func TestNode(t *testing.T) {
	n := mustParse(t, "a: 1\nb: 2\n")
	n.Set("a", &Node{Kind: Scalar, Text: "3"})
	n.Set("c", &Node{Kind: Scalar, Text: "4"})
	if got := n.Cut("b"); got == nil || got.Text != "2" || n.Cut("b") != nil {
		t.Errorf("cut %v", got)
	}
	if diff := cmp.Diff(map[string]any{"a": int64(3), "c": int64(4)}, Value(n)); diff != "" {
		t.Error(diff)
	}
	if (*Node)(nil).Get("a") != nil {
		t.Error("nothing has keys")
	}
}

func TestPlace(t *testing.T) {
	var d Decoder
	d.Fill(mustParse(t, "items:\n  - n: 1\n"), &target{})
	for path, want := range map[string]string{"items[0].n": "f:2:8", "items[0].kind": "f:2:5", "items[3].n": "f:2:3", "items": "f:2:3"} {
		if got, ok := d.Place(path); !ok || got.String() != want {
			t.Errorf("%s is at %v, want %s", path, got, want)
		}
	}
	if _, ok := d.Place("m"); ok {
		t.Error("what was not written has a place")
	}
}
