package builtin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/core"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/builtin/kernel"
	"frontdesk/knowledge/embed/embedtest"
)

func TestMain(m *testing.M) {
	if os.Getenv(memoryChild) != "" {
		measureMemory()
		return
	}
	goleak.VerifyTestMain(m)
}

// The file in the repository is the one scripts/packmodel made, and its notice
// lies beside it.
func TestFile(t *testing.T) {
	b, err := os.ReadFile("e5small.fde5")
	if err != nil {
		t.Fatal(err)
	}
	const want = "51fa1bbab6d0343b5a2502f7c5d69795efe091c0d584d90137ab5534d490183a"
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != want {
		t.Errorf("SHA-256 of the model is %x, want %s", sum, want)
	}
	notice, err := os.ReadFile("NOTICE")
	if err != nil || !strings.Contains(string(notice), "MIT License") || !strings.Contains(string(notice), "Liang Wang") {
		t.Errorf("the notice of the model's authors is missing (%v)", err)
	}
}

func TestContract(t *testing.T) {
	e := opened(t, Options{})
	embedtest.Run(t, e)
	_ = e.Close()
	for _, kind := range []core.EmbedKind{core.EmbedQuery, core.EmbedPassage} {
		if e.p.running[kind] != 0 || e.p.lines[kind].tokens != 0 || len(e.p.lines[kind].calls) != 0 {
			t.Errorf("after all calls %d units of %s are in hand and %d wait", e.p.running[kind], kind, e.p.lines[kind].tokens)
		}
	}
}

func TestContractOfEachKernel(t *testing.T) {
	for _, k := range kernel.Available()[1:] {
		if k == kernel.Portable {
			continue // TestKernelsAgree shows that its vectors are the same
		}
		t.Run(k.Name, func(t *testing.T) { embedtest.Run(t, opened(t, Options{Kernels: k.Name, Workers: 1})) })
	}
}

