package configs

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"frontdesk/configs/internal/strict"
)

// Channel is one account on one platform. The keys all channels share are read
// here; the rest is the channel's own, and read by its own package.
type Channel struct {
	ID    string
	Type  string
	Bot   string
	Proxy Secret // URL of a proxy for this channel's requests; it may hold a password
	// Notice is whether the bot says here that it is a machine; nil: as the bot's.
	Notice     *bool
	AnswerTime Patience // of its customers; what is 0 is the type's
	// Rooms are the rooms of this channel's platform that are some bot's desk.
	Rooms []string
	// Digest is equal for channels that would run alike: a reload keeps those.
	// It covers the secrets' contents, the server's public URL and the limits.
	Digest string
	// Decode fills the channel's own struct (by "yaml" tags) and names the place
	// of every unknown key and wrong value. It may be called more than once.
	Decode func(into any) error `json:"-" yaml:"-"`

	node   *strict.Node // the channel's own keys
	shared *strict.Node // the others: where they were written
}

// at is where key was written, or else the channel.
func (c *Channel) at(key string) strict.Pos {
	for _, n := range []*strict.Node{c.shared, c.node} {
		if v := n.Get(key); v != nil {
			return v.Pos
		}
	}
	if c.shared == nil {
		return strict.Pos{}
	}
	return c.shared.Pos
}

// head is what all channels share.
type head struct {
	ID    string `yaml:"id"`
	Type  string `yaml:"type"`
	Bot   string `yaml:"bot"`
	Proxy Secret `yaml:"proxy"`

	Notice     *bool    `yaml:"notice"`
	AnswerTime Patience `yaml:"answer_time"`
}

// Fill implements strict.Filler: it takes the shared keys out of n, reads the
// files of secrets, and keeps the rest for Decode.
func (c *Channel) Fill(d *strict.Decoder, n *strict.Node) {
	if n.Kind != strict.Map {
		d.Errs.Add(n.Pos, "a channel is a mapping with at least id and type, not %s", n.Kind)
		return
	}
	own := &strict.Node{Pos: n.Pos, Kind: strict.Map}
	shared := &strict.Node{Pos: n.Pos, Kind: strict.Map}
	for _, p := range n.Pairs {
		switch strings.TrimSuffix(p.Key, strict.FileSuffix) {
		case "id", "type", "bot", "proxy", "notice", "answer_time":
			shared.Pairs = append(shared.Pairs, p)
		default:
			own.Pairs = append(own.Pairs, p)
		}
	}
	var h head
	d.Fill(shared, &h)
	c.ID, c.Type, c.Bot, c.Proxy = h.ID, h.Type, h.Bot, h.Proxy
	c.Notice, c.AnswerTime = h.Notice, h.AnswerTime
	c.shared, c.node = shared, readFiles(d, own)
	c.node.Hide() // which of the channel's keys are secrets is not known here
	c.Decode = func(into any) error { return strict.Decode(c.node, into) }
}

// readFiles replaces each "<key>_file" of n by key with the file's content.
func readFiles(d *strict.Decoder, n *strict.Node) *strict.Node {
	out := &strict.Node{Pos: n.Pos, Kind: strict.Map}
	for _, p := range n.Pairs {
		key, isFile := strings.CutSuffix(p.Key, strict.FileSuffix)
		if !isFile || key == "" {
			out.Pairs = append(out.Pairs, p)
			continue
		}
		if text, ok := d.FromFile(n, p, key); ok {
			v := &strict.Node{Pos: p.Value.Pos, Kind: strict.Scalar, Text: text, Quoted: true, Hidden: true}
			out.Pairs = append(out.Pairs, strict.Pair{Key: key, KeyPos: p.KeyPos, Value: v})
		}
	}
	return out
}

// String names the channel without its secrets.
func (c Channel) String() string { return fmt.Sprintf("channel %s (%s)", c.ID, c.Type) }

// GoString does the same for %#v, which would print the raw node.
func (c Channel) GoString() string { return c.String() }

// digest is over what the channel will see, not over where it was written.
func (c *Channel) digest(cfg *Config) string {
	b, _ := json.Marshal([]any{ // strings, numbers and maps of them: it cannot fail
		c.ID, c.Type, c.Bot, c.Proxy.Reveal(), c.Rooms, strict.Value(c.node),
		cfg.Server.PublicURL, cfg.Limits.Text, cfg.Limits.Body, cfg.Limits.File,
	})
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// settle fills in what needs the whole configuration: rooms and digests.
func settle(cfg *Config) {
	typeOf := map[string]string{}
	for _, c := range cfg.Channels {
		typeOf[c.ID] = c.Type
	}
	rooms := map[string][]string{}
	for _, b := range cfg.Bots {
		if t, ok := typeOf[b.Handoff.Desk.Channel]; ok && b.Handoff.Desk.Room != "" {
			rooms[t] = append(rooms[t], b.Handoff.Desk.Room)
		}
	}
	for i := range cfg.Channels {
		c := &cfg.Channels[i]
		c.Rooms = slices.Clone(rooms[c.Type])
		slices.Sort(c.Rooms)
		c.Rooms = slices.Compact(c.Rooms)
		c.Digest = c.digest(cfg)
	}
}
