package voucher

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Store keeps vouchers, their history and which bill a hold is for. Every
// method joins the transaction of its context. vouchertest.Run is its
// conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// Lock makes whoever else locks the key wait until the transaction has ended.
	Lock(ctx context.Context, key string) error
	// NextNumber counts the vouchers of a year, from 1, without gaps in committed work.
	NextNumber(ctx context.Context, year int) (int64, error)

	Insert(ctx context.Context, v Voucher) error
	// Update writes v if the stored version is still v.Version, and sets
	// v.Version to the new one. Codes: conflict.
	Update(ctx context.Context, v *Voucher) error
	// Voucher finds one. Codes: not_found.
	Voucher(ctx context.Context, id string) (Voucher, error)
	// Vouchers lists by filter, the newest number first.
	Vouchers(ctx context.Context, f Filter) ([]Voucher, error)
	// Backlog counts what waits of a kind for an actor, and tells since when the
	// oldest does, by an index: it is asked all day long.
	Backlog(ctx context.Context, kind party.TodoKind, by Actor) (count int64, since clock.Date, err error)
	AddEvent(ctx context.Context, id string, e Event) error
	Events(ctx context.Context, id string) ([]Event, error)

	// AddUse notes a hold. Codes: conflict when it is noted already.
	AddUse(ctx context.Context, u Use) error
	// SetUse writes what was settled of a hold, or that it was released.
	SetUse(ctx context.Context, u Use) error
	// DropUse forgets a hold that came to nothing.
	DropUse(ctx context.Context, hold string) error
	// Use finds a hold. Codes: not_found.
	Use(ctx context.Context, hold string) (Use, error)
	// Uses lists what a bill holds, in order of the holds' ids.
	Uses(ctx context.Context, bill string) ([]Use, error)

	// Day is the latest business day on which vouchers expired, "" before the
	// first; SetDay moves it on and never back.
	Day(ctx context.Context) (clock.Date, error)
	SetDay(ctx context.Context, day clock.Date) error
}

// Filter chooses vouchers; zero fields do not filter.
type Filter struct {
	Org       ident.CreditCode
	Programme string
	Year      int
	States    []State
	Until     clock.Date // good on this day at most: their last day is on or before it
	Query     string     // part of the number or of the organisation's name, or its whole code
	Before    string     // number of the last one of the page before
	Limit     int
}
