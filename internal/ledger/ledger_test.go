package ledger_test

import (
	"context"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

func TestAnswers(t *testing.T) {
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		clk := ledgertest.Clock()
		l := ledgertest.Open(t, dsn, clk, ledger.Tuning{})
		must(t, l.SetLimit(ctx, "limit/cap", ledger.Limit{Name: "cap", PerParty: true, Max: 500}))
		must(t, l.OpenAccounts(ctx,
			ledger.Account{Name: "source", Asset: ledger.CNY, Overdraft: true},
			ledger.Account{Name: "budget", Asset: ledger.CNY, Limits: []string{"cap"}},
			ledger.Account{Name: "payable", Asset: ledger.CNY},
			ledger.Account{Name: "tokens", Asset: ledger.Voucher("003-7", 2025)}))
		must(t, l.OpenAccounts(ctx, ledger.Account{Name: "payable", Asset: ledger.CNY}))

		move := func(id, from, to string, amount money.Fen) ledger.Transfer {
			return ledger.Transfer{ID: id, Kind: ledger.Move, From: from, To: to, Amount: amount, Party: "p1"}
		}
		hold := func(id string, amount money.Fen) ledger.Transfer {
			return ledger.Transfer{ID: id, Kind: ledger.Hold, From: "budget", To: "payable", Amount: amount, Party: "p1", Until: "2025-07-01"}
		}
		post := func(id, hold string, amount money.Fen) ledger.Transfer {
			return ledger.Transfer{ID: id, Kind: ledger.Post, Hold: hold, Amount: amount}
		}
		linked := func(t ledger.Transfer) ledger.Transfer { t.Linked = true; return t }
		for _, step := range []struct {
			name    string
			ask     []ledger.Transfer
			outcome ledger.Outcome
			code    fault.Code
		}{
			{"an empty budget pays nobody", []ledger.Transfer{move("a", "budget", "payable", 1)}, ledger.Insufficient, fault.Limit},
			{"fund the budget", []ledger.Transfer{move("b", "source", "budget", 1000)}, "", ""},
			{"the first answer stays", []ledger.Transfer{move("a", "budget", "payable", 1)}, ledger.Insufficient, fault.Limit},
			{"an id means one content", []ledger.Transfer{move("a", "budget", "payable", 2)}, "", fault.Conflict},
			{"hold", []ledger.Transfer{hold("h1", 400)}, "", ""},
			{"the cap counts holds", []ledger.Transfer{hold("h2", 101)}, ledger.OverLimit, fault.Limit},
			{"post more than held", []ledger.Transfer{post("p1", "h1", 401)}, ledger.ExceedsHold, fault.Limit},
			{"post a part", []ledger.Transfer{post("p2", "h1", 300)}, "", ""},
			{"post again", []ledger.Transfer{post("p3", "h1", 1)}, ledger.HoldClosed, fault.Conflict},
			{"the rest of the cap is back", []ledger.Transfer{hold("h3", 200)}, "", ""},
			{"void", []ledger.Transfer{{ID: "v1", Kind: ledger.Void, Hold: "h3"}}, "", ""},
			{"correct more than was paid", []ledger.Transfer{{ID: "c0", Kind: ledger.Correction, Corrects: "p2", Amount: 301}}, ledger.Excess, fault.Limit},
			{"correct a part", []ledger.Transfer{{ID: "c1", Kind: ledger.Correction, Corrects: "p2", Amount: 100}}, "", ""},
			{"correct what moved nothing", []ledger.Transfer{{ID: "c2", Kind: ledger.Correction, Corrects: "a", Amount: 1}}, ledger.NotSettled, fault.Conflict},
			{"no such account", []ledger.Transfer{move("x", "budget", "nowhere", 1)}, "", fault.Invalid},
			{"no such hold", []ledger.Transfer{post("x", "none", 1)}, "", fault.NotFound},
			{"another asset", []ledger.Transfer{move("x", "budget", "tokens", 1)}, "", fault.Invalid},
			{"a group falls together", []ledger.Transfer{linked(move("g1", "budget", "payable", 1)), move("g2", "payable", "budget", 999)}, ledger.LinkRefused, fault.Conflict},
			{"and is remembered", []ledger.Transfer{linked(move("g1", "budget", "payable", 1)), move("g2", "payable", "budget", 999)}, ledger.LinkRefused, fault.Conflict},
			{"not with a stranger", []ledger.Transfer{linked(move("g1", "budget", "payable", 1)), move("g3", "payable", "budget", 1)}, "", fault.Conflict},
			{"a group stands together", []ledger.Transfer{linked(move("g4", "budget", "payable", 1)), move("g5", "payable", "budget", 1)}, "", ""},
			{"a hold to expire", []ledger.Transfer{hold("h4", 50)}, "", ""},
			{"not before its day has passed", []ledger.Transfer{{ID: "e0", Kind: ledger.Expire, Hold: "h4"}}, ledger.NotDue, fault.Conflict},
		} {
			answers, err := l.Apply(ctx, step.ask)
			must(t, err)
			if got := answers[0]; got.Outcome != step.outcome || (step.code == "") != (got.Err == nil) || (got.Err != nil && !fault.Is(got.Err, step.code)) {
				t.Fatalf("%s: got %q, %v; want %q, %q", step.name, got.Outcome, got.Err, step.outcome, step.code)
			}
		}
		clk.Advance(48 * 3600e9)
		if n, err := l.ExpireDue(ctx); n != 1 || err != nil {
			t.Fatalf("%d holds expired, %v", n, err)
		}
		b, err := l.Balance(ctx, "budget")
		must(t, err)
		if b.In != 1101 || b.Out != 301 || b.Held != 0 || b.Free() != 800 {
			t.Fatalf("budget: %+v", b)
		}
		used, err := l.Usage(ctx, "cap", "p1")
		if err != nil || used.Used != 201 {
			t.Fatalf("cap: %+v, %v", used, err)
		}
		verified(t, l)
		head, err := l.Head(ctx)
		must(t, err)
		must(t, l.Close())

		again := ledgertest.Open(t, dsn, clk, ledger.Tuning{})
		if got, err := again.Head(ctx); got != head || err != nil {
			t.Fatalf("after a restart the head is %+v, %v; want %+v", got, err, head)
		}
		if got, err := again.Balance(ctx, "budget"); got.In != b.In || got.Out != b.Out || err != nil {
			t.Fatalf("after a restart: %+v, %v", got, err)
		}
		if got, err := again.One(ctx, post("p2", "h1", 300)); err != nil || !got.Repeat {
			t.Fatalf("an id from before the restart got %+v, %v", got, err)
		}
		verified(t, again)
	})
}

func must(t interface {
	Helper()
	Fatal(args ...any)
}, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func verified(t testing.TB, l *ledger.Ledger) {
	t.Helper()
	report, err := l.Verify(context.Background())
	must(t, err)
	for _, f := range report.Findings {
		t.Errorf("%s: entry %d %s %s: %s", f.Check, f.Seq, f.ID, f.Account, f.Message.EN)
	}
}
