package work_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/work"
)

var start = time.Date(2025, 6, 30, 9, 0, 0, 0, clock.Shanghai)

func TestLeaseHasOneHolderAtATime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, now := context.Background(), clock.NewManual(start)
		leases := work.Leases{DB: d, Clock: now}
		acquire := func(holder string) (work.Lease, bool) {
			t.Helper()
			l, ok, err := leases.Acquire(ctx, "sealer", holder, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return l, ok
		}

		a, ok := acquire("a")
		if !ok || a.Epoch != 1 || !a.Until.Equal(start.Add(time.Minute)) {
			t.Fatalf("first acquire: %+v %v", a, ok)
		}
		for _, other := range []string{"b", "a"} {
			if _, ok := acquire(other); ok {
				t.Fatalf("%s took a held lease", other)
			}
		}
		now.Advance(50 * time.Second)
		a, err := leases.Renew(ctx, a, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		now.Advance(50 * time.Second)
		if _, ok := acquire("b"); ok {
			t.Fatal("b took a renewed lease")
		}
		now.Advance(10 * time.Second) // to the very instant of expiry
		b, ok := acquire("b")
		if !ok || b.Epoch != 2 {
			t.Fatalf("b after expiry: %+v %v", b, ok)
		}
		if _, err := leases.Renew(ctx, a, time.Minute); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a renewed a lost lease: %v", err)
		}
		if err := leases.Release(ctx, a); err != nil {
			t.Fatal(err)
		}
		if _, ok := acquire("c"); ok {
			t.Fatal("a released b's lease")
		}
		if err := leases.Release(ctx, b); err != nil {
			t.Fatal(err)
		}
		if c, ok := acquire("c"); !ok || c.Epoch != 3 {
			t.Fatalf("c after release: %+v %v", c, ok)
		}
	})
}

func TestLeaseUnderContention(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		leases := work.Leases{DB: d, Clock: clock.NewManual(start)}
		var holders sync.WaitGroup
		var won atomic.Int64
		for i := range 16 {
			holders.Go(func() {
				_, ok, err := leases.Acquire(context.Background(), "one", string(rune('a'+i)), time.Hour)
				if err != nil {
					t.Error(err)
				}
				if ok {
					won.Add(1)
				}
			})
		}
		holders.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d holders at once", won.Load())
		}
	})
}

func TestRenewFencesATransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, now := context.Background(), clock.NewManual(start)
		leases := work.Leases{DB: d, Clock: now}
		old, _, err := leases.Acquire(ctx, "sealer", "old", time.Second)
		if err != nil {
			t.Fatal(err)
		}
		now.Advance(time.Minute)
		if _, ok, err := leases.Acquire(ctx, "sealer", "new", time.Minute); err != nil || !ok {
			t.Fatal(ok, err)
		}
		err = d.InTx(ctx, func(ctx context.Context) error {
			if _, err := d.Q(ctx).ExecContext(ctx, `insert into work_lease (name, holder, until) values ('written by old', 'old', 0)`); err != nil {
				return err
			}
			_, err := leases.Renew(ctx, old, time.Minute)
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Fatalf("got %v", err)
		}
		if _, err := d.Q(ctx).ExecContext(ctx, `insert into work_lease (name, holder, until) values ('written by old', 'x', 0)`); err != nil {
			t.Fatalf("the old holder's write survived: %v", err)
		}
	})
}

func TestAcquireRefusesNonsense(t *testing.T) {
	leases := work.Leases{DB: dbtest.SQLite(t), Clock: clock.NewManual(start)}
	for _, c := range []struct {
		name, holder string
		ttl          time.Duration
	}{{"", "a", 1}, {"n", "", 1}, {"n", "a", 0}, {"n", "a", -1}} {
		if _, _, err := leases.Acquire(context.Background(), c.name, c.holder, c.ttl); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestReleaseAllFreesWhatTheDeadHeld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		leases := work.Leases{DB: d, Clock: clock.System{}}
		dead, ok, err := leases.Acquire(t.Context(), "sealer", "dead", time.Hour)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if err := leases.ReleaseAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		next, ok, err := leases.Acquire(t.Context(), "sealer", "next", time.Hour)
		if err != nil || !ok || next.Epoch <= dead.Epoch {
			t.Fatalf("got %v (%v), %v after epoch %d", next, ok, err, dead.Epoch)
		}
		if _, err := leases.Renew(t.Context(), dead, time.Hour); !fault.Is(err, fault.Conflict) {
			t.Fatalf("the dead holder's lease still renews: %v", err)
		}
	})
}
