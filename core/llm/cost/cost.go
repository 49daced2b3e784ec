// Package cost knows what language models cost, and keeps bots within what they
// may spend: an amount is reserved before a call and settled after it.
package cost

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"frontdesk/core/llm"
)

// Price is what a model costs per million tokens, in micro-units of Currency.
type Price struct {
	In, Out  int64
	Currency string // ISO 4217
	Date     string // when it was looked up, "2006-01-02"
}

// Table knows the prices of models. Immutable.
type Table struct {
	// Prices by model; a name that ends in "*" stands for all that begin so, the
	// longest counts.
	Prices map[string]Price
	// Rates are what a unit of a currency is worth in a common one.
	Rates map[string]float64
}

// Find returns a model's price; ok is false where it is not known: it is never
// taken for nothing.
func (t Table) Find(model string) (p Price, ok bool) {
	if p, ok = t.Prices[model]; ok {
		return p, true
	}
	best := -1
	for name, q := range t.Prices {
		prefix, many := strings.CutSuffix(name, "*")
		if many && strings.HasPrefix(model, prefix) && len(prefix) > best {
			best, p, ok = len(prefix), q, true
		}
	}
	return p, ok
}

// Convert returns micros of one currency in another, rounded up; ok is false
// where a rate is not known.
func (t Table) Convert(micros int64, from, to string) (n int64, ok bool) {
	if from == to {
		return micros, true
	}
	a, b := t.Rates[from], t.Rates[to]
	if a <= 0 || b <= 0 {
		return 0, false
	}
	return up(float64(micros) * a / b), true
}

// Of is what tokens cost, rounded up to a micro-unit.
func (p Price) Of(u llm.Usage) int64 {
	return up((float64(u.In)*float64(p.In) + float64(u.Out)*float64(p.Out)) / 1e6)
}

// up rounds up, but for what binary fractions add.
func up(x float64) int64 { return int64(math.Ceil(x - 1e-6)) }

// DefaultOut is how many tokens an answer is taken to have at most where a
// request sets no bound.
const DefaultOut = 2048

// Most is the most a request may use: what is reserved for it. Real tokenisers
// make fewer of it.
func Most(r llm.Request) llm.Usage {
	in := 16
	for _, m := range r.Messages {
		in += 8 + tokens(m.Text) + 1600*len(m.Images) // the largest picture of the usual models
		for _, c := range m.Calls {
			in += 16 + tokens(string(c.Arguments))
		}
	}
	for _, f := range r.Tools {
		in += 16 + tokens(f.Name+f.Description) + tokens(string(f.Schema))
	}
	out := r.MaxTokens
	if out <= 0 {
		out = DefaultOut
	}
	return llm.Usage{In: in, Out: out}
}

// tokens is an upper estimate: three bytes a token, and half a token more for
// each character that is not ASCII.
func tokens(s string) int {
	wide := (len(s) - utf8.RuneCountInString(s)) / 2
	return len(s)/3 + wide/2 + 1
}

// guess is what a call used whose provider did not count, by what it said.
func guess(r llm.Request, said int) llm.Usage {
	u := Most(r)
	u.Out = said/3 + 1
	return u
}

// Limits bound what a bot may spend; 0 is no bound.
type Limits struct {
	Currency            string
	Day, Month, Contact int64          // micro-units; Contact is for one customer and day
	Zone                *time.Location // whose days; nil is UTC
}

func (l Limits) any() bool { return l.Day > 0 || l.Month > 0 || l.Contact > 0 }
