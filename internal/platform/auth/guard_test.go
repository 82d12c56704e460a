package auth

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestMayReach(t *testing.T) {
	allowed := []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")}
	for address, want := range map[string]bool{
		"8.8.8.8": true, "2001:4860:4860::8888": true, "10.9.1.1": true,
		"127.0.0.1": false, "::1": false, "10.1.1.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"fe80::1": false, "fd00::1": false, "100.64.0.1": false, "0.0.0.0": false, "::": false, "224.0.0.1": false, "255.255.255.255": false,
	} {
		if got := mayReach(netip.MustParseAddr(address), allowed); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestGuardedClientRefusesAtTheMomentOfConnecting(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for _, address := range []string{server.URL, strings.Replace(server.URL, "127.0.0.1", "localhost", 1), strings.Replace(server.URL, "127.0.0.1", "[::ffff:127.0.0.1]", 1)} {
		if _, err := guardedClient(nil).Get(address); err == nil || !strings.Contains(err.Error(), "is not public") {
			t.Errorf("%s: %v", address, err)
		}
	}
	res, err := guardedClient([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}).Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
}
