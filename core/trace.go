package core

import (
	"encoding/json"
	"time"
)

// Trace is how an answer came about: what the panel, `frontdesk chat --trace`
// and the handoff card show. It is stored with the turn.
type Trace struct {
	Bot     string  `json:"bot,omitempty"`
	Version string  `json:"version,omitempty"`
	Attempt int     `json:"attempt,omitempty"`
	Steps   []Step  `json:"steps,omitempty"`
	Settled string  `json:"settled,omitempty"`
	Score   float64 `json:"score,omitempty"`   // confidence of what was said, in [0,1]
	Intent  string  `json:"intent,omitempty"`  // the best guess
	Handoff string  `json:"handoff,omitempty"` // why a person is wanted
}

// Step is one stage's line of a trace.
type Step struct {
	Stage  string `json:"stage"`
	Micros int64  `json:"micros"`
	Notes  []Fact `json:"notes,omitempty"`
}

// Fact is one thing a stage found. Value is made of strings, numbers, slices
// and maps, and never holds a secret.
type Fact struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Add notes a fact for the stage under way.
func (t *Trace) Add(name string, value any) {
	t.Steps = append(t.Steps, Step{Notes: []Fact{{name, value}}})
}

// add closes the stage under way: the facts noted since the last become its.
func (t *Trace) add(stage string, took time.Duration) {
	step := Step{Stage: stage, Micros: took.Microseconds()}
	i := len(t.Steps)
	for i > 0 && t.Steps[i-1].Stage == "" {
		i--
	}
	for _, s := range t.Steps[i:] {
		step.Notes = append(step.Notes, s.Notes...)
	}
	t.Steps = append(t.Steps[:i], step)
}

// Encode returns t as JSON; nil if it says nothing.
func (t *Trace) Encode() []byte {
	if len(t.Steps) == 0 {
		return nil
	}
	b, err := json.Marshal(t)
	if err != nil {
		return nil // a fact that is no JSON costs the trace, never the turn
	}
	return b
}
