package crawl

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// rules are those of a robots.txt that are for us (RFC 9309).
type rules struct {
	lines []rule
	delay time.Duration
}

type rule struct {
	pattern string
	allow   bool
}

// mostRobots is how much of a robots.txt is read, in bytes (RFC 9309, 2.5).
const mostRobots = 500 << 10

// parseRobots reads the groups that name agent, else those for everybody.
func parseRobots(body []byte, agent string) rules {
	body = bytes.TrimPrefix(body[:min(len(body), mostRobots)], []byte("\ufeff"))
	var own, all rules
	found := false
	var into []*rules // of the group being read
	names := false    // the lines before were user-agent lines
	for line := range strings.Lines(string(body)) {
		line, _, _ = strings.Cut(line, "#")
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		key, value = strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value)
		if key == "user-agent" {
			if !names {
				into = nil
			}
			names = true
			switch token, _, _ := strings.Cut(strings.ToLower(value), "/"); token {
			case "*":
				into = append(into, &all)
			case strings.ToLower(agent):
				into, found = append(into, &own), true
			}
			continue
		}
		names = false
		for _, r := range into {
			r.take(key, value)
		}
	}
	if found {
		return own
	}
	return all
}

func (r *rules) take(key, value string) {
	switch key {
	case "allow", "disallow":
		if value != "" {
			r.lines = append(r.lines, rule{value, key == "allow"})
		}
	case "crawl-delay":
		if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 && seconds < 1e6 {
			r.delay = time.Duration(seconds * float64(time.Second))
		}
	}
}

// allow reports whether u may be read: the longest rule that matches decides,
// and of two as long, the one that allows.
func (r rules) allow(u *url.URL) bool {
	path := u.EscapedPath()
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	best, ok := -1, true
	for _, l := range r.lines {
		if n := len(l.pattern); matches(l.pattern, path) && (n > best || n == best && l.allow) {
			best, ok = n, l.allow
		}
	}
	return ok
}

// matches compares a path with a pattern, in which * is anything and a $ at the
// end is the end. Each piece is looked for once, from left to right, so that a
// hostile pattern costs no more than the path is long times its pieces.
func matches(pattern, path string) bool {
	pattern, end := strings.CutSuffix(pattern, "$")
	pieces := strings.Split(pattern, "*")
	rest, ok := strings.CutPrefix(path, pieces[0])
	if !ok {
		return false
	}
	for i, piece := range pieces[1:] {
		if end && i == len(pieces)-2 {
			return strings.HasSuffix(rest, piece)
		}
		at := strings.Index(rest, piece)
		if at < 0 {
			return false
		}
		rest = rest[at+len(piece):]
	}
	return !end || rest == ""
}
