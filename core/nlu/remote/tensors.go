package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"frontdesk/core"
)

// tensors is the Open Inference Protocol, version 2.
type tensors struct {
	caller
	url   string   // of the model
	names []string // of the bot's intents, in order
	input atomic.Pointer[tensor]
}

// tensor is one input or output, and its description.
type tensor struct {
	Name     string          `json:"name"`
	Datatype string          `json:"datatype"`
	Shape    []int           `json:"shape"`
	Data     json.RawMessage `json:"data,omitempty"`
}

func (m *tensors) ask(ctx context.Context, t *core.Turn) ([]core.Intent, error) {
	in, err := m.describe(ctx)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal([]string{t.Text})
	if err != nil {
		return nil, fmt.Errorf("encode the question: %w", err)
	}
	asked := map[string][]tensor{"inputs": {{Name: in.Name, Datatype: "BYTES", Shape: ones(len(in.Shape)), Data: data}}}
	var a struct {
		Outputs []tensor `json:"outputs"`
	}
	if err := m.call(ctx, http.MethodPost, m.url+"/infer", asked, &a); err != nil {
		return nil, err
	}
	return m.read(a.Outputs)
}

// ones is the shape of a single text in so many dimensions.
func ones(n int) []int {
	s := make([]int, max(n, 1))
	for i := range s {
		s[i] = 1
	}
	return s
}

// describe asks once what the model's input is called and shaped.
func (m *tensors) describe(ctx context.Context) (*tensor, error) {
	if in := m.input.Load(); in != nil {
		return in, nil
	}
	var d struct {
		Inputs []tensor `json:"inputs"`
	}
	if err := m.call(ctx, http.MethodGet, m.url, nil, &d); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(d.Inputs, func(t tensor) bool { return t.Datatype == "BYTES" })
	if i < 0 || len(d.Inputs) > 1 {
		return nil, fmt.Errorf("the model takes %d inputs: want one, of datatype BYTES", len(d.Inputs))
	}
	m.input.Store(&d.Inputs[i])
	return &d.Inputs[i], nil
}

// read makes intents of the outputs.
func (m *tensors) read(outs []tensor) ([]core.Intent, error) {
	names, scores := m.names, []float64(nil)
	for _, o := range outs {
		var err error
		switch {
		case o.Datatype == "BYTES":
			err = json.Unmarshal(o.Data, &names)
		case strings.HasPrefix(o.Datatype, "FP") && scores == nil:
			err = json.Unmarshal(o.Data, &scores)
		}
		if err != nil {
			return nil, fmt.Errorf("output %q of the model: %w", o.Name, err)
		}
	}
	switch {
	case len(scores) == 0:
		return nil, errors.New("the model gives no floating point output of scores")
	case len(scores) != len(names):
		return nil, fmt.Errorf("the model gives %d scores for %d intents", len(scores), len(names))
	}
	scores = probabilities(scores)
	in := make([]core.Intent, len(scores))
	for i, s := range scores {
		in[i] = core.Intent{Name: names[i], Score: s}
	}
	return ranked(in)
}

// probabilities are scores as they are, or the softmax of what are no
// probabilities.
func probabilities(scores []float64) []float64 {
	sum := 0.0
	for _, s := range scores {
		sum += s
	}
	const tolerance = 1e-3 // of rounding
	if slices.Min(scores) >= 0 && sum <= 1+tolerance {
		return scores
	}
	out, total, top := make([]float64, len(scores)), 0.0, slices.Max(scores)
	for i, s := range scores {
		out[i] = math.Exp(s - top)
		total += out[i]
	}
	for i := range out {
		out[i] /= total
	}
	return out
}
