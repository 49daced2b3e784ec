// Package bertserver serves a model in the manner of BERT as an example of what
// core/nlu/remote asks: pieces of words become vectors, attention mixes them,
// their mean is compared with each intent's. Serve your own model like this.
package bertserver

import (
	"encoding/json"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"net/http"
)

const width = 256 // numbers in a vector

// Model knows each intent by the mean vector of its examples.
type Model map[string][]float64

// Learn makes a model of examples by intent.
func Learn(examples map[string][]string) Model {
	m := Model{}
	for intent, texts := range examples {
		m[intent] = make([]float64, width)
		for _, t := range texts {
			add(m[intent], encode(t), 1/float64(len(texts)))
		}
	}
	return m
}

// encode is the model's body: pieces, their vectors, one layer of attention, the mean.
func encode(text string) []float64 {
	var xs [][]float64
	rs := []rune("^" + text + "$")
	for i := range rs {
		for n := 2; n <= 3 && i+n <= len(rs); n++ {
			xs = append(xs, embedding(string(rs[i:i+n])))
		}
	}
	mean := make([]float64, width)
	for _, q := range xs {
		weights, sum := make([]float64, len(xs)), 0.0
		for i, k := range xs {
			weights[i] = math.Exp(dot(q, k))
			sum += weights[i]
		}
		for i, v := range xs {
			add(mean, v, weights[i]/sum)
		}
	}
	length := math.Sqrt(dot(mean, mean)) + 1e-9
	for i := range mean {
		mean[i] /= length
	}
	return mean
}

// embedding stands for a row of learnt weights.
func embedding(piece string) []float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(piece)) // a hash never fails
	r, v := rand.New(rand.NewPCG(h.Sum64(), 0)), make([]float64, width)
	for i := range v {
		v[i] = r.NormFloat64() / math.Sqrt(width)
	}
	return v
}

func add(to, v []float64, weight float64) {
	for i := range v {
		to[i] += weight * v[i]
	}
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// ServeHTTP answers {"text": …} with {"intents": [{"name": …, "score": …}]}.
func (m Model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q struct{ Text string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	x, sum, intents := encode(q.Text), 0.0, []map[string]any{}
	for _, v := range m {
		sum += math.Exp(12 * dot(x, v)) // 12: a temperature
	}
	for name, v := range m {
		score := math.Exp(12*dot(x, v)) / sum
		intents = append(intents, map[string]any{"name": name, "score": score})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"intents": intents}) // the asker may go
}
