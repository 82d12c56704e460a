package watch

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Mark is a place in what answers depend on.
type Mark struct {
	Facts, Last int64  // how far the facts reach (evidence.Extent)
	Rules       string // a digest of the rules, the guide and what is in force
}

// Told is what an organisation was last told.
type Told struct {
	Org    ident.CreditCode
	Stands Stands
	Day    clock.Date // of its last message; empty when it never had one
	Due    bool       // it has changed since, on a day that had its message
}

// Heard reports whether a day had the organisation's message. A message of a
// later day was sent before the clock was set back: on the day before it that
// counts, so that a clock that trembles at midnight sends none twice; further
// back it does not, or the organisation would hear nothing until then.
func (t Told) Heard(day clock.Date) bool {
	return t.Day == day || t.Day == day.AddDays(1)
}

// Store keeps what was told. Both databases run the suite in watchtest. Errors
// are defects, or "unavailable" from the database.
type Store interface {
	// InTx runs fn in a transaction, or in the caller's.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// Mark is up to where everybody was told; false before the first time.
	Mark(ctx context.Context) (m Mark, begun bool, err error)
	// SetMark moves it.
	SetMark(ctx context.Context, m Mark) error
	// Told finds what an organisation was told; false for nothing ever.
	Told(ctx context.Context, org ident.CreditCode) (t Told, found bool, err error)
	// Put writes what an organisation was told.
	Put(ctx context.Context, t Told) error
	// Organisations lists those that were told something, by code, behind one.
	Organisations(ctx context.Context, after ident.CreditCode, limit int) ([]ident.CreditCode, error)
	// Due lists those that changed after their message and have not Heard on a day, by code.
	Due(ctx context.Context, day clock.Date, limit int) ([]ident.CreditCode, error)
}
