package httpapi

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

func TestCallerBelievesOnlyTrustedProxies(t *testing.T) {
	a := &API{config: Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	for _, c := range []struct {
		peer, forwarded, proto, want string
		secure                       bool
	}{
		{"203.0.113.9:1", "198.51.100.1", "https", "203.0.113.9", false},
		{"10.1.1.1:1", "198.51.100.1", "https", "198.51.100.1", true},
		{"10.1.1.1:1", "1.2.3.4, 198.51.100.1, 10.2.2.2", "http", "198.51.100.1", false},
		{"10.1.1.1:1", "nonsense", "", "10.1.1.1", false},
		{"10.1.1.1:1", "", "", "10.1.1.1", false},
		{"[::ffff:10.1.1.1]:1", "198.51.100.1", "", "198.51.100.1", false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		r.Header.Set("X-Forwarded-For", c.forwarded)
		r.Header.Set("X-Forwarded-Proto", c.proto)
		if got, secure := a.caller(r); got.String() != c.want || secure != c.secure {
			t.Errorf("%+v: got %s, secure %v", c, got, secure)
		}
	}
	if a, b := clientKey(netip.MustParseAddr("2001:db8::1")), clientKey(netip.MustParseAddr("2001:db8::ffff")); a != b {
		t.Errorf("one /64 counts as two callers: %s, %s", a, b)
	}
}

func TestLimiterMemoryIsBounded(t *testing.T) {
	l := newLimiter(Rate{1, 1}, clock.NewManual(clock.Date("2025-10-22").Time()))
	l.allow("first")
	for i := range 3 * limiterKeys {
		l.allow(fmt.Sprint(i))
		if i < limiterKeys && l.allow("first") {
			t.Fatalf("a spent key was filled again after %d others", i)
		}
	}
	if n := len(l.young) + len(l.old); n > 2*limiterKeys {
		t.Errorf("%d keys held", n)
	}
}

func TestFillCopiesWhatItChanges(t *testing.T) {
	type node struct {
		Tags  []string
		Kids  []*node
		Named map[string]node
		Any   any
		inner []byte
	}
	shared := &node{Kids: []*node{{Tags: []string{"x"}}}, Named: map[string]node{"a": {}}, Any: node{}, inner: []byte("x")}
	out := withoutNulls(shared).(*node)
	if string(out.inner) != "x" || out.Tags == nil || out.Kids[0].Kids == nil || out.Named["a"].Tags == nil || out.Any.(node).Tags == nil {
		t.Errorf("got %+v", out)
	}
	if shared.Tags != nil || shared.Kids[0].Kids != nil || shared.Named["a"].Tags != nil {
		t.Error("what others may read was written to")
	}
	full := []string{"x"}
	if same := withoutNulls(full).([]string); &same[0] != &full[0] {
		t.Error("a value without nils was copied")
	}
	if withoutNulls(nil) != nil {
		t.Error("nil is nil")
	}
}
