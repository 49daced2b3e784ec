package configs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"frontdesk/configs/internal/strict"
)

// Guard is the rails a bot runs between. What is not written is the strictest.
type Guard struct {
	Notice      *bool      `yaml:"notice"`       // the first message says that it is a machine; nil is true
	NoticeText  Wording    `yaml:"notice_text"`  // instead of the built-in line; {bot} is the bot's name
	BlockedText Wording    `yaml:"blocked_text"` // said instead of what a word list blocks
	PII         []string   `yaml:"pii"`          // hidden from models; nil is all kinds, an empty list none
	Commitments *bool      `yaml:"commitments"`  // promises need support; nil is true
	Links       []string   `yaml:"links"`        // hosts a model may link to besides its passages'
	Words       []WordList `yaml:"words"`
}

// WordList is words, and what is done about them: mask, block or handoff.
type WordList struct {
	Name   string   `yaml:"name"`
	Words  []string `yaml:"words"`
	Action string   `yaml:"action"`
	In     []string `yaml:"in"` // customer, bot; nil is both
}

// piiKinds are the kinds of personal data there are.
var piiKinds = []string{"phone", "id_card", "bank_card", "email", "address"}

// problems are the mistakes in g, by key.
func (g *Guard) problems() []problem {
	if g == nil {
		return nil
	}
	var out []problem
	for i, k := range g.PII {
		if !slices.Contains(piiKinds, k) {
			out = append(out, problem{fmt.Sprintf("pii[%d]", i), fmt.Sprintf("%q is no kind of personal data: there are %s", k, strings.Join(piiKinds, ", "))})
		}
	}
	for i, h := range g.Links {
		if h == "" || strings.ContainsAny(h, "/:@ *") {
			out = append(out, problem{fmt.Sprintf("links[%d]", i), fmt.Sprintf("%q is no host: write a name such as shop.example", h)})
		}
	}
	for i, w := range g.Words {
		at := fmt.Sprintf("words[%d]", i)
		if w.Name == "" {
			out = append(out, problem{at, "has no name: give it one, traces and cards show it"})
		}
		if len(w.Words) == 0 {
			out = append(out, problem{at, "has no words: add words: [...]"})
		}
		if !slices.Contains([]string{"mask", "block", "handoff"}, w.Action) {
			out = append(out, problem{at, "needs action: mask, block or handoff"})
		}
		for j, s := range w.In {
			if s != "customer" && s != "bot" {
				out = append(out, problem{fmt.Sprintf("%s.in[%d]", at, j), fmt.Sprintf("%q is neither customer nor bot", s)})
			}
		}
	}
	return out
}

// Spend bounds what a bot's models may cost, in units of Currency; 0 is no
// bound. Contact is for one customer and day.
type Spend struct {
	Currency string  `yaml:"currency"`
	Day      float64 `yaml:"day"`
	Month    float64 `yaml:"month"`
	Contact  float64 `yaml:"contact"`
}

var currency = regexp.MustCompile(`^[A-Z]{3}$`)

func (s *Spend) problems() []problem {
	if s == nil {
		return nil
	}
	var out []problem
	if !currency.MatchString(s.Currency) {
		out = append(out, problem{"currency", "write three capital letters, USD for one"})
	}
	for _, v := range []struct {
		key string
		n   float64
	}{{"day", s.Day}, {"month", s.Month}, {"contact", s.Contact}} {
		if !(v.n >= 0 && v.n <= 1e9) {
			out = append(out, problem{v.key, "must be from 0 (no bound) to 1000000000"})
		}
	}
	return out
}

// Patience is how long a customer waits for an answer; 0 is not written.
type Patience struct {
	FirstToken time.Duration `yaml:"first_token"` // for its first word
	Total      time.Duration `yaml:"total"`       // for all of it
}

// longestPatience is less than the engine gives a turn.
const longestPatience = 50 * time.Second

func (p Patience) problems() []problem {
	var out []problem
	if p.Total < 0 || p.Total > longestPatience {
		out = append(out, problem{"total", fmt.Sprintf("must be from 0s to %s", longestPatience)})
	}
	if p.FirstToken < 0 || p.Total > 0 && p.FirstToken > p.Total || p.FirstToken > longestPatience {
		out = append(out, problem{"first_token", "must be from 0s to total"})
	}
	return out
}

// AnswerCache keeps answers for questions of the same meaning.
type AnswerCache struct {
	Keep    time.Duration `yaml:"keep"`    // how long; 0 is off
	Nearest float64       `yaml:"nearest"` // least likeness of two questions in (0,1]; 0 is the default
}

func (c AnswerCache) problems() []problem {
	var out []problem
	if c.Keep < 0 || c.Keep > 30*24*time.Hour {
		out = append(out, problem{"keep", "must be from 0s (off) to 720h"})
	}
	if c.Nearest != 0 && !(c.Nearest >= 0.8 && c.Nearest <= 1) {
		out = append(out, problem{"nearest", "must be from 0.8 to 1: less likeness is another question"})
	}
	return out
}

// rails checks what one bot of the configuration says of these.
func (l *loader) rails(at string, b BotSettings) {
	for key, ps := range map[string][]problem{"guard": b.Guard.problems(), "spend": b.Spend.problems(), "answer_time": b.AnswerTime.problems(), "answer_cache": b.AnswerCache.problems()} {
		for _, p := range ps {
			l.fail(at+"."+key+"."+p.key, "%s", p.msg)
		}
	}
}

// channelTime checks the patience of a channel's customers.
func (l *loader) channelTime(ch *Channel) {
	for _, p := range ch.AnswerTime.problems() {
		l.d.Errs.Add(ch.at("answer_time"), "answer_time of channel %q: %s %s", ch.ID, p.key, p.msg)
	}
}

// proxyURL reports whether s is the URL of a proxy.
func (l *loader) providerProxy(at string, p Provider) {
	if p.Proxy.Reveal() != "" && !isProxy(p.Proxy.Reveal()) {
		l.fail(at+".proxy", "is no URL of a proxy: write one that begins with http://, https:// or socks5://")
	}
}

// guardOf checks the rails of a bot's folder.
func (l *botLoader) guardOf(d *strict.Decoder, g *Guard) {
	for _, p := range g.problems() {
		at, _ := d.Place("guard." + p.key)
		d.Errs.Add(at, "guard.%s: %s", p.key, p.msg)
	}
}
