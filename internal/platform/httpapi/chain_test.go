package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

func TestSecurityHeaders(t *testing.T) {
	d := dbtest.SQLite(t)
	plain := serve(t, d).call("GET", "/api/v1/pets", "")
	for header, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
		"Cache-Control": "no-store", "Strict-Transport-Security": "", "Vary": "Accept-Language",
	} {
		if got := plain.Header.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
	csp := plain.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy lacks %s: %s", want, csp)
		}
	}
	secure := serve(t, d, func(c *httpapi.Config) { c.PublicURL = "https://ai.example.cn" })
	if got := secure.call("GET", "/api/v1/pets", "").Header.Get("Strict-Transport-Security"); got == "" {
		t.Error("https without HSTS")
	}
	// The console's own origin may write although the proxy changes the host.
	if got := secure.call("POST", "/api/v1/pets", cat, "X-Test-Role", "keeper", "Origin", "https://ai.example.cn"); got.StatusCode != 201 {
		t.Errorf("our own origin got %d", got.StatusCode)
	}
	if got := secure.call("POST", "/api/v1/pets", cat, "X-Test-Role", "keeper", "Origin", "https://evil.example"); got.StatusCode != 403 {
		t.Errorf("another origin got %d", got.StatusCode)
	}
}

func TestRateLimits(t *testing.T) {
	now := clock.NewManual(clock.Date("2025-10-22").Time())
	s := serve(t, dbtest.SQLite(t), func(c *httpapi.Config) {
		c.Clock = now
		c.ClientRate = httpapi.Rate{PerSecond: 100, Burst: 5}
		c.AccountRate = httpapi.Rate{PerSecond: 1, Burst: 2}
	})
	keeper := func() int { return s.call("POST", "/api/v1/pets", cat, "X-Test-Role", "keeper").StatusCode }
	if a, b, c := keeper(), keeper(), keeper(); a != 201 || b != 201 || c != 429 {
		t.Errorf("an account with burst 2 got %d %d %d", a, b, c)
	}
	s.call("GET", "/api/v1/pets", "")
	s.call("GET", "/api/v1/pets", "")
	limited := s.call("GET", "/api/v1/pets", "")
	if limited.StatusCode != 429 || limited.Header.Get("Retry-After") == "" {
		t.Errorf("the sixth call of a client got %d", limited.StatusCode)
	}
	for _, probe := range []string{"/healthz", "/readyz"} { // this server mounts neither
		if got := s.call("GET", probe, ""); got.StatusCode != 404 {
			t.Errorf("a probe in the crowd got %d", got.StatusCode)
		}
	}
	now.Advance(1e9)
	if got := keeper(); got != 201 {
		t.Errorf("a second later: %d", got)
	}
}

func TestAccessLogHoldsNoSecrets(t *testing.T) {
	s := serve(t, dbtest.SQLite(t))
	s.call("GET", "/api/v1/pets?cursor=sesame", "", "X-Test-Role", "keeper", "Cookie", "qianmo_session=sesame")
	s.call("POST", "/api/v1/pets", `{"name":"sesame"}`, "X-Test-Role", "keeper", "Idempotency-Key", "sesame")
	log := s.log.String()
	if strings.Contains(log, "sesame") {
		t.Errorf("the log holds what was sent: %s", log)
	}
	for _, want := range []string{"operation=createPet", "status=422", "person=person_keeper", "code=invalid", "request_id=req_"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s: %s", want, log)
		}
	}
}

func TestObserveIsToldOfEveryAnswer(t *testing.T) {
	var got []string
	s := serve(t, dbtest.SQLite(t), func(c *httpapi.Config) {
		c.Observe = func(operation string, status int, _ time.Duration) {
			got = append(got, fmt.Sprint(operation, " ", status))
		}
	})
	s.call("GET", "/api/v1/pets", "")
	s.call("GET", "/api/v1/none", "")
	s.Close() // the answer is out before its observation
	if want := []string{"listPets 200", " 404"}; !slices.Equal(got, want) {
		t.Fatalf("%q", got)
	}
}
