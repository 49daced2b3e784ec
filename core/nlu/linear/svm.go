package linear

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

// machine is one linear separator a class: squared-hinge support vector
// machines, one against the rest, trained by dual coordinate descent
// (Hsieh et al., ICML 2008, "A Dual Coordinate Descent Method for Large-scale
// Linear SVM", algorithm 1). The same data give the same machine.
type machine struct {
	classes int
	w       []float32 // weights of feature f for all classes: w[f*classes:][:classes]
	bias    []float32
}

// The numbers of training. cost is the paper's C: what a text on the wrong side
// counts; passes bounds the work, and
// enough is the projected gradient at which it stops.
const (
	cost        = 2.0
	foreignCost = 0.1 // of a text that belongs to no intent
	passes      = 30
	enough      = 0.05
)

// train separates xs by their labels ys in [0,classes), or nowhere.
func train(xs [][]item, ys []int, classes, features int) *machine {
	m := &machine{classes: classes, w: make([]float32, features*classes), bias: make([]float32, classes)}
	square := make([]float64, len(xs))
	for i, x := range xs {
		square[i] = 1 // the bias
		for _, it := range x {
			square[i] += float64(it.v) * float64(it.v)
		}
	}
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(classes, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			w := make([]float32, features+1)
			for c := range next {
				clear(w)
				descend(xs, ys, c, square, w)
				for f, v := range w[:features] {
					m.w[f*classes+c] = v
				}
				m.bias[c] = w[features]
			}
		})
	}
	for c := range classes {
		next <- c
	}
	close(next)
	wg.Wait()
	return m
}

// descend finds the separator w of class c; its last weight is the bias.
func descend(xs [][]item, ys []int, c int, square []float64, w []float32) {
	rnd := rand.New(rand.NewPCG(1, uint64(c)))
	alpha := make([]float64, len(xs))
	order := rnd.Perm(len(xs))
	bias := len(w) - 1
	for range passes {
		worst := 0.0
		rnd.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			y, diag := -1.0, 1/(2*cost)
			switch ys[i] {
			case c:
				y = 1
			case nowhere:
				diag = 1 / (2 * foreignCost)
			}
			dot := w[bias]
			for _, it := range xs[i] {
				dot += w[it.id] * it.v
			}
			g := y*float64(dot) - 1 + alpha[i]*diag
			if alpha[i] == 0 && g >= 0 {
				continue
			}
			worst = max(worst, math.Abs(g))
			old := alpha[i]
			alpha[i] = max(old-g/(square[i]+diag), 0)
			d := float32((alpha[i] - old) * y)
			for _, it := range xs[i] {
				w[it.id] += d * it.v
			}
			w[bias] += d
		}
		if worst < enough {
			return
		}
	}
}

// margins are the distances of x from each class's border.
func (m *machine) margins(x []item) []float64 {
	out := make([]float32, m.classes)
	copy(out, m.bias)
	for _, it := range x {
		row := m.w[int(it.id)*m.classes:][:m.classes]
		for c, w := range row {
			out[c] += w * it.v
		}
	}
	f := make([]float64, m.classes)
	for c, v := range out {
		f[c] = float64(v)
	}
	return f
}
