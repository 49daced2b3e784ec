package hybrid

import (
	"context"
	"math"

	"frontdesk/knowledge"
	"frontdesk/knowledge/embed"
)

// view is a question among the vectors of a space.
type view struct {
	s      *space
	centre embed.Centre
	placed []float32 // the question, as seen from the centre
	near   []knowledge.Vector
	cosine map[knowledge.Key]float64 // of the question to those looked at
	vector map[knowledge.Key][]float32
	mean   float64 // of the question to all there are, about
}

// view looks for what is near a question's vector.
func (s *space) view(ctx context.Context, q []float32) (*view, error) {
	mean, err := s.vectors.Mean(ctx)
	if err != nil {
		return nil, err
	}
	v := &view{s: s, cosine: map[knowledge.Key]float64{}, vector: map[knowledge.Key][]float32{}}
	if mean != nil {
		v.centre = embed.CentreOf([][]float32{mean})
	}
	v.placed = v.centre.Place(q)
	v.mean = average(mean, v.placed)
	if v.near, err = s.vectors.Nearest(ctx, q, wide); err != nil {
		return nil, err
	}
	for _, n := range v.near {
		v.add(n)
	}
	return v, nil
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

func (v *view) keys() []knowledge.Key {
	out := make([]knowledge.Key, len(v.near))
	for i, n := range v.near {
		out[i] = n.Key
	}
	return out
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
