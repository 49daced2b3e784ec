package hybrid

import (
	"context"
	"math"
	"slices"

	"frontdesk/knowledge"
	"frontdesk/knowledge/embed"
)

// view is a question among the vectors of a space.
type view struct {
	s        *space
	question []float32
	centre   embed.Centre
	placed   []float32                 // the question, as seen from the centre
	cosine   map[knowledge.Key]float64 // of the question to those looked at
	vector   map[knowledge.Key][]float32
	mean     float64 // of the question to all there are, about
}

// view is a question among the vectors of s.
func (s *space) view(ctx context.Context, q []float32) (*view, error) {
	mean, err := s.vectors.Mean(ctx)
	if err != nil {
		return nil, err
	}
	v := &view{s: s, question: q, cosine: map[knowledge.Key]float64{}, vector: map[knowledge.Key][]float32{}}
	if mean != nil {
		v.centre = embed.CentreOf([][]float32{mean})
	}
	v.placed = v.centre.Place(q)
	v.mean = average(mean, v.placed)
	return v, nil
}

const (
	// wide is how many vectors near a question are looked for; those of passages
	// that are gone do not count, so more are if need be, up to widest.
	wide   = 30
	widest = 2000
)

// gather looks for the candidates of a question, by words and by meaning.
func (v *view) gather(ctx context.Context, words Words, text string) ([]knowledge.Candidate, error) {
	for limit := wide; ; limit *= 4 {
		near, err := v.s.vectors.Nearest(ctx, v.question, limit)
		if err != nil {
			return nil, err
		}
		keys := make([]knowledge.Key, len(near))
		for i, n := range near {
			keys[i] = n.Key
			v.add(n)
		}
		cs := words.Gather(text, keys)
		if len(near) < limit || limit*4 > widest || present(keys, cs) >= wide/2 {
			return cs, v.complete(ctx, cs)
		}
	}
}

// present counts those of keys that candidates have.
func present(keys []knowledge.Key, cs []knowledge.Candidate) (n int) {
	have := map[knowledge.Key]bool{}
	for _, c := range cs {
		for _, k := range c.Keys {
			have[k] = true
		}
	}
	for _, k := range keys {
		if have[k] {
			n++
		}
	}
	return n
}

// blind reports whether most of the likeliest candidates by words have no
// vector yet, as when a bot's documents were just taken in: what the others'
// vectors say would decide then, and for no reason.
func (v *view) blind(cs []knowledge.Candidate) bool {
	const likeliest = 10
	without := 0
	for _, c := range cs[:min(len(cs), likeliest)] {
		if !slices.ContainsFunc(c.Keys, func(k knowledge.Key) bool { return v.vector[k] != nil }) {
			without++
		}
	}
	return 2*without > min(len(cs), likeliest)
}

// nearest is the highest cosine of those looked at; the mean if there are none.
func (v *view) nearest() float64 {
	best := v.mean
	for _, c := range v.cosine {
		best = max(best, c)
	}
	return best
}

// average is the mean of the cosines of all vectors to the placed question,
// without looking at any: placing takes away half the mean m, so what is left of
// the sum is m/2, and the mean square of the lengths is 1-¾|m|².
func average(mean, placed []float32) float64 {
	var along, square float64
	for i, f := range mean {
		along += float64(f) * float64(placed[i])
		square += float64(f) * float64(f)
	}
	return along / 2 / math.Sqrt(max(1-.75*square, 1e-6))
}

func (v *view) add(n knowledge.Vector) {
	at := v.centre.Place(n.V)
	v.vector[n.Key], v.cosine[n.Key] = at, embed.Cosine(v.placed, at)
}

// complete adds the vectors of candidates that words found alone.
func (v *view) complete(ctx context.Context, cs []knowledge.Candidate) error {
	var lacking []knowledge.Key
	for _, c := range cs {
		for _, k := range c.Keys {
			if _, ok := v.cosine[k]; !ok {
				lacking = append(lacking, k)
			}
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	more, err := v.s.vectors.Get(ctx, lacking)
	if err != nil {
		return err
	}
	for _, n := range more {
		v.add(n)
	}
	return nil
}
