package ledger_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/ledger/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// TestVerifyNamesWhatWasAltered edits the database by hand, as somebody with
// its password could, and expects the exact entry or account to be named.
func TestVerifyNamesWhatWasAltered(t *testing.T) {
	const pay = `(select seq from journal where id = 'pay')`
	for _, c := range []struct {
		name  string
		edits []string
		want  []ledger.Finding // the first one stands first; empty fields may be anything
	}{
		{"nothing", nil, nil},
		{"the amount of a transfer", []string{`update journal set amount = amount + 1 where id = 'pay'`},
			[]ledger.Finding{{Check: ledger.CheckChain, Seq: 11, ID: "pay"}, {Check: ledger.CheckBalance, Account: "payable"}, {Check: ledger.CheckBalance, Account: "paid"}}},
		{"a folded balance", []string{`update account set total_in = total_in + 5 where name = 'paid'`},
			[]ledger.Finding{{Check: ledger.CheckBalance, Account: "paid"}, {Check: ledger.CheckConservation}}},
		{"a deleted row", []string{`delete from journal where id = 'pay'`},
			[]ledger.Finding{{Check: ledger.CheckChain, Seq: 11}, {Check: ledger.CheckBalance, Account: "paid"}}},
		{"the newest row deleted", []string{`delete from journal where id = 'last'`},
			[]ledger.Finding{{Check: ledger.CheckChain, Seq: 15}}},
		{"both sides, consistently", []string{
			`update journal set amount = amount + 1 where id = 'pay'`,
			`update account set total_out = total_out + 1 where name = 'payable'`,
			`update account set total_in = total_in + 1 where name = 'paid'`},
			[]ledger.Finding{{Check: ledger.CheckChain, ID: "pay"}}},
		{"a refusal turned into an acceptance", []string{`update journal set outcome = '' where id = 'refused'`},
			[]ledger.Finding{{Check: ledger.CheckChain, ID: "refused"}, {Check: ledger.CheckOverdraft, ID: "refused"}}},
		{"half of a group refused", []string{`update journal set outcome = 'linked_refused' where id = 'g2'`},
			[]ledger.Finding{{Check: ledger.CheckChain, ID: "g2"}, {Check: ledger.CheckRefused, ID: "g2"}}},
		{"a hash replaced", []string{`update journal set hash = (select hash from journal where id = 'post') where id = 'pay'`},
			[]ledger.Finding{{Check: ledger.CheckChain, ID: "pay"}}},
		{"a post of more than the hold", []string{`update journal set amount = 1000 where id = 'post'`},
			[]ledger.Finding{{Check: ledger.CheckChain, ID: "post"}, {Check: ledger.CheckHolds, ID: "post"}}},
		{"a hold made to vanish from the fold", []string{`delete from open_hold`},
			[]ledger.Finding{{Check: ledger.CheckHolds, ID: "open"}}},
		{"a hold's sum", []string{`update account set held = held - 1 where name = 'budget'`},
			[]ledger.Finding{{Check: ledger.CheckHolds, Account: "budget"}}},
		{"a used limit", []string{`update limit_used set used = used - 1`}, []ledger.Finding{{Check: ledger.CheckLimits}}},
		{"a raised limit", []string{`update spending_limit set most = most + 1`}, []ledger.Finding{{Check: ledger.CheckLimits}}},
		{"an account's terms", []string{`update account set terms = replace(terms, '"overdraft":false', '"overdraft":true') where name = 'paid'`},
			[]ledger.Finding{{Check: ledger.CheckBalance, Account: "paid"}}},
		{"an account that nobody opened", []string{`insert into account (no, name, asset, terms, total_in, total_out, held, incoming) values (` + pay + `, 'x', 'CNY', '{}', 0, 0, 0, 0)`},
			[]ledger.Finding{{Check: ledger.CheckBalance, Account: "x"}}},
		{"a correction forgotten", []string{`delete from corrected`}, []ledger.Finding{{Check: ledger.CheckBalance}}},
		{"the hash of the fold", []string{`update fold set hash = (select hash from journal where id = 'pay')`}, []ledger.Finding{{Check: ledger.CheckChain, ID: "last"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ledgertest.Each(t, func(t *testing.T, dsn string) {
				ctx := context.Background()
				books(t, dsn)
				store := ledgertest.Store(t, dsn)
				for _, edit := range c.edits {
					alter(t, store, edit)
				}
				report, err := ledger.Verify(ctx, store)
				must(t, err)
				if report.OK() != (len(c.want) == 0) {
					t.Fatalf("%d findings, want %d", len(report.Findings), len(c.want))
				}
				if said := report.Body(0).Summary.EN; strings.HasSuffix(said, "entry 0.") {
					t.Errorf("there is no entry 0: %s", said)
				}
				for i, want := range c.want {
					is := func(got ledger.Finding) bool {
						return got.Check == want.Check && (want.Seq == 0 || got.Seq == want.Seq) && (want.ID == "" || got.ID == want.ID) && (want.Account == "" || got.Account == want.Account)
					}
					if !slices.ContainsFunc(report.Findings, is) || (i == 0 && !is(report.Findings[0])) {
						t.Errorf("finding %d, %+v, is not in its place in %+v", i, want, report.Findings)
					}
				}
			})
		})
	}
}

// books keeps a small, closed set of books at an address.
func books(t *testing.T, dsn string) (sealed ledger.Head) {
	t.Helper()
	ctx := context.Background()
	l := ledgertest.Open(t, dsn, ledgertest.Clock(), ledger.Tuning{})
	must(t, l.SetLimit(ctx, "limit/cap", ledger.Limit{Name: "cap", PerParty: true, Max: 1000}))
	must(t, l.OpenAccounts(ctx,
		ledger.Account{Name: "source", Asset: ledger.CNY, Overdraft: true}, ledger.Account{Name: "budget", Asset: ledger.CNY, Limits: []string{"cap"}},
		ledger.Account{Name: "payable", Asset: ledger.CNY}, ledger.Account{Name: "paid", Asset: ledger.CNY}))
	move := func(id, from, to string, fen int64) ledger.Transfer {
		return ledger.Transfer{ID: id, Kind: ledger.Move, From: from, To: to, Amount: money.Fen(fen), Party: "x"}
	}
	group := move("g1", "budget", "payable", 1)
	group.Linked = true
	accept(t, l, move("fund", "source", "budget", 1000),
		ledger.Transfer{ID: "hold", Kind: ledger.Hold, From: "budget", To: "payable", Amount: 300, Party: "x"},
		ledger.Transfer{ID: "post", Kind: ledger.Post, Hold: "hold", Amount: 200},
		ledger.Transfer{ID: "open", Kind: ledger.Hold, From: "budget", To: "payable", Amount: 50, Party: "x"})
	if _, err := l.One(ctx, move("refused", "budget", "payable", 900)); err == nil {
		t.Fatal("the budget has no 900")
	}
	head, err := l.Head(ctx)
	must(t, err)
	accept(t, l, move("pay", "payable", "paid", 120), group, move("g2", "payable", "paid", 1),
		ledger.Transfer{ID: "back", Kind: ledger.Correction, Corrects: "pay", Amount: 20}, move("last", "payable", "paid", 1))
	must(t, l.Close())
	return head
}

func alter(t *testing.T, store *sqlstore.Store, statement string) {
	t.Helper()
	done, err := store.DB().Writer().ExecContext(context.Background(), statement)
	must(t, err)
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s changed nothing, %v", statement, err)
	}
}

