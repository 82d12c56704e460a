package work_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/work"
)

type greet struct {
	Name string `json:"name"`
}

func (greet) Kind() string { return "greet" }

// bench is a queue with a clock that only the test moves.
type bench struct {
	t     *testing.T
	clock *clock.Manual
	queue work.Queue
}

func each(t *testing.T, run func(t *testing.T, b *bench)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := clock.NewManual(start)
		run(t, &bench{t: t, clock: now, queue: work.Queue{DB: d, Clock: now, IDs: &ident.Sequence{}}})
	})
}

// runner has one worker for greet and reports its events.
func (b *bench) runner(holder string, c work.Config, w work.Worker[greet]) (*work.Runner, <-chan work.Event) {
	events := make(chan work.Event, 10_000)
	var kinds work.Kinds
	work.Handle(&kinds, work.Limits{Timeout: time.Hour}, w)
	c.Holder, c.Poll = holder, time.Millisecond
	c.Observe = func(e work.Event) { events <- e }
	c.Jitter = func(n time.Duration) time.Duration { return n / 2 }
	return work.NewRunner(b.queue, &kinds, c), events
}

// run starts a runner and returns what stops it and waits for its end.
func (b *bench) run(r *work.Runner) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			b.t.Error(err)
		}
	})
	b.t.Cleanup(stop)
	return stop
}

func (b *bench) insert(name string, o work.Options) string {
	b.t.Helper()
	id, err := b.queue.Insert(context.Background(), greet{name}, o)
	if err != nil {
		b.t.Fatal(err)
	}
	return id
}

func (b *bench) get(id string) work.Row {
	b.t.Helper()
	row, err := b.queue.Get(context.Background(), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return row
}

func (b *bench) drain(r *work.Runner) {
	b.t.Helper()
	if err := r.Drain(context.Background()); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) wait(events <-chan work.Event, name string) work.Event {
	b.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case e := <-events:
			if e.Name == name {
				return e
			}
		case <-deadline:
			b.t.Fatalf("no event %q", name)
		}
	}
}

func TestAnItemAppearsWithItsTransaction(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var greeted []string
		r, _ := b.runner("a", work.Config{}, func(_ context.Context, item work.Item[greet]) error {
			greeted = append(greeted, item.Args.Name)
			return nil
		})
		boom := errors.New("boom")
		err := b.queue.DB.InTx(context.Background(), func(ctx context.Context) error {
			_, err := b.queue.Insert(ctx, greet{"nobody"}, work.Options{})
			return errors.Join(err, boom)
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		later := b.insert("later", work.Options{RunAt: start.Add(time.Hour)})
		b.insert("second", work.Options{})
		b.insert("first", work.Options{RunAt: start.Add(-time.Second)})
		b.drain(r)
		if got := strings.Join(greeted, " "); got != "first second" {
			t.Fatalf("greeted %q", got)
		}
		b.clock.Advance(time.Hour)
		b.drain(r)
		if row := b.get(later); row.State != work.Done || row.Attempt != 1 || !row.Finished.Equal(start.Add(time.Hour)) || row.LastError != "" {
			t.Fatalf("%+v", row)
		}
	})
}

func TestErrorsAreTriedAgainLaterAndLaterThenFail(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		outcome := errors.New("the mail server is away")
		r, _ := b.runner("a", work.Config{}, func(context.Context, work.Item[greet]) error { return outcome })
		id := b.insert("x", work.Options{MaxAttempts: 3})
		for attempt, wait := range []time.Duration{2100 * time.Millisecond, 4200 * time.Millisecond} {
			b.drain(r)
			row := b.get(id)
			if row.State != work.Waiting || row.Attempt != attempt+1 || row.RunAt.Sub(b.clock.Now()) != wait || row.LastError != outcome.Error() {
				t.Fatalf("after attempt %d: %+v", attempt+1, row)
			}
			b.clock.Advance(wait)
		}
		b.drain(r)
		if row := b.get(id); row.State != work.Failed || row.Attempt != 3 || row.LastError != outcome.Error() {
			t.Fatalf("at the end: %+v", row)
		}
		failed, err := b.queue.List(context.Background(), work.Filter{State: work.Failed})
		if err != nil || len(failed) != 1 || failed[0].ID != id {
			t.Fatalf("listed %+v, %v", failed, err)
		}
	})
}

