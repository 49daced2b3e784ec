package evals

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"frontdesk/core"
)

// Conversations names the files of a handover measurement.
type Conversations struct {
	Conversations string
	Docs          string // what the bot knows; "" is the folder docs beside the file, if there is one
	Out           string // file for the turns of the handovers; "" writes none
}

// Handovers is how conversations that need a person, or none, went.
type Handovers struct {
	Need   int `json:"need"`
	OnTime int `json:"on_time"` // within a turn
	Exact  int `json:"exact"`
	Early  int `json:"early"`
	Late   int `json:"late"`
	Never  int `json:"never"`
	None   int `json:"need_none"`
	False  int `json:"false"`
	// OnTimeRate is of those that need a person, FalseRate of the others.
	OnTimeRate float64 `json:"on_time_rate"`
	FalseRate  float64 `json:"false_rate"`
}

type conversation struct {
	ID    string   `json:"id"`
	Turns []string `json:"turns"` // the customer's; "" is silence
	At    *int     `json:"handover_at"`
}

type handover struct {
	ID string `json:"id"`
	At *int   `json:"handed_over_at"`
}

// Run plays the conversations, each until it is handed over.
func (f Conversations) Run(ctx context.Context, e Embedding) (out Handovers, err error) {
	cs, err := Rows[conversation](f.Conversations)
	if err != nil {
		return out, err
	}
	h, err := openHouse(ctx, e, nil)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	if docs := f.docs(); docs != "" {
		if err := h.loadAll(ctx, docs, ""); err != nil {
			return out, err
		}
	}
	var got []handover
	for _, c := range cs {
		at, err := h.play(ctx, c)
		if err != nil {
			return out, fmt.Errorf("conversation %s: %w", c.ID, err)
		}
		out.add(at, c.At)
		got = append(got, handover{c.ID, at})
	}
	out.OnTimeRate, out.FalseRate = part(out.OnTime, out.Need), part(out.False, out.None)
	if f.Out == "" {
		return out, nil
	}
	return out, writeLines(f.Out, got)
}

// docs is the folder of what the bot knows, "" if there is none.
func (f Conversations) docs() string {
	if f.Docs != "" {
		return f.Docs
	}
	beside := filepath.Join(filepath.Dir(f.Conversations), "docs")
	if st, err := os.Stat(beside); err == nil && st.IsDir() {
		return beside
	}
	return ""
}

// play returns the turn at which a person was fetched, nil if none was.
func (h *house) play(ctx context.Context, c conversation) (*int, error) {
	t := h.talk()
	for i, said := range c.Turns {
		if _, err := t.say(ctx, said); err != nil {
			return nil, err
		}
		if t.state.Case.Mode == core.Waiting {
			return &i, nil
		}
	}
	return nil, nil
}

func (o *Handovers) add(got, want *int) {
	switch {
	case want == nil:
		o.None++
		if got != nil {
			o.False++
		}
		return
	case got == nil:
		o.Never++
	case *got == *want:
		o.Exact++
		o.OnTime++
	case *got == *want-1 || *got == *want+1:
		o.OnTime++
	case *got < *want:
		o.Early++
	default:
		o.Late++
	}
	o.Need++
}

func writeLines[T any](path string, rows []T) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write the results: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	enc := json.NewEncoder(f)
	enc.SetEscapeHTML(false)
	for _, r := range rows {
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return nil
}
