package work

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// isDue says that an item may run at $1. One that was made after $2 and waits
// until after $2 was made before the clock was set back: nobody knows how long
// it has waited, so it waits no longer.
const isDue = `(run_at <= $1 or (created > $2 and run_at > $2))`

// claim takes up to n due items of this runner's kinds. An item waits while
// another of its key runs.
func (r *Runner) claim(ctx context.Context, n int) ([]Row, error) {
	d, now := r.queue.DB, r.queue.Clock.Now()
	past, future := clock.Micros(now), clock.Micros(now.Add(2*longestBackoff)) // an item that failed waits its time also then
	// Reading first spares an idle SQLite its write lock.
	_, due, err := db.One(ctx, d.Q(ctx), scanInt, `select 1 from work_item where state = 'waiting' and `+isDue+` limit 1`, past, future)
	if err != nil || !due {
		return nil, err
	}
	args := []any{past, future, r.c.Holder, clock.Micros(now.Add(r.c.Lease)), n}
	var kinds []string
	for kind := range r.kinds.all {
		args = append(args, kind)
		kinds = append(kinds, "$"+strconv.Itoa(len(args)))
	}
	skip := ""
	if d.Dialect == db.Postgres {
		skip = "for update skip locked"
	}
	var rows []Row
	err = d.InTx(ctx, func(ctx context.Context) (err error) {
		rows, err = db.All(ctx, d.Q(ctx), scanRow, `
			update work_item set state = 'running', attempt = attempt + 1, holder = $3, lease_until = $4
			where id in (
				select id from work_item w
				where state = 'waiting' and `+isDue+` and kind in (`+strings.Join(kinds, ", ")+`) and not exists (
					select 1 from work_item o where o.kind = w.kind and o.unique_key = w.unique_key and o.state = 'running')
				order by run_at, id limit $5 `+skip+`)
			returning `+rowColumns, args...)
		return err
	})
	if db.IsUnique(err) {
		return nil, nil // another runner took an item of the same key; look again
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID)) })
	return rows, err
}

// ours is the fence of every write about a running item: it is still ours.
const ours = ` where id = $1 and holder = $2 and attempt = $3 and state = 'running'`

// write changes a running item if it is still the runner's that row names.
func (r *Runner) write(ctx context.Context, row Row, set string, args ...any) error {
	res, err := r.queue.DB.Q(ctx).ExecContext(ctx, `update work_item set `+set+ours, append([]any{row.ID, row.Holder, row.Attempt}, args...)...)
	if err != nil {
		return db.Fault(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return lost(row.ID)
	}
	return nil
}

func (r *Runner) complete(ctx context.Context, row Row) error {
	return r.write(ctx, row, `state = 'done', last_error = '', lease_until = 0, finished = $4`, clock.Micros(r.queue.Clock.Now()))
}

func (r *Runner) fail(ctx context.Context, row Row, reason string) error {
	return r.write(ctx, row, `state = 'failed', last_error = $4, lease_until = 0, finished = $5`, clip(reason), clock.Micros(r.queue.Clock.Now()))
}

// again lets the item wait for another run, unless a newer one of its key
// waits already: that one does what this one would.
func (r *Runner) again(ctx context.Context, row Row, delay time.Duration, attempt int, reason string) error {
	newer := false
	if row.Key != "" {
		var err error
		if _, newer, err = db.One(ctx, r.queue.DB.Q(ctx), scanInt, `select 1 from work_item where kind = $1 and unique_key = $2 and state = 'waiting'`, row.Kind, row.Key); err != nil {
			return err
		}
	}
	if newer {
		return r.complete(ctx, row)
	}
	return r.write(ctx, row, `state = 'waiting', holder = '', lease_until = 0, run_at = $4, attempt = $5, last_error = $6`,
		clock.Micros(r.queue.Clock.Now().Add(delay)), attempt, clip(reason))
}

// maintain inserts periodic items and, three times a lease, renews the leases
// of the items that run here, takes up those of runners that died, and
// removes done items past their time.
func (r *Runner) maintain(ctx context.Context) error {
	if err := r.queue.due(ctx, r.c.Periodic); err != nil {
		return err
	}
	now := r.queue.Clock.Now()
	if !r.maintained.IsZero() && now.Sub(r.maintained).Abs() < r.c.Lease/3 {
		return nil
	}
	if err := r.renew(ctx, now); err != nil {
		if now.Sub(r.maintained) >= r.c.Lease {
			r.interrupt(errLost, func(run) bool { return true }) // others may have taken them up
		}
		return err
	}
	r.maintained = now
	if err := r.rescue(ctx, now); err != nil {
		return err
	}
	_, old, err := db.One(ctx, r.queue.DB.Q(ctx), scanInt, `select 1 from work_item where state = 'done' and finished < $1 limit 1`, clock.Micros(now.Add(-r.c.Keep)))
	if err != nil || !old {
		return err
	}
	_, err = r.queue.DB.Q(ctx).ExecContext(ctx, `delete from work_item where state = 'done' and finished < $1`, clock.Micros(now.Add(-r.c.Keep)))
	return db.Fault(err)
}

// renew extends the leases of the items that run here and interrupts those
// that are no longer ours.
func (r *Runner) renew(ctx context.Context, now time.Time) error {
	gone := map[run]bool{}
	err := r.queue.DB.InTx(ctx, func(ctx context.Context) error {
		for _, k := range r.here() {
			err := r.write(ctx, Row{ID: k.id, Holder: r.c.Holder, Attempt: k.attempt}, `lease_until = $4`, clock.Micros(now.Add(r.c.Lease)))
			if gone[k] = fault.Is(err, fault.Conflict); err != nil && !gone[k] {
				return err
			}
		}
		return nil
	})
	if err == nil {
		r.interrupt(errLost, func(k run) bool { return gone[k] })
	}
	return err
}

// rescue takes up the items whose lease ran out: their runner died, or could
// not write how they ended. A lease that lasts longer than one can was granted
// before the clock was set back.
func (r *Runner) rescue(ctx context.Context, now time.Time) error {
	expired, err := db.All(ctx, r.queue.DB.Q(ctx), scanRow, `
		select `+rowColumns+` from work_item where state = 'running' and (lease_until <= $1 or lease_until > $2) order by id`, clock.Micros(now), clock.Micros(now.Add(2*r.c.Lease)))
	if err != nil {
		return err
	}
	for _, row := range expired {
		if row.Holder == r.c.Holder && slices.Contains(r.here(), run{row.ID, row.Attempt}) {
			continue
		}
		reason := "runner " + row.Holder + " stopped in the middle"
		err := r.queue.DB.InTx(ctx, func(ctx context.Context) error {
			if row.Attempt >= row.MaxAttempts {
				return r.fail(ctx, row, reason)
			}
			return r.again(ctx, row, 0, row.Attempt, reason)
		})
		switch {
		case err == nil:
			r.c.Observe(Event{Name: "rescued", Kind: row.Kind, ID: row.ID})
		case !fault.Is(err, fault.Conflict) && !db.IsUnique(err): // else another runner was first
			return err
		}
	}
	return nil
}

func (r *Runner) here() []run {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Keys(r.running))
}

// clip bounds what a worker's error may store.
func clip(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "?"), "\x00", "")
	if r := []rune(s); len(r) > 2000 {
		return string(r[:2000]) + "…"
	}
	return s
}
