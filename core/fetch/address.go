package fetch

import "net/netip"

// special are the addresses that are no part of the public internet, though
// netip has no word for them (IANA's special-purpose registries, RFC 6890).
var special = []struct {
	of   netip.Prefix
	what string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "an address of this network itself"},
	{netip.MustParsePrefix("100.64.0.0/10"), "a carrier's inner address"},
	{netip.MustParsePrefix("192.0.0.0/24"), "an address kept for protocols"},
	{netip.MustParsePrefix("192.0.2.0/24"), "an address kept for documentation"},
	{netip.MustParsePrefix("192.88.99.0/24"), "an address kept for protocols"},
	{netip.MustParsePrefix("198.18.0.0/15"), "an address kept for measurements"},
	{netip.MustParsePrefix("198.51.100.0/24"), "an address kept for documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "an address kept for documentation"},
	{netip.MustParsePrefix("240.0.0.0/4"), "a reserved address"},
	{netip.MustParsePrefix("2001::/23"), "an address kept for protocols"},
	{netip.MustParsePrefix("2001:db8::/32"), "an address kept for documentation"},
	{netip.MustParsePrefix("3fff::/20"), "an address kept for documentation"},
}

// metadata are where clouds hand a machine its own credentials. No allowance
// opens them.
var metadata = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), // AWS, Azure, Google, DigitalOcean, OpenStack
	netip.MustParseAddr("169.254.170.2"),   // AWS, containers
	netip.MustParseAddr("169.254.170.23"),  // AWS, pods
	netip.MustParseAddr("169.254.0.23"),    // Tencent
	netip.MustParseAddr("100.100.100.200"), // Alibaba
	netip.MustParseAddr("168.63.129.16"),   // Azure's wire server, a public address
	netip.MustParseAddr("192.0.0.192"),     // Oracle
	netip.MustParseAddr("fd00:ec2::254"),   // AWS
	netip.MustParseAddr("fd00:ec2::23"),    // AWS, pods
	netip.MustParseAddr("fd20:ce::254"),    // Google
	netip.MustParseAddr("fd00:42::42"),     // Scaleway
}

var (
	unicast6   = netip.MustParsePrefix("2000::/3") // all that is given out of IPv6 (RFC 4291)
	nat64      = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour  = netip.MustParsePrefix("2002::/16")
	compatible = netip.MustParsePrefix("::/96")
)

// inner is the IPv4 address that an IPv6 one stands for: mapped, translated or
// tunnelled. Another is returned as it is, without its zone.
func inner(a netip.Addr) netip.Addr {
	a = a.WithZone("").Unmap()
	if a.Is4() {
		return a
	}
	b := a.As16()
	switch {
	case nat64.Contains(a), compatible.Contains(a) && a != netip.IPv6Unspecified() && a != netip.IPv6Loopback():
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixToFour.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return a
}

// isMetadata reports whether a is a cloud's metadata service.
func isMetadata(a netip.Addr) bool {
	for _, m := range metadata {
		if m == inner(a) {
			return true
		}
	}
	return false
}

// private says what is wrong with a as a public address, "" if nothing is.
func private(a netip.Addr) string {
	a = inner(a)
	switch {
	case !a.IsValid():
		return "no address"
	case isMetadata(a):
		return "a cloud's metadata service"
	case a.IsUnspecified():
		return "the unspecified address"
	case a.IsLoopback():
		return "this machine itself"
	case a.IsPrivate():
		return "a private address"
	case a.IsLinkLocalUnicast():
		return "a link-local address"
	case a.IsMulticast():
		return "a multicast address"
	}
	for _, s := range special {
		if s.of.Contains(a) {
			return s.what
		}
	}
	if a.Is6() && !unicast6.Contains(a) {
		return "no public address"
	}
	return ""
}
