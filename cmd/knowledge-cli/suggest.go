package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"frontdesk/cmd/internal/suggest"
)

// mostSuggested is how many questions are asked after an update.
const mostSuggested = 10

func (l *local) suggest(ctx context.Context, bot, name string) ([]suggestion, error) {
	qs, err := suggest.Of(ctx, l.service, nil, l.workspace, bot, name, mostSuggested)
	out := make([]suggestion, len(qs))
	for i, q := range qs {
		out[i] = suggestion{q.Text, q.Answer, q.Doc, q.Page, q.Score, q.Own}
	}
	return out, err
}

func (r *remote) suggest(ctx context.Context, bot, name string) ([]suggestion, error) {
	var out struct {
		Items []suggestion `json:"items"`
	}
	err := r.call(ctx, http.MethodGet, documents(bot)+"/questions", of(name, 0), "", nil, &out)
	return out.Items, err
}

// questions prints what a document can be asked now, and what is answered.
func (p program) questions(all []suggestion) error {
	if len(all) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("it can be asked, and answers:\n")
	for _, q := range all {
		answer := short(oneLine(q.Answer), 120)
		switch {
		case answer == "":
			answer = "(nothing)"
		case !q.Own:
			answer += " [from " + q.Doc + "]"
		}
		fmt.Fprintf(&b, "  ? %s\n    %s\n", short(oneLine(q.Question), 120), answer)
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}
