package desk

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"frontdesk/channels/slack/mrkdwn"
	"frontdesk/core"
)

// The buttons of a card.
const (
	actTake    = "frontdesk_take"
	actReturn  = "frontdesk_return"
	actResolve = "frontdesk_resolve"
	actReply   = "frontdesk_reply"
)

// button is what a card's button carries: the case as its reader saw it.
type button struct {
	Conversation core.ConversationID `json:"c"`
	Epoch        int64               `json:"e"`
	Locale       string              `json:"l,omitempty"`
}

func (b button) String() string {
	js, _ := json.Marshal(b) // strings and numbers only: it cannot fail
	return string(js)
}

// quoted is how much of what was said a card shows, in runes: Slack takes
// 3,000 characters in a section, and escaping may make five of one.
const quoted = 550

// draw makes the card's blocks. Everything a stranger chose is escaped.
func draw(c core.Card) []slack.Block {
	w := speaking(c.Contact.Locale, c.Asked)
	blocks := []slack.Block{
		section(icon(c.Mode) + " *" + w.wants + "* · " + status(w, c)),
		slack.NewSectionBlock(nil, facts(w, c), nil),
	}
	for _, p := range [][2]string{{w.signals, signals(w, c.Signals)}, {w.asked, quote(c.Asked)},
		{w.tried, quote(c.Tried)}, {w.slots, slots(c.Slots)}} {
		if p[1] != "" {
			blocks = append(blocks, section("*"+p[0]+"*\n"+p[1]))
		}
	}
	if c.Mode == core.Closed {
		return blocks
	}
	return append(blocks, slack.NewContextBlock("", text(w.hint)), buttons(w, c))
}

func section(s string) *slack.SectionBlock { return slack.NewSectionBlock(text(s), nil, nil) }

func text(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.MarkdownType, s, false, true)
}

func icon(m core.Mode) string {
	switch m {
	case core.ByAgent:
		return ":large_blue_circle:"
	case core.ByBot:
		return ":robot_face:"
	case core.Closed:
		return ":white_check_mark:"
	}
	return ":raising_hand:"
}

func status(w words, c core.Card) string {
	switch c.Mode {
	case core.ByAgent:
		return fmt.Sprintf(w.byAgent, "*"+mrkdwn.Name(orElse(c.Owner, w.unknown), 80)+"*")
	case core.ByBot:
		return w.byBot
	case core.Closed:
		return w.closed
	}
	return w.waiting
}

func facts(w words, c core.Card) []*slack.TextBlockObject {
	fs := []*slack.TextBlockObject{
		text("*" + w.customer + "*\n" + who(w, c.Contact)),
		text("*" + w.channel + "*\n" + mrkdwn.Escape(c.Channel) + " → " + mrkdwn.Escape(c.Bot)),
		text("*" + w.reason + "*\n" + mrkdwn.Escape(orElse(w.reasons[c.Reason], c.Reason))),
	}
	if !c.Since.IsZero() {
		at := c.Since.UTC().Format("2006-01-02 15:04 UTC")
		fs = append(fs, text(fmt.Sprintf("*%s*\n<!date^%d^{date_short_pretty} {time}|%s>", w.since, c.Since.Unix(), at)))
	}
	return fs
}

func who(w words, c core.Contact) string {
	s := mrkdwn.Name(orElse(c.Name, c.Email, c.Native, w.unknown), 80)
	switch c.Level {
	case core.Verified:
		s += " (" + w.verified + ")"
	case core.Claimed:
		s += " (" + w.claimed + ")"
	}
	return s
}

func signals(w words, sigs []core.Signalled) string {
	var lines []string
	for _, s := range sigs[:min(len(sigs), 10)] {
		l := "• " + mrkdwn.Escape(mrkdwn.Cut(w.named(s.Name), 60)) + " " + number(s.Value)
		if s.Limit != 0 {
			l += " (" + w.limit + " " + number(s.Limit) + ")"
		}
		lines = append(lines, l)
	}
	return strings.Join(lines, "\n")
}

func number(f float64) string {
	return strconv.FormatFloat(float64(int64(f*1000+0.5))/1000, 'f', -1, 64)
}

func quote(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	lines := strings.SplitN(strings.TrimSpace(s), "\n", 30) // each costs two characters more
	return mrkdwn.Quote(mrkdwn.Cut(strings.Join(lines, "\n"), quoted))
}

func slots(m map[string]string) string {
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(m))[:min(len(m), 12)] {
		lines = append(lines, "• "+mrkdwn.Name(k, 40)+": "+mrkdwn.Name(m[k], 120))
	}
	return strings.Join(lines, "\n")
}

func buttons(w words, c core.Card) *slack.ActionBlock {
	v := button{c.Conversation, c.Epoch, w.lang}.String() // what follows speaks as the card does
	take := w.take
	if c.Mode == core.ByAgent {
		take = w.takeOver
	}
	all := []*slack.ButtonBlockElement{press(actTake, take, v), press(actReply, w.reply, v)}
	all[0].Style = slack.StylePrimary
	if c.Mode != core.ByBot {
		all = append(all, press(actReturn, w.giveBack, v))
	}
	all = append(all, press(actResolve, w.resolve, v))
	els := make([]slack.BlockElement, len(all))
	for i, b := range all {
		els[i] = b
	}
	return slack.NewActionBlock("frontdesk_case", els...)
}

func press(id, label, value string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(id, value, slack.NewTextBlockObject(slack.PlainTextType, label, false, false))
}

// summary is the card for notifications.
func summary(c core.Card) string {
	w := speaking(c.Contact.Locale, c.Asked)
	return w.wants + " · " + who(w, c.Contact) + " · " + mrkdwn.Escape(orElse(w.reasons[c.Reason], c.Reason)) +
		" · " + status(w, c)
}

func orElse(ss ...string) string {
	for _, s := range ss {
		if s != "" {
			return s
		}
	}
	return ""
}
