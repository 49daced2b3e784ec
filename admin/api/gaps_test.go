package api_test

import (
	"testing"
	"time"

	"frontdesk/admin/admintest"
	"frontdesk/core"
)

// TestGaps: questions without an answer, counted over spellings.
func TestGaps(t *testing.T) {
	d := newDesk(t)
	abstained := core.Outcome{Events: []core.Event{{Role: core.BotRole, Parts: []core.Part{{Text: "I do not know"}}, Verdict: core.VerdictAbstained}}}
	d.Ask("web", "old", "O", "Do you ship to the moon?", abstained)
	d.Add(9 * 24 * time.Hour)
	d.Ask("web", "g1", "A", "Do you ship to the Moon", abstained)
	last := d.Ask("web", "g2", "B", "do you ship to the moon??", abstained)
	d.Ask("web", "g3", "C", "How long is the warranty?", admintest.Answered("Two years", "a.pdf", 0.9))
	d.Ask("web", "g4", "D", "Is it waterproof?", admintest.HandedOver("A colleague comes", core.ReasonUnsure, 0.2))
	d.Ask("web", "g5", "E", "I want a person", admintest.HandedOver("A colleague comes", core.ReasonAsked, 0.9))
	type list struct {
		Items    []core.Gap
		Complete bool
	}
	get := func(query string) (out list) {
		t.Helper()
		d.want(d.as(core.RoleViewer, "GET", "/api/v1/admin/gaps"+query, ""), 200, &out)
		return out
	}
	got := get("?since=7d&bot=default")
	if len(got.Items) != 2 || !got.Complete {
		t.Fatalf("%+v", got)
	}
	if g := got.Items[0]; g.Question != "do you ship to the moon??" || g.Count != 2 || g.Conversation != last || g.Turn != 1 || g.Verdict != core.VerdictAbstained || g.Bot != "default" || g.Last.IsZero() {
		t.Errorf("%+v", g)
	}
	if g := got.Items[1]; g.Question != "Is it waterproof?" || g.Count != 1 || g.Verdict != core.VerdictHandedOver {
		t.Errorf("%+v", g)
	}
	if got := get("?since=30d&limit=1"); len(got.Items) != 1 || got.Items[0].Count != 3 {
		t.Errorf("%+v", got)
	}
	if got := get("?bot=second"); len(got.Items) != 0 {
		t.Errorf("%+v", got)
	}
	for query, status := range map[string]int{"?since=soon": 400, "?since=0d": 400, "?since=400d": 400, "?since=-1h": 400, "?limit=0": 400, "?bot=none": 404} {
		d.want(d.as(core.RoleViewer, "GET", "/api/v1/admin/gaps"+query, ""), status, nil)
	}
}
