package bot

import (
	"context"
	"fmt"

	"frontdesk/core"
	"frontdesk/core/dialog"
	"frontdesk/core/guard"
)

// rails are the bot's guard.
func (d Definition) rails(p Parts) (*guard.Guard, error) {
	rules := guard.Rules{NoNotice: true}
	if d.Guard != nil {
		rules = *d.Guard
	}
	return guard.New(rules, p.Personal)
}

// vetted is a Prompter whose words are judged as an answer's are.
type vetted struct {
	dialog.Prompter
	rails *guard.Guard
}

// guarded puts rails around p; nil stays nil.
func guarded(p dialog.Prompter, rails *guard.Guard) dialog.Prompter {
	if p == nil {
		return nil
	}
	return vetted{p, rails}
}

// Prompt implements dialog.Prompter. What may not be said is an error: the flow
// goes on as if there were no model.
func (v vetted) Prompt(ctx context.Context, t *core.Turn, name string, values map[string]string) (map[string]string, error) {
	got, err := v.Prompter.Prompt(ctx, t, name, values)
	if err != nil {
		return nil, err
	}
	for _, said := range got {
		if why, finding := v.rails.Vet(t, said); why != "" {
			t.Trace.Add("cut", map[string]any{"why": why, "finding": finding})
			return nil, fmt.Errorf("prompt %q: the model wrote %s", name, why)
		}
	}
	return got, nil
}
