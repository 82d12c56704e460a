package httpapi

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// caller finds the caller's address and whether it came over https. Headers of
// a proxy count only when the proxy is trusted; of X-Forwarded-For the last
// entry that is no trusted proxy is the caller, since everything before it is
// the caller's own claim.
func (a *API) caller(r *http.Request) (netip.Addr, bool) {
	secure := r.TLS != nil || strings.HasPrefix(a.config.PublicURL, "https://")
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, secure
	}
	address := peer.Addr().Unmap()
	if !a.trusted(address) {
		return address, secure
	}
	secure = secure || r.Header.Get("X-Forwarded-Proto") == "https"
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		claimed, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		address = claimed.Unmap()
		if !a.trusted(address) {
			break
		}
	}
	return address, secure
}

func (a *API) trusted(address netip.Addr) bool {
	return slices.ContainsFunc(a.config.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(address) })
}

// clientKey counts an IPv6 caller by its /64, which one subscriber owns whole.
func clientKey(address netip.Addr) string {
	if address.Is6() {
		if p, err := address.Prefix(64); err == nil {
			return p.String()
		}
	}
	return address.String()
}
