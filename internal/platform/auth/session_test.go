package auth_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

func each(t *testing.T, run func(t *testing.T, a *auth.Auth, now *clock.Manual, d *db.DB)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := clock.NewManual(time.Date(2025, 10, 22, 9, 0, 0, 0, clock.Shanghai))
		a, err := auth.New(auth.Config{DB: d, Clock: now, IDs: &ident.Sequence{}, Name: "Qianmo", PublicURL: "http://localhost:8080"})
		if err != nil {
			t.Fatal(err)
		}
		run(t, a, now, d)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func alive(t *testing.T, a *auth.Auth, token string) bool {
	t.Helper()
	_, found, err := a.Sessions.Find(t.Context(), token)
	must(t, err)
	return found
}

func TestSessionsEndWhenIdleAndAtTheEndOfTheDay(t *testing.T) {
	each(t, func(t *testing.T, a *auth.Auth, now *clock.Manual, _ *db.DB) {
		idle, _, err := a.Sessions.Start(t.Context(), "person_1", "m")
		must(t, err)
		busy, _, err := a.Sessions.Start(t.Context(), "person_1", "m")
		must(t, err)
		for range 11 {
			now.Advance(time.Hour)
			if !alive(t, a, busy) {
				t.Fatal("a session in use ended")
			}
		}
		if alive(t, a, idle) {
			t.Error("a session lived through 11 idle hours")
		}
		now.Advance(time.Hour)
		if alive(t, a, busy) {
			t.Error("a session outlived 12 hours")
		}
	})
}

func TestSessionTokensRotateAndDie(t *testing.T) {
	each(t, func(t *testing.T, a *auth.Auth, _ *clock.Manual, d *db.DB) {
		ctx := t.Context()
		first, session, err := a.Sessions.Start(ctx, "person_1", "m1")
		must(t, err)
		other, _, err := a.Sessions.Start(ctx, "person_1", "m1")
		must(t, err)
		second, err := a.Sessions.Rotate(ctx, session.ID, "m2")
		must(t, err)
		if alive(t, a, first) || !alive(t, a, second) {
			t.Error("the old token must die with the new one")
		}
		if s, _, _ := a.Sessions.Find(ctx, second); s.Acting != "m2" || s.ID != session.ID {
			t.Errorf("got %+v", s)
		}
		must(t, a.Sessions.EndAll(ctx, "person_1", session.ID))
		if alive(t, a, other) || !alive(t, a, second) {
			t.Error("all but one session must end")
		}
		must(t, a.Sessions.End(ctx, session.ID))
		if alive(t, a, second) || alive(t, a, "") || alive(t, a, "made up") {
			t.Error("an ended or invented token is alive")
		}
		var kept string
		must(t, func() error {
			_, _, err := a.Sessions.Start(ctx, "person_2", "")
			if err != nil {
				return err
			}
			return d.Q(ctx).QueryRowContext(ctx, `select token from auth_session`).Scan(&kept)
		}())
		if len(kept) != 64 || strings.Contains(kept, second) {
			t.Errorf("the database holds %q", kept)
		}
	})
}

func TestCookies(t *testing.T) {
	for _, secure := range []bool{true, false} {
		c := auth.Cookie("token", secure)
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != secure || strings.HasPrefix(c.Name, "__Host-") != secure {
			t.Errorf("got %+v", c)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&c)
		if auth.TokenOf(r, secure) != "token" || auth.TokenOf(r, !secure) != "" {
			t.Error("a cookie of http must not count over https, nor the other way")
		}
	}
}

func TestOneTimeTokens(t *testing.T) {
	each(t, func(t *testing.T, a *auth.Auth, now *clock.Manual, d *db.DB) {
		ctx := t.Context()
		redeem := func(purpose auth.Purpose, token string) (string, error) {
			var subject string
			err := d.InTx(ctx, func(ctx context.Context) (err error) {
				subject, err = a.Tokens.Redeem(ctx, purpose, auth.Secret(token))
				return err
			})
			return subject, err
		}
		token, expires, err := a.Tokens.Issue(ctx, "reset", "person_1", time.Hour)
		must(t, err)
		if !expires.Equal(now.Now().Add(time.Hour)) {
			t.Errorf("expires %s", expires)
		}
		for _, wrong := range []struct {
			purpose auth.Purpose
			token   string
		}{{"setup", token}, {"reset", "x"}, {"reset", ""}} {
			if _, err := redeem(wrong.purpose, wrong.token); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", wrong, err)
			}
		}
		if subject, err := redeem("reset", token); err != nil || subject != "person_1" {
			t.Errorf("%q, %v", subject, err)
		}
		if _, err := redeem("reset", token); !fault.Is(err, fault.Invalid) {
			t.Errorf("a used token gave %v", err)
		}
		late, _, err := a.Tokens.Issue(ctx, "reset", "person_1", time.Hour)
		must(t, err)
		now.Advance(time.Hour)
		if _, err := redeem("reset", late); !fault.Is(err, fault.Invalid) {
			t.Errorf("an expired token gave %v", err)
		}
		older, _, err := a.Tokens.Issue(ctx, "reset", "person_1", time.Hour)
		must(t, err)
		_, _, err = a.Tokens.Issue(ctx, "reset", "person_1", time.Hour)
		must(t, err)
		if _, err := redeem("reset", older); !fault.Is(err, fault.Invalid) {
			t.Errorf("a replaced token gave %v", err)
		}
	})
}

