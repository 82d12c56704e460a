// Package auth proves who somebody is: passwords, passkeys, OpenID Connect,
// sessions, API keys, one-time tokens, and the lockout against guessing.
// A subject is whoever is proven (a person's id); what a subject may do is
// none of its business.
package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Config is what an Auth is made of. DB, Clock and IDs must be set.
type Config struct {
	DB        *db.DB
	Clock     clock.Clock
	IDs       ident.Source
	Name      string // the product's name, as authenticators show it
	PublicURL string // where browsers reach the product, such as http://localhost:8080
	OIDC      *OIDCConfig
}

// Auth holds each kind of proof.
type Auth struct {
	Passwords *Passwords
	Throttle  *Throttle
	Sessions  *Sessions
	Tokens    *Tokens
	Keys      *Keys
	Passkeys  *Passkeys
	OIDC      *OIDC // nil when no provider is configured
	db        *db.DB
	clock     clock.Clock
}

// New makes an Auth.
//
// Codes: invalid when PublicURL or the OpenID provider's settings are wrong.
func New(c Config) (*Auth, error) {
	ceremonies := &ceremonies{db: c.DB, clock: c.Clock}
	passkeys, err := newPasskeys(c, ceremonies)
	if err != nil {
		return nil, err
	}
	a := &Auth{
		Passwords: newPasswords(c.DB, c.Clock),
		Throttle:  &Throttle{db: c.DB, clock: c.Clock},
		Sessions:  &Sessions{db: c.DB, clock: c.Clock, ids: c.IDs},
		Tokens:    &Tokens{db: c.DB, clock: c.Clock},
		Keys:      &Keys{db: c.DB, clock: c.Clock, ids: c.IDs},
		Passkeys:  passkeys,
		db:        c.DB,
		clock:     c.Clock,
	}
	if c.OIDC != nil {
		if a.OIDC, err = newOIDC(*c.OIDC, c, ceremonies); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Prune deletes what has expired; run it daily.
func (a *Auth) Prune(ctx context.Context) error {
	now := a.clock.Now()
	return a.db.InTx(ctx, func(ctx context.Context) error {
		for _, statement := range []struct {
			sql    string
			before time.Time
		}{
			{`delete from auth_session where expires < $1`, now},
			{`delete from auth_session where seen < $1`, now.Add(-sessionIdle)},
			{`delete from auth_ceremony where expires < $1`, now},
			{`delete from auth_token where expires < $1`, now},
			{`delete from auth_attempt where last < $1`, now.Add(-forgetAfter)},
		} {
			if _, err := a.db.Q(ctx).ExecContext(ctx, statement.sql, clock.Micros(statement.before)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Secret is a password or token in an input. It never prints itself.
type Secret string

// String keeps the secret out of formatted texts.
func (Secret) String() string { return "[redacted]" }

// GoString keeps it out of %#v.
func (Secret) GoString() string { return "[redacted]" }

// LogValue keeps it out of the log.
func (Secret) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// digest is how tokens are kept. They have 160 random bits or more, so that a
// plain hash is enough, and looking one up by its digest tells a guesser's
// clock nothing.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
