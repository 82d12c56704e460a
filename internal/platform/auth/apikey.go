package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// KeyPrefix begins every API key, so that scanners find leaked ones.
const KeyPrefix = "qm_"

// Key is an API key without its secret.
type Key struct {
	ID       string
	Subject  string
	Acting   string // the membership the key acts in
	Name     string
	Hint     string // its first characters
	Created  time.Time
	Expires  time.Time // zero: never
	LastUsed time.Time // zero: never; exact to a minute
}

// Keys keeps API keys, as digests.
type Keys struct {
	db    *db.DB
	clock clock.Clock
	ids   ident.Source
}

// Create makes a key; the secret is never shown again.
func (k *Keys) Create(ctx context.Context, subject, acting, name string, expires time.Time) (secret string, _ Key, err error) {
	secret = KeyPrefix + ident.Secret(32)
	key := Key{ID: k.ids.New("key"), Subject: subject, Acting: acting, Name: name, Hint: secret[:len(KeyPrefix)+4], Created: k.clock.Now(), Expires: expires}
	_, err = k.db.Q(ctx).ExecContext(ctx, `insert into auth_api_key (id, token, subject, acting, name, hint, created, expires) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		key.ID, digest(secret), subject, acting, name, key.Hint, clock.Micros(key.Created), clock.Micros(expires))
	return secret, key, db.Fault(err)
}

// Find returns the live key of a secret.
func (k *Keys) Find(ctx context.Context, secret string) (_ Key, found bool, err error) {
	now := k.clock.Now()
	key, found, err := db.One(ctx, k.db.Q(ctx), scanKey, `select `+keyColumns+` from auth_api_key where token = $1 and revoked = 0 and (expires = 0 or expires > $2)`,
		digest(secret), clock.Micros(now))
	if err != nil || !found {
		return Key{}, false, err
	}
	if now.Sub(key.LastUsed) >= touchEvery {
		if _, err := k.db.Q(ctx).ExecContext(ctx, `update auth_api_key set last_used = $2 where id = $1`, key.ID, clock.Micros(now)); err != nil {
			return Key{}, false, db.Fault(err)
		}
	}
	return key, true, nil
}

// List returns the subject's live keys, newest first.
func (k *Keys) List(ctx context.Context, subject string) ([]Key, error) {
	return db.All(ctx, k.db.Q(ctx), scanKey, `select `+keyColumns+` from auth_api_key where subject = $1 and revoked = 0 order by created desc, id`, subject)
}

// Revoke ends a key of the subject.
//
// Codes: not_found.
func (k *Keys) Revoke(ctx context.Context, subject, id string) error {
	done, err := k.db.Q(ctx).ExecContext(ctx, `update auth_api_key set revoked = $3 where subject = $1 and id = $2 and revoked = 0`, subject, id, clock.Micros(k.clock.Now()))
	if err != nil {
		return db.Fault(err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return fault.Newf(fault.NotFound, "您没有这个密钥。", "You have no such key.")
	}
	return nil
}

// RevokeAll ends every key that acts in a membership, or all of a subject's
// when acting is empty.
func (k *Keys) RevokeAll(ctx context.Context, subject, acting string) error {
	_, err := k.db.Q(ctx).ExecContext(ctx, `update auth_api_key set revoked = $3 where subject = $1 and ($2 = '' or acting = $2) and revoked = 0`,
		subject, acting, clock.Micros(k.clock.Now()))
	return db.Fault(err)
}

// BearerOf reads the API key from a request; empty when there is none.
func BearerOf(r *http.Request) string {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(secret)
}

const keyColumns = `id, subject, acting, name, hint, created, expires, last_used`

func scanKey(scan func(...any) error) (k Key, err error) {
	var created, expires, used int64
	err = scan(&k.ID, &k.Subject, &k.Acting, &k.Name, &k.Hint, &created, &expires, &used)
	k.Created, k.Expires, k.LastUsed = clock.FromMicros(created), clock.FromMicros(expires), clock.FromMicros(used)
	return k, err
}
