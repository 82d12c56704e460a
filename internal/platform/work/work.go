// Package work is background work on the product's own database: an item is
// written in the transaction of what needs it and appears only when that
// commits; any replica may run it. The shape is River's (riverqueue/river),
// cut to what one SQL text can do on SQLite and PostgreSQL alike.
//
// An item runs at least once: a replica that dies in the middle leaves it to
// another after its lease. A worker whose effect must happen exactly once
// writes it together with Item.Done in one transaction.
package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Args is what an item needs to know, kept as JSON. Kind names it for ever.
type Args interface{ Kind() string }

// Worker does the work of one kind. Its context ends when the item's time is
// up, when the lease is lost, or when the process has waited long enough to
// stop. An error means: again later, but for GiveUp.
type Worker[T Args] func(ctx context.Context, item Item[T]) error

// Item is one run of one piece of work.
type Item[T Args] struct {
	ID      string
	Attempt int // 1 at the first run
	Args    T
	// Done completes the item in the transaction of ctx, so that it commits
	// with the work's own effect. Call it last there, since it locks the item.
	// Codes: conflict when the lease was lost.
	Done func(ctx context.Context) error
}

// Limits bound the runs of one kind.
type Limits struct {
	Timeout time.Duration // of one run; five minutes when zero
}

// Kinds lists the workers that a Runner has.
type Kinds struct{ all map[string]kind }

type kind struct {
	timeout time.Duration
	run     func(ctx context.Context, row Row, done func(context.Context) error) error
}

// Handle adds the worker of one kind. Adding a kind twice is a mistake in the
// wiring and panics.
func Handle[T Args](k *Kinds, limits Limits, worker Worker[T]) {
	var zero T
	name := zero.Kind()
	if _, twice := k.all[name]; twice || name == "" {
		panic(fmt.Sprintf("work: kind %q added twice or without a name", name))
	}
	if limits.Timeout <= 0 {
		limits.Timeout = 5 * time.Minute
	}
	if k.all == nil {
		k.all = map[string]kind{}
	}
	k.all[name] = kind{timeout: limits.Timeout, run: func(ctx context.Context, row Row, done func(context.Context) error) error {
		var args T
		if err := json.Unmarshal(row.Args, &args); err != nil {
			return GiveUp(fmt.Errorf("arguments of %s: %w", row.Kind, err))
		}
		return worker(ctx, Item[T]{ID: row.ID, Attempt: row.Attempt, Args: args, Done: done})
	}}
}

// GiveUp wraps an error that no repetition can cure: the item fails at once.
func GiveUp(err error) error { return &giveUp{err} }

type giveUp struct{ err error }

func (g *giveUp) Error() string { return g.err.Error() }
func (g *giveUp) Unwrap() error { return g.err }

var errLost = errors.New("the lease of this item was lost")

func lost(id string) error {
	return fault.Newf(fault.Conflict, "工作项 %s 已由他人接手，本次写入作废。", "Work item %s has passed to another; this write is void.", id)
}
