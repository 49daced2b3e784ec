package dialog

import (
	"cmp"
	"context"
	"strings"
	"time"

	"frontdesk/core"
	"frontdesk/core/nlu"
)

// Rewriter makes a question that leans on the one before whole: "and for
// Canada?" after "do you ship to France?" is "do you ship to Canada?". Safe for
// concurrent use.
type Rewriter interface {
	Rewrite(ctx context.Context, t *core.Turn, before, now string) (string, error)
}

// rewriteTime is what a rewriter gets: the answer itself still needs time.
const rewriteTime = 2 * time.Second

// maxRewritten is how much longer than both questions, in bytes, the new one may
// be: a rewriter that explains itself is not believed.
const maxRewritten = 40

// whole is the question of t made whole, where it leans on the one before: by
// rules, where one fits, else by the Rewriter, else both questions together.
func (s *Script) whole(ctx context.Context, t *core.Turn) string {
	last := t.Work.State.Last
	if !followsUp(t) {
		return t.Text
	}
	t.Trace.Add("follows", last)
	if whole, ok := rewritten(last, bare(t.Norm)); ok {
		t.Trace.Add("rewritten", whole)
		return whole
	}
	if s.Rewriter == nil || s.Approved {
		return last + " " + t.Text
	}
	inner, cancel := context.WithTimeout(ctx, rewriteTime)
	defer cancel()
	got, err := s.Rewriter.Rewrite(inner, t, last, t.Text)
	got = strings.TrimSpace(got)
	if err != nil || !nlu.Wordy(nlu.Normalize(got)) || strings.Contains(got, "\n") || len(got) > len(last)+len(t.Text)+maxRewritten {
		t.Trace.Add("not rewritten", cmp.Or(errText(err), got))
		return last + " " + t.Text
	}
	t.Trace.Add("rewritten by a model", got)
	return got
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
