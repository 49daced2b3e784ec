package slack

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	sdk "github.com/slack-go/slack"

	"frontdesk/channels/slack/api"
	"frontdesk/channels/slack/desk"
	"frontdesk/channels/slack/mrkdwn"
	"frontdesk/core"
)

// interaction is a pressed button or a window sent off.
type interaction struct {
	Type      string `json:"type"`
	TriggerID string `json:"trigger_id"`
	User      struct {
		ID       string `json:"id"`
		Name     string `json:"name"`
		Username string `json:"username"`
	} `json:"user"`
	Container struct {
		MessageTS string `json:"message_ts"`
		ThreadTS  string `json:"thread_ts"`
		ChannelID string `json:"channel_id"`
	} `json:"container"`
	Message struct {
		Text     string          `json:"text"`
		ThreadTS string          `json:"thread_ts"`
		Blocks   json.RawMessage `json:"blocks"`
	} `json:"message"`
	Actions []pressed `json:"actions"`
	View    struct {
		ID              string `json:"id"`
		CallbackID      string `json:"callback_id"`
		PrivateMetadata string `json:"private_metadata"`
		State           struct {
			Values map[string]map[string]struct {
				Value string `json:"value"`
			} `json:"values"`
		} `json:"state"`
	} `json:"view"`
}

type pressed struct {
	Type     string `json:"type"`
	ActionID string `json:"action_id"`
	Value    string `json:"value"`
	ActionTS string `json:"action_ts"`
	Text     struct {
		Text string `json:"text"`
	} `json:"text"`
}

func (c *Channel) interactionForm(ctx context.Context, body []byte, _ bool) answer {
	f, err := form(body)
	if err != nil {
		return malformed(err.Error())
	}
	return c.interaction(ctx, []byte(f.Get("payload")))
}

// interaction takes one interaction. Slack does not deliver it again.
func (c *Channel) interaction(ctx context.Context, raw []byte) answer {
	var in interaction
	if err := decode(raw, &in); err != nil || in.Type == "" {
		return malformed("the payload is no interaction of Slack's")
	}
	switch {
	case in.Type == "view_submission" && in.View.CallbackID == desk.ModalID:
		return c.submitted(ctx, in)
	case in.Type == "block_actions":
		return c.pressed(ctx, in)
	}
	return done()
}

func (c *Channel) submitted(ctx context.Context, in interaction) answer {
	s := desk.Submission{View: in.View.ID, Meta: in.View.PrivateMetadata, User: in.User.ID,
		Values: map[string]map[string]string{}}
	for block, fields := range in.View.State.Values {
		s.Values[block] = map[string]string{}
		for action, v := range fields {
			s.Values[block][action] = v.Value
		}
	}
	problems, after := c.desk.Submitted(ctx, s)
	a := answer{status: 200, after: after}
	if len(problems) > 0 {
		a.json = sdk.NewErrorsViewSubmissionResponse(problems)
	}
	return a
}

func (c *Channel) pressed(ctx context.Context, in interaction) answer {
	at := in.Container
	thread := at.ThreadTS
	if thread == "" {
		thread = in.Message.ThreadTS
	}
	for _, act := range in.Actions {
		if act.Type != "button" || act.ActionID == "" || at.ChannelID == "" || !isTS(at.MessageTS) || in.User.ID == "" {
			continue // links and pickers need no answer
		}
		root := thread
		if root == "" {
			root = at.MessageTS
		}
		toDesk, err := c.isDesk(ctx, at.ChannelID, root)
		switch {
		case err != nil:
			return c.settled(err)
		case toDesk && desk.Owns(act.ActionID):
			return answer{status: 200, after: c.desk.Pressed(ctx, desk.Press{Room: at.ChannelID, Thread: root,
				User: in.User.ID, Action: act.ActionID, Value: act.Value, At: act.ActionTS, Trigger: in.TriggerID})}
		case toDesk, !strings.HasPrefix(act.ActionID, choicePrefix):
			return done()
		}
		return c.chosen(ctx, in, act, thread)
	}
	return done()
}

// chosen takes a customer's choice, and shows it where the buttons were.
func (c *Channel) chosen(ctx context.Context, in interaction, act pressed, thread string) answer {
	at := in.Container
	e := c.from(in.User.ID, firstOf(in.User.Name, in.User.Username))
	e.Native = strings.Join([]string{at.ChannelID, at.MessageTS, act.ActionID, act.ActionTS, in.User.ID}, "/")
	e.Address = at.ChannelID
	if thread != "" {
		e.Address += "/" + thread
	}
	if isTS(act.ActionTS) {
		e.SentAt = tsTime(act.ActionTS)
	}
	label := c.limited(act.Text.Text)
	e.Parts = []core.Part{{Kind: core.Choice, Text: label, Value: act.Value}}
	_, err := c.set.Gateway.Accept(ctx, e)
	a := c.settled(err)
	if err == nil {
		a.after = func(ctx context.Context) { c.show(ctx, in, label) }
	}
	return a
}

// show replaces the buttons by what was chosen, so that none is pressed twice
// and the chat can be read later.
func (c *Channel) show(ctx context.Context, in interaction, label string) {
	var blocks sdk.Blocks
	if err := json.Unmarshal(in.Message.Blocks, &blocks); err != nil {
		return // not ours to redraw
	}
	m := api.Message{Channel: in.Container.ChannelID, Text: in.Message.Text}
	for _, b := range blocks.BlockSet {
		if b.BlockType() != sdk.MBTAction {
			m.Blocks = append(m.Blocks, b)
		}
	}
	who := mrkdwn.Name(firstOf(in.User.Name, in.User.Username), 60)
	m.Blocks = append(m.Blocks, sdk.NewContextBlock("", sdk.NewTextBlockObject(sdk.MarkdownType,
		"▸ "+who+": *"+mrkdwn.Escape(label)+"*", false, true)))
	if err := c.api.Update(ctx, in.Container.MessageTS, m); err != nil && !errors.Is(err, context.Canceled) {
		c.set.Log.Debug("slack: cannot show a choice", "err", err)
	}
}

func firstOf(ss ...string) string {
	for _, s := range ss {
		if s != "" {
			return s
		}
	}
	return ""
}
