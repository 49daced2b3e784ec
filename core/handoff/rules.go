package handoff

// Rules are a bot's own reasons to fetch a person. The zero value has none and
// the default limits.
type Rules struct {
	Limits   Limits
	Keywords []Keyword
}

// Keyword fetches a person when the normalised text contains one of Words.
type Keyword struct {
	Name  string // what the card calls it, "vip"
	Words []string
}

// Limits are where numbers become reasons. A zero is the default.
type Limits struct {
	Repeats int     // times in a row the same was asked again; default 2, the third asking
	Misses  int     // turns in a row without an answer, after which not even one is looked for; default 3
	Anger   float64 // in (0,1]; default 0.6
}

// Normalized is r with its words as normal makes them, which is how texts are
// compared.
func (r Rules) Normalized(normal func(string) string) Rules {
	out := Rules{Limits: r.Limits}
	for _, k := range r.Keywords {
		n := Keyword{Name: k.Name}
		for _, w := range k.Words {
			n.Words = append(n.Words, normal(w))
		}
		out.Keywords = append(out.Keywords, n)
	}
	return out
}
