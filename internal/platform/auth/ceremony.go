package auth

import (
	"context"
	"encoding/json"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// ceremonyLife is how long a person may take between the two halves.
const ceremonyLife = 5 * time.Minute

// ceremonies keeps what must be remembered between the two halves of a sign-in
// or registration; each is good for one second half.
type ceremonies struct {
	db    *db.DB
	clock clock.Clock
}

func (c *ceremonies) begin(ctx context.Context, kind string, data any) (token string, err error) {
	text, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	token = ident.Secret(32)
	_, err = c.db.Q(ctx).ExecContext(ctx, `insert into auth_ceremony (token, kind, data, expires) values ($1, $2, $3, $4)`,
		digest(token), kind, string(text), clock.Micros(c.clock.Now().Add(ceremonyLife)))
	return token, db.Fault(err)
}

func (c *ceremonies) finish(ctx context.Context, kind, token string, data any) error {
	type row struct {
		text    string
		expires int64
	}
	return c.db.InTx(ctx, func(ctx context.Context) error {
		r, found, err := db.One(ctx, c.db.Q(ctx), func(scan func(...any) error) (r row, err error) { return r, scan(&r.text, &r.expires) },
			`select data, expires from auth_ceremony where token = $1 and kind = $2`, digest(token), kind)
		if err != nil {
			return err
		}
		left := clock.FromMicros(r.expires).Sub(c.clock.Now())
		if !found || left <= 0 || left > ceremonyLife+ahead { // the last one: begun before the clock was set back
			return stale()
		}
		done, err := c.db.Q(ctx).ExecContext(ctx, `delete from auth_ceremony where token = $1`, digest(token))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != 1 {
			return stale() // another request was faster
		}
		return json.Unmarshal([]byte(r.text), data)
	})
}

func stale() error {
	return fault.Newf(fault.Unauthorized, "这次登录或登记已过期，请重新开始。", "This sign-in or registration has expired; begin again.")
}