func TestOutcomesOfAWorker(t *testing.T) {
	for name, c := range map[string]struct {
		work  work.Worker[greet]
		state work.State
		wait  time.Duration
		tries int
		error string
	}{
		"give up": {func(context.Context, work.Item[greet]) error { return work.GiveUp(errors.New("no such person")) }, work.Failed, 0, 1, "no such person"},
		"panic":   {func(context.Context, work.Item[greet]) error { panic("oh") }, work.Waiting, 2100 * time.Millisecond, 1, "panic: oh\n"},
		"wrapped": {func(context.Context, work.Item[greet]) error {
			return fmt.Errorf("wrapped: %w", work.GiveUp(errors.New("x")))
		}, work.Failed, 0, 1, "wrapped: x"},
		"odd bytes": {func(context.Context, work.Item[greet]) error {
			return errors.New("a\x00\xff" + strings.Repeat("长", 5000))
		}, work.Waiting, 2100 * time.Millisecond, 1, "a?长"},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bench) {
				r, _ := b.runner("a", work.Config{}, c.work)
				id := b.insert("x", work.Options{})
				b.drain(r)
				row := b.get(id)
				if row.State != c.state || row.Attempt != c.tries || !strings.HasPrefix(row.LastError, c.error) || (c.wait > 0 && row.RunAt.Sub(start) != c.wait) {
					t.Fatalf("%+v", row)
				}
			})
		})
	}
}

func TestDoneCommitsWithTheEffect(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		fail := true
		r, _ := b.runner("a", work.Config{}, func(ctx context.Context, item work.Item[greet]) error {
			return b.queue.DB.InTx(ctx, func(ctx context.Context) error {
				if _, err := b.queue.DB.Q(ctx).ExecContext(ctx, `insert into work_schedule (name, next_at) values ($1, 0)`, item.Args.Name); err != nil {
					return err
				}
				if err := item.Done(ctx); err != nil || !fail {
					return err
				}
				fail = false
				return errors.New("the last step failed")
			})
		})
		id := b.insert("effect", work.Options{})
		b.drain(r)
		if row := b.get(id); row.State != work.Waiting {
			t.Fatalf("after the rollback: %+v", row)
		}
		b.clock.Advance(time.Minute)
		b.drain(r)
		if row := b.get(id); row.State != work.Done || row.Attempt != 2 {
			t.Fatalf("after the commit: %+v", row)
		}
	})
}

func TestAKeyWaitsOnceAndRunsAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		entered, leave := make(chan string), make(chan error)
		r, events := b.runner("a", work.Config{Parallel: 3}, func(_ context.Context, item work.Item[greet]) error {
			entered <- item.Args.Name
			return <-leave
		})
		one := b.insert("one", work.Options{Key: "k"})
		if again := b.insert("one again", work.Options{Key: "k"}); again != one {
			t.Fatalf("a second item %s waits beside %s", again, one)
		}
		b.run(r)
		if name := <-entered; name != "one" {
			t.Fatal(name)
		}
		two := b.insert("two", work.Options{Key: "k"}) // one runs: its change must not be lost
		if two == one {
			t.Fatal("the change was swallowed by the item that runs")
		}
		b.insert("other", work.Options{Key: "other"})
		if name := <-entered; name != "other" { // and not two, although there is room
			t.Fatalf("%s ran beside one", name)
		}
		leave <- nil
		leave <- errors.New("again") // either of them fails; two covers for one
		if name := <-entered; name != "two" {
			t.Fatal(name)
		}
		leave <- nil
		for range 2 {
			b.wait(events, "done")
		}
		if row := b.get(two); row.State != work.Done {
			t.Fatalf("%+v", row)
		}
	})
}

