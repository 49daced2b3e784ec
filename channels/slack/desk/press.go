package desk

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"frontdesk/channels/slack/api"
	"frontdesk/channels/slack/mrkdwn"
	"frontdesk/core"
)

// nameBudget bounds the look-up of a name: Slack waits 3 s in all.
const nameBudget = 800 * time.Millisecond

// Press is a button pressed on a card.
type Press struct {
	Room, Thread  string // Thread is the card's ts
	User          string
	Action, Value string
	At            string // action_ts, unique in the message
	Trigger       string
}

// Owns reports whether action is a card's button.
func Owns(action string) bool { return strings.HasPrefix(action, "frontdesk_") && doing(action) != "" }

func doing(action string) core.DeskDo {
	switch action {
	case actTake:
		return core.DoTake
	case actReturn:
		return core.DoReturn
	case actResolve:
		return core.DoResolve
	case actReply:
		return core.DoReply
	}
	return ""
}

// Pressed acts on a button. Slack never delivers one twice: what goes wrong is
// told to the person who pressed it.
func (d *Desk) Pressed(ctx context.Context, p Press) After {
	var b button
	if err := json.Unmarshal([]byte(p.Value), &b); err != nil {
		d.try("reading a button", err)
		return nothing
	}
	w := speaking(b.Locale, "")
	if p.Action == actReply {
		return func(ctx context.Context) {
			d.try("opening the reply window", d.API.OpenView(ctx, p.Trigger, modal(w, p, b)))
		}
	}
	ev := d.event(ctx, p.Room, p.Thread, p.User)
	ev.Native = strings.Join([]string{p.Room, p.Thread, p.Action, p.At, p.User}, "/")
	ev.Do, ev.Epoch = doing(p.Action), b.Epoch
	if err := d.tell(ctx, ev); err != nil {
		text, _ := d.cause(w, err, ev.Ref)
		return d.whisper(p.Room, p.Thread, p.User, text)
	}
	return nothing
}

// ModalID is the callback id of the window to reply in.
const ModalID = "frontdesk_reply"

const (
	inputBlock  = "frontdesk_text"
	inputAction = "text"
)

// place is what the window remembers of the card it was opened from.
type place struct {
	Room   string `json:"r"`
	Thread string `json:"t"`
	Locale string `json:"l,omitempty"`
}

func modal(w words, p Press, b button) slack.ModalViewRequest {
	meta, _ := json.Marshal(place{p.Room, p.Thread, b.Locale}) // strings only: it cannot fail
	plain := func(s string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
	}
	field := slack.NewPlainTextInputBlockElement(nil, inputAction)
	field.Multiline, field.MaxLength = true, 3000
	return slack.ModalViewRequest{Type: slack.VTModal, CallbackID: ModalID, PrivateMetadata: string(meta),
		Title: plain(w.modalTitle), Submit: plain(w.modalSend), Close: plain(w.modalCancel),
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock(inputBlock, plain(w.modalLabel), plain(w.modalHint), field)}}}
}

// Submission is a reply window sent off.
type Submission struct {
	View, Meta, User string // View is the window's id, Meta its private_metadata
	Values           map[string]map[string]string
}

// Submitted sends the reply. problems, by block, are shown in the window,
// which stays open; an empty map closes it.
func (d *Desk) Submitted(ctx context.Context, s Submission) (problems map[string]string, after After) {
	var at place
	if err := json.Unmarshal([]byte(s.Meta), &at); err != nil {
		d.try("reading a window", err)
		return nil, nothing
	}
	text := strings.TrimSpace(s.Values[inputBlock][inputAction])
	w := speaking(at.Locale, text)
	if text == "" {
		return map[string]string{inputBlock: strings.ReplaceAll(w.empty, "`", "")}, nothing
	}
	ev := d.event(ctx, at.Room, at.Thread, s.User)
	ev.Native, ev.Do, ev.Text = "view/"+s.View, core.DoReply, text
	if err := d.tell(ctx, ev); err != nil {
		cause, _ := d.cause(w, err, ev.Ref)
		return map[string]string{inputBlock: strings.ReplaceAll(cause, "*", "")}, nothing
	}
	return nil, func(ctx context.Context) { d.echo(ctx, at, ev.Name, text, w) }
}

// echo shows colleagues what went out through the window.
func (d *Desk) echo(ctx context.Context, at place, name, text string, w words) {
	ts, err := d.API.Post(ctx, api.Message{Channel: at.Room, Thread: at.Thread, Text: mrkdwn.Escape(text),
		As: label(mrkdwn.Name(name, 50), w.agent+" → "+w.customer), Icon: ":technologist:"})
	if err == nil {
		err = d.API.React(ctx, at.Room, ts, "white_check_mark")
	}
	d.try("showing a reply", err)
}
