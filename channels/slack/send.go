package slack

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	sdk "github.com/slack-go/slack"

	"frontdesk/channels/slack/api"
	"frontdesk/channels/slack/mrkdwn"
	"frontdesk/core"
)

// choicePrefix begins the action ids of the choices a customer is offered.
const choicePrefix = "choice_"

// Send implements channels.Channel. A piece counts as arrived when Slack gave
// it a ts; choices and sources go with the last piece.
func (c *Channel) Send(ctx context.Context, r core.Reply) (string, error) {
	room, thread, err := parseAddress(r.Address)
	if err != nil {
		return "", core.Refused(err)
	}
	all := messages(r)
	native := ""
	for i := r.Done; i < len(all); i++ {
		m := all[i]
		m.Channel, m.Thread = room, thread
		if i == 0 && r.Draft != "" && c.finish(ctx, r.Draft, m) {
			native = r.Draft
			continue
		}
		ts, err := c.api.Post(ctx, m)
		if err != nil {
			return native, arrived(err, i)
		}
		native = room + "/" + ts
	}
	return native, nil
}

// arrived notes in err how many pieces did.
func arrived(err error, n int) error {
	var se *core.SendError
	if !errors.As(err, &se) {
		return &core.SendError{Done: n, Err: err}
	}
	out := *se
	out.Done = n
	return &out
}

// parseAddress reads "D123", "D123/ts" or "C123/ts".
func parseAddress(a string) (room, thread string, err error) {
	room, thread, _ = strings.Cut(a, "/")
	if room == "" || thread != "" && !isTS(thread) {
		return "", "", fmt.Errorf("%q is no Slack chat", a)
	}
	return room, thread, nil
}

// messages are the pieces of r, always the same for the same reply.
func messages(r core.Reply) []api.Message {
	words, choices := split(r.Event)
	pieces := mrkdwn.Split(words, mrkdwn.Limit)
	var out []api.Message
	for _, p := range pieces {
		out = append(out, api.Message{Text: p})
	}
	extra := extras(r.Event.Citations, choices)
	if len(extra) > 0 {
		if len(out) == 0 {
			out = append(out, api.Message{Text: "…"})
		}
		last := &out[len(out)-1]
		last.Blocks = append([]sdk.Block{sdk.NewSectionBlock(mark(last.Text), nil, nil)}, extra...)
	}
	if r.Event.Role == core.Agent {
		for i := range out { // under the person's own name
			out[i].As = mrkdwn.Name(r.Event.Key, 60)
		}
	}
	return out
}

// split parts the text to say, as mrkdwn, from the choices to offer. A bot
// writes Markdown; a person's words are shown as they wrote them.
func split(ev core.Event) (text string, choices []core.Part) {
	format := mrkdwn.From
	if ev.Role == core.Agent {
		format = mrkdwn.Escape
	}
	var lines []string
	for _, p := range ev.Parts {
		switch {
		case p.Kind == core.Choice:
			choices = append(choices, p)
		case p.Kind == core.Signal:
		case p.URL != "":
			label := strings.NewReplacer("[", "(", "]", ")").Replace(firstOf(p.Text, p.Name, p.URL))
			lines = append(lines, mrkdwn.From("["+label+"]("+p.URL+")"))
		case p.Text != "":
			lines = append(lines, format(p.Text))
		}
	}
	return strings.Join(lines, "\n"), choices
}

func mark(s string) *sdk.TextBlockObject {
	return sdk.NewTextBlockObject(sdk.MarkdownType, s, false, true)
}

// extras are the blocks below the text: sources, then buttons. Slack takes 25
// buttons in a row and 75 characters on one; ids must differ.
func extras(cites []core.Citation, choices []core.Part) []sdk.Block {
	var out []sdk.Block
	if line := sources(cites); line != "" {
		out = append(out, sdk.NewContextBlock("", mark(line)))
	}
	var els []sdk.BlockElement
	for i, p := range choices[:min(len(choices), 25)] {
		els = append(els, sdk.NewButtonBlockElement(choicePrefix+strconv.Itoa(i), mrkdwn.Cut(firstOf(p.Value, p.Text), 2000),
			sdk.NewTextBlockObject(sdk.PlainTextType, mrkdwn.Cut(firstOf(p.Text, p.Value), 75), false, false)))
	}
	if len(els) > 0 {
		out = append(out, sdk.NewActionBlock("", els...))
	}
	return out
}

// sources names at most five documents, each once a page.
func sources(cites []core.Citation) string {
	var names []string
	seen := map[string]bool{}
	for _, ct := range cites {
		name := mrkdwn.Name(firstOf(ct.Title, ct.Doc), 80)
		if ct.Page > 0 {
			name += " · " + strconv.Itoa(ct.Page)
		}
		if ct.URL != "" {
			name = mrkdwn.From("[" + strings.NewReplacer("[", "(", "]", ")").Replace(name) + "](" + ct.URL + ")")
		}
		if name != "" && !seen[name] && len(names) < 5 {
			seen[name], names = true, append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ":page_facing_up: " + strings.Join(names, " | ")
}
