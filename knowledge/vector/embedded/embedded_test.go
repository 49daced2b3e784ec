package embedded

import (
	"math/rand/v2"
	"slices"
	"testing"

	"frontdesk/core"
	"frontdesk/knowledge"
	"frontdesk/knowledge/vectortest"
)

func open(*testing.T) knowledge.VectorStore { return &Store{} }

func TestContract(t *testing.T) { vectortest.Run(t, vectortest.Kit{Open: open}) }

// TestRecall is the contract's test among so many that signs are compared first.
func TestRecall(t *testing.T) {
	vectortest.Recall(t, vectortest.Kit{Open: open, Many: few + 2000, Dim: 384})
}

// TestSignsFollow: vectors that come and go leave the signs as if made at once.
func TestSignsFollow(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	all := vectortest.Clustered(rnd, 2*few+3000, 32)
	s := newSet(32)
	keep := func(vs []knowledge.Vector) {
		var keys []knowledge.Key
		for _, v := range vs {
			keys = append(keys, v.Key)
		}
		if err := s.Keep(t.Context(), keys); err != nil {
			t.Fatal(err)
		}
	}
	check := func(n int) {
		t.Helper()
		want := 0
		if n > few {
			want = n
		}
		if len(s.now.all) != n || len(s.now.signs) != want*words(32) {
			t.Fatalf("%d vectors with %d signs, want %d", len(s.now.all), len(s.now.signs), n)
		}
		for i := range want {
			if !slices.Equal(s.now.signs[i:i+1], appendSigns(nil, s.now.all[i].V, s.now.origin)) {
				t.Fatalf("the signs of vector %d are of another", i)
			}
		}
	}
	for part := range slices.Chunk(all, 7000) {
		if err := s.Put(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
	check(len(all))
	keep(all[5000 : few+6000])
	check(few + 1000)
	keep(all[5000:6000])
	check(1000)
	if err := s.Put(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	check(len(all))
}

func TestAnEmptyStoreCloses(t *testing.T) {
	s := &Store{}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if vs := s.Open(core.DefaultWorkspace, "b", "s", 4); vs == nil {
		t.Error("no vectors")
	}
}

func BenchmarkNearest(b *testing.B) {
	for name, n := range map[string]int{"exact20k": few, "signs100k": 100_000} {
		b.Run(name, func(b *testing.B) {
			all := vectortest.Clustered(rand.New(rand.NewPCG(5, 6)), n, 384)
			s := newSet(384)
			if err := s.Put(b.Context(), all); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if _, err := s.Nearest(b.Context(), all[i%n].V, 30); err != nil {
					b.Fatal(err)
				}
				i += 7919
			}
		})
	}
}
