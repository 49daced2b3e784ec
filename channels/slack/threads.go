package slack

import (
	"context"
	"strings"
	"time"

	"frontdesk/channels/slack/api"
	"frontdesk/channels/slack/recall"
)

// threads knows in which channel threads the bot takes part: one where it was
// mentioned, or spoke. What was forgotten, or happened on another replica, is
// looked up in Slack once.
type threads struct {
	api  *api.Client
	part *recall.Memory[bool]
}

func newThreads(a *api.Client, now func() time.Time) *threads {
	return &threads{a, recall.New[bool](10000, 24*time.Hour, now)}
}

// join notes that the bot takes part in address.
func (t *threads) join(address string) { t.part.Put(address, true) }

// joined reports whether the bot, user me, takes part in the thread.
func (t *threads) joined(ctx context.Context, channel, root, me string) (bool, error) {
	key := channel + "/" + root
	if yes, known := t.part.Get(key); known {
		return yes, nil
	}
	msgs, err := t.api.Replies(ctx, channel, root)
	if err != nil {
		return false, err
	}
	yes := false
	for _, m := range msgs {
		yes = yes || me != "" && (m.User == me || m.BotID == "" && strings.Contains(m.Text, "<@"+me))
	}
	t.part.Put(key, yes)
	return yes, nil
}
