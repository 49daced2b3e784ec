package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
)

// Print writes results as a table, a row each.
func Print(w io.Writer, rs ...Result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "channel\tusers\tsent\tok\terrors\tlost\tduplicated\trps\tmean ms\tp50\tp95\tp99\tmax\tserver CPU µs/msg\t")
	for _, r := range rs {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t%.1f\t%.0f\t\n", r.Channel, r.Users, r.Sent, r.OK,
			r.Errors, r.Lost, r.Duplicated, r.RPS, r.Mean, r.P50, r.P95, r.P99, r.Max, r.CPU)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range rs {
		if r.FirstError != "" {
			if _, err := fmt.Fprintf(w, "%s: first error: %s\n", r.Channel, r.FirstError); err != nil {
				return err
			}
		}
	}
	return nil
}

// PrintJSON writes one JSON object a line.
func PrintJSON(w io.Writer, rs ...Result) error {
	for _, r := range rs {
		if err := json.NewEncoder(w).Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// Bad reports whether anything went wrong: what a script wants to know.
func (r Result) Bad() bool { return r.Errors+r.Lost+r.Duplicated > 0 }
