package app

import (
	"cmp"
	"net"
	"net/url"
	"sync"
	"time"

	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/guard"
	"frontdesk/core/llm"
	"frontdesk/core/llm/answer"
	"frontdesk/core/llm/anthropic"
	"frontdesk/core/llm/cache"
	"frontdesk/core/llm/openai"
	"frontdesk/core/llm/prompt"
)

// headStart is the share of a turn's time after which a model on this machine
// begins beside one elsewhere that has not finished.
const headStart = 0.4

// localParallel is how many requests a model on this machine gets at once: more
// would make all of them late.
const localParallel = 8

// budgets are how long customers of a type of channel wait for an answer. A
// WeChat server hangs up after 5 s; the others are what people bear, and less than the engine does.
var budgets = map[string]llm.Budget{
	"wechat":   {FirstToken: 3 * time.Second, Total: 4500 * time.Millisecond},
	"web":      {FirstToken: 5 * time.Second, Total: 15 * time.Second},
	"telegram": {FirstToken: 8 * time.Second, Total: 25 * time.Second},
	"slack":    {FirstToken: 8 * time.Second, Total: 25 * time.Second},
}

// models are the language models all bots share: what one turn learns of a
// provider's health, the next one knows. They change with a restart only.
type models struct {
	once     sync.Once
	fallback *llm.Fallback // nil without a provider
	speaks   llm.Provider  // the same, behind the rails: all requests go through it
	prompts  *prompt.Library
	named    map[string]llm.Provider // each by itself, within its bot's budget
	err      error
}

// generator writes answers with the configured models, and quotes where there
// is none: without a provider it is quote itself.
func (a *App) generator(quote core.Generator) core.Generator {
	a.models.once.Do(a.openModels)
	m := &a.models
	if m.err == nil && m.fallback == nil {
		return quote
	}
	if m.err == nil {
		g, err := answer.New(answer.Options{Models: m.speaks, Prompts: m.prompts, Quote: quote, Budget: a.budget, Vet: a.vet})
		if err == nil {
			return a.remembering(g)
		}
		m.err = err
	}
	a.log.Error("language models are not used", "err", m.err)
	return quote
}

func (a *App) openModels() {
	m := &a.models
	usable, _ := a.cfg.LLM.Usable() // the warnings are given at the start
	if len(usable) == 0 {
		return
	}
	if m.prompts, m.err = prompt.Load(configs.Prompts()); m.err != nil {
		return
	}
	if m.err = a.openMeter(); m.err != nil {
		return
	}
	var members []llm.Member
	m.named = map[string]llm.Provider{}
	for _, p := range usable {
		member := memberOf(p)
		member.Provider = a.meter.Wrap(member.Provider, p.Model, member.Local)
		members, m.named[p.Name] = append(members, member), member.Provider
	}
	m.fallback, m.err = llm.NewFallback(llm.Options{HeadStart: headStart}, members...)
	if m.err == nil {
		m.speaks = guard.NewModels(cache.NewOnce(m.fallback), a.redactor())
	}
}

// closeModels ends requests under way; turns have ended, or their time has.
func (a *App) closeModels() {
	if a.models.fallback != nil {
		a.models.fallback.Close()
	}
}

// memberOf is a provider of the configuration as the router knows it.
func memberOf(p configs.Provider) llm.Member {
	preset := openai.Presets()[p.Kind] // none for the two APIs themselves
	if p.BaseURL == "" {
		p.BaseURL = preset.BaseURL
	}
	m := llm.Member{FirstToken: p.FirstTokenTimeout, Total: p.Timeout, Local: preset.Local || loopback(p.BaseURL)}
	if m.Local {
		m.Parallel = localParallel
	}
	if p.Kind == "anthropic" {
		m.Provider = anthropic.New(anthropic.Options{Name: p.Name, BaseURL: p.BaseURL, Key: p.APIKey.Reveal(), Model: p.Model, HTTP: llm.ProxiedClient(p.Proxy.Reveal())})
	} else {
		m.Provider = openai.New(openai.Options{Name: p.Name, BaseURL: p.BaseURL, Key: p.APIKey.Reveal(), Model: p.Model, HTTP: llm.ProxiedClient(p.Proxy.Reveal())})
	}
	return m
}

// loopback reports whether a URL leads to this machine.
func loopback(base string) bool {
	u, err := url.Parse(base)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// patience is how long customers of a channel wait.
func patience(cfg *configs.Config, channel string) llm.Budget {
	for _, c := range cfg.Channels {
		if c.ID != channel {
			continue
		}
		b, ok := budgets[c.Type]
		if !ok {
			b = answer.Default
		}
		b.FirstToken = cmp.Or(c.AnswerTime.FirstToken, b.FirstToken)
		b.Total = cmp.Or(c.AnswerTime.Total, b.Total)
		return b
	}
	return answer.Default
}
