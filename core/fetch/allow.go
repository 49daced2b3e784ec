package fetch

import (
	"net"
	"net/netip"
	"strconv"
	"strings"

	"frontdesk/core"
)

// allowance is one place that may be reached though it is private.
type allowance struct {
	host string // lower case, "" if net is set; ".corp.example" is all below it
	net  netip.Prefix
	port string // "" is any
}

// parseAllow reads "erp.internal", "*.corp.example", "10.1.2.3", "10.0.0.0/8",
// each but the network also with ":port".
func parseAllow(s string) (allowance, error) {
	bad := core.Invalid("%q is no place to allow: write a host such as erp.internal, *.corp.example or 10.1.2.3, with or without :port, or a network such as 10.1.0.0/16", s)
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return allowance{}, bad
		}
		return allowance{net: p.Masked()}, nil
	}
	host, port := s, ""
	if h, p, err := net.SplitHostPort(s); err == nil {
		host, port = h, p
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			return allowance{}, bad
		}
	}
	host = canonical(strings.Trim(host, "[]"))
	if a, err := netip.ParseAddr(host); err == nil {
		return allowance{net: netip.PrefixFrom(inner(a), inner(a).BitLen()), port: port}, nil
	}
	if rest, ok := strings.CutPrefix(host, "*."); ok {
		if !isName(rest) || !strings.Contains(rest, ".") {
			return allowance{}, bad
		}
		return allowance{host: "." + rest, port: port}, nil
	}
	if !isName(host) {
		return allowance{}, bad
	}
	return allowance{host: host, port: port}, nil
}

// opens reports whether a lets a connection to addr, which host led to, pass.
func (a allowance) opens(host, port string, addr netip.Addr) bool {
	switch {
	case a.port != "" && a.port != port:
		return false
	case a.host == "":
		return a.net.Contains(inner(addr))
	case strings.HasPrefix(a.host, "."):
		return strings.HasSuffix(host, a.host)
	}
	return host == a.host
}

// canonical is a host as names are compared.
func canonical(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// isName reports whether host is a well-formed name. One that ends in a number
// is an old spelling of an IPv4 address ("127.1", "0x7f000001"), which some
// resolvers and proxies still read (WHATWG URL, "ends in a number").
func isName(host string) bool {
	if host == "" || len(host) > 253 {
		return false
	}
	labels := strings.Split(host, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || strings.ContainsFunc(l, func(r rune) bool {
			return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
		}) {
			return false
		}
	}
	last := labels[len(labels)-1]
	_, err := strconv.ParseUint(last, 0, 64)
	return err != nil && strings.Trim(last, "0123456789") != "" && last != "0x"
}
