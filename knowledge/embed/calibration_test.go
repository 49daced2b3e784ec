package embed_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"frontdesk/core"
	"frontdesk/knowledge/embed"
	"frontdesk/knowledge/embed/builtin"
	"frontdesk/knowledge/embed/embedtest"
)

func program(t *testing.T) *builtin.Embedder {
	t.Helper()
	e, err := builtin.Open(builtin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return e
}

// renamed is an embedder under another name, with its cosines squeezed by a
// number all vectors have in common.
type renamed struct {
	core.Embedder
	squeeze float32
}

func (r renamed) Space() string { return "another/385" }

func (r renamed) Embed(ctx context.Context, kind core.EmbedKind, texts []string) ([][]float32, error) {
	v, err := r.Embedder.Embed(ctx, kind, texts)
	for i := range v {
		v[i] = embed.Centre(nil).Place(append(v[i], r.squeeze))
	}
	return v, err
}

func TestCentre(t *testing.T) {
	c := embed.CentreOf([][]float32{{1, 0}, {0, 1}})
	if c[0] != 0.25 || c[1] != 0.25 {
		t.Errorf("centre %v, want half the mean", c)
	}
	v := []float32{0.6, 0.8}
	if p := c.Place(v); embedtest.Unit(p, 2) != nil || v[0] != 0.6 || math.Abs(float64(p[0]/p[1])-0.35/0.55) > 1e-6 {
		t.Errorf("%v is placed at %v", v, p)
	}
	if p := embed.CentreOf(nil).Place(v); p[0] != 0.6 || p[1] != 0.8 {
		t.Errorf("without passages %v is placed at %v", v, p)
	}
	if p := (embed.Centre{0.6, 0.8}).Place(v); p[0] != 0 || p[1] != 0 {
		t.Errorf("at the centre itself: %v", p)
	}
}

func TestChances(t *testing.T) {
	k := embed.E5()
	sure := k.Chances([]float64{0.80, 0.60, 0.55}, 0.45)
	torn := k.Chances([]float64{0.80, 0.795, 0.55}, 0.45)
	none := k.Chances([]float64{0.60, 0.595, 0.59}, 0.52)
	if sure[0] < 0.95 || sure[1] > 0.05 {
		t.Errorf("one clear answer: %.2f", sure)
	}
	if torn[0] > 0.75 || torn[1] < 0.3 || torn[0] <= torn[1] {
		t.Errorf("two that are alike: %.2f", torn)
	}
	if none[0] > 0.2 {
		t.Errorf("nothing that fits: %.2f", none)
	}
	if p := k.Chances([]float64{0.7}, 0.7); !(p[0] > 0 && p[0] < 1) {
		t.Errorf("a single passage: %v", p)
	}
	if p := k.Chances(nil, 0); len(p) != 0 {
		t.Errorf("no passages: %v", p)
	}
}

// The model in the program needs no measuring; one that is the same under
// another name is measured to nearly the same; one whose cosines are squeezed
// gives the same chances all the same.
func TestCalibrate(t *testing.T) {
	e := program(t)
	if k, err := embed.Calibrate(t.Context(), e); err != nil || k != embed.E5() {
		t.Errorf("the program's own: %+v, %v", k, err)
	}
	for _, squeeze := range []float32{0, 1} {
		k, err := embed.Calibrate(t.Context(), renamed{e, squeeze})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("squeezed by %v: scale %.4f, shift %.4f", squeeze, k.Scale, k.Shift)
		if squeeze == 0 && (math.Abs(k.Scale-1) > 0.01 || math.Abs(k.Shift) > 0.01) {
			t.Errorf("the yardstick is not where it was: scale %v, shift %v", k.Scale, k.Shift)
		}
		p, want := k.Chances(searched(t, renamed{e, squeeze})), embed.E5().Chances(searched(t, e))
		if math.Abs(p[0]-want[0]) > 0.05 {
			t.Errorf("squeezed by %v, the chance is %.3f, want %.3f", squeeze, p[0], want[0])
		}
	}
}

// searched is what Chances wants to know of a question to a few passages.
func searched(t *testing.T, e core.Embedder) (cosines []float64, mean float64) {
	v, err := e.Embed(t.Context(), core.EmbedPassage, []string{"签收后七天内可以申请退货。", "本店周一至周五营业。", "会员生日当月双倍积分。", "满99元包邮。"})
	if err != nil {
		t.Fatal(err)
	}
	q, err := e.Embed(t.Context(), core.EmbedQuery, []string{"买的东西能退吗"})
	if err != nil {
		t.Fatal(err)
	}
	c := embed.CentreOf(v)
	for _, p := range v { // the best is the first, the others are about alike
		cosines = append(cosines, embed.Cosine(c.Place(q[0]), c.Place(p)))
		mean += cosines[len(cosines)-1] / float64(len(v))
	}
	return cosines, mean
}

// blind gives every text nearly the same vector.
type blind struct{ core.Embedder }

func (blind) Space() string { return "blind/2" }
func (blind) Embed(_ context.Context, _ core.EmbedKind, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i := range out {
		out[i] = []float32{1, float32(i) * 1e-4}
	}
	return out, nil
}

func TestCalibrateRefuses(t *testing.T) {
	if _, err := embed.Calibrate(t.Context(), blind{}); err == nil || !strings.Contains(err.Error(), "choose another") {
		t.Errorf("a model that tells nothing apart: %v", err)
	}
	e := renamed{program(t), 0}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := embed.Calibrate(ctx, e); err == nil || !strings.Contains(err.Error(), e.Space()) {
		t.Errorf("an embedder that fails: %v", err)
	}
}

// The contract holds with a cache before the model.
func TestContractOfCache(t *testing.T) {
	c, err := embed.NewCache(program(t), embed.CacheOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	embedtest.Run(t, c)
}
