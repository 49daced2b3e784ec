package configs

import (
	_ "embed" // the built-in prices
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"
	"time"

	"frontdesk/configs/internal/strict"
)

//go:embed prices.yaml
var builtinPrices []byte

// Prices are what language models cost.
type Prices struct {
	Rates  map[string]float64 `yaml:"rates"` // what a unit is worth in a common currency
	Models []Price            `yaml:"models"`
}

// Price is what a model costs per million tokens, in units of Currency. A name
// that ends in "*" stands for all that begin so.
type Price struct {
	Model    string  `yaml:"model"`
	In       float64 `yaml:"in"`
	Out      float64 `yaml:"out"`
	Currency string  `yaml:"currency"`
	Date     string  `yaml:"date"` // when it was looked up
}

// LoadPrices reads a file of prices; "" is the built-in one. An error in it is
// an Errors with every mistake and its place.
func LoadPrices(file string) (Prices, error) {
	src, name := builtinPrices, "prices.yaml"
	if file != "" {
		b, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			return Prices{}, fmt.Errorf("llm.prices: %s does not exist: name another, or leave it empty for the built-in prices", file)
		}
		if err != nil {
			return Prices{}, fmt.Errorf("llm.prices: %w", err)
		}
		src, name = b, file
	}
	n, err := strict.Parse(name, src)
	if err != nil {
		return Prices{}, asErrors(err)
	}
	var p Prices
	var d strict.Decoder
	d.Fill(n, &p)
	p.check(&d)
	d.Errs.Sort()
	return p, d.Errs.Err()
}

func (p Prices) check(d *strict.Decoder) {
	bad := func(path, format string, args ...any) {
		at, _ := d.Place(path)
		d.Errs.Add(at, path+": "+format, args...)
	}
	for c, r := range p.Rates {
		if !currency.MatchString(c) || !(r > 0 && r < math.MaxInt32) {
			bad("rates."+c, "a rate is three capital letters and a number above 0")
		}
	}
	seen := map[string]bool{}
	for i, m := range p.Models {
		at := fmt.Sprintf("models[%d]", i)
		_, err := time.Parse("2006-01-02", m.Date)
		switch {
		case m.Model == "":
			bad(at, "has no model: write its name as the provider's")
		case seen[m.Model]:
			bad(at, "model %q is there twice", m.Model)
		case !(m.In >= 0 && m.Out >= 0 && m.In < 1e6 && m.Out < 1e6):
			bad(at, "in and out must be from 0 to 1000000, per million tokens")
		case !d.Has(at+".in") || !d.Has(at+".out"):
			bad(at, "needs in and out: a price that is not known is left out, not 0")
		case !currency.MatchString(m.Currency):
			bad(at, "currency: write three capital letters, USD for one")
		case err != nil:
			bad(at, "date: write when the price was looked up, as 2026-01-31")
		}
		seen[m.Model] = true
	}
}

// prices checks the file of prices, so that a mistake in it is told at the start.
func (l *loader) prices(file string) {
	if file == "" {
		return
	}
	if _, err := LoadPrices(file); err != nil {
		l.fail("llm.prices", "%s", strings.TrimPrefix(err.Error(), "llm.prices: "))
	}
}
