package measure

import (
	"cmp"
	"math"
	"slices"
)

// Guess is what was made of one row.
type Guess struct {
	Text    string  `json:"text"`
	Want    string  `json:"want"` // "" where it is out of scope
	Got     string  `json:"got"`  // "" is "no idea"
	Score   float64 `json:"score"`
	InScope bool    `json:"in_scope"`
}

// Report is what single guesses show that sums do not.
type Report struct {
	Intents   []OneIntent `json:"intents"`   // by name
	Confusion []Confusion `json:"confusion"` // most frequent first
	Sweep     []Sweep     `json:"sweep"`     // by threshold
	Bins      []Bin       `json:"bins"`      // of the reliability plot; empty ones are left out
}

// OneIntent is how well one intent is recognised. All shares are in [0,1].
type OneIntent struct {
	Name      string  `json:"name"`
	Rows      int     `json:"rows"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// Confusion is one intent taken for another, with some of the texts.
type Confusion struct {
	Want  string   `json:"want"`
	Got   string   `json:"got"`
	Rows  int      `json:"rows"`
	Texts []string `json:"texts"`
}

// Sweep is what a bot with that threshold does: the share of rows in scope that
// it takes, how many of these are right, and the share of rows out of scope
// that it refuses (0 without such rows).
type Sweep struct {
	Threshold float64 `json:"threshold"`
	Taken     float64 `json:"taken"`
	Right     float64 `json:"right"`
	Refused   float64 `json:"refused"`
}

// Bin is the rows in scope whose score lies in one of ten equal bins.
type Bin struct {
	Rows  int     `json:"rows"`
	Score float64 `json:"score"` // their mean
	Right float64 `json:"right"` // the share that is right
}

// shownTexts is how many texts a Confusion shows.
const shownTexts = 5

// Review makes a report of guesses.
func Review(gs []Guess) Report {
	return Report{perIntent(gs), confusions(gs), sweep(gs), bins(gs)}
}

func perIntent(gs []Guess) []OneIntent {
	var t tally
	rows := map[string]int{}
	for _, g := range gs {
		if !g.InScope {
			continue
		}
		rows[g.Want]++
		t.add(g)
	}
	var out []OneIntent
	for name, h := range t.hits {
		out = append(out, OneIntent{name, rows[name], share(h[0], h[0]+h[1]), share(h[0], h[0]+h[2]), F1(h[0], h[1], h[2])})
	}
	slices.SortFunc(out, func(a, b OneIntent) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func confusions(gs []Guess) []Confusion {
	at := map[[2]string]int{}
	var out []Confusion
	for _, g := range gs {
		if !g.InScope || g.Got == g.Want {
			continue
		}
		key := [2]string{g.Want, g.Got}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, Confusion{Want: g.Want, Got: g.Got})
		}
		out[i].Rows++
		if len(out[i].Texts) < shownTexts {
			out[i].Texts = append(out[i].Texts, g.Text)
		}
	}
	slices.SortStableFunc(out, func(a, b Confusion) int { return cmp.Compare(b.Rows, a.Rows) })
	return out
}

func sweep(gs []Guess) []Sweep {
	var out []Sweep
	for step := 1; step < 20; step++ {
		s := Sweep{Threshold: float64(step) / 20}
		in, taken, right, far, refused := 0, 0, 0, 0, 0
		for _, g := range gs {
			over := g.Score >= s.Threshold
			switch {
			case !g.InScope:
				far++
				if !over {
					refused++
				}
			default:
				in++
				if over {
					taken++
					if g.Got == g.Want {
						right++
					}
				}
			}
		}
		s.Taken, s.Right, s.Refused = share(taken, in), share(right, taken), share(refused, far)
		out = append(out, s)
	}
	return out
}

func bins(gs []Guess) []Bin {
	var all [10]Bin
	for _, g := range gs {
		if !g.InScope {
			continue
		}
		b := &all[min(int(math.Max(g.Score, 0)*10), 9)]
		b.Rows++
		b.Score += g.Score
		if g.Got == g.Want {
			b.Right++
		}
	}
	var out []Bin
	for _, b := range all {
		if b.Rows > 0 {
			b.Score /= float64(b.Rows)
			b.Right /= float64(b.Rows)
			out = append(out, b)
		}
	}
	return out
}