func TestAOneTimeTokenIsUsedOnceByManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, a *auth.Auth, _ *clock.Manual, d *db.DB) {
		token, _, err := a.Tokens.Issue(t.Context(), "setup", "s", time.Hour)
		must(t, err)
		var won sync.Map
		var racers sync.WaitGroup
		for i := range 8 {
			racers.Go(func() {
				if err := d.InTx(t.Context(), func(ctx context.Context) error {
					_, err := a.Tokens.Redeem(ctx, "setup", auth.Secret(token))
					return err
				}); err == nil {
					won.Store(i, true)
				}
			})
		}
		racers.Wait()
		n := 0
		won.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d of 8 redeemed the same token", n)
		}
	})
}

func TestAPIKeys(t *testing.T) {
	each(t, func(t *testing.T, a *auth.Auth, now *clock.Manual, _ *db.DB) {
		ctx := t.Context()
		secret, key, err := a.Keys.Create(ctx, "person_1", "m1", "nightly", now.Now().Add(48*time.Hour))
		must(t, err)
		forever, _, err := a.Keys.Create(ctx, "person_1", "m2", "agent", time.Time{})
		must(t, err)
		if !strings.HasPrefix(secret, "qm_") || len(secret) != 55 || !strings.HasPrefix(secret, key.Hint) {
			t.Errorf("secret of %d characters, hint %s", len(secret), key.Hint)
		}
		found := func(secret string) bool {
			k, found, err := a.Keys.Find(ctx, secret)
			must(t, err)
			return found && k.Subject == "person_1"
		}
		if !found(secret) || !found(forever) || found("qm_made_up") {
			t.Error("keys are not told apart")
		}
		keys, err := a.Keys.List(ctx, "person_1")
		must(t, err)
		if len(keys) != 2 || keys[0].LastUsed.IsZero() {
			t.Errorf("got %+v", keys)
		}
		now.Advance(48 * time.Hour)
		if found(secret) || !found(forever) {
			t.Error("expiry is not kept")
		}
		if err := a.Keys.Revoke(ctx, "person_2", key.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("another's key: %v", err)
		}
		must(t, a.Keys.RevokeAll(ctx, "person_1", "m1"))
		if !found(forever) {
			t.Error("a key of another membership died")
		}
		must(t, a.Keys.RevokeAll(ctx, "person_1", ""))
		if found(forever) {
			t.Error("a revoked key lives")
		}
	})
}

func TestLockoutGrowsAndIsForgiven(t *testing.T) {
	each(t, func(t *testing.T, a *auth.Auth, now *clock.Manual, _ *db.DB) {
		ctx := t.Context()
		here, there := netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("198.51.100.2")
		gates := auth.SignInGates("zhang", here)
		try := func(g []auth.Gate) bool {
			err := a.Throttle.Try(ctx, g)
			if err != nil && !fault.Is(err, fault.RateLimited) {
				t.Fatal(err)
			}
			return err == nil
		}
		for i := range 5 {
			if !try(gates) {
				t.Fatalf("try %d was refused", i+1)
			}
		}
		if try(gates) {
			t.Fatal("the sixth try at once was let through")
		}
		if !try(auth.SignInGates("zhang", there)) || !try(auth.SignInGates("li", here)) {
			t.Error("another address or another login must not suffer")
		}
		now.Advance(31 * time.Second)
		if !try(gates) || try(gates) {
			t.Error("after the first lock one try is free, and locks for longer")
		}
		now.Advance(31 * time.Second)
		if try(gates) {
			t.Error("the second lock is no longer than the first")
		}
		now.Advance(30 * time.Second)
		if !try(gates) {
			t.Error("the second lock did not end after a minute")
		}
		must(t, a.Throttle.Succeeded(ctx, gates))
		for i := range 5 {
			if !try(gates) {
				t.Fatalf("after a success, try %d was refused", i+1)
			}
		}
	})
}

