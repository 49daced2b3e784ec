package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"frontdesk/cmd/internal/app"
	"frontdesk/cmd/internal/datadir"
	"frontdesk/cmd/internal/settings"
	"frontdesk/configs"
	"frontdesk/core"
)

// spending is what `frontdesk cost --json` prints. Amounts are units of the
// currency; where a price is not known, unpriced says how many calls that was.
type spending struct {
	From    string            `json:"from"`
	To      string            `json:"to"`
	Usage   []core.SpendUsage `json:"usage"`
	Budgets []budgetState     `json:"budgets"`
}

type budgetState struct {
	Bot      string  `json:"bot"`
	Period   string  `json:"period"`
	Currency string  `json:"currency"`
	Limit    float64 `json:"limit"`
	Spent    float64 `json:"spent"`
	Percent  float64 `json:"percent"`
}

func costCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "cost", Short: "Show what language models cost, and what of the budgets is left", Args: cobra.NoArgs,
		Example: "  frontdesk cost\n  frontdesk cost --from 2026-01-01 --to 2026-01-31 --json"}
	config := configFlag(c)
	from := c.Flags().String("from", "", "first day, 2026-01-01; default the first of this month")
	to := c.Flags().String("to", "", "last day; default today")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		now := time.Now()
		for _, d := range []struct {
			flag string
			v    *string
			def  string
		}{{"from", from, now.Format("2006-01") + "-01"}, {"to", to, now.AddDate(0, 0, 1).Format(time.DateOnly)}} {
			if *d.v == "" {
				*d.v = d.def // a day more: a bot's day may have begun elsewhere
			}
			if _, err := time.Parse(time.DateOnly, *d.v); err != nil {
				return misuse{fmt.Errorf("--%s %q: write a day as 2026-01-31", d.flag, *d.v)}
			}
		}
		cfg, err := settings.Load(settings.File(*config))
		if err != nil {
			return err
		}
		out, err := readSpending(c, cfg, *from, *to, now)
		if err != nil {
			return err
		}
		if *asJSON {
			e := json.NewEncoder(s.out)
			e.SetIndent("", "  ")
			return e.Encode(out)
		}
		return printSpending(s, out)
	}
	return c
}

func readSpending(c *cobra.Command, cfg *configs.Config, from, to string, now time.Time) (out spending, err error) {
	st, err := datadir.At(c.Context(), cfg.DataDir, cfg.Database.URL.Reveal())
	if err != nil {
		return out, err
	}
	defer func() { _ = st.Close() }() // it was only read
	out = spending{From: from, To: to, Budgets: []budgetState{}}
	if out.Usage, err = st.SpendUsages(c.Context(), core.DefaultWorkspace, from, to); err != nil {
		return out, err
	}
	if out.Usage == nil {
		out.Usage = []core.SpendUsage{}
	}
	for _, b := range cfg.Bots {
		l := app.LimitsOf(cfg, b.ID)
		at := now.In(l.Zone)
		for _, p := range []struct {
			limit  int64
			period string
		}{{l.Day, at.Format(time.DateOnly)}, {l.Month, at.Format("2006-01")}} {
			if p.limit == 0 {
				continue
			}
			n, err := st.Spent(c.Context(), core.SpendLimit{Workspace: core.DefaultWorkspace, Account: "bot/" + b.ID, Period: p.period, Currency: l.Currency})
			if err != nil {
				return out, err
			}
			out.Budgets = append(out.Budgets, budgetState{b.ID, p.period, l.Currency, float64(p.limit) / 1e6, float64(n) / 1e6, 100 * float64(n) / float64(p.limit)})
		}
	}
	return out, nil
}

func printSpending(s streams, out spending) error {
	if len(out.Usage) == 0 {
		fmt.Fprintf(s.out, "No language model was asked from %s to %s.\n", out.From, out.To)
	} else {
		w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "DAY\tBOT\tPROVIDER\tMODEL\tCALLS\tTOKENS IN\tOUT\tCOST")
		for _, u := range out.Usage {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\n", u.Day, u.Bot, u.Provider, u.Model, u.Calls, u.TokensIn, u.TokensOut, price(u))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	for _, b := range out.Budgets {
		fmt.Fprintf(s.out, "budget of %s for %s: %.4f of %.2f %s spent, %.0f %%\n", b.Bot, b.Period, b.Spent, b.Limit, b.Currency, b.Percent)
	}
	return nil
}

// price is what u cost in words; what is not known is said so.
func price(u core.SpendUsage) string {
	switch {
	case u.Unpriced > 0:
		return "unknown"
	case u.Currency == "":
		return "0 (own machine)"
	case u.Estimated > 0:
		return fmt.Sprintf("%.6f %s (%d estimated)", float64(u.Micros)/1e6, u.Currency, u.Estimated)
	}
	return fmt.Sprintf("%.6f %s", float64(u.Micros)/1e6, u.Currency)
}
