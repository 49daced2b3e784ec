package embedded

import (
	"cmp"
	"context"
	"math/bits"
	"slices"

	"frontdesk/knowledge"
)

const (
	// few is up to how many vectors all are compared exactly: some 3 ms of a core.
	few = 20_000
	// shortlist is the share of many that is compared exactly, and least how
	// many that are at any rate. TestRecall measures what they miss.
	shortlist = 50
	least     = 2000
	// drift is by how much a set grows before its signs are taken anew, beside
	// the mean as it is then.
	drift = 2
)

// sign brings the signs up to the vectors, once there are many. The lock is held.
func (s *set) sign() {
	if len(s.now.all) <= few {
		return
	}
	n := words(s.dim)
	if len(s.now.signs)/n*drift < len(s.now.all) {
		s.now.signs, s.now.origin = make([]uint64, 0, n*len(s.now.all)*5/4), s.mean()
	}
	for i := len(s.now.signs) / n; i < len(s.now.all); i++ {
		s.now.signs = appendSigns(s.now.signs, s.now.all[i].V, s.now.origin)
	}
}

// words is how many machine words the signs of a vector take.
func words(dim int) int { return (dim + 63) / 64 }

// appendSigns adds a bit for each number of v: whether it is above origin's.
func appendSigns(to []uint64, v, origin []float32) []uint64 {
	var word uint64
	for i, f := range v {
		if f > origin[i] {
			word |= 1 << (i % 64)
		}
		if i%64 == 63 || i == len(v)-1 {
			to, word = append(to, word), 0
		}
	}
	return to
}

// scored is a vector by its place, and its cosine.
type scored struct {
	at     int32
	cosine float32
}

// Nearest implements knowledge.Vectors.
func (s *set) Nearest(ctx context.Context, q []float32, limit int) ([]knowledge.Vector, error) {
	s.mu.RLock()
	snap := s.now
	s.mu.RUnlock()
	if limit <= 0 || len(q) != s.dim {
		return nil, ctx.Err()
	}
	top := make(best, 0, limit)
	if snap.signs == nil {
		for i := range snap.all {
			top = top.offer(scored{int32(i), dot(q, snap.all[i].V)}, limit)
		}
	} else {
		for _, i := range snap.likely(q, words(s.dim), max(least, limit, len(snap.all)/shortlist)) {
			top = top.offer(scored{i, dot(q, snap.all[i].V)}, limit)
		}
	}
	slices.SortFunc(top, func(a, b scored) int { return cmp.Or(cmp.Compare(b.cosine, a.cosine), cmp.Compare(a.at, b.at)) })
	out := make([]knowledge.Vector, len(top))
	for i, t := range top {
		out[i] = snap.all[t.at]
	}
	return out, ctx.Err()
}

// likely returns about n vectors whose signs differ least from those of q: all
// that differ in fewer than some number of places, and of those that differ in
// just so many the first ones.
func (s *state) likely(q []float32, words, n int) []int32 {
	signs := appendSigns(make([]uint64, 0, words), q, s.origin)
	away := make([]uint16, len(s.all)) // how many signs differ
	counts := make([]int, 64*words+1)
	for i := range away {
		d := 0
		for k, w := range s.signs[i*words : (i+1)*words] {
			d += bits.OnesCount64(w ^ signs[k])
		}
		away[i] = uint16(d)
		counts[d]++
	}
	bound, sum := 0, 0
	for bound < len(counts)-1 && sum+counts[bound] < n {
		sum += counts[bound]
		bound++
	}
	out := make([]int32, 0, n)
	left := n - sum // of those just at the bound
	for i, d := range away {
		if int(d) < bound || int(d) == bound && left > 0 {
			if int(d) == bound {
				left--
			}
			out = append(out, int32(i))
		}
	}
	return out
}

// best is a heap whose first is the least of the best so far.
type best []scored

func (b best) offer(s scored, limit int) best {
	if len(b) < limit {
		b = append(b, s)
		for i := len(b) - 1; i > 0 && b[i].cosine < b[(i-1)/2].cosine; i = (i - 1) / 2 {
			b[i], b[(i-1)/2] = b[(i-1)/2], b[i]
		}
		return b
	}
	if s.cosine <= b[0].cosine {
		return b
	}
	b[0] = s
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(b) {
			return b
		}
		if child+1 < len(b) && b[child+1].cosine < b[child].cosine {
			child++
		}
		if b[i].cosine <= b[child].cosine {
			return b
		}
		b[i], b[child] = b[child], b[i]
		i = child
	}
}

// dot is the inner product, in eight sums that do not wait for each other.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s [8]float32
	i := 0
	for ; i+8 <= len(a); i += 8 {
		x, y := a[i:i+8:i+8], b[i:i+8:i+8]
		s[0] += x[0] * y[0]
		s[1] += x[1] * y[1]
		s[2] += x[2] * y[2]
		s[3] += x[3] * y[3]
		s[4] += x[4] * y[4]
		s[5] += x[5] * y[5]
		s[6] += x[6] * y[6]
		s[7] += x[7] * y[7]
	}
	for ; i < len(a); i++ {
		s[0] += a[i] * b[i]
	}
	return (s[0] + s[1]) + (s[2] + s[3]) + (s[4] + s[5]) + (s[6] + s[7])
}
