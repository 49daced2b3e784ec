// Package builtin lists the channels this program speaks.
package builtin

import (
	"frontdesk/channels"
	"frontdesk/channels/slack"
	"frontdesk/channels/telegram"
	"frontdesk/channels/web"
	"frontdesk/channels/wechat"
)

// Kinds are the channels by the type a configuration names.
func Kinds() channels.Kinds {
	return channels.Kinds{
		"web":      web.Open,
		"wechat":   wechat.Open,
		"telegram": telegram.Open,
		"slack":    slack.Open,
	}
}