// TestSealedHeadsFindARewrittenJournal rewrites the journal with a consistent
// chain, which nothing inside the database can show.
func TestSealedHeadsFindARewrittenJournal(t *testing.T) {
	ctx := context.Background()
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		sealed := books(t, dsn)
		store := ledgertest.Store(t, dsn)
		report, err := ledger.Verify(ctx, store, sealed)
		if err != nil || !report.OK() {
			t.Fatalf("%+v, %v", report, err)
		}
		head := report.Head
		other := ledger.Head{Seq: sealed.Seq, Hash: head.Hash}
		report, err = ledger.Verify(ctx, store, other)
		if err != nil || len(report.Findings) != 1 || report.Findings[0].Check != ledger.CheckSealed || report.Findings[0].Seq != sealed.Seq {
			t.Fatalf("%+v, %v", report, err)
		}
		report, err = ledger.Verify(ctx, store, ledger.Head{Seq: head.Seq + 1, Hash: head.Hash})
		if err != nil || len(report.Findings) != 1 || report.Findings[0].Check != ledger.CheckSealed {
			t.Fatalf("a journal cut short: %+v, %v", report, err)
		}
	})
}

// TestALedgerDoesNotBuildOnAtAnAlteredJournal changes the journal's end by hand.
func TestALedgerDoesNotBuildOnAtAnAlteredJournal(t *testing.T) {
	ctx := context.Background()
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		books(t, dsn)
		store := ledgertest.Store(t, dsn)
		alter(t, store, `update journal set hash = (select hash from journal where id = 'pay') where id = 'last'`)
		if _, err := ledger.Open(ctx, store, ledgertest.Clock(), slog.New(slog.DiscardHandler), ledger.Tuning{}); !fault.Is(err, fault.CheckFailed) {
			t.Fatalf("it opened with %v", err)
		}
	})
}
