package hybrid

import (
	"frontdesk/knowledge/embed"
)

const (
	// alike is the cosine from which two passages say nearly the same.
	alike = 0.93
	// repetition is what a passage loses that is the same as one before it, as
	// much as a fused score commonly falls over ten places.
	repetition = 8
)

// diverse returns limit findings, each the best that is left after what it
// repeats is taken off (maximal marginal relevance: Carbonell and Goldstein,
// 1998). The first stays the first.
func (v *view) diverse(fs []finding, limit int) []finding {
	limit = min(max(limit, 0), len(fs))
	lost := make([]float64, len(fs)) // what each loses so far
	taken := make([]bool, len(fs))
	out := make([]finding, 0, limit)
	for range limit {
		best := -1
		for i := range fs {
			if !taken[i] && (best < 0 || fs[i].fused-lost[i] > fs[best].fused-lost[best]) {
				best = i
			}
		}
		taken[best] = true
		out = append(out, fs[best])
		for i := range fs {
			if !taken[i] {
				lost[i] = max(lost[i], repetition*v.repeats(&fs[i], &fs[best]))
			}
		}
	}
	return out
}

// repeats is how much a says what b says, in [0,1].
func (v *view) repeats(a, b *finding) float64 {
	if a.Words.Pair != b.Words.Pair || len(a.Keys) == 0 || len(b.Keys) == 0 {
		return 0
	}
	x, y := v.vector[a.Keys[0]], v.vector[b.Keys[0]]
	if x == nil || y == nil {
		return 0
	}
	return max(0, (embed.Cosine(x, y)-alike)/(1-alike))
}
