package exception

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Store keeps exceptions and opinions. Every method joins the transaction of its
// context. exceptiontest.Run is its conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// NextNumber counts exceptions of a year, from 1.
	NextNumber(ctx context.Context, year int) (int64, error)
	// Insert adds a new one; name is the organisation's, for search.
	Insert(ctx context.Context, x Exception, name string) error
	// Update writes state, closing and case of x if the stored version is still
	// x.Version, and sets x.Version to the new one. Codes: conflict.
	Update(ctx context.Context, x *Exception) error
	// AddOpinion adds one. Codes: conflict when the seat or the person has one.
	AddOpinion(ctx context.Context, id string, o Opinion) error
	// Exception finds one with its opinions. Codes: not_found.
	Exception(ctx context.Context, id string) (Exception, error)
	// Backlog counts what waits of a kind for an actor, and tells since when the
	// oldest does, by an index: it is asked all day long.
	Backlog(ctx context.Context, kind party.TodoKind, by Actor) (count int64, since clock.Date, err error)
	// List lists by filter with opinions, most recently changed first.
	List(ctx context.Context, f Filter) ([]Exception, error)
}

// Filter chooses exceptions; zero fields do not filter.
type Filter struct {
	States []State
	Org    ident.CreditCode
	Text   string // part of number, matter, code or name
	Year   int    // in which it was proposed, by its number
	Before string // cursor
	Limit  int
}
