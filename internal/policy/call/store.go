package call

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/clock"
)

// Store keeps calls and their history. Every method joins the transaction of
// its context. calltest.Run is its conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// NextNumber counts the calls of a year, from 1.
	NextNumber(ctx context.Context, year int) (int64, error)
	Insert(ctx context.Context, c Call) error
	// Update writes c and its new version if the stored version is still
	// c.Version, and sets c.Version to the new one. Codes: conflict.
	Update(ctx context.Context, c *Call) error
	// Call finds one. Codes: not_found.
	Call(ctx context.Context, id string) (Call, error)
	// Calls lists by filter, the newest number first.
	Calls(ctx context.Context, f Filter) ([]Call, error)
	AppendEvent(ctx context.Context, call string, e Event) error
	Events(ctx context.Context, call string) ([]Event, error)
}

// Filter chooses calls; zero fields do not filter.
type Filter struct {
	Text    string // part of the number or a name, letters of any case
	Measure string
	States  []State
	Year    int        // in which it opens
	On      clock.Date // published, and takes applications, late ones included, on this day
	Before  string     // cursor: the number of the last row seen
	Limit   int
}
