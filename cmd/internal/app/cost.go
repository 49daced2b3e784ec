package app

import (
	"math"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"frontdesk/configs"
	"frontdesk/core"
	"frontdesk/core/llm/cost"
)

// openMeter makes what measures and bounds the models' cost.
func (a *App) openMeter() error {
	prices, err := configs.LoadPrices(a.cfg.LLM.Prices)
	if err != nil {
		return err
	}
	counted := newSpendMetrics(a.metrics.reg)
	a.meter = &cost.Meter{Store: a.store, Table: PriceTable(prices), Limits: a.limits, Now: a.o.Now, Counted: counted,
		Notify: a.budgetNotice, Failed: func(err error) { a.log.Error("what models cost was not written", "err", err) }}
	for _, w := range unpriced(a.cfg, a.meter.Table) {
		a.log.Warn(w)
	}
	return nil
}

// PriceTable is the configuration's prices as the meter knows them.
func PriceTable(p configs.Prices) cost.Table {
	t := cost.Table{Prices: map[string]cost.Price{}, Rates: p.Rates}
	for _, m := range p.Models {
		t.Prices[m.Model] = cost.Price{In: micros(m.In), Out: micros(m.Out), Currency: m.Currency, Date: m.Date}
	}
	return t
}

func micros(units float64) int64 { return int64(math.Round(units * 1e6)) }

// limits are what a bot's models may cost.
func (a *App) limits(id string) cost.Limits { return LimitsOf(a.cfg, id) }

// LimitsOf reads a bot's budget.
func LimitsOf(cfg *configs.Config, id string) cost.Limits {
	b := cfg.Bot(id)
	if b == nil || b.Spend == nil {
		return cost.Limits{Zone: zoneOf(cfg, id)}
	}
	s := b.Spend
	return cost.Limits{Currency: s.Currency, Day: micros(s.Day), Month: micros(s.Month), Contact: micros(s.Contact), Zone: zoneOf(cfg, id)}
}

// zoneOf is where a bot's days begin, UTC where the configuration does not say.
func zoneOf(cfg *configs.Config, id string) *time.Location {
	if b := cfg.Bot(id); b != nil && b.TimeZone != "" {
		if l, err := time.LoadLocation(b.TimeZone); err == nil {
			return l
		}
	}
	return time.UTC
}

// unpriced warns of models that a budget keeps from being used.
func unpriced(cfg *configs.Config, t cost.Table) (warnings []string) {
	bounded := ""
	for _, b := range cfg.Bots {
		if b.Spend != nil && (b.Spend.Day > 0 || b.Spend.Month > 0 || b.Spend.Contact > 0) {
			bounded = b.ID
		}
	}
	use, _ := cfg.LLM.Usable()
	for _, p := range use {
		if _, ok := t.Find(p.Model); !ok && bounded != "" && !memberOf(p).Local {
			warnings = append(warnings, "language model "+p.Name+": the price of "+p.Model+" is not known, so bot "+bounded+", which has a budget, does not use it; add it to llm.prices")
		}
	}
	return warnings
}

// budgetNotice tells people that a share of a budget is spent. A contact's is
// for the log's debug level: there are many.
func (a *App) budgetNotice(n cost.Notice) {
	args := []any{"account", n.Limit.Account, "period", n.Limit.Period, "percent", n.Percent, "limit", float64(n.Limit.Limit) / 1e6, "currency", n.Limit.Currency}
	switch {
	case strings.HasPrefix(n.Limit.Account, "contact/"):
		a.log.Debug("budget", args...)
	case n.Percent >= 100:
		a.log.Warn("budget is spent: cheaper models, local ones and the documents answer", args...)
	default:
		a.log.Warn("budget", args...)
	}
}

// newSpendMetrics counts calls, tokens and cost by provider.
func newSpendMetrics(reg prometheus.Registerer) func(core.SpendUsage) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "frontdesk", Name: name, Help: help}, labels)
		reg.MustRegister(c)
		return c
	}
	calls := counter("llm_calls_total", "Requests to language models; priced no: the price is not known.", "bot", "provider", "priced")
	tokens := counter("llm_tokens_total", "Tokens of language models.", "bot", "provider", "direction")
	money := counter("llm_cost_total", "What language models cost, in units of the currency.", "bot", "provider", "currency")
	return func(u core.SpendUsage) {
		priced := "yes"
		if u.Unpriced > 0 {
			priced = "no"
		}
		calls.WithLabelValues(u.Bot, u.Provider, priced).Add(float64(u.Calls))
		tokens.WithLabelValues(u.Bot, u.Provider, "in").Add(float64(u.TokensIn))
		tokens.WithLabelValues(u.Bot, u.Provider, "out").Add(float64(u.TokensOut))
		if u.Currency != "" {
			money.WithLabelValues(u.Bot, u.Provider, u.Currency).Add(float64(u.Micros) / 1e6)
		}
	}
}
