package cost_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/llm"
	"frontdesk/core/llm/cost"
	"frontdesk/core/store/sqlite"
)

// model answers with a number of tokens; it says how often it was asked.
type model struct {
	name  string
	usage llm.Usage
	fail  error
	asked atomic.Int64
	wait  chan struct{} // answers when closed; nil: at once
}

func (m *model) Name() string { return m.name }

func (m *model) Generate(ctx context.Context, _ llm.Request, on func(llm.Delta)) (llm.Answer, error) {
	m.asked.Add(1)
	if m.wait != nil {
		select {
		case <-m.wait:
		case <-ctx.Done():
			return llm.Answer{}, ctx.Err()
		}
	}
	if m.fail != nil {
		return llm.Answer{}, m.fail
	}
	if on != nil {
		on(llm.Delta{Text: m.name + " answers"})
	}
	return llm.Answer{Text: m.name + " answers", Usage: m.usage}, nil
}

const bot = "default"

var day = time.Date(2026, 3, 31, 20, 0, 0, 0, time.UTC)

func open(t *testing.T, file string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// rig is a meter over a real store.
type rig struct {
	*cost.Meter
	store   *sqlite.Store
	mu      sync.Mutex
	notices []string
}

func newRig(t *testing.T, l cost.Limits) *rig {
	t.Helper()
	r := &rig{store: open(t, filepath.Join(t.TempDir(), "s.db"))}
	r.Meter = &cost.Meter{Store: r.store, Now: func() time.Time { return day }, Limits: func(b string) cost.Limits {
		if b == bot {
			return l
		}
		return cost.Limits{}
	}, Table: cost.Table{Prices: map[string]cost.Price{
		"dear": {In: 10e6, Out: 40e6, Currency: "USD"}, "cheap-*": {In: 1e5, Out: 4e5, Currency: "USD"}, "yuan": {In: 2e6, Out: 8e6, Currency: "CNY"},
	}, Rates: map[string]float64{"USD": 1, "CNY": 0.14}}, Failed: func(err error) { t.Error(err) }, Notify: func(n cost.Notice) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.notices = append(r.notices, fmt.Sprintf("%s %s %d", n.Limit.Account, n.Limit.Period, n.Percent))
	}}
	return r
}

