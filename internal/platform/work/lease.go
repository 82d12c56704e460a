package work

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Lease is the right to do a named thing alone (seal the evidence log, apply
// the ledger's intents) until an instant. Epoch rises with every change of
// holder, so that writes elsewhere can refuse an older holder's.
type Lease struct {
	Name, Holder string
	Epoch        int64
	Until        time.Time
}

// Leases grants leases from the database that all replicas share. Replicas
// compare Until with their own clocks, which must agree to well within a ttl;
// where even that is not enough, Renew inside the transaction of the guarded
// write makes the database decide.
type Leases struct {
	DB    *db.DB
	Clock clock.Clock
}

// Acquire takes the lease for ttl when it is free or expired; ok is false when
// another holds it. The holder must be unique to the taker: the same
// name twice is two holders. One that lasts longer than clocks that agree can
// have granted was taken before the clock was set back, and is expired too; its
// holder, if it lives, is fenced by the epoch.
//
// Codes: invalid for an empty name or ttl; unavailable.
func (l Leases) Acquire(ctx context.Context, name, holder string, ttl time.Duration) (lease Lease, ok bool, err error) {
	if name == "" || holder == "" || ttl <= 0 {
		return Lease{}, false, fault.Newf(fault.Invalid, "租约需要名称、持有者和时长。", "A lease needs a name, a holder and a duration.")
	}
	now := l.Clock.Now()
	lease = Lease{Name: name, Holder: holder, Until: now.Add(ttl)}
	err = l.DB.InTx(ctx, func(ctx context.Context) (err error) {
		lease.Epoch, ok, err = db.One(ctx, l.DB.Q(ctx), scanInt, `
			insert into work_lease (name, holder, epoch, until) values ($1, $2, 1, $3)
			on conflict (name) do update set holder = excluded.holder, epoch = work_lease.epoch + 1, until = excluded.until
			where work_lease.until <= $4 or work_lease.until > $5
			returning epoch`, name, holder, clock.Micros(lease.Until), clock.Micros(now), clock.Micros(now.Add(2*ttl)))
		return err
	})
	if err != nil || !ok {
		return Lease{}, false, err
	}
	return lease, true, nil
}

// Renew extends the lease to ttl from now. Inside a transaction it also is the
// fence: the transaction cannot commit beside another holder's.
//
// Codes: conflict when the lease was lost; unavailable.
func (l Leases) Renew(ctx context.Context, lease Lease, ttl time.Duration) (Lease, error) {
	until := l.Clock.Now().Add(ttl)
	res, err := l.DB.Q(ctx).ExecContext(ctx, `update work_lease set until = $1 where name = $2 and holder = $3 and epoch = $4`,
		clock.Micros(until), lease.Name, lease.Holder, lease.Epoch)
	if err != nil {
		return Lease{}, db.Fault(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return Lease{}, fault.Newf(fault.Conflict, "租约 %s 已由他人接手：本次写入作废，请重新取得租约。", "The lease %s has passed to another: this write is void, acquire it again.", lease.Name).Because(err)
	}
	lease.Until = until
	return lease, nil
}

// Release frees the lease at once. Releasing a lost lease changes nothing.
//
// Codes: unavailable.
func (l Leases) Release(ctx context.Context, lease Lease) error {
	_, err := l.DB.Q(ctx).ExecContext(ctx, `update work_lease set until = 0 where name = $1 and holder = $2 and epoch = $3`,
		lease.Name, lease.Holder, lease.Epoch)
	return db.Fault(err)
}

// ReleaseAll frees every lease, for a process that knows that it is alone: one
// on its own SQLite folder, which it has locked. What a killed process held
// need not run out first.
//
// Codes: unavailable.
func (l Leases) ReleaseAll(ctx context.Context) error {
	_, err := l.DB.Q(ctx).ExecContext(ctx, `update work_lease set until = 0`)
	return db.Fault(err)
}

func scanInt(scan func(...any) error) (n int64, err error) { return n, scan(&n) }
