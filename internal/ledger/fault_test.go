package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// TestAFullDiskWritesNothing lets the file grow no further, as a full disk
// does, and later makes room again.
func TestAFullDiskWritesNothing(t *testing.T) {
	ctx := context.Background()
	store := ledgertest.Store(t, dbtest.SQLitePath(t))
	l, err := ledger.Open(ctx, store, ledgertest.Clock(), slog.New(slog.DiscardHandler), ledger.Tuning{})
	must(t, err)
	must(t, l.OpenAccounts(ctx, ledger.Account{Name: "source", Asset: ledger.CNY, Overdraft: true}, ledger.Account{Name: "budget", Asset: ledger.CNY}))
	must(t, store.LimitPages(1))
	batch := func(n int) (all []ledger.Transfer) {
		for i := range 50 {
			all = append(all, ledger.Transfer{ID: fmt.Sprintf("t-%d-%d", n, i), Kind: ledger.Move, From: "source", To: "budget", Amount: 1})
		}
		return all
	}
	answered := 0
	var refused []ledger.Transfer
	for n := 0; refused == nil; n++ {
		if n == 1000 {
			t.Fatal("the disk never filled")
		}
		if _, err := l.Apply(ctx, batch(n)); err == nil {
			answered += 50
		} else if fault.Is(err, fault.Unavailable) {
			refused = batch(n)
		} else {
			t.Fatalf("a full disk gave %v", err)
		}
	}
	budget, err := l.Balance(ctx, "budget")
	must(t, err)
	if budget.In != money.Fen(answered) {
		t.Fatalf("%d transfers were answered and %d fen arrived", answered, budget.In)
	}
	var ids []string
	for _, r := range refused {
		ids = append(ids, r.ID)
	}
	if half, err := store.ByID(ctx, ids); err != nil || len(half) != 0 {
		t.Fatalf("%d of a batch that was not answered are in the journal, %v", len(half), err)
	}
	must(t, store.LimitPages(1<<30))
	answers, err := l.Apply(ctx, refused)
	must(t, err)
	for _, a := range answers {
		if a.Err != nil || a.Repeat {
			t.Fatalf("after making room: %+v", a)
		}
	}
	verified(t, l)
	must(t, l.Close())
}

