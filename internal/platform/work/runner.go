package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/qianmo/qianmo/internal/platform/db"
)

// Config of a Runner. Zero values take the defaults in brackets.
type Config struct {
	Holder   string // names this runner among all; must be unique
	Parallel int    // items at once [4]
	Periodic []Periodic
	Lease    time.Duration // how long a dead replica's items wait for another [1m]
	Poll     time.Duration // how often to look for work [500ms]
	Grace    time.Duration // how long stopping waits for items to end [20s]
	Keep     time.Duration // how long done items stay visible [7 days]
	Log      *slog.Logger
	// Observe is told of every event, for metrics and for tests to wait on.
	Observe func(Event)
	// Jitter returns a duration in [0, n); math/rand/v2 by default.
	Jitter func(n time.Duration) time.Duration
}

// Event is one thing that happened to an item.
type Event struct {
	Name string // started, done, retried, failed, lost, rescued, interrupted
	Kind string
	ID   string
	Took time.Duration
}

// Runner takes due items and runs their workers. Many may share a database.
type Runner struct {
	queue Queue
	kinds *Kinds
	c     Config

	mu         sync.Mutex
	running    map[run]context.CancelCauseFunc
	ended      chan struct{} // an item ended: there is room for another
	workers    sync.WaitGroup
	maintained time.Time // when the leases were renewed last
}

// run is one run of one item.
type run struct {
	id      string
	attempt int
}

// NewRunner checks the wiring; a runner without holder or kinds panics.
func NewRunner(queue Queue, kinds *Kinds, c Config) *Runner {
	if c.Holder == "" || len(kinds.all) == 0 {
		panic("work: a runner needs a holder and at least one kind")
	}
	c.Parallel = orDefault(c.Parallel, 4)
	c.Lease = orDefault(c.Lease, time.Minute)
	c.Poll = orDefault(c.Poll, 500*time.Millisecond)
	c.Grace = orDefault(c.Grace, 20*time.Second)
	c.Keep = orDefault(c.Keep, 7*24*time.Hour)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Observe == nil {
		c.Observe = func(Event) {}
	}
	if c.Jitter == nil {
		c.Jitter = rand.N[time.Duration]
	}
	return &Runner{queue: queue, kinds: kinds, c: c, running: map[run]context.CancelCauseFunc{}, ended: make(chan struct{}, 1)}
}

func orDefault[T int | time.Duration](v, standard T) T {
	if v <= 0 {
		return standard
	}
	return v
}

// Run works until ctx ends, then stops taking items, waits Grace for those
// that run, interrupts the rest (they go back to waiting, uncounted) and
// returns. A database that is away is logged and tried again.
func (r *Runner) Run(ctx context.Context) error {
	tick := time.NewTicker(r.c.Poll)
	defer tick.Stop()
	for {
		r.turn(ctx)
		select {
		case <-ctx.Done():
			r.stop(context.WithoutCancel(ctx), tick.C)
			return nil
		case <-tick.C:
		case <-r.ended:
		}
	}
}

// turn is one round of the loop: maintenance, then as many items as there is
// room for.
func (r *Runner) turn(ctx context.Context) {
	err := r.maintain(ctx)
	if err == nil {
		err = r.take(ctx)
	}
	if err != nil && ctx.Err() == nil {
		r.c.Log.ErrorContext(ctx, "background work waits for the database", "error", err)
	}
}

func (r *Runner) take(ctx context.Context) error {
	r.mu.Lock()
	room := r.c.Parallel - len(r.running)
	r.mu.Unlock()
	if room <= 0 {
		return nil
	}
	rows, err := r.claim(ctx, room)
	for _, row := range rows {
		r.workers.Go(func() {
			r.work(context.WithoutCancel(ctx), row)
			select {
			case r.ended <- struct{}{}:
			default:
			}
		})
	}
	return err
}

// stop waits for the items that run and keeps their leases meanwhile.
func (r *Runner) stop(ctx context.Context, tick <-chan time.Time) {
	gone := make(chan struct{})
	go func() { r.workers.Wait(); close(gone) }()
	grace := time.NewTimer(r.c.Grace)
	defer grace.Stop()
	for {
		select {
		case <-gone:
			return
		case <-tick:
			if err := r.maintain(ctx); err != nil {
				r.c.Log.ErrorContext(ctx, "leases could not be renewed while stopping", "error", err)
			}
		case <-grace.C:
			r.interrupt(errStopping, func(run) bool { return true })
		}
	}
}

// interrupt ends the contexts of the runs that which picks.
func (r *Runner) interrupt(cause error, which func(run) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, cancel := range r.running {
		if which(k) {
			cancel(cause)
		}
	}
}

var errStopping = errors.New("the process is stopping")

// work runs one claimed item to its end and writes how it ended.
func (r *Runner) work(ctx context.Context, row Row) {
	kind, this := r.kinds.all[row.Kind], run{row.ID, row.Attempt}
	running, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.mu.Lock()
	r.running[this] = cancel
	r.mu.Unlock()
	r.c.Observe(Event{Name: "started", Kind: row.Kind, ID: row.ID})
	started := time.Now()

	bounded, release := context.WithTimeout(running, kind.timeout)
	completed := false
	err := safely(func() error {
		return kind.run(bounded, row, func(ctx context.Context) error {
			completed = true
			return r.complete(ctx, row)
		})
	})
	release()
	name, err := r.settle(context.WithoutCancel(ctx), row, err, completed, context.Cause(running))

	r.mu.Lock()
	delete(r.running, this)
	r.mu.Unlock()
	if err != nil {
		r.c.Log.ErrorContext(ctx, "a work item did not end well", "kind", row.Kind, "item", row.ID, "attempt", row.Attempt, "outcome", name, "error", err)
	}
	r.c.Observe(Event{Name: name, Kind: row.Kind, ID: row.ID, Took: time.Since(started)})
}

// safely turns a panic into an error, so that one bad item does not end the
// process.
func safely(run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return run()
}

// settle writes the outcome and names it. The error is what to log.
func (r *Runner) settle(ctx context.Context, row Row, worked error, completed bool, cause error) (string, error) {
	var hopeless *giveUp
	name, write := "done", r.complete
	switch {
	case worked == nil && completed:
		return "done", nil
	case errors.Is(cause, errLost):
		return "lost", errLost
	case worked == nil:
	case errors.Is(cause, errStopping):
		name, write = "interrupted", func(ctx context.Context, row Row) error { return r.again(ctx, row, 0, row.Attempt-1, "") }
		worked = nil
	case errors.As(worked, &hopeless) || row.Attempt >= row.MaxAttempts:
		name, write = "failed", func(ctx context.Context, row Row) error { return r.fail(ctx, row, worked.Error()) }
	default:
		name, write = "retried", func(ctx context.Context, row Row) error {
			return r.again(ctx, row, r.backoff(row.Attempt), row.Attempt, worked.Error())
		}
	}
	err := r.queue.DB.InTx(ctx, func(ctx context.Context) error { return write(ctx, row) })
	if err != nil {
		return "lost", errors.Join(worked, db.Fault(err)) // the rescuer takes it up
	}
	return name, worked
}

const longestBackoff = time.Hour

// backoff doubles from two seconds to an hour and adds up to a tenth, so that
// items that failed together do not come back together.
func (r *Runner) backoff(attempt int) time.Duration {
	d := min(time.Second<<min(attempt, 12), longestBackoff)
	return d + r.c.Jitter(d/10)
}