func TestGuessingAtManyLoginsLocksTheAddress(t *testing.T) {
	each(t, func(t *testing.T, a *auth.Auth, _ *clock.Manual, _ *db.DB) {
		from := netip.MustParseAddr("198.51.100.1")
		refused := 0
		for i := range 60 {
			gates := auth.SignInGates(fmt.Sprint("login", i), from)
			if err := a.Throttle.Try(t.Context(), gates); err != nil {
				refused++
			} else if i == 0 { // one good account must not buy more guesses at others
				must(t, a.Throttle.Succeeded(t.Context(), gates))
			}
		}
		if refused != 60-51 {
			t.Errorf("%d of 60 refused", refused)
		}
	})
}

func TestManyGuessesAtOnceAreCounted(t *testing.T) {
	each(t, func(t *testing.T, a *auth.Auth, _ *clock.Manual, _ *db.DB) {
		gates := auth.SignInGates("zhang", netip.MustParseAddr("198.51.100.1"))
		passed := make(chan bool)
		for range 20 {
			go func() { passed <- a.Throttle.Try(t.Context(), gates) == nil }()
		}
		n := 0
		for range 20 {
			if <-passed {
				n++
			}
		}
		if n != 5 {
			t.Errorf("%d of 20 simultaneous tries passed, want 5", n)
		}
	})
}

func TestPrune(t *testing.T) {
	each(t, func(t *testing.T, a *auth.Auth, now *clock.Manual, d *db.DB) {
		ctx := t.Context()
		fill := func() {
			_, _, err := a.Sessions.Start(ctx, "p", "")
			must(t, err)
			_, _, err = a.Tokens.Issue(ctx, "x", "p", time.Hour)
			must(t, err)
			_, err = a.Passkeys.BeginSignIn(ctx)
			must(t, err)
			must(t, a.Throttle.Try(ctx, auth.TokenGates(netip.MustParseAddr("198.51.100.1"))))
		}
		fill()
		now.Advance(30 * time.Hour)
		must(t, a.Prune(ctx))
		for _, table := range []string{"auth_session", "auth_token", "auth_ceremony", "auth_attempt"} {
			var n int
			must(t, d.Q(ctx).QueryRowContext(ctx, `select count(*) from `+table).Scan(&n))
			if n != 0 {
				t.Errorf("%s keeps %d", table, n)
			}
		}
		fill()
		must(t, a.Prune(ctx))
		var n int
		must(t, d.Q(ctx).QueryRowContext(ctx, `select count(*) from auth_session`).Scan(&n))
		if n != 1 {
			t.Error("a live session was pruned")
		}
	})
}

// A machine's clock that was ahead is set back: what was begun meanwhile has no
// known age. It ends, rather than live until that time comes again; and nobody
// stays locked out until then.
func TestNothingOutlivesTheClockSetBack(t *testing.T) {
	for name, by := range map[string]time.Duration{"a day": 24 * time.Hour, "a year": 365 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, a *auth.Auth, now *clock.Manual, _ *db.DB) {
				session, _, err := a.Sessions.Start(t.Context(), "person_1", "m")
				must(t, err)
				token, _, err := a.Tokens.Issue(t.Context(), "reset", "person_1", 24*time.Hour)
				must(t, err)
				gates := auth.SignInGates("zhang", netip.MustParseAddr("203.0.113.7"))
				for range 6 {
					err = a.Throttle.Try(t.Context(), gates)
				}
				if !fault.Is(err, fault.RateLimited) {
					t.Fatalf("six tries gave %v", err)
				}
				now.Advance(-30 * time.Second) // as clocks of replicas may differ
				if !alive(t, a, session) {
					t.Error("a session ended within the slack")
				}
				now.Advance(-by)
				if alive(t, a, session) {
					t.Error("a session lives on")
				}
				must(t, a.Throttle.Try(t.Context(), gates))
				if _, err := a.Tokens.Redeem(t.Context(), "reset", auth.Secret(token)); !fault.Is(err, fault.Invalid) {
					t.Errorf("a one-time token lives on: %v", err)
				}
				fresh, _, err := a.Sessions.Start(t.Context(), "person_1", "m")
				must(t, err)
				if !alive(t, a, fresh) {
					t.Error("nobody can sign in")
				}
			})
		})
	}
}
