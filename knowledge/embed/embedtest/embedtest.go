// Package embedtest is the contract of core.Embedder as tests. An embedder's own
// test is one call of Run.
package embedtest

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/core"
)

// Run tries all an embedder promises. It does not close e.
func Run(t *testing.T, e core.Embedder) {
	t.Run("shape", func(t *testing.T) { shape(t, e) })
	t.Run("order", func(t *testing.T) { order(t, e) })
	t.Run("any text", func(t *testing.T) { anyText(t, e) })
	t.Run("its own", func(t *testing.T) { own(t, e) })
	t.Run("meaning", func(t *testing.T) { meaning(t, e) })
	t.Run("ends with its context", func(t *testing.T) { ends(t, e) })
	t.Run("at once", func(t *testing.T) { atOnce(t, e) })
}

// Cosine is the product of two unit vectors.
func Cosine(a, b []float32) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// Must embeds texts or fails the test.
func Must(t testing.TB, e core.Embedder, kind core.EmbedKind, texts ...string) [][]float32 {
	t.Helper()
	v, err := e.Embed(t.Context(), kind, texts)
	if err != nil {
		t.Fatalf("embed %d texts as %s: %v", len(texts), kind, err)
	}
	if len(v) != len(texts) {
		t.Fatalf("%d vectors for %d texts", len(v), len(texts))
	}
	for i := range v {
		if err := Unit(v[i], e.Dimensions()); err != nil {
			t.Fatalf("vector %d of %d: %v", i, len(v), err)
		}
	}
	return v
}

// Unit reports what keeps v from being a unit vector of n dimensions.
func Unit(v []float32, n int) error {
	sum := 0.0
	for _, f := range v {
		sum += float64(f) * float64(f)
	}
	if len(v) != n || !(math.Abs(sum-1) < 1e-4) {
		return fmt.Errorf("%d numbers of length %v, want %d of length 1", len(v), math.Sqrt(sum), n)
	}
	return nil
}

func shape(t *testing.T, e core.Embedder) {
	if e.Dimensions() < 1 || !strings.HasSuffix(e.Space(), fmt.Sprint("/", e.Dimensions())) {
		t.Errorf("space %q does not end in its %d dimensions", e.Space(), e.Dimensions())
	}
	if v, err := e.Embed(t.Context(), core.EmbedQuery, nil); err != nil || len(v) != 0 {
		t.Errorf("no texts: %d vectors, error %v", len(v), err)
	}
	if _, err := e.Embed(t.Context(), "title", []string{"x"}); err == nil {
		t.Error("a kind that is none is accepted")
	}
	Must(t, e, core.EmbedPassage, "运费由谁承担？")
}

// order: each vector is its text's, wherever it stands and whatever beside it.
func order(t *testing.T, e core.Embedder) {
	texts := []string{"怎么退货", "", "The parcel has not arrived.", strings.Repeat("运费由谁承担？", 90), "ok", "怎么退货"}
	together := Must(t, e, core.EmbedPassage, texts...)
	for i, s := range texts {
		alone := Must(t, e, core.EmbedPassage, s)[0]
		if c := Cosine(alone, together[i]); c < 0.9995 {
			t.Errorf("text %d alone and among others: cosine %v", i, c)
		}
	}
	if c := Cosine(together[0], together[2]); c > 0.99 {
		t.Errorf("two different texts have cosine %v", c)
	}
}

func anyText(t *testing.T, e core.Embedder) {
	Must(t, e, core.EmbedQuery, "", " \n\t ", "\x00", "\xff\xfe broken", "😀👍🏽", "</s><pad>", "e\u0301", strings.Repeat("a", 3000), "ﷺ", "\u200b")
	a := Must(t, e, core.EmbedQuery, "caf\u00e9 ", "cafe\u0301")
	if c := Cosine(a[0], a[1]); c < 0.99999 {
		t.Errorf("the same word composed and decomposed: cosine %v", c)
	}
}

// own: who changes a result changes nobody else's.
func own(t *testing.T, e core.Embedder) {
	texts := []string{"发票怎么开"}
	first := Must(t, e, core.EmbedQuery, texts...)[0]
	want := append([]float32(nil), first...)
	clear(first)
	if c := Cosine(Must(t, e, core.EmbedQuery, texts...)[0], want); c < 0.9999 {
		t.Errorf("asked again, cosine %v", c)
	}
	if texts[0] != "发票怎么开" {
		t.Error("the caller's texts were changed")
	}
}

// meaning: what answers a question is nearer than what does not, in its own
// language and in another.
func meaning(t *testing.T, e core.Embedder) {
	q := Must(t, e, core.EmbedQuery, "东西不想要了，能退吗")[0]
	p := Must(t, e, core.EmbedPassage, "签收后七天内可以申请退货。", "本店周一至周五营业。",
		"You can return goods within seven days.", "Our shop is open from Monday to Friday.")
	for i := 0; i < len(p); i += 2 {
		if near, far := Cosine(q, p[i]), Cosine(q, p[i+1]); near <= far {
			t.Errorf("cosine %.3f to what answers it, %.3f to what does not", near, far)
		}
	}
}

func ends(t *testing.T, e core.Embedder) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Embed(ctx, core.EmbedQuery, []string{"x"}); err == nil {
		t.Error("a call whose context is over succeeds")
	}
	ctx, cancel = context.WithCancel(t.Context())
	texts := make([]string, 2000)
	for i := range texts {
		texts[i] = strings.Repeat(fmt.Sprint(i, " 请问运费由谁承担？"), 60)
	}
	failed := make(chan error)
	go func() {
		_, err := e.Embed(ctx, core.EmbedPassage, texts)
		failed <- err
	}()
	time.AfterFunc(50*time.Millisecond, cancel)
	select {
	case err := <-failed:
		if err == nil {
			t.Error("a call that was cancelled succeeds")
		}
	case <-time.After(30 * time.Second):
		t.Fatal("a call that was cancelled goes on")
	}
}

func atOnce(t *testing.T, e core.Embedder) {
	want := Must(t, e, core.EmbedQuery, "怎么退货", "Where is my parcel?")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			text := []string{"怎么退货", "Where is my parcel?"}[i%2]
			for range 3 {
				v, err := e.Embed(t.Context(), core.EmbedQuery, []string{text})
				if err != nil {
					t.Error(err)
					return
				}
				if c := Cosine(v[0], want[i%2]); c < 0.9995 {
					t.Errorf("%q among other callers: cosine %v", text, c)
				}
			}
		})
	}
	wg.Wait()
}
