package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"frontdesk/channels/slack/api"
	"frontdesk/channels/slack/mrkdwn"
	"frontdesk/core"
)

// After is what is left to do once Slack has its acknowledgement. It is never
// nil; its context is its own.
type After func(ctx context.Context)

func nothing(context.Context) {}

// Message is something written in a thread of the desk.
type Message struct {
	Room, Thread, TS string // Thread is "" for the channel's own level
	User, Text       string // Text as Slack delivers it
	Files            int
	Again            bool // Slack delivers it again
}

// Said passes on what a person wrote. An error means that Slack should
// deliver it again.
func (d *Desk) Said(ctx context.Context, m Message) (After, error) {
	plain := strings.TrimSpace(mrkdwn.Plain(m.Text))
	text, public := strings.CutPrefix(plain, ">>")
	public = public && !strings.HasPrefix(text, ">") // ">>>" is Slack's quotation: internal
	w := speaking("", plain)
	if m.Thread == "" || m.Thread == m.TS {
		if public {
			return d.whisper(m.Room, "", m.User, w.inThread), nil
		}
		return nothing, nil
	}
	if !public {
		return nothing, d.note(ctx, m, plain)
	}
	return d.reply(ctx, m, strings.TrimSpace(text), w)
}

func (d *Desk) note(ctx context.Context, m Message, text string) error {
	ev := d.event(ctx, m.Room, m.Thread, m.User)
	ev.Native, ev.Do, ev.Text = m.Room+"/"+m.TS, core.DoNote, text
	err := d.tell(ctx, ev)
	if errors.Is(err, core.ErrNotFound) {
		return nil // people may talk in the room as they like
	}
	return err
}

func (d *Desk) reply(ctx context.Context, m Message, text string, w words) (After, error) {
	if text == "" {
		return d.refused(m, w.empty), nil
	}
	if d.MaxText > 0 && len(text) > d.MaxText {
		return d.refused(m, fmt.Sprintf(w.failed, w.tooLong)), nil
	}
	ev := d.event(ctx, m.Room, m.Thread, m.User)
	ev.Native, ev.Do, ev.Text = m.Room+"/"+m.TS, core.DoReply, text
	err := d.tell(ctx, ev)
	if err != nil {
		cause, again := d.cause(w, err, ev.Ref)
		if again {
			return d.refused(m, cause), err
		}
		return d.refused(m, cause), nil
	}
	return func(ctx context.Context) {
		d.try("react", d.API.React(ctx, m.Room, m.TS, "white_check_mark"))
		if m.Again {
			d.try("unreact", d.API.Unreact(ctx, m.Room, m.TS, "warning"))
		}
		if m.Files > 0 {
			d.whisper(m.Room, m.Thread, m.User, w.files)(ctx)
		}
	}, nil
}

// refused marks m as not sent and tells its author why.
func (d *Desk) refused(m Message, cause string) After {
	return func(ctx context.Context) {
		d.try("react", d.API.React(ctx, m.Room, m.TS, "warning"))
		d.whisper(m.Room, m.Thread, m.User, cause)(ctx)
	}
}

func (d *Desk) whisper(room, thread, user, text string) After {
	return func(ctx context.Context) {
		d.try("whisper", d.API.Whisper(ctx, user, api.Message{Channel: room, Thread: thread, Text: text}))
	}
}

func (d *Desk) try(what string, err error) {
	if err != nil {
		d.Log.Warn("slack desk: "+what+" failed", "err", err)
	}
}

// cause is err in words for people, and whether trying again may help.
func (d *Desk) cause(w words, err error, ref core.DeskRef) (text string, again bool) {
	var in *core.InputError
	switch {
	case errors.Is(err, core.ErrNotFound):
		return w.noCase, false
	case errors.Is(err, core.ErrStale):
		if owner, ok := d.owners.Get(ref.Room + "/" + ref.Thread); ok && owner != "" {
			return fmt.Sprintf(w.takenBy, "*"+mrkdwn.Name(owner, 80)+"*"), false
		}
		return w.changed, false
	case errors.As(err, &in):
		return fmt.Sprintf(w.failed, mrkdwn.Escape(in.Msg)), false
	}
	d.Log.Error("slack desk: an act failed", "err", err)
	return fmt.Sprintf(w.failed, w.lost), true
}

// event begins a DeskEvent of user; their name is looked up if there is time.
func (d *Desk) event(ctx context.Context, room, thread, user string) core.DeskEvent {
	ctx, cancel := context.WithTimeout(ctx, nameBudget)
	defer cancel()
	p, err := d.API.Person(ctx, user)
	d.try("looking up a name", err)
	return core.DeskEvent{Workspace: d.Workspace, Agent: user, Name: p.Name,
		Ref: core.DeskRef{Channel: d.Channel, Room: room, Thread: thread}}
}

// tell passes ev on. A card just shown may not be known as a case's for a
// moment: the ledger notes its thread after Slack has it. The same post under
// another name is no conflict: the name could not be looked up the first time.
func (d *Desk) tell(ctx context.Context, ev core.DeskEvent) error {
	err := d.OnDesk(ctx, ev)
	_, lately := d.opened.Get(ev.Ref.Room)
	for wait := 20 * time.Millisecond; lately && errors.Is(err, core.ErrNotFound) && wait < settling; wait *= 2 {
		select {
		case <-time.After(wait):
			err = d.OnDesk(ctx, ev)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	var c *core.ConflictError
	if errors.As(err, &c) {
		return nil
	}
	return err
}

// settling bounds each wait for the ledger to note a thread; in all it is less
// than twice as long.
const settling = 400 * time.Millisecond