func TestAFailedRunGivesWayToANewerItemOfItsKey(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var two string
		var once sync.Once
		r, _ := b.runner("a", work.Config{}, func(context.Context, work.Item[greet]) (err error) {
			once.Do(func() { two, err = b.insert("two", work.Options{Key: "k"}), errors.New("boom") })
			return err
		})
		one := b.insert("one", work.Options{Key: "k"})
		b.drain(r)
		if row := b.get(one); row.State != work.Done {
			t.Fatalf("one: %+v", row)
		}
		if row := b.get(two); row.State != work.Done || row.Attempt != 1 {
			t.Fatalf("two: %+v", row)
		}
	})
}

func TestPeriodicItemsComeOnceADueTime(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ran := 0
		periodic := work.Config{Periodic: []work.Periodic{{Name: "nightly", When: work.Daily(2, 30), Args: greet{"night"}}}}
		worker := func(context.Context, work.Item[greet]) error { ran++; return nil }
		one, _ := b.runner("one", periodic, worker)
		two, _ := b.runner("two", periodic, worker)
		both := func() { b.drain(one); b.drain(two); b.drain(one) }
		both()
		b.clock.Advance(17*time.Hour + 29*time.Minute) // 02:29
		both()
		if ran != 0 {
			t.Fatal("ran before its time")
		}
		b.clock.Advance(time.Minute)
		both()
		if ran != 1 {
			t.Fatalf("ran %d times at 02:30", ran)
		}
		b.clock.Advance(72 * time.Hour) // nobody ran for three days
		both()
		if ran != 2 {
			t.Fatalf("ran %d times after three days", ran)
		}
	})
}

func TestSchedules(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		when        work.Schedule
		after, want string
	}{
		{work.Daily(2, 30), "2025-06-30 02:29", "2025-06-30 02:30"},
		{work.Daily(2, 30), "2025-06-30 02:30", "2025-07-01 02:30"},
		{work.Daily(0, 0), "2025-12-31 23:59", "2026-01-01 00:00"},
		{work.Every(15 * time.Minute), "2025-06-30 09:00", "2025-06-30 09:15"},
		{work.Every(15 * time.Minute), "2025-06-30 09:14", "2025-06-30 09:15"},
	} {
		if got := c.when(at(c.after).UTC()); !got.Equal(at(c.want)) {
			t.Errorf("after %s: %s, want %s", c.after, got, c.want)
		}
	}
}

func TestDoneItemsAreRemovedAfterAWhile(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		r, _ := b.runner("a", work.Config{Keep: time.Hour}, func(_ context.Context, item work.Item[greet]) error {
			if item.Args.Name == "bad" {
				return work.GiveUp(errors.New("bad"))
			}
			return nil
		})
		b.insert("good", work.Options{})
		b.insert("bad", work.Options{})
		b.drain(r)
		b.clock.Advance(2 * time.Hour)
		b.drain(r)
		rows, err := b.queue.List(context.Background(), work.Filter{})
		if err != nil || len(rows) != 1 || rows[0].State != work.Failed {
			t.Fatalf("%+v, %v", rows, err)
		}
	})
}

func TestOtherKindsAreLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		id, err := b.queue.Insert(context.Background(), stranger{}, work.Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, _ := b.runner("a", work.Config{}, func(context.Context, work.Item[greet]) error { return nil })
		b.drain(r)
		if row := b.get(id); row.State != work.Waiting {
			t.Fatalf("%+v", row)
		}
		rows, err := b.queue.List(context.Background(), work.Filter{Kind: "greet"})
		if err != nil || slices.ContainsFunc(rows, func(r work.Row) bool { return r.Kind != "greet" }) {
			t.Fatalf("%+v, %v", rows, err)
		}
	})
}

type stranger struct{}

func (stranger) Kind() string { return "stranger" }

func TestWiringMistakesPanic(t *testing.T) {
	var kinds work.Kinds
	nothing := func(context.Context, work.Item[greet]) error { return nil }
	work.Handle(&kinds, work.Limits{}, nothing)
	for name, mistake := range map[string]func(){
		"a kind twice": func() { work.Handle(&kinds, work.Limits{}, nothing) },
		"no holder":    func() { work.NewRunner(work.Queue{}, &kinds, work.Config{}) },
		"no kinds":     func() { work.NewRunner(work.Queue{}, &work.Kinds{}, work.Config{Holder: "a"}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Fatal("no panic")
				}
			}()
			mistake()
		})
	}
}
