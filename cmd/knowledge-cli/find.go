package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"

	"frontdesk/cmd/internal/runfile"
)

// find tells where the documents are: the server named; the server that runs on
// this configuration; the one server of this user that runs; else the data
// folder. A configuration that was named means its own data, so that the third
// is then left out: a demo running elsewhere was not meant.
func (p program) find(ctx context.Context, o options) (target, func() error, error) {
	none := func() error { return nil }
	if o.server != "" {
		base, err := address(o.server)
		if err != nil {
			return nil, none, err
		}
		return newRemote(base, p.tokenFor(base, o), ""), none, nil
	}
	info, ok := p.ofConfig(o)
	if !ok && !o.explicit {
		running := runfile.Find()
		if len(running) > 1 {
			return nil, none, several(running)
		}
		if ok = len(running) == 1; ok {
			info = running[0]
		}
	}
	if ok {
		base, err := address(info.URL)
		if err != nil {
			return nil, none, err
		}
		token := o.token
		if token == "" && loopback(base) {
			token = info.Token
		}
		return newRemote(base, token, fmt.Sprintf(" (pid %d)", info.PID)), none, nil
	}
	t, closeTarget, err := p.openLocal(ctx, o.config)
	if closeTarget == nil {
		closeTarget = none
	}
	return t, closeTarget, err
}

// ofConfig is the server that runs on the configuration's data folder. A
// configuration that cannot be read is told by openLocal, if it comes to that.
func (p program) ofConfig(o options) (runfile.Info, bool) {
	dir, err := p.dataDir(o.config)
	if err != nil {
		return runfile.Info{}, false
	}
	return runfile.Of(dir)
}

func several(running []runfile.Info) error {
	var lines []string
	for _, r := range running {
		lines = append(lines, fmt.Sprintf("%s (pid %d, data in %s)", r.URL, r.PID, r.Data))
	}
	return misusedf("several servers run: %s; say which with -server=%s", strings.Join(lines, ", "), running[0].URL)
}

// tokenFor is the token given, else that of the run file with this very
// address, if it is this machine's: a token never goes to another host.
func (p program) tokenFor(base *url.URL, o options) string {
	if o.token != "" || !loopback(base) {
		return o.token
	}
	known := runfile.Find()
	if info, ok := p.ofConfig(o); ok {
		known = append(known, info)
	}
	for _, info := range known {
		if u, err := address(info.URL); err == nil && sameServer(u, base) {
			return info.Token
		}
	}
	return ""
}

// address reads a server's address.
func address(s string) (*url.URL, error) {
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, misusedf("the server's address is to be like http://127.0.0.1:8080")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, misusedf("the server's address has no user, query or fragment; a token goes with -token")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}

// loopback reports whether u is on this machine, whatever names resolve to.
func loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// sameServer compares two addresses of this machine.
func sameServer(a, b *url.URL) bool {
	name := func(u *url.URL) string {
		if u.Hostname() == "localhost" {
			return "127.0.0.1"
		}
		return u.Hostname()
	}
	port := func(u *url.URL) string {
		if u.Port() == "" {
			return map[string]string{"http": "80", "https": "443"}[u.Scheme]
		}
		return u.Port()
	}
	return a.Scheme == b.Scheme && name(a) == name(b) && port(a) == port(b) && a.Path == b.Path
}
