package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// specs is a manual of 40 pages, one of which says how long the Atlas kettle
// keeps warm.
func specs(hours string) string {
	what := strings.Fields("Lid Handle Base Spout Filter Switch Cord Plug")
	how := strings.Fields("cleaned replaced ordered tightened stored")
	pages := make([]string, 40)
	for i := range pages {
		w, h := what[i%8], how[i/8]
		pages[i] = fmt.Sprintf("%s: how it is %s.\nBefore the %s is %s, unplug the machine and let it cool for %d minutes.", w, h, strings.ToLower(w), h, 10+i)
	}
	pages[17] = "The Atlas kettle keeps water warm for " + hours + " hours.\nThen it switches off by itself."
	return pdf(pages...)
}

// The line of the brief, with a PDF and then a changed one: the next answer is
// the new one, nothing of the old is said, and one passage of 40 is new.
func TestTheNextAnswerComesFromTheNewFile(t *testing.T) {
	c := command(t)
	h := gateway(t, c)
	path := file(t, "latest_product_specs.pdf", specs("four"))
	c.want(t, 0, c.do(t, "-action=update", "-file="+path), "talking to "+h.url, "version 1, answers draw from it: 40 passages", "40 added", "40 of 40 passages embedded")
	if got := h.ask("How long does the Atlas kettle keep water warm?"); !strings.Contains(got, "four hours") || !strings.Contains(got, "[latest_product_specs.pdf p18]") {
		t.Errorf("from the first file: %s", got)
	}
	path = file(t, "latest_product_specs.pdf", specs("nine"))
	c.want(t, 0, c.do(t, "-action=update", "-file="+path, "-dry-run"), "would change", "1 added, 1 removed, 39 unchanged")
	c.terminal = true
	c.want(t, 0, c.do(t, "-action=update", "-file="+path, "-dry-run"), "would change")
	if got := c.err.String(); !strings.Contains(got, "reading: 40 of 40, about 0s left") || strings.Count(got, "\rreading: ") < 3 {
		t.Errorf("on a terminal the server's progress is %q", got)
	}
	c.terminal = false
	c.want(t, 0, c.do(t, "-action=update", "-file="+path), "version 2", "1 added, 1 removed, 39 unchanged", "1 of 40 passages embedded", "four hours", "nine hours", "page 18")
	if got := h.ask("How long does the Atlas kettle keep water warm?"); !strings.Contains(got, "nine hours") || strings.Contains(got, "four") {
		t.Errorf("from the second file: %s", got)
	}
	c.want(t, 0, c.do(t, "-action=rollback", "-file="+path), "version 3", "1 added, 1 removed", "\n0 of 40 passages embedded")
	if got := h.ask("How long does the Atlas kettle keep water warm?"); !strings.Contains(got, "four hours") || strings.Contains(got, "nine") {
		t.Errorf("after a rollback: %s", got)
	}
}

const priceList = "model,name,price\nA1,air fryer,499\nB2,rice cooker,299\nC3,fan,159\n"

func TestShowDiffRollback(t *testing.T) {
	for _, where := range []string{"server", "folder"} {
		t.Run(where, func(t *testing.T) {
			c := command(t)
			if where == "server" {
				gateway(t, c)
			} else {
				config, _ := folder(t)
				c.dataDir, c.openLocal, c.vars["FRONTDESK_CONFIG"] = dataDir, openLocal, config
			}
			v1, v2 := file(t, "v1.csv", priceList), file(t, "v2.csv", strings.Replace(strings.Replace(priceList, "499", "459", 1), "C3,fan,159\n", "", 1))
			c.want(t, 0, c.do(t, "-action=update", "-file="+v1, "-as=prices"), "version 1")
			c.want(t, 0, c.do(t, "-action=diff", "-file="+v2, "-as=prices"), "would change", "A1: price: 499 → 459", "- C3")
			c.want(t, 0, c.do(t, "-action=update", "-file="+v2, "-as=prices"), "version 2", "A1: price: 499 → 459", "it can be asked, and answers:", "459")
			c.want(t, 0, c.do(t, "show", "prices"), "v1.csv", "v2.csv", "price: 459")
			c.want(t, 0, c.do(t, "show", "prices", "-version=1"), "price: 499", "fan")
			c.want(t, 0, c.do(t, "diff", "prices"), "version 1 (v1.csv) → version 2 (v2.csv)", "1 passages added, 2 removed, 1 unchanged")
			c.want(t, 0, c.do(t, "diff", "prices", "-from=2", "-to=1"), "A1: price: 459 → 499", "+ C3")
			c.want(t, 0, c.do(t, "rollback", "prices", "-dry-run"), "would change")
			c.want(t, 0, c.do(t, "rollback", "prices"), "prices is version 3", "+ C3")
			c.want(t, 0, c.do(t, "show", "prices"), "version 1 again", "fan")
			c.want(t, 1, c.do(t, "rollback", "prices", "-version=9"), "no version 9")
			c.want(t, 1, c.do(t, "show", "none"), "no document none", "-action=list")
			c.want(t, 1, c.do(t, "diff", "none"), "no document none")
			c.want(t, 1, c.do(t, "rollback", "none"), "no document none")
			for _, args := range [][]string{{"show", "prices"}, {"diff", "prices"}, {"rollback", "prices"}} {
				c.want(t, 0, c.do(t, append(args, "-json")...))
				var got struct{ Items []map[string]any }
				if err := json.Unmarshal(c.out.Bytes(), &got); err != nil || len(got.Items) == 0 {
					t.Errorf("%v: %v, %s", args, err, c.out)
				}
			}
		})
	}
}
