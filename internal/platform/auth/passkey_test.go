package auth_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/auth"
	"github.com/qianmo/qianmo/internal/platform/auth/authtest"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

func authenticator() *authtest.Authenticator {
	return &authtest.Authenticator{Origin: "http://localhost:8080", RPID: "localhost"}
}

func text(t *testing.T, credential map[string]any) []byte {
	t.Helper()
	b, err := json.Marshal(credential)
	must(t, err)
	return b
}

func register(t *testing.T, a *auth.Auth, subject string, device *authtest.Authenticator) error {
	t.Helper()
	c, err := a.Passkeys.BeginRegistration(t.Context(), subject, "zhang", "张三")
	must(t, err)
	_, err = a.Passkeys.FinishRegistration(t.Context(), subject, c.Ceremony, "手机", text(t, device.Create(t, c.Options)))
	return err
}

func TestPasskeys(t *testing.T) {
	each(t, func(t *testing.T, a *auth.Auth, now *clock.Manual, _ *db.DB) {
		ctx := t.Context()
		device := authenticator()
		must(t, register(t, a, "person_1", device))
		for range 2 {
			c, err := a.Passkeys.BeginSignIn(ctx)
			must(t, err)
			answer := text(t, device.Get(t, c.Options))
			subject, err := a.Passkeys.FinishSignIn(ctx, c.Ceremony, answer)
			if err != nil || subject != "person_1" {
				t.Fatalf("%q, %v", subject, err)
			}
			if _, err := a.Passkeys.FinishSignIn(ctx, c.Ceremony, answer); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("a replay gave %v", err)
			}
		}
		keys, err := a.Passkeys.List(ctx, "person_1")
		must(t, err)
		if len(keys) != 1 || keys[0].Name != "手机" || !keys[0].LastUsed.Equal(now.Now()) {
			t.Errorf("got %+v", keys)
		}
		if err := a.Passkeys.Remove(ctx, "person_2", keys[0].ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("another's passkey: %v", err)
		}
		must(t, a.Passkeys.Remove(ctx, "person_1", keys[0].ID))
		c, err := a.Passkeys.BeginSignIn(ctx)
		must(t, err)
		if _, err := a.Passkeys.FinishSignIn(ctx, c.Ceremony, text(t, device.Get(t, c.Options))); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("a removed passkey gave %v", err)
		}
	})
}

func TestPasskeySignInsThatMustFail(t *testing.T) {
	for name, misbehave := range map[string]func(d *authtest.Authenticator, now *clock.Manual){
		"another site":      func(d *authtest.Authenticator, _ *clock.Manual) { d.Origin = "https://evil.example" },
		"another RP":        func(d *authtest.Authenticator, _ *clock.Manual) { d.RPID = "evil.example" },
		"user not verified": func(d *authtest.Authenticator, _ *clock.Manual) { d.Skip = authtest.UserVerified },
		"user not present":  func(d *authtest.Authenticator, _ *clock.Manual) { d.Skip = authtest.UserPresent },
		"copied passkey":    func(d *authtest.Authenticator, _ *clock.Manual) { d.Counter = 1 },
		"too late":          func(_ *authtest.Authenticator, now *clock.Manual) { now.Advance(5 * time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			now := clock.NewManual(time.Now())
			a, err := auth.New(auth.Config{DB: dbtest.SQLite(t), Clock: now, IDs: &ident.Sequence{}, Name: "Qianmo", PublicURL: "http://localhost:8080"})
			must(t, err)
			device := authenticator()
			device.Counter = 5
			must(t, register(t, a, "person_1", device))
			c, err := a.Passkeys.BeginSignIn(t.Context())
			must(t, err)
			misbehave(device, now)
			if _, err := a.Passkeys.FinishSignIn(t.Context(), c.Ceremony, text(t, device.Get(t, c.Options))); !fault.Is(err, fault.Unauthorized) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPasskeyRegistrationIsBoundToItsPerson(t *testing.T) {
	each(t, func(t *testing.T, a *auth.Auth, _ *clock.Manual, d *db.DB) {
		ctx := t.Context()
		c, err := a.Passkeys.BeginRegistration(ctx, "person_1", "zhang", "张三")
		must(t, err)
		answer := text(t, authenticator().Create(t, c.Options))
		if _, err := a.Passkeys.FinishRegistration(ctx, "person_2", c.Ceremony, "x", answer); !fault.Is(err, fault.Unauthorized) {
			t.Errorf("another person finished it: %v", err)
		}
		unverified := authenticator()
		unverified.Skip = authtest.UserVerified
		if err := register(t, a, "person_1", unverified); !fault.Is(err, fault.Invalid) {
			t.Errorf("an unverified holder registered: %v", err)
		}
		// A caller's transaction that fails takes the passkey back.
		c, err = a.Passkeys.BeginRegistration(ctx, "person_1", "zhang", "张三")
		must(t, err)
		_ = d.InTx(ctx, func(ctx context.Context) error {
			_, err := a.Passkeys.FinishRegistration(ctx, "person_1", c.Ceremony, "x", text(t, authenticator().Create(t, c.Options)))
			must(t, err)
			return fault.Newf(fault.Conflict, "否", "no")
		})
		if keys, err := a.Passkeys.List(ctx, "person_1"); err != nil || len(keys) != 0 {
			t.Errorf("%d passkeys, %v", len(keys), err)
		}
	})
}

func TestPasskeysNeedAHostName(t *testing.T) {
	a, err := auth.New(auth.Config{DB: dbtest.SQLite(t), Clock: clock.System{}, IDs: &ident.Sequence{}, Name: "Qianmo", PublicURL: "http://127.0.0.1:8080"})
	must(t, err)
	if _, err := a.Passkeys.BeginSignIn(t.Context()); !fault.Is(err, fault.Conflict) {
		t.Errorf("got %v", err)
	}
}