func TestOpen(t *testing.T) {
	if _, err := Open(Options{Kernels: "abacus"}); err == nil {
		t.Error("kernels that do not exist are accepted")
	}
	e := opened(t, Options{Path: "e5small.fde5"})
	if in := opened(t, Options{}); in.Space() != e.Space() || in.Space() != "multilingual-e5-small-q4-"+e.e.ID()+"/384" {
		t.Errorf("spaces %q of the program and %q of the file", in.Space(), e.Space())
	}
	if err := errors.Join(e.Close(), e.Close()); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	if _, err := e.Embed(t.Context(), core.EmbedQuery, []string{"x"}); !errors.Is(err, embed.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

// A damaged file is a clear error at the start, not a crash later.
func TestOpenDamaged(t *testing.T) {
	whole, err := os.ReadFile("e5small.fde5")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	flipped := slices.Clone(whole)
	flipped[len(flipped)/2] ^= 0x10
	for name, b := range map[string][]byte{"empty": nil, "cut short": whole[:len(whole)-9], "flipped": flipped, "other": []byte("%PDF-1.7 not a model at all")} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(Options{Path: path}); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "model file") {
			t.Errorf("%s: error %v, want one that names the file", name, err)
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "absent")} {
		if _, err := Open(Options{Path: path}); err == nil {
			t.Errorf("%s is accepted", path)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, k := range kernel.Available() {
		r, err := opened(t, Options{Kernels: k.Name}).Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%+v", r)
		if r.Kernels != k.Name || r.Question <= 0 || r.Space == "" {
			t.Errorf("%s: report %+v", k.Name, r)
		}
		if slow := k == kernel.Portable; slow && !strings.Contains(r.Note, "words alone") {
			t.Errorf("%s: note %q does not say what slow means", k.Name, r.Note)
		}
	}
	if known(make([]float32, 384)) == nil {
		t.Error("wrong numbers are accepted")
	}
}

// A pass allocates nothing once its memory has grown; a call only its answer.
func TestNoAllocation(t *testing.T) {
	e := opened(t, Options{Workers: 1})
	w := newWorker(e.e, e.p)
	c := &call{ctx: context.Background(), kind: core.EmbedQuery, dim: 384, out: make([]float32, 2*384), done: make(chan struct{}),
		texts: []string{"退款多久到账", "Where is my parcel?"}}
	w.c = c
	if n := testing.AllocsPerRun(20, func() {
		c.next, c.open = 0, 3 // never finished
		w.run(c, &w.main, w.between)
	}); n > 0 {
		t.Errorf("%v allocations a pass", n)
	}
	text := []string{"退款多久到账"}
	if n := testing.AllocsPerRun(20, func() { embedtest.Must(t, e, core.EmbedQuery, text...) }); n > 6 {
		t.Errorf("%v allocations a call, want the call, its texts, its channel, its vectors and their rows", n)
	}
}

// Load under a millisecond, first call under 50: ten times that is a fault, not a
// busy machine.
func TestStart(t *testing.T) {
	best, first := time.Hour, time.Duration(0)
	for range 5 {
		start := time.Now()
		e := opened(t, Options{})
		best = min(best, time.Since(start))
		if first == 0 {
			start = time.Now()
			embedtest.Must(t, e, core.EmbedQuery, "你好")
			first = time.Since(start)
		}
	}
	t.Logf("opened in %v, first call %v", best, first)
	if best > 10*time.Millisecond || first > 500*time.Millisecond && kernel.Available()[0] != kernel.Portable {
		t.Errorf("opening took %v at best, the first call %v", best, first)
	}
}

// A text of several windows is the mean of theirs by length.
func TestWindows(t *testing.T) {
	e := opened(t, Options{})
	text := strings.Repeat("运费由谁承担？ Who pays the postage? ", 120)
	got := embedtest.Must(t, e, core.EmbedPassage, text)[0]
	b, want := new(bench), make([]float32, 384)
	e.e.cut(b, embed.Clean(text), core.EmbedPassage)
	if n := len(b.pieces); n <= 2*e.e.window() || n > 8*e.e.window() {
		t.Fatalf("the text has %d pieces: too few or too many for this test", n)
	}
	pieces := slices.Clone(b.pieces)
	for part := range slices.Chunk(pieces, e.e.window()) {
		b.begin()
		e.e.add(b, part, 0)
		e.e.ready(b, 1)
		e.e.forward(b, &b.mine, rows{0, len(b.ids)}, func() bool { return true })
		e.e.mean(b, b.spans[0], float32(len(part)), want)
	}
	if err := unit(want); err != nil {
		t.Fatal(err)
	}
	if c := embedtest.Cosine(got, want); c < 0.999999 {
		t.Errorf("cosine %v to the mean of windows", c)
	}
}

// What is beyond the cap changes nothing, and takes no time.
func TestCap(t *testing.T) {
	e := opened(t, Options{})
	long := strings.Repeat("很长的文本，", 3000) // 54 KB, 9,000 tokens and more
	start := time.Now()
	v := embedtest.Must(t, e, core.EmbedPassage, long, long+"另外的结尾")
	if d := time.Since(start); d > time.Minute {
		t.Errorf("two long texts took %v", d)
	}
	if c := embedtest.Cosine(v[0], v[1]); c < 0.999999 {
		t.Errorf("cosine %v", c)
	}
}

func FuzzEmbed(f *testing.F) {
	for _, s := range []string{"", " ", "\x00\xff\xfe", "怎么退货", strings.Repeat("a", 5000), "e\u0301\u0301\u0301", "</s><s>", "\u2581\u2581", "😀\u200d👩", "\ufdfa"} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	e := opened(f, Options{})
	f.Fuzz(func(t *testing.T, text []byte, question bool) {
		kind := core.EmbedPassage
		if question {
			kind = core.EmbedQuery
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		v, err := e.Embed(ctx, kind, []string{string(text)})
		if err != nil {
			t.Fatal(err)
		}
		if err := embedtest.Unit(v[0], 384); err != nil {
			t.Error(err)
		}
	})
}
