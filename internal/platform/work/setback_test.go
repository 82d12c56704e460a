package work_test

import (
	"context"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// setBacks are how far a machine's clock is put right that was ahead.
var setBacks = map[string]time.Duration{"a day": 24 * time.Hour, "a year": 365 * 24 * time.Hour}

// A lease that was taken while the clock was ahead does not lock everybody out
// until that time comes, and its holder is fenced.
func TestALeaseFromBeforeTheClockWasSetBackIsOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, by := range setBacks {
			ctx, now := context.Background(), clock.NewManual(start)
			leases := work.Leases{DB: d, Clock: now}
			dead, ok, err := leases.Acquire(ctx, name, "dead", time.Minute)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			now.Advance(-10 * time.Second) // as clocks of replicas may differ
			if _, ok, err := leases.Acquire(ctx, name, "other", time.Minute); ok || err != nil {
				t.Fatalf("a live lease was taken: %v %v", ok, err)
			}
			now.Advance(-by)
			if _, ok, err := leases.Acquire(ctx, name, "other", time.Minute); !ok || err != nil {
				t.Errorf("%s back, the lease of the dead stands: %v", name, err)
			}
			if _, err := leases.Renew(ctx, dead, time.Minute); err == nil {
				t.Errorf("%s back, two hold the lease", name)
			}
		}
	})
}

// What waited when the clock was set back runs, periodic items go on coming
// once a due time, and a dead runner's item is taken up.
func TestWorkGoesOnAfterTheClockWasSetBack(t *testing.T) {
	for name, by := range setBacks {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				ran := map[string]int{}
				every := []work.Periodic{{Name: "hourly", When: work.Every(time.Hour), Args: greet{"hourly"}}}
				r, _ := b.runner("a", work.Config{Periodic: every}, func(_ context.Context, item work.Item[greet]) error {
					ran[item.Args.Name]++
					return nil
				})
				b.drain(r) // notes when the first is due
				b.insert("waits", work.Options{})
				stuck := b.insert("stuck", work.Options{Key: "k"})
				if _, err := b.queue.DB.Q(t.Context()).ExecContext(t.Context(), `update work_item set state = 'running', holder = 'dead', lease_until = $2 where id = $1`,
					stuck, clock.Micros(b.clock.Now().Add(time.Minute))); err != nil {
					t.Fatal(err)
				}
				b.clock.Advance(-by)
				later := b.insert("later", work.Options{RunAt: b.clock.Now().Add(3 * time.Hour)})
				b.drain(r)
				if ran["waits"] != 1 || ran["stuck"] != 1 || ran["hourly"] != 0 {
					t.Fatalf("ran %v", ran)
				}
				for range 2 {
					b.clock.Advance(time.Hour)
					b.drain(r)
				}
				if ran["hourly"] != 2 || ran["waits"] != 1 || ran["later"] != 0 || b.get(later).State != work.Waiting {
					t.Fatalf("two hours later, ran %v", ran)
				}
			})
		})
	}
}
