package work_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// Two runners share the items: each runs once, and never twice at once.
func TestTwoRunnersNeverRunOneItemTwice(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		const items = 120
		var runs [items]atomic.Int64
		var byHolder sync.Map
		meet := make(chan struct{})
		var arrived atomic.Int64
		for _, holder := range []string{"a", "b"} {
			r, _ := b.runner(holder, work.Config{Parallel: 3}, func(_ context.Context, item work.Item[greet]) error {
				if _, seen := byHolder.LoadOrStore(holder, true); !seen {
					if arrived.Add(1) == 2 {
						close(meet) // both have an item: neither does all the work alone
					}
					<-meet
				}
				var i int
				if _, err := fmt.Sscan(item.Args.Name, &i); err != nil {
					return err
				}
				runs[i].Add(1)
				return nil
			})
			b.run(r)
		}
		for i := range items {
			b.insert(fmt.Sprint(i), work.Options{})
		}
		deadline := time.Now().Add(30 * time.Second)
		for {
			count, err := b.queue.Count(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if count[work.Done] == items {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("not all done: %v", count)
			}
		}
		for i := range runs {
			if n := runs[i].Load(); n != 1 {
				t.Errorf("item %d ran %d times", i, n)
			}
		}
	})
}

// A runner that dies in the middle leaves its item to another after the lease,
// and what it writes afterwards is refused.
func TestADeadRunnersItemIsRescued(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		entered, resume, late := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		dead, _ := b.runner("dead", work.Config{}, func(ctx context.Context, item work.Item[greet]) error {
			close(entered)
			<-resume
			late <- item.Done(context.WithoutCancel(ctx))
			return nil
		})
		id := b.insert("x", work.Options{})
		gone := make(chan error, 1)
		go func() { gone <- dead.Drain(context.Background()) }() // Drain renews nothing while an item runs, like a dead process
		<-entered

		var ran int
		alive, events := b.runner("alive", work.Config{}, func(_ context.Context, item work.Item[greet]) error {
			ran = item.Attempt
			return nil
		})
		b.clock.Advance(59 * time.Second)
		b.drain(alive)
		if ran != 0 {
			t.Fatal("an item was taken before its lease was over")
		}
		b.clock.Advance(time.Minute)
		b.drain(alive)
		if e := b.wait(events, "rescued"); e.ID != id || ran != 2 {
			t.Fatalf("%+v, attempt %d", e, ran)
		}
		close(resume)
		if err := <-late; !fault.Is(err, fault.Conflict) {
			t.Fatalf("the dead runner's write: %v", err)
		}
		if err := <-gone; err != nil {
			t.Fatal(err)
		}
		if row := b.get(id); row.State != work.Done || row.Holder != "alive" || row.Attempt != 2 {
			t.Fatalf("%+v", row)
		}
	})
}

func TestAnItemThatKillsItsRunnersFails(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id := b.insert("x", work.Options{MaxAttempts: 1})
		if _, err := b.queue.DB.Q(context.Background()).ExecContext(context.Background(),
			`update work_item set state = 'running', holder = 'dead', attempt = 1, lease_until = 1 where id = $1`, id); err != nil {
			t.Fatal(err)
		}
		r, _ := b.runner("a", work.Config{}, func(context.Context, work.Item[greet]) error { return errors.New("ran") })
		b.drain(r)
		if row := b.get(id); row.State != work.Failed || !strings.Contains(row.LastError, "dead") {
			t.Fatalf("%+v", row)
		}
	})
}

// A live runner keeps its lease however long the work takes, and notices when
// it was lost.
func TestLeasesAreRenewedAndALostOneInterrupts(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		entered, cause := make(chan struct{}), make(chan error, 1)
		r, events := b.runner("slow", work.Config{Lease: time.Minute}, func(ctx context.Context, _ work.Item[greet]) error {
			close(entered)
			<-ctx.Done()
			cause <- context.Cause(ctx)
			return ctx.Err()
		})
		id := b.insert("x", work.Options{})
		b.run(r)
		<-entered
		other, _ := b.runner("other", work.Config{}, func(context.Context, work.Item[greet]) error { return errors.New("stolen") })
		for range 6 {
			b.clock.Advance(25 * time.Second)
			want := b.clock.Now().Add(time.Minute)
			for deadline := time.Now().Add(20 * time.Second); !b.get(id).LeaseUntil.Equal(want); {
				if time.Now().After(deadline) {
					t.Fatalf("the lease was not renewed: %+v", b.get(id))
				}
			}
			b.drain(other)
		}
		if _, err := b.queue.DB.Q(context.Background()).ExecContext(context.Background(), `update work_item set holder = 'thief' where id = $1`, id); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(25 * time.Second)
		if err := <-cause; err == nil || !strings.Contains(err.Error(), "lost") {
			t.Fatalf("interrupted because of %v", err)
		}
		b.wait(events, "lost")
		if row := b.get(id); row.State != work.Running || row.Holder != "thief" {
			t.Fatalf("a lost item was written: %+v", row)
		}
	})
}

func TestStoppingWaitsThenInterrupts(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		entered, leave := make(chan string, 2), make(chan struct{})
		r, events := b.runner("a", work.Config{Grace: time.Millisecond}, func(ctx context.Context, item work.Item[greet]) error {
			entered <- item.Args.Name
			if item.Args.Name == "polite" {
				<-leave
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		polite, stubborn := b.insert("polite", work.Options{}), b.insert("stubborn", work.Options{})
		stop := b.run(r)
		<-entered
		<-entered
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		b.wait(events, "interrupted")
		select {
		case <-stopped:
			t.Fatal("Run returned before its items ended")
		default:
		}
		close(leave)
		<-stopped
		if row := b.get(polite); row.State != work.Done {
			t.Fatalf("polite: %+v", row)
		}
		if row := b.get(stubborn); row.State != work.Waiting || row.Attempt != 0 || row.LastError != "" {
			t.Fatalf("stubborn: %+v", row)
		}
	})
}
