package webhook

import (
	"net/netip"
	"slices"
)

// closed are networks that no push goes to, beside those that netip knows
// (loopback, private, link-local, multicast, unspecified). Source: the IANA
// registries of special-purpose addresses for IPv4 and IPv6; the last four are
// where clouds answer a machine's questions about itself.
var closed = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	"168.63.129.16/32", "169.254.169.254/32", "100.100.100.200/32", "fd00:ec2::254/128",
)

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}

// permits reports whether a push may go to an address: one of the open
// internet, or of a network that the operator has opened.
func (c *Client) permits(address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	within := func(p netip.Prefix) bool { return p.Contains(address) }
	public := address.IsGlobalUnicast() && !address.IsPrivate() && !slices.ContainsFunc(closed, within)
	return public || slices.ContainsFunc(c.config.Open, within)
}
