package evals

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"path/filepath"

	"frontdesk/core/nlu/measure"
)

//go:embed plot.svg.tmpl
var plotSVG string

//go:embed plot.html.tmpl
var plotHTML string

// The side of a diagram, in pixels, and where the second begins.
const (
	side   = 300.0
	margin = 50.0
	second = side + 2*margin + 40
)

// plot is what the templates draw: the reliability of the scores on the left,
// what thresholds do on the right.
type plot struct {
	Title   string
	Figures measure.Intents
	Report  measure.Report
	Drawing template.HTML // of the page
}

var drawing = template.FuncMap{
	"x":       func(v float64) float64 { return margin + v*side },
	"x2":      func(v float64) float64 { return second + v*side },
	"y":       func(v float64) float64 { return margin + (1-v)*side },
	"add":     func(a, b float64) float64 { return a + b },
	"high":    func(v float64) float64 { return v * side },
	"percent": func(v float64) string { return fmt.Sprintf("%.1f", 100*v) },
	"grid":    func() []float64 { return []float64{0, .2, .4, .6, .8, 1} },
	"left":    func(b measure.Bin) float64 { return margin + float64(min(int(b.Score*10), 9))*side/10 + 2 },
	"narrow":  func() float64 { return side/10 - 4 },
}

// Draw writes the plot of guesses to a file: a picture if it is called .svg, else
// a page with tables too.
func Draw(path, title string, f measure.Intents, gs []measure.Guess) error {
	p := plot{Title: title, Figures: f, Report: measure.Review(gs)}
	var svg, page bytes.Buffer
	if err := template.Must(template.New("svg").Funcs(drawing).Parse(plotSVG)).Execute(&svg, p); err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	if filepath.Ext(path) == ".svg" {
		return write(path, svg.Bytes())
	}
	p.Drawing = template.HTML(svg.String()) // our own template made it, and escaped the values
	if err := template.Must(template.New("page").Funcs(drawing).Parse(plotHTML)).Execute(&page, p); err != nil {
		return fmt.Errorf("draw: %w", err)
	}
	return write(path, page.Bytes())
}

// Describe writes the report of guesses to a file, as JSON.
func Describe(path string, gs []measure.Guess) error {
	b, err := json.MarshalIndent(measure.Review(gs), "", "  ")
	if err != nil {
		return fmt.Errorf("describe: %w", err)
	}
	return write(path, append(b, '\n'))
}

func write(path string, b []byte) error {
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
