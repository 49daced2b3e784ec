package fetch

import (
	"net/netip"
	"testing"
)

func TestPrivateAddresses(t *testing.T) {
	for _, s := range []string{
		"127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255",
		"169.254.0.1", "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.127.255.255", "100.100.100.200", "168.63.129.16", "192.0.0.1", "192.0.0.192", "192.0.2.1",
		"192.88.99.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::10.0.0.1", "::ffff:0:7f00:1", "fc00::1", "fd00::1", "fd00:ec2::254", "fd20:ce::254",
		"fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:7f00:1::",
		"2001:db8::1", "2001:10::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "2002:0a00:1::1", "3fff::1", "4000::1", "5f00::1", "::1%lo",
	} {
		if private(netip.MustParseAddr(s)) == "" {
			t.Errorf("%s passes for a public address", s)
		}
	}
	if private(netip.Addr{}) == "" {
		t.Error("no address at all passes")
	}
	for _, s := range []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.0.0.1", "128.0.0.1", "169.253.1.1", "169.255.1.1", "172.15.255.255", "172.32.0.1",
		"192.0.1.1", "192.167.1.1", "198.17.1.1", "198.20.1.1", "223.255.255.255", "2606:4700::1111", "2400:3200::1", "2001:4860:4860::8888", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1",
	} {
		if what := private(netip.MustParseAddr(s)); what != "" {
			t.Errorf("%s is refused as %s", s, what)
		}
	}
}

func TestAllowances(t *testing.T) {
	for _, s := range []string{"", " ", "*", "*.", "*.com", "10.0.0.0/33", "10.0.0.0/a", "erp.internal:0", "erp.internal:99999", "erp.internal:http", "http://erp.internal", "a b", "erp..internal", "127.1", "0x7f000001", "2130706433", "erp.internal:"} {
		if a, err := parseAllow(s); err == nil {
			t.Errorf("%q is taken as %+v", s, a)
		}
	}
	for _, c := range []struct {
		allow, host, port, addr string
		want                    bool
	}{
		{"erp.internal", "erp.internal", "80", "10.0.0.1", true},
		{"ERP.Internal.", "erp.internal", "80", "10.0.0.1", true},
		{"erp.internal", "evil.example", "80", "10.0.0.1", false},
		{"erp.internal", "erp.internal.evil.example", "80", "10.0.0.1", false},
		{"erp.internal:8080", "erp.internal", "8080", "10.0.0.1", true},
		{"erp.internal:8080", "erp.internal", "6379", "10.0.0.1", false},
		{"*.corp.example", "erp.corp.example", "80", "10.0.0.1", true},
		{"*.corp.example", "corp.example", "80", "10.0.0.1", false},
		{"*.corp.example", "evilcorp.example", "80", "10.0.0.1", false},
		{"10.1.0.0/16", "any.example", "80", "10.1.2.3", true},
		{"10.1.0.0/16", "any.example", "80", "10.2.2.3", false},
		{"10.1.0.0/16", "any.example", "80", "::ffff:10.1.2.3", true},
		{"10.1.2.3:8080", "any.example", "8080", "10.1.2.3", true},
		{"10.1.2.3:8080", "any.example", "80", "10.1.2.3", false},
		{"[fd00::1]:8080", "any.example", "8080", "fd00::1", true},
		{"fd00::/64", "any.example", "8080", "fd00::1", true},
		{"127.0.0.1", "127.0.0.1", "1", "127.0.0.2", false},
	} {
		a, err := parseAllow(c.allow)
		if err != nil {
			t.Errorf("%s: %v", c.allow, err)
			continue
		}
		if got := a.opens(c.host, c.port, netip.MustParseAddr(c.addr)); got != c.want {
			t.Errorf("%s opens %s:%s (%s): %v", c.allow, c.host, c.port, c.addr, got)
		}
	}
}
