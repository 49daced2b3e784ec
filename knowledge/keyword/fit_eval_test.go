//go:build eval

package keyword

import (
	"math"
	"slices"
	"testing"

	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/knowledge"
)

func TestQuality(t *testing.T) {
	for name, floor := range map[string]float64{"retrieval/zh_cmrc2018": 97, "retrieval/en_squad2": 83, "retrieval/xling_xquad": 94, "faq/zh_cs": 60} {
		js, first := measure(t, load(t, name))
		if first < floor {
			t.Errorf("%s: R@1 %.1f, was above %.0f", name, first, floor)
		}
		yes := scores(js, chance, "answerable", "match")
		t.Logf("%s: AUROC of the chance against", name)
		for _, kind := range []string{"out_of_kb", "impossible", "no_match_near", "no_match_far"} {
			if no := scores(js, chance, kind); len(no) > 0 {
				a := auroc(yes, no)
				t.Logf("  %s %.3f", kind, a)
				if kind != "impossible" && a < 0.84 {
					t.Errorf("%s: AUROC %.3f against %s", name, a, kind)
				}
			}
		}
	}
}

// TestFit prints the models' constants. All collections are in one index, as a
// bot's pairs and documents are, and each question has two rows: its best pair
// and its best passage. So the chances of the two kinds compare.
func TestFit(t *testing.T) {
	var all []core.Passage
	sets := []set{load(t, "retrieval/zh_cmrc2018"), load(t, "retrieval/en_squad2"), load(t, "faq/zh_cs")}
	for _, s := range sets {
		all = append(all, s.passages...)
	}
	x := New(nlu.Normalize)
	x.Update(map[string][]core.Passage{"all": all})
	var passages, pairs []judged
	for _, s := range sets {
		for _, q := range s.questions {
			if q.Type == "impossible" {
				continue // word overlap cannot tell, and would learn to doubt all
			}
			snap := x.snap.Load()
			hits := x.rank(snap, snap.ask(x.norm(q.Question)), nil)
			for _, pair := range []bool{true, false} {
				at := slices.IndexFunc(hits, func(h hit) bool { return h.words.Pair == pair })
				if at < 0 {
					continue
				}
				j := judged{features: hits[at].words, right: slices.Contains(q.Gold, snap.entries[hits[at].slot].passage.ID)}
				j.weight = 1 / float64(len(s.questions)) // the collections count alike
				if pair {
					pairs = append(pairs, j)
				} else {
					passages = append(passages, j)
				}
			}
		}
	}
	t.Logf("passages %.2f, expected calibration error %.3f", fit(passages, 1, 2), ece(passages))
	t.Logf("pairs %.2f, expected calibration error %.3f", fit(pairs), ece(pairs))
}

// fit is a logistic regression by gradient descent: intercept, then a weight a
// feature but those in without. More of anything but shortage must not lower the
// chance.
func fit(js []judged, without ...int) []float64 {
	n := len(vector(knowledge.Evidence{}))
	w := make([]float64, n+1)
	var total float64
	for _, j := range js {
		total += j.weight
	}
	for range 6000 {
		grad := make([]float64, n+1)
		for _, j := range js {
			d := logistic(w, j.features)
			if j.right {
				d--
			}
			d *= j.weight
			grad[0] += d
			for k, v := range vector(j.features) {
				grad[k+1] += d * v
			}
		}
		for k := range w {
			w[k] -= 6 * (grad[k]/total + 0.0002*w[k])
			if k > 0 && k < n {
				w[k] = max(0, w[k])
			}
		}
		for _, k := range without {
			w[k] = 0
		}
	}
	return w
}

func logistic(w []float64, f knowledge.Evidence) float64 {
	z := w[0]
	for k, v := range vector(f) {
		z += w[k+1] * v
	}
	return 1 / (1 + math.Exp(-z))
}

// ece is how far, on average, a chance of the best passage is from how often it was right.
func ece(js []judged) float64 {
	var sum, right [10]float64
	var total, out float64
	for _, j := range js {
		bin := min(9, int(chance(j.features)*10))
		total += j.weight
		sum[bin] += j.weight * chance(j.features)
		if j.right {
			right[bin] += j.weight
		}
	}
	for i := range sum {
		out += math.Abs(sum[i]-right[i]) / total
	}
	return out
}
