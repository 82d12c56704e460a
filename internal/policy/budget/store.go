package budget

import (
	"context"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Store keeps orders and what they gave programmes. Every method joins the
// transaction of its context. budgettest.Run is its conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// NextNumber counts the orders of a budget year, from 1, without gaps in committed work.
	NextNumber(ctx context.Context, year int) (int64, error)

	// Insert adds an order and sets its Updated.
	Insert(ctx context.Context, o *Order) error
	// Update writes o if the stored version is still o.Version, and sets
	// o.Version to the new one. Codes: conflict.
	Update(ctx context.Context, o *Order) error
	// Order finds one. Codes: not_found.
	Order(ctx context.Context, id string) (Order, error)
	// LockOrder reads an order that nobody else changes until the transaction of
	// the context ends. Codes: not_found.
	LockOrder(ctx context.Context, id string) (Order, error)
	// Backlog counts what waits of a kind for an actor, and tells since when the
	// oldest does, by an index: it is asked all day long.
	Backlog(ctx context.Context, kind party.TodoKind, by Actor) (count int64, since clock.Date, err error)
	// Orders lists by filter, most recently changed first.
	Orders(ctx context.Context, f Filter) ([]Order, error)
	AddEvent(ctx context.Context, id string, e Event) error
	Events(ctx context.Context, id string) ([]Event, error)

	// Claim keeps a programme for one order until Release, and returns what
	// confirmed orders gave it. Codes: conflict, naming the order that has it.
	Claim(ctx context.Context, p ledger.Programme, order string) (granted money.Fen, err error)
	// Release ends all claims of an order.
	Release(ctx context.Context, order string) error

	// AddGrant notes what a line gave a claimed programme.
	AddGrant(ctx context.Context, p ledger.Programme, g Grant) error
	// TakeGrant notes what of a grant was taken back. Codes: conflict for more
	// than its rest.
	TakeGrant(ctx context.Context, p ledger.Programme, entry string, amount money.Fen) error
	// Grants lists those of which something is left, the newest first.
	Grants(ctx context.Context, p ledger.Programme) ([]Grant, error)
	// Granted is what confirmed orders gave each programme of a year, less what
	// they took back.
	Granted(ctx context.Context, year int) (map[ledger.Programme]money.Fen, error)
}

// Filter chooses orders; zero fields do not filter.
type Filter struct {
	Year    int
	States  []State
	Purse   string // with a line of this purse: "city-520100"
	Measure string // with a line of this measure
	Query   string // part of the number or the basis
	Before  string // cursor: the "updated/id" of the last one seen
	Limit   int    // 0: all
}
