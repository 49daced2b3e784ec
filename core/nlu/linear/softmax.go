package linear

import (
	"math"
	"math/rand/v2"
)

// softmax separates intents by the vectors of their sentences: multinomial
// logistic regression. Vectors are moved so that their mean is zero, for the
// vectors of sentence encoders crowd in a narrow cone, and made of length one.
// The same data give the same separation.
type softmax struct {
	mean []float32
	w    [][]float32 // by intent
	bias []float32
}

// The numbers of training, chosen on the developer data. inverse is the C of
// the literature: how much all examples count against the length of the
// weights. The step falls from first to nothing; visits bounds how often an
// example is seen, work how many are in all.
const (
	inverse    = 100.0
	firstStep  = 4.0
	manyVisits = 60
	fewVisits  = 12
	work       = 120_000
	faint      = 1e-4 // a probability below it teaches nothing
)

// centre is the mean of vs.
func centre(vs [][]float32) []float32 {
	mean := make([]float32, len(vs[0]))
	for _, v := range vs {
		for i, x := range v {
			mean[i] += x
		}
	}
	for i := range mean {
		mean[i] /= float32(len(vs))
	}
	return mean
}

// about is v seen from mean, of length one.
func about(mean, v []float32) []float32 {
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = x - mean[i]
	}
	length := float32(math.Sqrt(float64(inner(out, out))))
	if length == 0 {
		return out
	}
	for i := range out {
		out[i] /= length
	}
	return out
}

// fitSoftmax learns from vectors, seen from mean, and their labels in
// [0,classes), by stochastic gradient descent.
func fitSoftmax(mean []float32, xs [][]float32, ys []int, classes int) *softmax {
	m := &softmax{mean: mean, w: make([][]float32, classes), bias: make([]float32, classes)}
	for c := range m.w {
		m.w[c] = make([]float32, len(mean))
	}
	visits := min(max(work/max(len(xs), 1), fewVisits), manyVisits)
	rnd := rand.New(rand.NewPCG(1, uint64(classes)))
	order := rnd.Perm(len(xs))
	decay := 1 / (inverse * float64(len(xs)))
	scale, step, steps := 1.0, 0, float64(visits*len(xs)) // the weights are scale·w
	z := make([]float64, classes)
	for range visits {
		rnd.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			rate := firstStep * (1 - float64(step)/steps)
			m.raw(xs[i], scale, z)
			soften(z)
			scale *= 1 - rate*decay
			m.move(xs[i], ys[i], z, rate, scale)
			step++
		}
		m.rescale(&scale)
	}
	return m
}

// move takes one step down the gradient.
func (m *softmax) move(x []float32, y int, p []float64, rate, scale float64) {
	for c, pc := range p {
		if c == y {
			pc--
		}
		if math.Abs(pc) < faint {
			continue
		}
		m.bias[c] -= float32(rate * pc)
		by := float32(rate * pc / scale)
		w := m.w[c][:len(x)]
		for i, v := range x {
			w[i] -= by * v
		}
	}
}

func (m *softmax) rescale(scale *float64) {
	for _, w := range m.w {
		for i := range w {
			w[i] *= float32(*scale)
		}
	}
	*scale = 1
}

func (m *softmax) raw(x []float32, scale float64, z []float64) {
	for c, w := range m.w {
		z[c] = scale*float64(inner(w, x)) + float64(m.bias[c])
	}
}

// logits are how much speaks for each intent, x being seen from the mean.
func (m *softmax) logits(x []float32) []float64 {
	z := make([]float64, len(m.w))
	m.raw(x, 1, z)
	return z
}

// soften makes probabilities of logits, in place.
func soften(z []float64) {
	top := math.Inf(-1)
	for _, v := range z {
		top = max(top, v)
	}
	sum := 0.0
	for i, v := range z {
		z[i] = math.Exp(v - top)
		sum += z[i]
	}
	for i := range z {
		z[i] /= sum
	}
}

// inner is the product of two vectors of one length. Four sums keep the
// processor busy.
func inner(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}
