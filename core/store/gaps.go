package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"frontdesk/core"
)

// Past is what gaps are read from: any Backend, or a Ledger.
type Past interface {
	Conversations(ctx context.Context, f core.ListFilter) ([]core.Conversation, string, error)
	Events(ctx context.Context, c core.ConversationID, after int64, limit int) ([]core.Event, error)
	Trace(ctx context.Context, t core.TurnID) ([]byte, error)
}

// How much is read for one report: the newest conversations, and the end of each.
const (
	mostConversations = 2000
	mostEvents        = 200
	pageOfGaps        = 200
)

// Gaps lists the questions that were answered by nobody, or by a person because
// the bot was unsure. norm folds what does not distinguish two wordings.
func Gaps(ctx context.Context, p Past, q core.GapQuery, norm func(string) string) (core.Gaps, error) {
	g := gaps{q: q, norm: norm, at: map[string]int{}}
	f, read := core.ListFilter{Workspace: q.Workspace, Limit: pageOfGaps}, 0
	for {
		cs, next, err := p.Conversations(ctx, f)
		if err != nil {
			return core.Gaps{}, fmt.Errorf("gaps: %w", err)
		}
		for _, c := range cs {
			if c.Updated.Before(q.Since) || q.Bot != "" && c.Bot != q.Bot {
				continue
			}
			if err := g.conversation(ctx, p, c); err != nil {
				return core.Gaps{}, fmt.Errorf("gaps: %w", err)
			}
		}
		if read += len(cs); next == "" || read >= mostConversations {
			return g.report(next == ""), nil
		}
		f.Cursor = next
	}
}

type gaps struct {
	q     core.GapQuery
	norm  func(string) string
	at    map[string]int // of items, by bot and question
	items []core.Gap
}

// conversation takes the gaps of c's end.
func (g *gaps) conversation(ctx context.Context, p Past, c core.Conversation) error {
	evs, err := p.Events(ctx, c.ID, max(0, c.LastSeq-mostEvents), mostEvents)
	if err != nil {
		return err
	}
	asked := map[int64]string{}
	seen := map[int64]bool{} // an answer may be of several messages
	for _, ev := range evs {
		switch {
		case ev.Kind != core.Said:
		case ev.Role == core.Customer:
			asked[ev.Seq] = ev.Text()
		case ev.At.Before(g.q.Since), seen[ev.Turn], strings.TrimSpace(asked[ev.Turn]) == "":
		default:
			open, err := unanswered(ctx, p, c.ID, ev)
			if err != nil {
				return err
			}
			if open {
				seen[ev.Turn] = true
				g.add(core.Gap{Bot: c.Bot, Question: asked[ev.Turn], Count: 1, Last: ev.At.UTC(), Conversation: c.ID, Turn: ev.Turn, Verdict: ev.Verdict})
			}
		}
	}
	return nil
}

// unanswered reports whether ev says that the bot had no answer: a handover
// counts if it was unsure.
func unanswered(ctx context.Context, p Past, c core.ConversationID, ev core.Event) (bool, error) {
	if ev.Verdict != core.VerdictHandedOver {
		return ev.Verdict == core.VerdictAbstained, nil
	}
	b, err := p.Trace(ctx, core.TurnID{Conversation: c, Seq: ev.Turn})
	if err != nil || len(b) == 0 {
		return false, err
	}
	var t core.Trace
	return json.Unmarshal(b, &t) == nil && t.Handoff == core.ReasonUnsure, nil
}

// add counts a gap with those that ask the same.
func (g *gaps) add(x core.Gap) {
	letters := strings.FieldsFunc(g.norm(x.Question), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	key := x.Bot + "\x00" + strings.Join(letters, " ")
	i, ok := g.at[key]
	if !ok {
		g.at[key] = len(g.items)
		g.items = append(g.items, x)
		return
	}
	x.Count += g.items[i].Count
	if x.Last.Before(g.items[i].Last) {
		n := x.Count
		x = g.items[i]
		x.Count = n
	}
	g.items[i] = x
}

// report is the most frequent, and of those the latest, first.
func (g *gaps) report(complete bool) core.Gaps {
	slices.SortStableFunc(g.items, func(a, b core.Gap) int { return cmp.Or(cmp.Compare(b.Count, a.Count), b.Last.Compare(a.Last)) })
	return core.Gaps{Items: append([]core.Gap{}, g.items[:min(len(g.items), g.q.Limit)]...), Complete: complete}
}
