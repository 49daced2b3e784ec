package slack

import (
	"context"
	"strings"
	"unicode"

	"frontdesk/core"
)

// command is a slash command: "/ask text" asks the bot from anywhere. Nobody
// else sees a command, so its answer comes in the person's direct chat.
type command struct {
	Name, Text              string
	User, UserName, Channel string
	Trigger                 string // unique for each time it is typed
}

func (c *Channel) commandForm(ctx context.Context, body []byte, _ bool) answer {
	f, err := form(body)
	if err != nil {
		return malformed(err.Error())
	}
	return c.command(ctx, command{Name: f.Get("command"), Text: f.Get("text"), User: f.Get("user_id"),
		UserName: f.Get("user_name"), Channel: f.Get("channel_id"), Trigger: f.Get("trigger_id")})
}

func (c *Channel) command(ctx context.Context, cmd command) answer {
	if !strings.HasPrefix(cmd.Name, "/") || cmd.User == "" || cmd.Trigger == "" {
		return malformed("the form is no command of Slack's")
	}
	text := c.limited(strings.TrimSpace(cmd.Text))
	zh := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	switch {
	case c.rooms[cmd.Channel]:
		return whisper("This is a desk room: questions of customers are not asked here. 这里是客服工作区，请勿在此提问。")
	case text == "":
		return whisper("Write your question after " + cmd.Name + ". 请在 " + cmd.Name + " 后写下问题。")
	}
	chat, err := c.api.Chat(ctx, cmd.User)
	if err != nil {
		c.set.Log.Warn("slack: a command was not taken", "err", err)
		return whisper("That did not work; write to me in a direct message. 操作失败，请直接私信我。")
	}
	e := c.from(cmd.User, cmd.UserName)
	e.Native, e.Address, e.SentAt = "command/"+cmd.Trigger, chat, c.set.Now()
	e.Parts = []core.Part{{Text: text}}
	if _, err := c.set.Gateway.Accept(ctx, e); err != nil {
		c.set.Log.Warn("slack: a command was not taken", "err", err)
		return whisper(pick(zh, "现在太忙，请稍后再试。", "Too much is going on; please try again in a moment."))
	}
	if chat == cmd.Channel {
		return done()
	}
	return whisper(pick(zh, "请在与我的私信中查看回答。", "The answer is coming in your direct messages with me."))
}

func pick(zh bool, chinese, english string) string {
	if zh {
		return chinese
	}
	return english
}

// whisper answers a command for its author alone.
func whisper(text string) answer {
	return answer{status: 200, json: map[string]string{"response_type": "ephemeral", "text": text}}
}
