// Package budgettest has the suite that every budget.Store passes, and a room to
// test the use cases in: with the real store, books and intents.
package budgettest

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/work"
	"github.com/qianmo/qianmo/internal/policy/budget"
	"github.com/qianmo/qianmo/internal/policy/budget/sqlstore"
)

// Start is the instant at which the room's clock stands.
var Start = time.Date(2025, 10, 22, 9, 0, 0, 0, clock.Shanghai)

// The people of the room, and one who only reads.
var (
	Writer  = budget.Actor{Person: "per_finance", Name: "覃知新", Role: string(party.Finance)}
	Second  = budget.Actor{Person: "per_cashier", Name: "罗明", Role: string(party.Finance)}
	Auditor = budget.Actor{Person: "per_auditor", Name: "审计", Role: string(party.Auditor)}
)

// The purses of the region.
var (
	City     = ledger.Purse{Level: ledger.City, Code: "520100"}
	District = ledger.Purse{Level: ledger.District, Code: "520115"}
)

// Room is a budget room on databases of its own.
type Room struct {
	*budget.Service
	Time   *clock.Manual
	Books  *ledger.Ledger
	Queue  *intent.Queue
	Acts   *Acts
	Told   *Told
	Ledger *Line
}

// Open makes a room on a migrated main database and one for the books.
func Open(t testing.TB, d *db.DB, books string) *Room {
	t.Helper()
	r := &Room{Time: clock.NewManual(Start), Acts: &Acts{}, Told: &Told{}}
	r.Books = ledgertest.Open(t, books, r.Time, ledger.Tuning{})
	r.Queue = intent.New(intent.Config{DB: d, Books: r.Books, Leases: work.Leases{DB: d, Clock: r.Time}, Clock: r.Time, IDs: ident.Random{},
		Log: slog.New(slog.DiscardHandler), Every: time.Hour})
	r.Ledger = &Line{Queue: r.Queue}
	r.Service = &budget.Service{Store: sqlstore.New(d, r.Time), Books: r.Books, Treasury: r.Ledger, Region: region{}, Registry: r.Acts, Messages: r.Told, Clock: r.Time, IDs: ident.Random{}}
	r.Queue.Handlers = r.Handlers()
	return r
}

// Line is the line to the ledger, which may be cut.
type Line struct {
	*intent.Queue
	mu  sync.Mutex
	cut bool
}

// Cut cuts the line, or joins it again.
func (l *Line) Cut(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
}

// Now implements budget.Treasury.
func (l *Line) Now(ctx context.Context, id string) error {
	l.mu.Lock()
	cut := l.cut
	l.mu.Unlock()
	if cut {
		return errors.New("the ledger is away")
	}
	return l.Queue.Now(ctx, id)
}

// region has two purses and the measures whose ids begin with m.
type region struct{}

func (region) Purses() []budget.NamedPurse {
	return []budget.NamedPurse{{Purse: City, Name: i18n.T("某市财政局", "City finance bureau")}, {Purse: District, Name: i18n.T("某区财政局", "District finance bureau")}}
}

func (region) Measure(id string) (i18n.Text, bool) {
	return i18n.T("事项", "measure"), strings.HasPrefix(id, "m")
}

// Acts are the audit entries that were written.
type Acts struct {
	mu  sync.Mutex
	all []party.Act
}

// Record implements budget.Registry.
func (a *Acts) Record(_ context.Context, act party.Act) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, act)
	return nil
}

// Of are the actions on a subject, in their order.
func (a *Acts) Of(subject string) (actions []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, act := range a.all {
		if act.Subject == subject {
			actions = append(actions, strings.TrimPrefix(act.Action, "policy.budget."))
		}
	}
	return actions
}

// Told is what finance was told.
type Told struct {
	mu  sync.Mutex
	all []budget.Told
}

// Tell implements budget.Messages.
func (t *Told) Tell(_ context.Context, told budget.Told) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all = append(t.all, told)
	return nil
}

// Of is what was told of an order.
func (t *Told) Of(order string) (all []budget.Told) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, told := range t.all {
		if told.Order == order {
			all = append(all, told)
		}
	}
	return all
}

// Give writes an order with one line and confirms it.
func (r *Room) Give(t testing.TB, p ledger.Programme, amount money.Fen) budget.Order {
	t.Helper()
	o, err := r.Propose(t.Context(), Writer, budget.ProposeInput{Year: p.Year, Basis: "财预〔2025〕1号", Lines: []budget.LineInput{{Purse: p.Purse.String(), Measure: p.Measure, Amount: amount}}})
	if err == nil {
		o, err = r.Confirm(t.Context(), Second, budget.Step{ID: o.ID, Version: o.Version})
	}
	if err != nil {
		t.Fatal(err)
	}
	if o.State != budget.Confirmed {
		t.Fatalf("the order is %s", o.State)
	}
	return o
}

// Standing is how a programme stands in the books.
func (r *Room) Standing(t testing.TB, p ledger.Programme) ledger.Budget {
	t.Helper()
	all, err := r.Books.Budgets(t.Context(), p.Year)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		if b.Programme == p {
			return b
		}
	}
	return ledger.Budget{Programme: p, Ceiling: money.Max, Cap: money.Max}
}

// Verified checks every entry of the books.
func (r *Room) Verified(t testing.TB) {
	t.Helper()
	report, err := r.Books.Verify(t.Context())
	if err != nil || !report.OK() {
		t.Fatalf("the books do not add up: %v, %+v", err, report)
	}
}

// Coded is the code of an error, "" for none.
func Coded(err error) fault.Code {
	if err == nil {
		return ""
	}
	return fault.From(err).Code
}
