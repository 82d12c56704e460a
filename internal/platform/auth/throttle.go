package auth

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

const (
	firstLock   = 30 * time.Second
	longestLock = 15 * time.Minute
	forgetAfter = 24 * time.Hour
)

// Throttle slows guessing down: past a few failures a key is locked, for twice
// as long each time, up to a quarter of an hour.
type Throttle struct {
	db    *db.DB
	clock clock.Clock
}

// Gate is one key that a try must pass, with the failures it has free.
type Gate struct {
	key  string
	free int64
}

// SignInGates are the gates of a sign-in. A login is locked soonest for the
// address that fails on it, so that a stranger cannot easily lock its owner
// out; the login as a whole and the address as a whole have more room.
func SignInGates(login string, from netip.Addr) []Gate {
	return []Gate{
		{digest("login+address\n" + login + "\n" + from.String()), 5},
		{digest("login\n" + login), 25},
		{digest("address\n" + from.String()), 50},
	}
}

// TokenGates are the gates of redeeming a one-time token.
func TokenGates(from netip.Addr) []Gate {
	return []Gate{{digest("token\n" + from.String()), 20}}
}

// Try counts a try before it is made, so that many at once cannot slip
// through. Call Succeeded when it turns out right. It has its own transaction:
// do not call it inside another.
//
// Codes: rate_limited while a gate is locked.
func (t *Throttle) Try(ctx context.Context, gates []Gate) error {
	gates = slices.SortedFunc(slices.Values(gates), func(a, b Gate) int { return strings.Compare(a.key, b.key) }) // one order, no deadlock
	return t.db.InTx(ctx, func(ctx context.Context) error {
		for _, g := range gates {
			if err := t.pass(ctx, g); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *Throttle) pass(ctx context.Context, g Gate) error {
	now := t.clock.Now()
	q := t.db.Q(ctx)
	if _, err := q.ExecContext(ctx, `insert into auth_attempt (key, failures, last, locked_until) values ($1, 1, $2, 0)
		on conflict (key) do update set failures = case when auth_attempt.last < $3 then 1 else auth_attempt.failures + 1 end, last = $2`,
		g.key, clock.Micros(now), clock.Micros(now.Add(-forgetAfter))); err != nil {
		return err
	}
	type row struct{ failures, lockedUntil int64 }
	r, _, err := db.One(ctx, q, func(scan func(...any) error) (r row, err error) { return r, scan(&r.failures, &r.lockedUntil) },
		`select failures, locked_until from auth_attempt where key = $1`, g.key)
	if err != nil {
		return err
	}
	if wait := clock.FromMicros(r.lockedUntil).Sub(now); wait > 0 && wait <= longestLock+ahead { // a longer one was set before the clock was set back
		return fault.Newf(fault.RateLimited, "尝试次数过多，请在 %d 秒后再试。", "Too many tries; try again in %d seconds.", int(wait.Seconds())+1)
	}
	if r.failures < g.free {
		return nil
	}
	_, err = q.ExecContext(ctx, `update auth_attempt set locked_until = $2 where key = $1`, g.key, clock.Micros(now.Add(lockFor(r.failures-g.free))))
	return err
}

func lockFor(beyond int64) time.Duration {
	if beyond > 10 {
		return longestLock
	}
	return min(firstLock<<beyond, longestLock)
}

// Succeeded takes a try back that turned out right: the keys of a login start
// anew, and the address as a whole loses only this one try, or else one good
// account would let an address guess at all the others.
func (t *Throttle) Succeeded(ctx context.Context, gates []Gate) error {
	return t.db.InTx(ctx, func(ctx context.Context) error {
		for i, g := range gates {
			statement := `delete from auth_attempt where key = $1`
			if i == len(gates)-1 {
				statement = `update auth_attempt set failures = failures - 1, locked_until = 0 where key = $1 and failures > 0`
			}
			if _, err := t.db.Q(ctx).ExecContext(ctx, statement, g.key); err != nil {
				return err
			}
		}
		return nil
	})
}
