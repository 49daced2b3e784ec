// Package vectortest is the contract of knowledge.VectorStore as tests: a store
// that passes Run keeps vectors as the product needs them kept.
package vectortest

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"frontdesk/core"
	"frontdesk/knowledge"
)

// Kit is the store under test.
type Kit struct {
	// Open returns an empty store, which Run closes.
	Open func(t *testing.T) knowledge.VectorStore
	// Many is how many vectors the test of recall has, of Dim numbers; 3000 of
	// 64 if 0.
	Many, Dim int
}

const (
	workspace = core.DefaultWorkspace
	bot       = "shop"
	space     = "letters/8"
)

// Run runs the contract.
func Run(t *testing.T, k Kit) {
	k.Many, k.Dim = cmp.Or(k.Many, 3000), cmp.Or(k.Dim, 64)
	for name, test := range map[string]func(*testing.T, knowledge.VectorStore){
		"what is put is found":     found,
		"nothing is found in none": empty,
		"a key keeps its vector":   again,
		"only what is kept stays":  kept,
		"bots and spaces":          apart,
		"wrong dimensions":         wrong,
		"many at once":             atOnce,
	} {
		t.Run(name, func(t *testing.T) { with(t, k, test) })
	}
	Recall(t, k)
}

// Recall runs what Run has of it, alone.
func Recall(t *testing.T, k Kit) {
	k.Many, k.Dim = cmp.Or(k.Many, 3000), cmp.Or(k.Dim, 64)
	t.Run("recall", func(t *testing.T) { with(t, k, k.recall) })
}

func with(t *testing.T, k Kit, test func(*testing.T, knowledge.VectorStore)) {
	s := k.Open(t)
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	test(t, s)
}

// axis is the vector of length 1 along axis i of n, leaning a little to the next.
func axis(i, n int, lean float64) []float32 {
	v := make([]float32, n)
	v[i%n], v[(i+1)%n] = float32(math.Cos(lean)), float32(math.Sin(lean))
	return v
}

func vector(name string, v []float32) knowledge.Vector {
	return knowledge.Vector{Key: knowledge.KeyOf(name), V: v}
}

func put(t *testing.T, vs knowledge.Vectors, all ...knowledge.Vector) {
	t.Helper()
	if err := vs.Put(t.Context(), all); err != nil {
		t.Fatal(err)
	}
}

// nearest are the keys nearest to q, best first.
func nearest(t *testing.T, vs knowledge.Vectors, q []float32, limit int) []knowledge.Key {
	t.Helper()
	got, err := vs.Nearest(t.Context(), q, limit)
	if err != nil {
		t.Fatal(err)
	}
	return keys(got)
}

func keys(vs []knowledge.Vector) []knowledge.Key {
	out := make([]knowledge.Key, len(vs))
	for i, v := range vs {
		out[i] = v.Key
	}
	return out
}

func keyed(names ...string) []knowledge.Key {
	out := make([]knowledge.Key, len(names))
	for i, n := range names {
		out[i] = knowledge.KeyOf(n)
	}
	return out
}

func same(t *testing.T, what string, got, want []knowledge.Key) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %x, want %x", what, got, want)
	}
}

func found(t *testing.T, s knowledge.VectorStore) {
	vs := s.Open(workspace, bot, space, 8)
	put(t, vs, vector("a", axis(0, 8, 0)), vector("b", axis(0, 8, .3)), vector("c", axis(3, 8, 0)))
	same(t, "nearest", nearest(t, vs, axis(0, 8, .1), 2), keyed("a", "b"))
	same(t, "nearest", nearest(t, vs, axis(3, 8, 0), 1), keyed("c"))
	same(t, "more than there are", nearest(t, vs, axis(0, 8, .1), 9)[:2], keyed("a", "b"))
	got, err := vs.Get(t.Context(), keyed("c", "none"))
	if err != nil || len(got) != 1 || got[0].Key != knowledge.KeyOf("c") || !slices.Equal(got[0].V, axis(3, 8, 0)) {
		t.Errorf("get: %v, %v", got, err)
	}
	missing, err := vs.Missing(t.Context(), keyed("x", "a", "y", "c"))
	if err != nil {
		t.Error(err)
	}
	same(t, "missing", missing, keyed("x", "y"))
	mean, err := vs.Mean(t.Context())
	if err != nil || len(mean) != 8 || math.Abs(float64(mean[3])-1./3) > 1e-6 {
		t.Errorf("mean %v, %v", mean, err)
	}
}

