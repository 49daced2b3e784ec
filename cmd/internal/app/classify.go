package app

import (
	"frontdesk/core"
	"frontdesk/core/llm"
	"frontdesk/core/llm/answer"
	nlullm "frontdesk/core/nlu/llm"
)

// classifier is how a language model is asked for intents: the configured one,
// behind the rails; none if there is none.
func (a *App) classifier() nlullm.Options {
	return nlullm.Options{
		Model: func() llm.Provider {
			a.models.once.Do(a.openModels)
			if a.models.err != nil {
				return nil
			}
			return a.models.speaks
		},
		Request: func(t *core.Turn, choices string) (llm.Request, error) {
			p, err := a.models.prompts.Get("intent", t.Lang)
			if err != nil {
				return llm.Request{}, err
			}
			req, err := p.Render(map[string]any{"intents": choices, "message": t.Text})
			req.For = answer.Of(t)
			return req, err
		},
	}
}
