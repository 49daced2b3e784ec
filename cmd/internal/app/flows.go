package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/dialog"
	"frontdesk/core/llm"
	"frontdesk/core/llm/answer"
	"frontdesk/core/llm/prompt"
)

// flow is a flow of a bot's folder as the core knows it.
func flow(f configs.Flow) dialog.Flow {
	out := dialog.Flow{Name: f.Name, Title: dialog.Wording(f.Title), Intents: f.Intents, Keywords: f.Keywords, Events: f.Events,
		Buttons: f.Buttons, Expires: f.Expires}
	for _, s := range f.Steps {
		step := dialog.Step{ID: s.ID, Do: dialog.StepKind(s.Do), Text: dialog.Wording(s.Text), Slot: s.Slot, Entity: s.Entity, Valid: dialog.Valid(s.Valid),
			Retry: dialog.Wording(s.Retry), Confirm: dialog.Wording(s.Confirm), IfUnsure: s.Confirms == "unsure", Reuse: s.Reuse, Expires: s.Expires, Set: s.Set, Action: s.Action,
			Prompt: s.Prompt, Question: dialog.Wording(s.Question), With: s.With, Save: s.Save, Timeout: s.Timeout, Flow: s.Flow,
			When: condition(s.When), Next: s.Next, Else: s.Else, OnError: s.OnError}
		for _, o := range s.Options {
			step.Options = append(step.Options, dialog.Option{Value: o.Value, Label: dialog.Wording(o.Label), Synonyms: o.Synonyms, Next: o.Next})
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

func condition(c configs.Condition) dialog.Condition {
	if c == nil {
		return nil
	}
	out := dialog.Condition{}
	for name, values := range c {
		out[name] = values
	}
	return out
}

// located puts the file and line before mistakes in the script of a bot whose
// folder is dir; other errors stay as they are.
func located(err error, dir string, places map[string]configs.Pos) error {
	var at configs.Errors
	var rest []error
	for _, e := range leaves(err) {
		m := new(dialog.Mistake)
		if !errors.As(e, &m) {
			rest = append(rest, e)
			continue
		}
		pos := place(m.Path, places)
		pos.File = filepath.Join(dir, pos.File)
		at.Add(pos, "%s", m.Error())
	}
	at.Sort()
	return errors.Join(append(rest, at.Err())...)
}

// leaves are the errors that err joins.
func leaves(err error) []error {
	if many := new(dialog.Mistakes); errors.As(err, many) {
		return *many
	}
	return []error{err}
}

// place is the nearest place known of p.
func place(p dialog.Path, places map[string]configs.Pos) configs.Pos {
	owner := ""
	for _, x := range [][2]string{{"flow ", p.Flow}, {"rule ", p.Rule}, {"intent ", p.Intent}, {"text ", p.Text}} {
		if x[1] != "" {
			owner = x[0] + x[1]
		}
	}
	path := owner
	if p.Step != "" {
		path += "/" + p.Step
	}
	return cmp.Or(places[path+"/"+p.Field], places[path], places[owner])
}

// channelType is the type of a channel of the configuration.
func (a *App) channelType(id string) string {
	for _, c := range a.cfg.Channels {
		if c.ID == id {
			return c.Type
		}
	}
	return ""
}

// prompter asks the configured models with the prompts of the library.
type prompter struct{ a *App }

func (a *App) prompter() dialog.Prompter { return prompter{a} }

// Vars implements dialog.Prompter.
func (p prompter) Vars(name string) (all, required []string, ok bool) {
	lib, err := prompt.Load(configs.Prompts())
	if err != nil {
		return nil, nil, false
	}
	got, err := lib.Get(name, "en")
	if err != nil {
		return nil, nil, false
	}
	for _, v := range got.Vars {
		all = append(all, v.Name)
		if !v.Optional {
			required = append(required, v.Name)
		}
	}
	return all, required, true
}

// Prompt implements dialog.Prompter.
func (p prompter) Prompt(ctx context.Context, t *core.Turn, name string, values map[string]string) (map[string]string, error) {
	m := &p.a.models
	m.once.Do(p.a.openModels)
	if m.err != nil || m.fallback == nil {
		return nil, errors.Join(errors.New("no language model is configured"), m.err)
	}
	pr, err := m.prompts.Get(name, t.Lang)
	if err != nil {
		return nil, err
	}
	shown := map[string]any{}
	for _, v := range pr.Vars {
		s, given := values[v.Name]
		switch {
		case !given:
		case v.Type == prompt.Passages:
			shown[v.Name] = strings.Split(s, "\n\n")
		default:
			shown[v.Name] = s
		}
	}
	req, err := pr.Render(shown)
	if err != nil {
		return nil, err
	}
	return p.ask(ctx, t, pr, req)
}

// rewriter makes questions whole with the configured models; nil without one.
func (a *App) rewriter() dialog.Rewriter {
	a.models.once.Do(a.openModels)
	if a.models.err != nil || a.models.fallback == nil {
		return nil
	}
	return prompter{a}
}

// Rewrite implements dialog.Rewriter.
func (p prompter) Rewrite(ctx context.Context, t *core.Turn, before, now string) (string, error) {
	got, err := p.Prompt(ctx, t, "followup", map[string]string{"before": before, "now": now})
	return got["text"], err
}

// promptLength bounds what a prompt step gets, in tokens.
const promptLength = 600

func (p prompter) ask(ctx context.Context, t *core.Turn, pr *prompt.Prompt, req llm.Request) (map[string]string, error) {
	req.MaxTokens, req.Budget = promptLength, p.a.budget(t)
	req.For = answer.Of(t)
	got, err := p.a.models.speaks.Generate(ctx, req, nil)
	if err != nil {
		return nil, fmt.Errorf("prompt %s: %w", pr.Name, err)
	}
	if !pr.JSON {
		text := strings.TrimSpace(got.Text)
		if why, finding, _ := p.a.vet(t, text); why != "" {
			return nil, fmt.Errorf("prompt %s: what the model wrote may not be said: %s: %s", pr.Name, why, finding)
		}
		return map[string]string{"text": text}, nil
	}
	var object map[string]any
	if err := json.Unmarshal([]byte(got.Text), &object); err != nil {
		return nil, fmt.Errorf("prompt %s: the model's answer is no JSON object", pr.Name)
	}
	out := map[string]string{}
	for k, v := range object {
		switch v := v.(type) {
		case string:
			out[k] = v
		case nil:
		default:
			b, err := json.Marshal(v)
			if err != nil {
				return nil, fmt.Errorf("prompt %s: %w", pr.Name, err)
			}
			out[k] = string(b)
		}
	}
	return out, nil
}

// Script is what a bot's folder says of flows and rules, to be looked at: it is
// not built, and answers nobody.
func Script(b *configs.Bot) *dialog.Script {
	d := definition("", b)
	return &dialog.Script{Flows: d.Flows, Rules: d.Rules}
}