func empty(t *testing.T, s knowledge.VectorStore) {
	vs := s.Open(workspace, bot, space, 8)
	if got := nearest(t, vs, axis(0, 8, 0), 5); len(got) > 0 {
		t.Errorf("finds %x", got)
	}
	if mean, err := vs.Mean(t.Context()); err != nil || mean != nil {
		t.Errorf("mean %v, %v", mean, err)
	}
	if got, err := vs.Get(t.Context(), nil); err != nil || len(got) > 0 {
		t.Errorf("get %v, %v", got, err)
	}
	if err := vs.Keep(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func again(t *testing.T, s knowledge.VectorStore) {
	vs := s.Open(workspace, bot, space, 8)
	put(t, vs, vector("a", axis(0, 8, 0)))
	put(t, vs, vector("a", axis(5, 8, 0)), vector("b", axis(4, 8, 0)), vector("b", axis(4, 8, 0)))
	same(t, "all", nearest(t, vs, axis(0, 8, 0), 5)[:1], keyed("a"))
	if n := len(nearest(t, vs, axis(0, 8, 0), 5)); n != 2 {
		t.Errorf("%d vectors of 2 keys", n)
	}
}

func kept(t *testing.T, s knowledge.VectorStore) {
	vs := s.Open(workspace, bot, space, 8)
	put(t, vs, vector("a", axis(0, 8, 0)), vector("b", axis(0, 8, .1)), vector("c", axis(0, 8, .2)))
	if err := vs.Keep(t.Context(), keyed("b", "none")); err != nil {
		t.Fatal(err)
	}
	same(t, "nearest", nearest(t, vs, axis(0, 8, 0), 5), keyed("b"))
	mean, err := vs.Mean(t.Context())
	if err != nil || len(mean) != 8 || math.Abs(float64(mean[0])-math.Cos(.1)) > 1e-6 {
		t.Errorf("mean %v, %v", mean, err)
	}
	put(t, vs, vector("a", axis(0, 8, 0)))
	same(t, "put again", nearest(t, vs, axis(0, 8, 0), 5), keyed("a", "b"))
}

func apart(t *testing.T, s knowledge.VectorStore) {
	vs := s.Open(workspace, bot, space, 8)
	put(t, vs, vector("a", axis(0, 8, 0)))
	for name, other := range map[string]knowledge.Vectors{
		"workspace": s.Open("other", bot, space, 8),
		"bot":       s.Open(workspace, "other", space, 8),
		"space":     s.Open(workspace, bot, "other/8", 8),
	} {
		if got := nearest(t, other, axis(0, 8, 0), 5); len(got) > 0 {
			t.Errorf("another %s finds %x", name, got)
		}
		if err := other.Keep(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
	same(t, "opened again", nearest(t, s.Open(workspace, bot, space, 8), axis(0, 8, 0), 5), keyed("a"))
}

func wrong(t *testing.T, s knowledge.VectorStore) {
	vs := s.Open(workspace, bot, space, 8)
	put(t, vs, vector("a", axis(0, 8, 0)))
	if err := vs.Put(t.Context(), []knowledge.Vector{vector("b", axis(0, 8, 0)), vector("c", axis(0, 7, 0))}); err == nil {
		t.Error("a vector of 7 numbers is taken")
	}
	same(t, "nothing of it is there", nearest(t, vs, axis(0, 8, 0), 5), keyed("a"))
}

func atOnce(t *testing.T, s knowledge.VectorStore) {
	vs := s.Open(workspace, bot, space, 8)
	put(t, vs, vector("stays", axis(0, 8, 0)))
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 10 {
				name := fmt.Sprint(w, " ", i)
				if err := vs.Put(t.Context(), []knowledge.Vector{vector(name, axis(1+i, 8, .2))}); err != nil {
					t.Error(err)
				}
				got, err := vs.Nearest(t.Context(), axis(0, 8, 0), 1)
				if err != nil || len(got) != 1 || got[0].Key != knowledge.KeyOf("stays") {
					t.Errorf("beside others: %v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(nearest(t, vs, axis(0, 8, 0), 100)); n != 41 {
		t.Errorf("%d vectors, want 41", n)
	}
}

// recall compares with looking at all: at least 98 of the 100 nearest must be
// found, of texts that come in clusters as real ones do.
func (k Kit) recall(t *testing.T, s knowledge.VectorStore) {
	rnd := rand.New(rand.NewPCG(1, 2))
	vs := s.Open(workspace, bot, fmt.Sprint("random/", k.Dim), k.Dim)
	all := Clustered(rnd, k.Many, k.Dim)
	for part := range slices.Chunk(all, 1000) {
		put(t, vs, part...)
	}
	right, total := 0, 0
	for range 20 {
		q := near(rnd, all[rnd.IntN(len(all))].V, .1)
		want := exact(all, q, 10)
		got := nearest(t, vs, q, 10)
		for _, w := range want {
			total++
			if slices.Contains(got, w) {
				right++
			}
		}
	}
	t.Logf("recall %.3f of the ten nearest among %d", float64(right)/float64(total), k.Many)
	if float64(right) < .98*float64(total) {
		t.Errorf("%d of the %d nearest were found", right, total)
	}
}

// Clustered makes n vectors in a narrow cone, fifty around each centre.
func Clustered(rnd *rand.Rand, n, dim int) []knowledge.Vector {
	cone := make([]float32, dim)
	for i := range cone {
		cone[i] = float32(rnd.NormFloat64())
	}
	cone = unit(cone)
	out := make([]knowledge.Vector, n)
	var centre []float32
	for i := range out {
		if i%50 == 0 {
			centre = near(rnd, cone, .6)
		}
		out[i] = vector(fmt.Sprint("random ", i), near(rnd, centre, .3))
	}
	return out
}

// near is a vector at about that distance of v.
func near(rnd *rand.Rand, v []float32, distance float64) []float32 {
	out := make([]float32, len(v))
	for i, f := range v {
		out[i] = f + float32(rnd.NormFloat64()*distance/math.Sqrt(float64(len(v))))
	}
	return unit(out)
}

func unit(v []float32) []float32 {
	sum := 0.0
	for _, f := range v {
		sum += float64(f) * float64(f)
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(sum))
	}
	return v
}

// exact looks at all.
func exact(all []knowledge.Vector, q []float32, limit int) []knowledge.Key {
	type scored struct {
		key    knowledge.Key
		cosine float32
	}
	scores := make([]scored, len(all))
	for i, v := range all {
		scores[i].key = v.Key
		for k, f := range q {
			scores[i].cosine += f * v.V[k]
		}
	}
	slices.SortFunc(scores, func(a, b scored) int { return cmp.Compare(b.cosine, a.cosine) })
	out := make([]knowledge.Key, limit)
	for i := range out {
		out[i] = scores[i].key
	}
	return out
}
