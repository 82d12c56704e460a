package work

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
)

// Schedule tells when something is due next, strictly after an instant.
type Schedule func(after time.Time) time.Time

// Every is due at each multiple of d since 1970, so replicas agree on it.
func Every(d time.Duration) Schedule {
	return func(after time.Time) time.Time { return after.Truncate(d).Add(d) }
}

// Daily is due once a day at an hour and minute of Shanghai.
func Daily(hour, minute int) Schedule {
	return func(after time.Time) time.Time {
		local := after.In(clock.Shanghai)
		due := time.Date(local.Year(), local.Month(), local.Day(), hour, minute, 0, 0, clock.Shanghai)
		if !due.After(after) {
			due = due.AddDate(0, 0, 1)
		}
		return due
	}
}

// Periodic is an item that comes by itself. However many replicas run and
// however long none did, a due instant gives one item; one that still waits
// is not doubled.
type Periodic struct {
	Name string
	When Schedule
	Args Args
}

// due inserts the items that are due. The first sight of a name only notes
// when it is due, and so does one after the clock was set back: an instant that
// lies further off than the next two was noted before that.
func (q Queue) due(ctx context.Context, all []Periodic) error {
	for _, p := range all {
		now := q.Clock.Now()
		next, known, err := db.One(ctx, q.DB.Q(ctx), scanInt, `select next_at from work_schedule where name = $1`, p.Name)
		if err != nil {
			return err
		}
		switch {
		case known && next > clock.Micros(p.When(p.When(now))):
			err = q.noteDue(ctx, p, now, next)
		case !known || next <= clock.Micros(now):
			err = q.insertDue(ctx, p, now, known)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// noteDue brings an instant back that the clock went back behind.
func (q Queue) noteDue(ctx context.Context, p Periodic, now time.Time, was int64) error {
	_, err := q.DB.Q(ctx).ExecContext(ctx, `update work_schedule set next_at = $1 where name = $2 and next_at = $3`, clock.Micros(p.When(now)), p.Name, was)
	return db.Fault(err)
}

func (q Queue) insertDue(ctx context.Context, p Periodic, now time.Time, known bool) error {
	return q.DB.InTx(ctx, func(ctx context.Context) error {
		next := clock.Micros(p.When(now))
		if !known {
			_, err := q.DB.Q(ctx).ExecContext(ctx, `insert into work_schedule (name, next_at) values ($1, $2) on conflict (name) do nothing`, p.Name, next)
			return err
		}
		res, err := q.DB.Q(ctx).ExecContext(ctx, `update work_schedule set next_at = $1 where name = $2 and next_at <= $3`, next, p.Name, clock.Micros(now))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err // another replica was first
		}
		_, err = q.Insert(ctx, p.Args, Options{Key: "periodic:" + p.Name})
		return err
	})
}