func (r *rig) spent(t *testing.T, account, period string) int64 {
	t.Helper()
	n, err := r.store.Spent(t.Context(), core.SpendLimit{Workspace: "default", Account: account, Period: period, Currency: "USD"})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func ask(contact string) llm.Request {
	return llm.Request{Messages: []llm.Message{{Role: llm.User, Text: "hello"}}, MaxTokens: 100, For: llm.For{Workspace: "default", Bot: bot, Contact: contact}}
}

// What a call cost is settled by what the provider counted, else estimated.
func TestSettles(t *testing.T) {
	r := newRig(t, cost.Limits{Currency: "USD", Day: 100e6, Month: 100e6, Contact: 100e6})
	counted := &model{name: "a", usage: llm.Usage{In: 1000, Out: 50, Known: true}}
	if _, err := r.Wrap(counted, "dear", false).Generate(t.Context(), ask("web/1"), nil); err != nil {
		t.Fatal(err)
	}
	const want = 12000 // micro-dollars: 1000 in at 10 and 50 out at 40 a million
	for account, period := range map[string]string{"bot/default": "2026-03-31", "contact/default/web/1": "2026-03-31"} {
		if got := r.spent(t, account, period); got != want {
			t.Errorf("%s: %d micro-dollars, want %d", account, got, want)
		}
	}
	if got := r.spent(t, "bot/default", "2026-03"); got != want {
		t.Errorf("the month: %d", got)
	}
	for _, fail := range []error{&llm.Error{Kind: llm.RateLimited}, &llm.Error{Kind: llm.Unavailable}, &llm.Error{Kind: llm.Denied}} {
		_, _ = r.Wrap(&model{name: "b", fail: fail}, "dear", false).Generate(t.Context(), ask("web/1"), nil)
	}
	if got := r.spent(t, "bot/default", "2026-03"); got != want {
		t.Errorf("what was refused costs %d", got-want)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, _ = r.Wrap(&model{name: "c", wait: make(chan struct{})}, "dear", false).Generate(ctx, ask("web/1"), nil)
	if got := r.spent(t, "bot/default", "2026-03"); got <= want {
		t.Error("what was given up while the provider worked costs nothing")
	}
	us, err := r.store.SpendUsages(t.Context(), "default", "2026-03-01", "2026-03-31")
	if err != nil || len(us) != 3 {
		t.Fatalf("%v, %v", us, err)
	}
	if u := us[0]; u.Provider != "a" || u.Micros != want || u.TokensIn != 1000 || u.TokensOut != 50 || u.Calls != 1 || u.Estimated != 0 || u.Currency != "USD" {
		t.Errorf("counted %+v", u)
	}
	if u := us[1]; u.Calls != 3 || u.Micros != 0 || u.Estimated != 0 {
		t.Errorf("failed %+v", u)
	}
	if u := us[2]; u.Estimated != 1 || u.Micros == 0 {
		t.Errorf("given up %+v", u)
	}
}

// Over budget the next cheaper model answers, then the local one; without one
// the error says so and the turn goes on with the documents. The store's
// restart forgets nothing.
func TestOverBudget(t *testing.T) {
	r := newRig(t, cost.Limits{Currency: "USD", Day: 9000})
	dear := &model{name: "dear", usage: llm.Usage{In: 20, Out: 40, Known: true}}
	cheap := &model{name: "cheap", usage: llm.Usage{In: 20, Out: 40, Known: true}}
	local := &model{name: "local"}
	members := []llm.Member{{Provider: r.Wrap(dear, "dear", false)}, {Provider: r.Wrap(cheap, "cheap-2", false)}}
	paid, err := llm.NewFallback(llm.Options{}, members...)
	if err != nil {
		t.Fatal(err)
	}
	all, err := llm.NewFallback(llm.Options{}, append(members, llm.Member{Provider: r.Wrap(local, "any", true), Local: true})...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { paid.Close(); all.Close() })
	var order []string
	for range 260 {
		a, err := all.Generate(t.Context(), ask("c"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(order) == 0 || order[len(order)-1] != a.Provider {
			order = append(order, a.Provider)
		}
	}
	if got := strings.Join(order, " "); got != "dear cheap local" {
		t.Errorf("answered by %s, want dear cheap local", got)
	}
	if n := r.spent(t, "bot/default", "2026-03-31"); n > 9000 {
		t.Errorf("%d micro-dollars spent of 9000", n)
	}
	_, err = paid.Generate(t.Context(), ask("c"), nil)
	if llm.KindOf(err) != llm.OverBudget {
		t.Errorf("without a local model: %v", err)
	}
	if rest := paid.Resting(); len(rest) > 0 {
		t.Errorf("%v rest, though nothing is wrong with them", rest)
	}
	if got, want := strings.Join(r.notices, ", "), "bot/default 2026-03-31 50, bot/default 2026-03-31 80, bot/default 2026-03-31 100"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
}

// 200 turns at once on the last cent: no more is spent than there is, plus the
// most one turn may cost.
func TestLastCent(t *testing.T) {
	const left = 10_000 // one cent
	r := newRig(t, cost.Limits{Currency: "USD", Month: left, Day: left})
	m := &model{name: "dear", usage: llm.Usage{In: 20, Out: 100, Known: true}, wait: make(chan struct{})}
	p := r.Wrap(m, "dear", false)
	var wg sync.WaitGroup
	var answered, refused atomic.Int64
	for i := range 200 {
		wg.Go(func() {
			_, err := p.Generate(t.Context(), ask(fmt.Sprint(i)), nil)
			switch {
			case err == nil:
				answered.Add(1)
			case llm.KindOf(err) == llm.OverBudget:
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	for refused.Load()+m.asked.Load() < 200 {
		time.Sleep(time.Millisecond)
	}
	close(m.wait)
	wg.Wait()
	most := cost.Price{In: 10e6, Out: 40e6}.Of(cost.Most(ask("199")))
	got := r.spent(t, "bot/default", "2026-03")
	if got > left+most || answered.Load() == 0 || answered.Load()+refused.Load() != 200 {
		t.Errorf("%d spent of %d, a turn costs %d at most; %d answered, %d refused", got, left, most, answered.Load(), refused.Load())
	}
	t.Logf("%d answered, %d refused, %d of %d micro-dollars spent, one turn costs %d at most", answered.Load(), refused.Load(), got, left, most)
}

// A price that is not known is not nothing: the call is counted as unknown, and
// under a budget the model is not asked.
func TestUnknownPrice(t *testing.T) {
	r := newRig(t, cost.Limits{Currency: "USD", Day: 1e6})
	m := &model{name: "new", usage: llm.Usage{In: 10, Out: 10, Known: true}}
	_, err := r.Wrap(m, "new", false).Generate(t.Context(), ask("c"), nil)
	if llm.KindOf(err) != llm.OverBudget || m.asked.Load() != 0 || !strings.Contains(err.Error(), "price is not known") {
		t.Errorf("asked %d times: %v", m.asked.Load(), err)
	}
	free := ask("c")
	free.For.Bot = "other"
	if _, err := r.Wrap(m, "new", false).Generate(t.Context(), free, nil); err != nil {
		t.Fatal(err)
	}
	us, err := r.store.SpendUsages(t.Context(), "default", "2026-03-31", "2026-03-31")
	if err != nil || len(us) != 1 || us[0].Unpriced != 1 || us[0].Currency != "" || us[0].TokensIn != 10 {
		t.Errorf("%+v, %v", us, err)
	}
}

// A budget in dollars bounds a model priced in yuan; each contact has its own.
func TestCurrenciesAndContacts(t *testing.T) {
	r := newRig(t, cost.Limits{Currency: "USD", Contact: 400})
	m := &model{name: "y", usage: llm.Usage{In: 50, Out: 100, Known: true}}
	p := r.Wrap(m, "yuan", false)
	for _, who := range []string{"a", "b"} {
		n := 0
		for ; n < 50; n++ {
			if _, err := p.Generate(t.Context(), ask(who), nil); err != nil {
				break
			}
		}
		got := r.spent(t, "contact/default/"+who, "2026-03-31")
		if n == 0 || n == 50 || got > 400 || got != int64(n)*126 { // 900 micro-yuan are 126 micro-dollars
			t.Errorf("%s: %d answers for %d micro-dollars", who, n, got)
		}
	}
}

// The next day, in the bot's zone, begins anew.
func TestZone(t *testing.T) {
	shanghai := time.FixedZone("CST", 8*3600)
	r := newRig(t, cost.Limits{Currency: "USD", Day: 1e6, Zone: shanghai})
	m := &model{name: "a", usage: llm.Usage{In: 1000, Out: 50, Known: true}}
	if _, err := r.Wrap(m, "dear", false).Generate(t.Context(), ask("c"), nil); err != nil {
		t.Fatal(err)
	}
	if n := r.spent(t, "bot/default", "2026-04-01"); n != 12000 {
		t.Errorf("20:00 UTC is the next day in Shanghai, and it cost %d", n)
	}
}

// A restart forgets nothing: also what was reserved and never settled counts.
func TestRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "s.db")
	s, err := sqlite.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	l := []core.SpendLimit{{Workspace: "default", Account: "bot/b", Period: "2026-03", Currency: "USD", Limit: 100}}
	if full, err := s.ReserveSpend(t.Context(), l, 60); err != nil || full != -1 {
		t.Fatal(full, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, file)
	if full, err := s.ReserveSpend(t.Context(), l, 60); err != nil || full != 0 {
		t.Errorf("60 more of 100 fit: %d, %v", full, err)
	}
	first, err := s.SpendExhausted(t.Context(), l[0])
	again, err2 := s.SpendExhausted(t.Context(), l[0])
	if err = errors.Join(err, err2); err != nil || !first || again {
		t.Errorf("told %v, again %v, %v", first, again, err)
	}
}

// The estimate is no less than what real tokenisers make of a text.
func TestMost(t *testing.T) {
	for text, real := range map[string]int{"Hello, how can I return the kettle that I bought last week?": 13, "您好，我上周买的电热水壶想退货，请问怎么办理？": 24, "SF1234567890123": 8, "": 0} {
		if got := cost.Most(llm.Request{Messages: []llm.Message{{Text: text}}, MaxTokens: 5}); got.In < real || got.In > 3*real+40 || got.Out != 5 {
			t.Errorf("%q: %+v, want at least %d", text, got, real)
		}
	}
}
