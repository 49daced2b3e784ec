// Package measure tells how good a recogniser or an extractor is on labelled
// texts, in the terms of the literature. A row is one JSON object a line, as
// the developer data have it: {"text", "intent", "entities": [{"start", "end",
// "type"}]}, offsets in code points.
package measure

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"frontdesk/core/nlu"
)

// Row is a labelled text.
type Row struct {
	Text     string `json:"text"`
	Intent   string `json:"intent"`
	Entities []Span `json:"entities"`
}

// Span is a labelled piece of a text, in code points, the end exclusive.
type Span struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Type  string `json:"type"`
}

// longestRow bounds a line of a file, in bytes.
const longestRow = 1 << 20

// Read reads a file of rows; one whose name ends in .gz is unpacked.
func Read(path string) ([]Row, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
	}
	rows, err := Parse(r)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return rows, nil
}

// Parse reads rows.
func Parse(r io.Reader) ([]Row, error) {
	var rows []Row
	s := bufio.NewScanner(r)
	s.Buffer(nil, longestRow)
	for n := 1; s.Scan(); n++ {
		if strings.TrimSpace(s.Text()) == "" {
			continue
		}
		var row Row
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		rows = append(rows, row)
	}
	return rows, s.Err()
}

// Intents is how good a recogniser is. All shares are in [0,1].
type Intents struct {
	Accuracy float64 `json:"accuracy"` // of the rows in scope
	MacroF1  float64 `json:"macro_f1"` // mean of the intents' F1
	// ECE is the expected calibration error over ten equal bins (Naeini et al.,
	// AAAI 2015) of the rows in scope.
	ECE float64 `json:"ece"`
	// AUROC is how well the best score tells rows in scope from others; Recall
	// is the part of the others whose best score is below the threshold. Both
	// are 0 without such rows.
	AUROC  float64 `json:"oos_auroc"`
	Recall float64 `json:"oos_recall"`
	Train  float64 `json:"train_seconds"`
	Micros float64 `json:"micros_per_query"`
}

// Training makes a recogniser of examples.
type Training func(ctx context.Context, task nlu.Task) (nlu.IntentRecognizer, error)

// Recognizer trains on train, without the withheld intents, and asks test.
// Rows of oos, and rows of withheld intents, are out of scope.
func Recognizer(ctx context.Context, learn Training, train, test, oos []Row, withheld []string, threshold float64) (Intents, error) {
	out, _, err := Judge(ctx, learn, train, test, oos, withheld, threshold)
	return out, err
}

// Judge is Recognizer with the guesses it sums up, those about oos last.
func Judge(ctx context.Context, learn Training, train, test, oos []Row, withheld []string, threshold float64) (Intents, []Guess, error) {
	var task nlu.Task
	for _, r := range train {
		if !slices.Contains(withheld, r.Intent) {
			task.Examples = append(task.Examples, nlu.Example{Text: r.Text, Intent: r.Intent})
		}
	}
	start := time.Now()
	rec, err := learn(ctx, task)
	if err != nil {
		return Intents{}, nil, fmt.Errorf("train: %w", err)
	}
	seconds := time.Since(start).Seconds()
	gs, micros, err := ask(ctx, rec, append(slices.Clone(test), oos...), func(i int) bool {
		return i < len(test) && !slices.Contains(withheld, test[i].Intent)
	})
	if err != nil {
		return Intents{}, nil, err
	}
	out := summed(gs, threshold)
	out.Train, out.Micros = seconds, micros
	return out, gs, nil
}

// tally gathers guesses.
type tally struct {
	in, out []float64 // best scores
	right   []bool    // of in
	hits    map[string]*[3]int
}

// add counts one guess: hits are true positives, false positives and misses.
func (t *tally) add(g Guess) {
	if !g.InScope {
		t.out = append(t.out, g.Score)
		return
	}
	t.in = append(t.in, g.Score)
	t.right = append(t.right, g.Got == g.Want)
	if g.Got == g.Want {
		t.of(g.Want)[0]++
		return
	}
	t.of(g.Want)[2]++
	if g.Got != "" {
		t.of(g.Got)[1]++
	}
}

func (t *tally) of(name string) *[3]int {
	if t.hits == nil {
		t.hits = map[string]*[3]int{}
	}
	if t.hits[name] == nil {
		t.hits[name] = new([3]int)
	}
	return t.hits[name]
}

func (t *tally) sum(o *Intents, threshold float64) {
	n := 0
	for _, ok := range t.right {
		if ok {
			n++
		}
	}
	o.Accuracy = share(n, len(t.right))
	for _, h := range t.hits {
		o.MacroF1 += F1(h[0], h[1], h[2]) / float64(len(t.hits))
	}
	o.ECE = ECE(t.in, t.right)
	o.AUROC = AUROC(t.in, t.out)
	below := 0
	for _, s := range t.out {
		if s < threshold {
			below++
		}
	}
	o.Recall = share(below, len(t.out))
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// F1 is the harmonic mean of precision and recall; 0 if nothing was right.
func F1(right, extra, missed int) float64 { return share(2*right, 2*right+extra+missed) }

// ECE is the expected calibration error of scores over ten equal bins.
func ECE(scores []float64, right []bool) float64 {
	var sum, hit [10]float64
	for i, s := range scores {
		b := min(int(s*10), 9)
		sum[b] += s
		if right[i] {
			hit[b]++
		}
	}
	e := 0.0
	for b := range sum {
		e += math.Abs(sum[b] - hit[b])
	}
	return e / float64(max(len(scores), 1))
}

// AUROC is the chance that a score of in is above one of out; ties count half.
func AUROC(in, out []float64) float64 {
	if len(in) == 0 || len(out) == 0 {
		return 0
	}
	low := slices.Sorted(slices.Values(out))
	wins := 0.0
	for _, s := range in {
		below, _ := slices.BinarySearch(low, s)
		upTo, _ := slices.BinarySearch(low, math.Nextafter(s, math.Inf(1)))
		wins += float64(below) + float64(upTo-below)/2
	}
	return wins / float64(len(in)) / float64(len(out))
}
