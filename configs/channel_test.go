package configs

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// own is what a channel's package would decode into.
type own struct {
	Token   string        `yaml:"token"`
	Mode    string        `yaml:"mode"`
	Origins []string      `yaml:"allowed_origins"`
	Wait    time.Duration `yaml:"wait"`
	On      *bool         `yaml:"on"`
	Max     int           `yaml:"max"`
}

func TestChannelDecode(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "token", "from-file\n")
	path := write(t, dir, "c.yaml", `
channels:
  - {id: a, type: web, proxy: "socks5://h:1", token_file: token, allowed_origins: [x, y], wait: 4s, on: true, max: 3, mode:}
bots: [{id: b}]
`)
	cfg, err := Load(path, lookup(), kinds...)
	if err != nil {
		t.Fatal(err)
	}
	c := cfg.Channels[0]
	if c.ID != "a" || c.Type != "web" || c.Bot != "b" || c.Proxy.Reveal() != "socks5://h:1" {
		t.Errorf("got %v, bot %q, proxy %q", c, c.Bot, c.Proxy.Reveal())
	}
	on := true
	want := own{Token: "from-file", Mode: "auto", Origins: []string{"x", "y"}, Wait: 4 * time.Second, On: &on, Max: 3}
	for range 2 { // a channel may be opened again
		got := own{Mode: "auto", Max: 1}
		if err := c.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestChannelDecodeMistakes(t *testing.T) {
	cfg := mustLoad(t, "channels:\n  - {id: a, type: web, tokn: secret-of-mine, max: secret-of-mine, mode: [secret-of-mine], on: ja}\nbots: [{id: b}]\n", lookup())
	err := cfg.Channels[0].Decode(&own{})
	if err == nil {
		t.Fatal("decodes")
	}
	if strings.Contains(err.Error(), "secret-of-mine") {
		t.Errorf("the error shows a secret: %v", err)
	}
	for _, want := range []string{
		`frontdesk.yaml:2:24: unknown key "tokn": did you mean "token"?`,
		`2:73: a single value is wanted here, not a list`,
		`the value is neither true nor false`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
}

// Ensure that a reload can tell which channels are as before.
func TestChannelDigest(t *testing.T) {
	base := "channels:\n  - {id: a, type: slack, bot: b, token: \"${T:-x}\", rooms: [1, 2]}\nbots: [{id: b}]\n"
	digest := func(src string, env ...string) string {
		t.Helper()
		return mustLoad(t, src, lookup(env...)).Channels[0].Digest
	}
	want := digest(base)
	for name, src := range map[string]string{
		"comments and order": "# hello\nbots:\n  - id: b\n\nchannels:\n  - rooms:\n      - 1\n      - 2\n    token: x\n    bot: b\n    type: slack\n    id: a\n",
		"another channel":    strings.Replace(base, "bots:", "  - {id: c, type: web, bot: b}\nbots:", 1),
		"bot's name":         strings.Replace(base, "{id: b}", "{id: b, name: X}", 1),
	} {
		if got := digest(src); got != want {
			t.Errorf("%s: the digest changed", name)
		}
	}
	for name, got := range map[string]string{
		"variable": digest(base, "T", "y"),
		"key":      digest(strings.Replace(base, "rooms: [1, 2]", "rooms: [1, 2, 3]", 1)),
		"type":     digest(strings.Replace(base, "slack", "web", 1)),
		"url":      digest("server: {public_url: 'https://x.example'}\n" + base),
		"limits":   digest("limits: {text: 1kB}\n" + base),
		"desk":     digest(strings.Replace(base, "{id: b}", "{id: b, handoff: {desk: {channel: a, room: C1}}}", 1)),
	} {
		if got == want {
			t.Errorf("%s: the digest did not change", name)
		}
	}
}

// Ensure that a desk's room is known to every channel of its platform, so that
// none takes colleagues for customers.
func TestRooms(t *testing.T) {
	cfg := mustLoad(t, `
channels: [{id: s1, type: slack, bot: a}, {id: s2, type: slack, bot: b}, {id: w, type: web, bot: a}]
bots:
  - {id: a, handoff: {desk: {channel: s1, room: C2}}}
  - {id: b, handoff: {desk: {channel: s1, room: C1}}}
  - {id: c, handoff: {desk: {channel: s1, room: C1}}}
`, lookup())
	got := [][]string{cfg.Channels[0].Rooms, cfg.Channels[1].Rooms, cfg.Channels[2].Rooms}
	if diff := cmp.Diff([][]string{{"C1", "C2"}, {"C1", "C2"}, nil}, got); diff != "" {
		t.Error(diff)
	}
}

// Ensure that a changed secret in a file is a changed channel.
func TestDigestOfFile(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "c.yaml", "channels: [{id: a, type: web, bot: b, token_file: t}]\nbots: [{id: b}]\n")
	var digests []string
	for _, text := range []string{"one", "two"} {
		write(t, dir, "t", text)
		cfg, err := Load(path, lookup())
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, cfg.Channels[0].Digest)
	}
	if digests[0] == digests[1] {
		t.Error("the digest does not see the file")
	}
}
