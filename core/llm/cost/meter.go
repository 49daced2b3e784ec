package cost

import (
	"context"
	"errors"
	"time"

	"frontdesk/core"
	"frontdesk/core/llm"
)

// Notice tells people that a bot reached a share of its budget.
type Notice struct {
	Limit   core.SpendLimit
	Percent int // one of core.SpendNotices
}

// Meter measures and bounds what models cost. Safe for concurrent use.
type Meter struct {
	Store core.Spending
	Table Table
	// Limits of a bot; the zero value bounds nothing.
	Limits func(bot string) Limits
	Notify func(Notice)
	// Counted is told of each call; nil is nobody.
	Counted func(core.SpendUsage)
	Failed  func(error) // the store's errors; the call itself goes on
	Now     func() time.Time

	paid []string // models that cost something
}

// Wrap makes p count. model is its name in the table; a model of one's own
// machine that is not there costs nothing: a proxy to somebody else's would be. All models are wrapped before the first is asked.
func (m *Meter) Wrap(p llm.Provider, model string, local bool) llm.Provider {
	if _, known := m.Table.Find(model); known || !local {
		m.paid = append(m.paid, model)
	}
	return &metered{Provider: p, m: m, model: model, local: local}
}

type metered struct {
	llm.Provider
	m     *Meter
	model string
	local bool
}

var (
	errSpent    = errors.New("the budget is spent")
	errUnpriced = errors.New("its price is not known, and the bot has a budget: add it to the prices")
	errStore    = errors.New("the budget could not be read")
)

// settling bounds the store's work after a call.
const settling = 10 * time.Second

// Generate implements llm.Provider. Over budget it is an *llm.Error of kind
// OverBudget, and the model is not asked.
func (p *metered) Generate(ctx context.Context, r llm.Request, on func(llm.Delta)) (llm.Answer, error) {
	c := call{p: p, r: r}
	if err := c.reserve(ctx); err != nil {
		return llm.Answer{}, err
	}
	said := 0
	a, err := p.Provider.Generate(ctx, r, func(d llm.Delta) {
		said += len(d.Text)
		if on != nil {
			on(d)
		}
	})
	a.Cost = c.settle(ctx, a, said, err)
	return a, err
}

// call is one request on its way.
type call struct {
	p        *metered
	r        llm.Request
	limits   []core.SpendLimit
	currency string // of the limits
	price    Price
	priced   bool
	reserved int64 // in currency
	day      string
}

// reserve finds the price and puts the most the call may cost aside.
func (c *call) reserve(ctx context.Context) error {
	m := c.p.m
	l := m.Limits(c.r.For.Bot)
	c.bounds(l)
	c.price, c.priced = m.Table.Find(c.p.model)
	if c.p.local && !c.priced {
		c.limits, c.priced = nil, true
		return nil // it costs nothing, also when all is spent
	}
	if len(c.limits) == 0 {
		return nil
	}
	amount, ok := m.Table.Convert(c.price.Of(Most(c.r)), c.price.Currency, l.Currency)
	if !c.priced || !ok {
		return c.over(errUnpriced)
	}
	full, err := m.Store.ReserveSpend(ctx, c.limits, amount)
	switch {
	case err != nil:
		m.failed(err)
		return c.over(errStore)
	case full >= 0:
		if m.cheapest(c.r, amount, l.Currency) {
			c.refused(ctx, c.limits[full])
		}
		return c.over(errSpent)
	}
	c.reserved = amount
	return nil
}

func (c *call) over(why error) error {
	return &llm.Error{Provider: c.p.Name(), Kind: llm.OverBudget, Err: why}
}

// bounds are the limits the call falls under.
func (c *call) bounds(l Limits) {
	now := c.p.m.Now().UTC()
	if l.Zone != nil {
		now = now.In(l.Zone)
	}
	c.day, c.currency = now.Format("2006-01-02"), l.Currency
	if !l.any() {
		return
	}
	f := c.r.For
	for _, b := range []struct {
		limit           int64
		account, period string
	}{{l.Day, "bot/" + f.Bot, c.day}, {l.Month, "bot/" + f.Bot, now.Format("2006-01")}, {l.Contact, "contact/" + f.Bot + "/" + f.Contact, c.day}} {
		if b.limit > 0 {
			c.limits = append(c.limits, core.SpendLimit{Workspace: core.WorkspaceID(f.Workspace), Account: b.account, Period: b.period, Currency: l.Currency, Limit: b.limit})
		}
	}
}

// cheapest reports whether no model would answer r for less than amount: when
// that does not fit, the budget is spent.
func (m *Meter) cheapest(r llm.Request, amount int64, currency string) bool {
	most := Most(r)
	for _, name := range m.paid {
		p, ok := m.Table.Find(name)
		if n, known := m.Table.Convert(p.Of(most), p.Currency, currency); ok && known && n < amount {
			return false
		}
	}
	return true
}

func (c *call) refused(ctx context.Context, l core.SpendLimit) {
	first, err := c.p.m.Store.SpendExhausted(ctx, l)
	if err != nil {
		c.p.m.failed(err)
	}
	if first && c.p.m.Notify != nil {
		c.p.m.Notify(Notice{l, 100})
	}
}

// settle counts what the call cost, also when its turn is over.
func (c *call) settle(ctx context.Context, a llm.Answer, said int, failed error) llm.Cost {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer cancel()
	used := a.Usage
	f := c.r.For
	u := core.SpendUsage{Workspace: core.WorkspaceID(f.Workspace), Day: c.day, Bot: f.Bot, Provider: c.p.Name(), Model: c.p.model, Calls: 1}
	if !used.Known {
		if used = guess(c.r, said); charged(failed, said) {
			u.Estimated = 1
		} else {
			used = llm.Usage{}
		}
	}
	u.TokensIn, u.TokensOut = int64(used.In), int64(used.Out)
	spent := int64(0)
	if c.priced {
		u.Currency, u.Micros = c.price.Currency, c.price.Of(used)
		spent, _ = c.p.m.Table.Convert(u.Micros, u.Currency, c.currency) // it was possible before
	} else {
		u.Unpriced = 1
	}
	cost := llm.Cost{Micros: u.Micros, Currency: u.Currency, Known: c.priced}
	if c.p.m.Counted != nil {
		c.p.m.Counted(u)
	}
	passed, err := c.p.m.Store.SettleSpend(ctx, c.limits, spent-c.reserved, u)
	if err != nil {
		c.p.m.failed(err)
		return cost
	}
	for i, p := range passed {
		if p > 0 && c.p.m.Notify != nil {
			c.p.m.Notify(Notice{c.limits[i], p})
		}
	}
	return cost
}

// charged reports whether a call without counts is taken to have been paid for:
// it answered, began to, or was given up while the provider worked.
func charged(failed error, said int) bool {
	if failed == nil || said > 0 {
		return true
	}
	var e *llm.Error
	if !errors.As(failed, &e) {
		return true // its context ended
	}
	return e.Kind == llm.Slow || e.Kind == llm.Malformed || e.Kind == llm.Refused
}

func (m *Meter) failed(err error) {
	if m.Failed != nil {
		m.Failed(err)
	}
}
