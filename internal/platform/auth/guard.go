package auth

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// shared is 100.64.0.0/10, the address space of carriers (RFC 6598), which
// netip does not count as private.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// guardedClient reaches only public addresses, and those that are allowed on
// purpose. It looks at the address after its name was resolved, at the moment
// of connecting, so that a name that resolves to the inside gains nothing.
func guardedClient(allowed []netip.Prefix) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		target, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if !mayReach(target.Addr().Unmap(), allowed) {
			return fmt.Errorf("address %s is not public", target.Addr())
		}
		return nil
	}}
	return &http.Client{
		Timeout: 10 * time.Second,
		Transport: &http.Transport{
			Proxy:               nil, // a proxy would be reached in the target's place
			DialContext:         dialer.DialContext,
			TLSHandshakeTimeout: 5 * time.Second,
			ForceAttemptHTTP2:   true,
			MaxIdleConns:        4,
			IdleConnTimeout:     time.Minute,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func mayReach(a netip.Addr, allowed []netip.Prefix) bool {
	if slices.ContainsFunc(allowed, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return true
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared.Contains(a)
}
