package configs

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"frontdesk/configs/internal/strict"
)

func (l *loader) channels(c *Config) {
	for i := range c.Channels {
		ch := &c.Channels[i]
		if ch.shared == nil {
			continue // it was no mapping, and that is said already
		}
		l.channelID(c.Channels[:i], ch)
		l.channelType(ch)
		l.channelBot(c, ch)
		l.channelProxy(ch)
		l.channelTime(ch)
		if ch.Type == "web" {
			l.origins(ch)
		}
	}
}

func (l *loader) channelID(before []Channel, ch *Channel) {
	switch {
	case ch.ID == "":
		l.d.Errs.Add(ch.at("id"), "a channel has no id: add one, it is part of its webhook's address")
	case !named.MatchString(ch.ID):
		l.d.Errs.Add(ch.at("id"), "%q is no id: %s", ch.ID, nameRule)
	}
	for j := range before {
		if before[j].ID == ch.ID && ch.ID != "" {
			l.d.Errs.Add(ch.at("id"), "channel id %q is taken, see line %d: rename one", ch.ID, before[j].at("id").Line)
			return
		}
	}
}

func (l *loader) channelType(ch *Channel) {
	if ch.Type == "" {
		l.d.Errs.Add(ch.at("type"), "channel %q has no type: add one, type: web for one", ch.ID)
		return
	}
	if len(l.kinds) == 0 || slices.Contains(l.kinds, ch.Type) {
		return
	}
	hint := "there are " + strings.Join(slices.Sorted(slices.Values(l.kinds)), ", ")
	if n := strict.Nearest(ch.Type, l.kinds); n != "" {
		hint = fmt.Sprintf("did you mean %q?", n)
	}
	l.d.Errs.Add(ch.at("type"), "unknown channel type %q: %s", ch.Type, hint)
}

// channelBot checks the bot; with a single bot, it need not be written.
func (l *loader) channelBot(c *Config, ch *Channel) {
	if ch.Bot == "" && len(c.Bots) == 1 {
		ch.Bot = c.Bots[0].ID
	}
	if ch.Bot == "" {
		l.d.Errs.Add(ch.at("bot"), "channel %q names no bot: add bot: with the id of one under bots", ch.ID)
		return
	}
	if c.Bot(ch.Bot) != nil {
		return
	}
	ids := make([]string, len(c.Bots))
	for i, b := range c.Bots {
		ids[i] = b.ID
	}
	hint := "add it under bots"
	if n := strict.Nearest(ch.Bot, ids); n != "" {
		hint = fmt.Sprintf("did you mean %q?", n)
	}
	l.d.Errs.Add(ch.at("bot"), "channel %q names bot %q, which is not under bots: %s", ch.ID, ch.Bot, hint)
}

func (l *loader) channelProxy(ch *Channel) {
	if ch.Proxy.Reveal() == "" {
		return
	}
	if !isProxy(ch.Proxy.Reveal()) {
		l.d.Errs.Add(ch.at("proxy"), "proxy of channel %q is no URL: write one that begins with http://, https:// or socks5://", ch.ID)
	}
}

func isProxy(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme)
}

// origins refuses identities that any page could use: whoever has a customer's
// signed name on a page of their own could speak as them.
func (l *loader) origins(ch *Channel) {
	secret := ch.node.Get("identity_secret")
	list := ch.node.Get("allowed_origins")
	if secret == nil || secret.Text == "" || list == nil {
		return
	}
	for _, o := range list.Items {
		if o.Text == "*" {
			l.d.Errs.Add(o.Pos, "channel %q has identity_secret, and allowed_origins lets every page in: list your own origins instead of \"*\"", ch.ID)
		}
	}
}

func (l *loader) bots(c *Config) {
	for i, b := range c.Bots {
		at := fmt.Sprintf("bots[%d]", i)
		if !l.d.Has(at) {
			continue // an empty entry, which is said already
		}
		switch {
		case b.ID == "":
			l.fail(at, "has no id: give it one, id: default for one")
		case !named.MatchString(b.ID):
			l.fail(at+".id", "%q is no id: %s", b.ID, nameRule)
		}
		for j := range i {
			if c.Bots[j].ID == b.ID && b.ID != "" {
				l.fail(at+".id", "bot id %q is taken by an earlier bot: rename one", b.ID)
			}
		}
		for _, p := range settingProblems(b.Languages, b.TimeZone) {
			l.fail(at+"."+p.key, "%s", p.msg)
		}
		if t := b.Handoff.Threshold; t != nil && (*t < 0 || *t > 1) {
			l.fail(at+".handoff.threshold", "%v is outside 0 to 1", *t)
		}
		l.nlu(at+".nlu", b.NLU)
		l.rails(at, b)
	}
}

func (l *loader) nlu(at string, n NLU) {
	if n.Recognizer == "remote" && n.URL == "" {
		l.fail(at, "recognizer remote needs url: the address of your model's server")
	}
	if n.URL != "" {
		l.web(at+".url", n.URL)
	}
}

func (l *loader) desks(c *Config) {
	for i, b := range c.Bots {
		at := fmt.Sprintf("bots[%d].handoff.desk", i)
		d := b.Handoff.Desk
		switch {
		case d == Desk{}:
		case d.Channel == "":
			l.fail(at, "has a room but no channel: add the id of the channel the room is on")
		case !slices.ContainsFunc(c.Channels, func(ch Channel) bool { return ch.ID == d.Channel }):
			l.fail(at+".channel", "%q is no channel of this file: add it under channels, or correct the id", d.Channel)
		case d.Room == "":
			l.fail(at, "names no room: add the id of the room where people work")
		}
	}
}

// problem is a mistake in a setting that configuration and bot.yaml share.
type problem struct{ key, msg string }

func settingProblems(languages []string, zone string) []problem {
	var out []problem
	seen := map[string]bool{}
	for i, lang := range languages {
		key := fmt.Sprintf("languages[%d]", i)
		switch {
		case !isLanguage(lang):
			out = append(out, problem{key, fmt.Sprintf("%q is no language: write a two-letter code like zh or en%s", lang, meant(lang))})
		case seen[lang]:
			out = append(out, problem{key, fmt.Sprintf("%q is listed twice", lang)})
		}
		seen[lang] = true
	}
	if languages != nil && len(languages) == 0 {
		out = append(out, problem{"languages", "is an empty list: name one, or leave the key out for [zh, en]"})
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "Local" {
		out = append(out, problem{"time_zone", fmt.Sprintf("%q is no time zone: write one like Asia/Shanghai or UTC", zone)})
	}
	return out
}

// iso639 are the two-letter codes of ISO 639-1.
const iso639 = " aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy " +
	"da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht " +
	"hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky " +
	"la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny " +
	"oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss " +
	"st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo " +
	"za zh zu "

func isLanguage(s string) bool {
	return len(s) == 2 && !strings.Contains(s, " ") && strings.Contains(iso639, " "+s+" ")
}

// meant recognises what people write instead.
func meant(s string) string {
	low := strings.ToLower(s)
	switch {
	case low == "cn" || low == "chinese" || strings.HasPrefix(low, "zh"):
		return "; here it is zh"
	case low == "english" || strings.HasPrefix(low, "en"):
		return "; here it is en"
	case low == "jp":
		return "; Japanese is ja"
	}
	return ""
}
