package main

import (
	"encoding/json"
	"fmt"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"frontdesk/admin/api"
	"frontdesk/cmd/internal/datadir"
	"frontdesk/cmd/internal/settings"
	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/store"
)

func gapsCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "gaps", Short: "List the questions the bots had no answer to, the most frequent first", Args: cobra.NoArgs,
		Example: "  frontdesk gaps\n  frontdesk gaps --since 30d --bot default --json"}
	config := configFlag(c)
	since := c.Flags().String("since", "7d", "how far back: days such as 7d, or a duration such as 36h")
	bot := c.Flags().String("bot", "", "of this bot alone")
	limit := c.Flags().Int("limit", 50, "how many at most, up to 500")
	asJSON := c.Flags().Bool("json", false, "print JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		span, err := api.Span(*since)
		if err != nil {
			return misuse{fmt.Errorf("--since %q: %w", *since, err)}
		}
		if *limit < 1 || *limit > 500 {
			return misuse{fmt.Errorf("--limit %d: use a number from 1 to 500", *limit)}
		}
		cfg, err := settings.Load(settings.File(*config))
		if err != nil {
			return err
		}
		st, err := datadir.At(c.Context(), cfg.DataDir, cfg.Database.URL.Reveal())
		if err != nil {
			return err
		}
		defer func() { _ = st.Close() }() // it was only read
		found, err := store.Gaps(c.Context(), st, core.GapQuery{Workspace: core.DefaultWorkspace, Bot: *bot, Since: time.Now().Add(-span), Limit: *limit}, nlu.Normalize)
		if err != nil {
			return err
		}
		if *asJSON {
			e := json.NewEncoder(s.out)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			return e.Encode(found)
		}
		return printGaps(s, found, cfg.Server.PublicURL)
	}
	return c
}

// printGaps prints a line a question, with where to read the conversation.
func printGaps(s streams, found core.Gaps, public string) error {
	if len(found.Items) == 0 {
		fmt.Fprintln(s.out, "No question was left without an answer.")
	} else {
		w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "TIMES\tLAST\tBOT\tOUTCOME\tQUESTION\tCONVERSATION")
		for _, g := range found.Items {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s/admin/#/c/%s\n", g.Count, g.Last.Local().Format("2006-01-02 15:04"), g.Bot, g.Verdict, tidied(g.Question), public, url.PathEscape(string(g.Conversation)))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if !found.Complete {
		fmt.Fprintln(s.err, "frontdesk: only the newest conversations were read: there may be more")
	}
	return nil
}

// mostShown bounds a question on a line, in characters.
const mostShown = 80

// tidied makes one line of a text that a customer wrote, safe for a terminal.
func tidied(text string) string {
	r := []rune(text)
	for i, c := range r {
		if c < ' ' || c >= 0x7f && c < 0xa0 {
			r[i] = ' '
		}
	}
	if len(r) > mostShown {
		r = append(r[:mostShown-1], '…')
	}
	return string(r)
}
