package auth

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Purpose is what a one-time token is good for; a token for one is useless for
// another.
type Purpose string

// Tokens issues one-time tokens, kept as digests.
type Tokens struct {
	db    *db.DB
	clock clock.Clock
}

// Issue returns a token for a subject, once. Earlier tokens of the same
// purpose and subject die.
func (t *Tokens) Issue(ctx context.Context, purpose Purpose, subject string, life time.Duration) (token string, expires time.Time, err error) {
	now := t.clock.Now()
	token, expires = ident.Secret(20), now.Add(life)
	err = t.db.InTx(ctx, func(ctx context.Context) error {
		if err := t.Revoke(ctx, purpose, subject); err != nil {
			return err
		}
		_, err := t.db.Q(ctx).ExecContext(ctx, `insert into auth_token (token, purpose, subject, created, expires) values ($1, $2, $3, $4, $5)`,
			digest(token), string(purpose), subject, clock.Micros(now), clock.Micros(expires))
		return err
	})
	return token, expires, err
}

// Redeem uses a token up and returns its subject. Call it in the transaction
// of what the token permits, so that a failure gives the token back. One that
// was issued in the future, before the clock was set back, has expired: nobody
// knows its age.
//
// Codes: invalid, the same for a wrong, used or expired token.
func (t *Tokens) Redeem(ctx context.Context, purpose Purpose, token Secret) (subject string, err error) {
	now := t.clock.Now()
	done, err := t.db.Q(ctx).ExecContext(ctx, `update auth_token set used = $3 where token = $1 and purpose = $2 and used = 0 and expires > $3 and created <= $4`,
		digest(string(token)), string(purpose), clock.Micros(now), clock.Micros(now.Add(ahead)))
	if err != nil {
		return "", db.Fault(err)
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		var c fault.Collector
		c.Add("token", "无效、已用过或已过期：请向发给您的人再要一个", "not valid, used or expired: ask whoever gave it to you for another")
		return "", c.Err()
	}
	subject, _, err = db.One(ctx, t.db.Q(ctx), func(scan func(...any) error) (s string, err error) { return s, scan(&s) },
		`select subject from auth_token where token = $1`, digest(string(token)))
	return subject, err
}

// Revoke kills the unused tokens of a purpose and subject.
func (t *Tokens) Revoke(ctx context.Context, purpose Purpose, subject string) error {
	_, err := t.db.Q(ctx).ExecContext(ctx, `delete from auth_token where purpose = $1 and subject = $2 and used = 0`, string(purpose), subject)
	return db.Fault(err)
}
