package configs

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are checked, and used, on machines without a zone database

	"frontdesk/configs/internal/strict"
)

// fail notes what is wrong with the value at path.
func (l *loader) fail(path, format string, args ...any) {
	pos, ok := l.d.Place(path)
	if !ok {
		pos = strict.Pos{File: "built-in default of " + path}
	}
	l.d.Errs.Add(pos, path+": "+format, args...)
}

// finish normalises and checks what was decoded.
func (l *loader) finish(c *Config) {
	broken := len(l.d.Errs) > 0
	c.Server.PublicURL = strings.TrimRight(c.Server.PublicURL, "/")
	l.server(c.Server)
	l.stores(c)
	l.proxies(c)
	for i, p := range c.LLM.Providers {
		l.provider(c, i, p)
	}
	l.knowledge(c)
	l.models(c.Models)
	l.limits(c.Limits)
	l.bots(c)
	l.channels(c)
	l.desks(c)
	l.tools(c)
	if !broken && len(l.d.Errs) == 0 {
		settle(c)
	}
	l.locals(c)
	l.prices(c.LLM.Prices)
}

// locals makes the file's relative paths ones of the working directory; what
// came from the environment is one already.
func (l *loader) locals(c *Config) {
	if p, ok := l.d.Place("data_dir"); !ok || p.Line > 0 {
		c.DataDir = l.local(c.DataDir)
	}
	c.LLM.Prices, c.Models.Dir = l.local(c.LLM.Prices), l.local(c.Models.Dir)
	for i := range c.Bots {
		c.Bots[i].Dir = l.local(c.Bots[i].Dir)
	}
}

func (l *loader) server(s Server) {
	if err := checkAddr(s.Addr); err != "" {
		l.fail("server.addr", "%s", err)
	}
	l.web("server.public_url", s.PublicURL)
	if u, err := url.Parse(s.PublicURL); err == nil && (u.RawQuery != "" || u.Fragment != "") {
		l.fail("server.public_url", "leave the part from %q on out", "?")
	}
	if s.ShutdownTimeout <= 0 || s.ShutdownTimeout > time.Hour {
		l.fail("server.shutdown_timeout", "must be more than 0s and at most 1h")
	}
	if s.DrainDelay < 0 || s.DrainDelay > 10*time.Minute {
		l.fail("server.drain_delay", "must be 0s to 10m: a little more than the time between two looks of the load balancer")
	}
}

func checkAddr(addr string) string {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "is no address: write host:port, or :port for all interfaces"
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "has no valid port: use a number from 0 (any free one) to 65535"
	}
	return ""
}

// web checks an absolute http(s) URL without a password in it.
func (l *loader) web(path, s string) {
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		l.fail(path, "is no URL: write one that begins with http:// or https://")
	case u.User != nil:
		l.fail(path, "holds a user or password: give them in a key of their own")
	}
}

// scheme checks that s is empty, one of words, or a URL of one of schemes. The
// error does not quote s: it may hold a password.
func (l *loader) scheme(path, s string, words []string, schemes ...string) {
	for _, w := range words {
		if s == w {
			return
		}
	}
	u, err := url.Parse(s)
	if err == nil && u.Host != "" {
		for _, want := range schemes {
			if u.Scheme == want {
				return
			}
		}
	}
	all := strings.Join(schemes, "://… or ") + "://…"
	for _, w := range words {
		all = cmp.Or(w, "empty") + " or " + all
	}
	l.fail(path, "must be %s", all)
}

func (l *loader) proxies(c *Config) {
	for i, p := range c.Server.TrustedProxies {
		if _, ok := network(p); !ok {
			l.fail(fmt.Sprintf("server.trusted_proxies[%d]", i), "%q is no address or network: write 10.0.0.0/8 or 127.0.0.1", p)
		}
	}
}

func (l *loader) stores(c *Config) {
	if c.DataDir == "" {
		l.fail("data_dir", "is empty: name a folder, ./data for one")
	}
	l.scheme("database.url", c.Database.URL.Reveal(), []string{""}, "postgres", "postgresql")
	l.scheme("redis.url", c.Redis.URL.Reveal(), []string{""}, "redis", "rediss", "redis+cluster", "rediss+cluster", "redis+sentinel", "rediss+sentinel")
	l.scheme("vectors.url", c.Vectors.URL.Reveal(), []string{"embedded:"}, "milvus")
	if c.Embedding.URL != "builtin:" && c.Embedding.URL != "none:" {
		l.web("embedding.url", c.Embedding.URL)
	}
	if c.Admin.InitialUser == "" {
		l.fail("admin.initial_user", "is empty: name the first person, admin for one")
	}
}

// named are ids that stand in URLs, metrics and keys of the database.
var named = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

const nameRule = "use up to 64 letters, digits, \"-\" and \"_\", beginning with a letter or digit"

func (l *loader) provider(c *Config, i int, p Provider) {
	at := fmt.Sprintf("llm.providers[%d]", i)
	if !l.d.Has(at) {
		return // an empty entry, which is said already
	}
	switch {
	case p.Name == "":
		l.fail(at, "has no name: give it one, it shows in traces and metrics")
	default:
		for j := range i {
			if c.LLM.Providers[j].Name == p.Name {
				l.fail(at+".name", "%q is taken by another provider: rename one", p.Name)
			}
		}
	}
	if !slices.Contains(providerKinds, p.Kind) {
		l.fail(at+".kind", "is neither openai nor anthropic, nor one of %s; openai fits every compatible server", strings.Join(providerKinds[2:], ", "))
	}
	if p.BaseURL != "" {
		l.web(at+".base_url", p.BaseURL)
	}
	if p.Model == "" {
		l.fail(at, "names no model: add one, model: gpt-4o-mini for one")
	}
	if p.Timeout <= 0 || p.Timeout > 10*time.Minute {
		l.fail(at+".timeout", "must be more than 0s and at most 10m")
	}
	l.providerProxy(at, p)
	if p.FirstTokenTimeout < 0 || p.FirstTokenTimeout > p.Timeout {
		l.fail(at+".first_token_timeout", "must be from 0s (off) to timeout, %s", p.Timeout)
	}
}

func (l *loader) limits(m Limits) {
	for _, s := range []struct {
		key string
		n   Size
		max Size
	}{
		{"text", m.Text, 1e6}, {"body", m.Body, 100e6}, {"file", m.File, 1e9},
	} {
		if s.n <= 0 || s.n > s.max {
			l.fail("limits."+s.key, "must be more than 0 and at most %s", s.max)
		}
	}
	if m.Body < m.Text {
		l.fail("limits.body", "is less than limits.text: a message of that length could not arrive")
	}
	if m.InFlightTurns <= 0 || m.InFlightTurns > 1_000_000 {
		l.fail("limits.in_flight_turns", "must be from 1 to 1000000")
	}
}
