package evals

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"frontdesk/configs"
	"frontdesk/core"
)

// Answers names the files of an answer measurement.
type Answers struct {
	Docs      string // folder of the documents
	Questions string
	// Update is loaded after the questions of version "v1" as the new version of
	// the document As, "" meaning its own name. It may lie in Docs.
	Update, As string
	Out        string // file for the answers; "" writes none
	// Models answer from the passages, if there are any.
	Models []configs.Provider
}

// Tally counts what became of questions.
type Tally struct {
	N          int `json:"n"`
	Answerable int `json:"answerable"`
	Correct    int `json:"correct"`
	Wrong      int `json:"wrong"`
	Abstained  int `json:"abstained"`   // though there was an answer
	HandedOver int `json:"handed_over"` // the same
	// RightCitation is the share, of the answers given, that cite document and
	// page, and MeanChars their length.
	RightCitation float64 `json:"right_citation"`
	MeanChars     float64 `json:"mean_chars"`
	// WrongRate and CorrectRate are of all questions, and of the answerable.
	WrongRate   float64 `json:"wrong_rate"`
	CorrectRate float64 `json:"correct_rate"`

	found, cited, cites, spoke, chars int
}

// Answered is the whole of a measurement and its parts.
type Answered struct {
	Tally
	Kind map[string]*Tally `json:"kind"`
	Lang map[string]*Tally `json:"lang"`
}

// Run loads the documents, asks the questions, each in a fresh conversation
// after the turns of its context, and judges what is said.
func (f Answers) Run(ctx context.Context, e Embedding) (out Answered, err error) {
	qs, err := Rows[Asked](f.Questions)
	if err != nil {
		return out, err
	}
	h, err := openHouse(ctx, e, f.Models)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if err := h.loadAll(ctx, f.Docs, f.Update); err != nil {
		return out, err
	}
	replies := map[string]Replied{}
	if f.Update != "" {
		if err := h.askAll(ctx, qs, replies, func(q Asked) bool { return q.Version == "v1" }); err != nil {
			return out, err
		}
		if err := h.load(ctx, f.Update, f.As); err != nil {
			return out, err
		}
	}
	if err := h.askAll(ctx, qs, replies, func(q Asked) bool { return q.Version != "v1" || f.Update == "" }); err != nil {
		return out, err
	}
	if f.Out != "" {
		if err := writeLines(f.Out, ordered(qs, replies)); err != nil {
			return out, err
		}
	}
	return Judge(qs, replies), nil
}

func (h *house) askAll(ctx context.Context, qs []Asked, into map[string]Replied, which func(Asked) bool) error {
	for _, q := range qs {
		if !which(q) {
			continue
		}
		r, err := h.ask(ctx, q)
		if err != nil {
			return fmt.Errorf("question %s: %w", q.ID, err)
		}
		into[q.ID] = r
	}
	return nil
}

// ask puts one question after its context.
func (h *house) ask(ctx context.Context, q Asked) (Replied, error) {
	t := h.talk()
	for i, said := range q.Context {
		if i%2 == 1 { // the shop's
			continue
		}
		if err := t.recall(ctx, said); err != nil {
			return Replied{}, err
		}
	}
	turn, err := t.say(ctx, q.Question)
	if err != nil {
		return Replied{}, err
	}
	return reply(q.ID, turn), nil
}

// reply is what the customer read.
func reply(id string, t *core.Turn) Replied {
	r := Replied{ID: id, Citations: []Cited{}}
	for _, ev := range t.Events() {
		if ev.Kind != core.Said || ev.Role != core.BotRole {
			continue
		}
		r.Answer += ev.Text()
		r.Abstained = r.Abstained || ev.Verdict == core.VerdictAbstained || ev.Verdict == core.VerdictClarified
		r.HandedOver = r.HandedOver || ev.Verdict == core.VerdictHandedOver
		for _, c := range ev.Citations {
			r.Citations = append(r.Citations, Cited{c.Doc, c.Page})
		}
	}
	if t.Draft != nil {
		r.By, r.Score = t.Draft.By, t.Draft.Score
	}
	return r
}

// Judge tallies replies to qs.
func Judge(qs []Asked, replies map[string]Replied) Answered {
	out := Answered{Kind: map[string]*Tally{}, Lang: map[string]*Tally{}}
	for _, q := range qs {
		r, ok := replies[q.ID]
		if !ok {
			continue
		}
		for _, t := range []*Tally{&out.Tally, entry(out.Kind, q.Kind), entry(out.Lang, q.Lang)} {
			t.add(q, r)
		}
	}
	for _, t := range slices.Concat([]*Tally{&out.Tally}, slices.Collect(maps.Values(out.Kind)), slices.Collect(maps.Values(out.Lang))) {
		t.RightCitation, t.WrongRate, t.CorrectRate = part(t.cites, t.cited), part(t.Wrong, t.N), part(t.found, t.Answerable)
		t.MeanChars = float64(t.chars) / float64(max(t.spoke, 1))
	}
	return out
}

func entry(m map[string]*Tally, key string) *Tally {
	if m[key] == nil {
		m[key] = &Tally{}
	}
	return m[key]
}

func (t *Tally) add(q Asked, r Replied) {
	t.N++
	v := q.verdict(r)
	switch v {
	case right:
		t.Correct++
	case wrong:
		t.Wrong++
	case abstained:
		t.Abstained++
	case handed:
		t.HandedOver++
	}
	if q.Answerable {
		t.Answerable++
		if v == right {
			t.found++
		}
	}
	if yes, ok := q.cites(r); ok && (v == right || v == wrong) {
		t.cited++
		if yes {
			t.cites++
		}
	}
	if !r.Abstained && !r.HandedOver {
		t.spoke++
		t.chars += len([]rune(r.Answer))
	}
}

// ordered are the replies in the order of the questions.
func ordered(qs []Asked, replies map[string]Replied) []Replied {
	var out []Replied
	for _, q := range qs {
		if r, ok := replies[q.ID]; ok {
			out = append(out, r)
		}
	}
	return out
}

// Table writes a for people.
func (a Answered) Table(w io.Writer) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "\tn\tcorrect\twrong\tabstained\thanded_over\tcorrect %\twrong %\tright_citation %\tmean_chars\t")
	line := func(name string, t Tally) {
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%d\t%d\t%.1f\t%.1f\t%.1f\t%.0f\t\n", name, t.N, t.Correct, t.Wrong, t.Abstained, t.HandedOver,
			100*t.CorrectRate, 100*t.WrongRate, 100*t.RightCitation, t.MeanChars)
	}
	line("all", a.Tally)
	for _, m := range []map[string]*Tally{a.Kind, a.Lang} {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			line(k, *m[k])
		}
	}
	return tw.Flush()
}
