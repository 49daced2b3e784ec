package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"frontdesk/core"
)

var errDied = errors.New("the process died while it ran")

// turn runs w and commits it, or leaves it to be run again.
func (e *Engine) turn(ctx context.Context, w core.Work) {
	start := time.Now()
	t := core.NewTurn(w, e.Now)
	d := e.shown(ctx, w)
	t.Show = d.show
	if err := e.run(ctx, t); err != nil {
		d.takeBack()
		e.Log.Warn("turn failed", "turn", w.Turn, "attempt", w.Attempt, "err", err)
		e.Observer.Failed(w, err)
		if w.Attempt < e.Tries {
			e.Ledger.Retry(w, e.Now().Add(e.Backoff(w.Attempt)))
			return
		}
		t = e.sorry(w, Broken) // forget half a turn; apologise and go on
	}
	err := e.Ledger.Commit(ctx, w, t.Outcome())
	if err != nil || !answers(t) {
		d.takeBack()
	}
	switch {
	case err == nil:
		d.end()
		e.Observer.Turned(t, time.Since(start))
	case errors.Is(err, core.ErrFenced), errors.Is(err, core.ErrStale):
		// Another owner settles it, or the ledger hands it over again.
	default:
		e.Log.Error("commit failed", "turn", w.Turn, "err", err)
		e.Ledger.Retry(w, e.Now().Add(e.Backoff(w.Attempt)))
	}
}

// run fills t in, by the bot's pipeline unless it is too late for that.
func (e *Engine) run(ctx context.Context, t *core.Turn) error {
	w := t.Work
	switch {
	case w.State.Case.Mode.Held():
		// A person has the case: nothing is too late for them to read.
	case e.Now().Sub(w.At) > e.StaleAfter:
		*t = *e.sorry(w, Late)
		return nil
	case w.Attempt > e.Tries:
		return errDied
	}
	return e.pipeline(ctx, t)
}

func (e *Engine) pipeline(ctx context.Context, t *core.Turn) (err error) {
	ctx, cancel := context.WithTimeout(ctx, e.Patience)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	bot, ok := e.Bot(t.Work.Envelope.Bot)
	if !ok {
		return fmt.Errorf("bot %q: %w", t.Work.Envelope.Bot, core.ErrNotFound)
	}
	t.Bot = bot.Info
	t.Trace.Bot, t.Trace.Version, t.Trace.Attempt = bot.Info.ID, bot.Info.Version, t.Work.Attempt
	return bot.Pipeline.Run(ctx, t)
}

// relay shows the desk what the customer wrote. A platform's signals are left
// out: nobody said them.
func relay(t *core.Turn) {
	e := t.Work.Envelope
	said := slices.DeleteFunc(slices.Clone(e.Parts), func(p core.Part) bool { return p.Kind == core.Signal })
	if len(said) > 0 {
		t.Tell(core.DeskPost{Action: core.DeskSay, Role: core.Customer, Author: e.Contact.Name, Parts: said,
			Card: core.Card{Conversation: t.Work.Turn.Conversation, Contact: e.Contact}})
	}
}

// sorry is the turn w becomes when the pipeline does not answer it.
func (e *Engine) sorry(w core.Work, f Failure) *core.Turn {
	t := core.NewTurn(w, e.Now)
	t.Settle(string(f))
	if w.State.Case.Mode.Held() {
		t.Bot.Desk = w.State.Case.Desk
		relay(t) // the bot stays silent whatever happens; who has the case reads what came
		return t
	}
	text := "Sorry, something went wrong. Please try again."
	if bot, ok := e.Bot(w.Envelope.Bot); ok && bot.Sorry != nil {
		text = bot.Sorry(w.State.Lang, f)
	}
	t.Note(core.Event{Kind: core.Missed})
	t.Note(core.Event{Role: core.BotRole, Parts: []core.Part{{Text: text}}, Verdict: core.VerdictAbstained})
	return t
}