// TestLostConnectionsLoseNoAnswer ends every connection of the ledger again
// and again while clients work. A commit whose answer was lost must neither
// vanish nor happen twice.
func TestLostConnectionsLoseNoAnswer(t *testing.T) {
	ctx := context.Background()
	dsn := dbtest.PostgresDSN(t)
	store := ledgertest.Store(t, dsn)
	l, err := ledger.Open(ctx, store, ledgertest.Clock(), slog.New(slog.DiscardHandler), ledger.Tuning{})
	must(t, err)
	t.Cleanup(func() { _ = l.Close() })
	must(t, l.OpenAccounts(ctx, ledger.Account{Name: "source", Asset: ledger.CNY, Overdraft: true}, ledger.Account{Name: "budget", Asset: ledger.CNY}))
	axe, err := db.Open(ctx, dsn)
	must(t, err)
	t.Cleanup(func() { _ = axe.Close() })

	const clients, each, cuts = 16, 60, 12
	var answered atomic.Int64
	cut := make(chan struct{}, clients*each)
	var working sync.WaitGroup
	for c := range clients {
		working.Go(func() {
			for n := range each {
				ask := ledger.Transfer{ID: fmt.Sprintf("t-%d-%d", c, n), Kind: ledger.Move, From: "source", To: "budget", Amount: 1}
				for tries := 0; ; tries++ {
					_, err := l.One(ctx, ask)
					if err == nil {
						break
					}
					if !fault.Is(err, fault.Unavailable) || tries == 100 {
						t.Errorf("%s: %v", ask.ID, err)
						return
					}
				}
				if answered.Add(1)%(clients*each/cuts) == 0 {
					cut <- struct{}{}
				}
			}
		})
	}
	go func() { working.Wait(); close(cut) }()
	made := 0
	for range cut {
		made++
		if _, err := axe.Writer().ExecContext(ctx, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
	}
	if made < cuts-1 {
		t.Fatalf("only %d cuts were made", made)
	}
	var total ledger.Balance
	for range 10 { // the pool may still hold connections that the last cut ended
		if total, err = l.Balance(ctx, "budget"); err == nil {
			break
		}
	}
	must(t, err)
	if total.In != clients*each {
		t.Fatalf("%d transfers of one fen made %d fen", clients*each, total.In)
	}
	verified(t, l)
}

// unsure is a store of which some appends fail: before anything was written, or
// after all of it was, as when a connection ends at that moment.
type unsure struct {
	ledger.Store
	appends, failed atomic.Int64
}

var errUnsure = errors.New("the answer was lost")

func (u *unsure) Append(ctx context.Context, after int64, entries []*ledger.Entry) error {
	switch n := u.appends.Add(1); {
	case n > 4 && n%5 == 0:
		u.failed.Add(1)
		return errUnsure
	case n > 4 && n%7 == 0:
		u.failed.Add(1)
		return errors.Join(u.Store.Append(ctx, after, entries), errUnsure)
	}
	return u.Store.Append(ctx, after, entries)
}

// TestAppendsThatFailInFlight fails appends while the next batch has been
// decided on what they would have written. Every request, and the budget that
// is too small for all of them, must come out as if nothing had happened.
func TestAppendsThatFailInFlight(t *testing.T) {
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		store := &unsure{Store: ledgertest.Store(t, dsn)}
		l, err := ledger.Open(ctx, store, ledgertest.Clock(), slog.New(slog.DiscardHandler), ledger.Tuning{Batch: 4, Window: 4})
		must(t, err)
		t.Cleanup(func() { _ = l.Close() })
		const budget, clients, each = 500, 24, 30
		must(t, l.OpenAccounts(ctx, ledger.Account{Name: "source", Asset: ledger.CNY, Overdraft: true}, ledger.Account{Name: "budget", Asset: ledger.CNY}, ledger.Account{Name: "paid", Asset: ledger.CNY}))
		accept(t, l, ledger.Transfer{ID: "fund", Kind: ledger.Move, From: "source", To: "budget", Amount: budget})
		var accepted, refused atomic.Int64
		var working sync.WaitGroup
		for c := range clients {
			working.Go(func() {
				for n := range each {
					pair := make([]ledger.Transfer, 2)
					for i := range pair {
						pair[i] = ledger.Transfer{ID: fmt.Sprintf("t-%d-%d-%d", c, n, i), Kind: ledger.Move, From: "budget", To: "paid", Amount: 1}
					}
					answers, err := l.Apply(ctx, pair)
					if err != nil {
						t.Error(err)
						return
					}
					for _, a := range answers {
						switch {
						case a.Err == nil:
							accepted.Add(1)
						case a.Outcome == ledger.Insufficient:
							refused.Add(1)
						default:
							t.Errorf("%s: %v", a.ID, a.Err)
						}
					}
				}
			})
		}
		working.Wait()
		b, err := l.Balance(ctx, "paid")
		must(t, err)
		if accepted.Load() != budget || b.In != budget || refused.Load() != 2*clients*each-budget {
			t.Fatalf("of a budget of %d, %d were accepted and %d arrived; %d refused", budget, accepted.Load(), b.In, refused.Load())
		}
		if store.failed.Load() < 10 {
			t.Fatalf("only %d appends failed", store.failed.Load())
		}
		verified(t, l)
	})
}

// TestTwoLedgersOnOneDatabase lets two ledgers decide on one budget that is
// too small for both: together they may spend it once.
func TestTwoLedgersOnOneDatabase(t *testing.T) {
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		ledgers := []*ledger.Ledger{
			ledgertest.Open(t, dsn, ledgertest.Clock(), ledger.Tuning{}),
			ledgertest.Open(t, dsn, ledgertest.Clock(), ledger.Tuning{}),
		}
		must(t, ledgers[0].OpenAccounts(ctx, ledger.Account{Name: "source", Asset: ledger.CNY, Overdraft: true}, ledger.Account{Name: "budget", Asset: ledger.CNY}, ledger.Account{Name: "paid", Asset: ledger.CNY}))
		const budget, clients, each = 200, 8, 40
		accept(t, ledgers[1], ledger.Transfer{ID: "fund", Kind: ledger.Move, From: "source", To: "budget", Amount: budget})
		var accepted atomic.Int64
		var working sync.WaitGroup
		for c := range clients {
			working.Go(func() {
				for n := range each {
					_, err := ledgers[c%2].One(ctx, ledger.Transfer{ID: fmt.Sprintf("t-%d-%d", c, n), Kind: ledger.Move, From: "budget", To: "paid", Amount: 1})
					if err == nil {
						accepted.Add(1)
					} else if !fault.Is(err, fault.Limit) {
						t.Error(err)
					}
				}
			})
		}
		working.Wait()
		for _, l := range ledgers {
			b, err := l.Balance(ctx, "budget")
			must(t, err)
			if accepted.Load() != budget || b.Out != budget {
				t.Fatalf("%d transfers were accepted and %d fen left a budget of %d", accepted.Load(), b.Out, budget)
			}
			verified(t, l)
		}
	})
}
