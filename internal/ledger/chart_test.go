package ledger_test

import (
	"context"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

func TestAYearOfAProgramme(t *testing.T) {
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		l := ledgertest.Open(t, dsn, ledgertest.Clock(), ledger.Tuning{})
		city := ledger.Purse{Level: ledger.City, Code: "520100"}
		p := ledger.Programme{Purse: city, Measure: "002-2", Year: 2025}
		for range 2 { // opening is idempotent
			must(t, l.OpenProgramme(ctx, p))
			must(t, l.OpenAccounts(ctx, p.PayableAccount("x"), p.PayableAccount("y")))
		}
		must(t, l.SetCeiling(ctx, "decision/1", p, 800))
		must(t, l.SetCap(ctx, "decision/2", p, 500))
		hold := ledger.Award("hold", ledger.Hold, p, "y", 200, "application/2")
		accept(t, l, ledger.Appropriate("in", city, 2025, 5000, "decision/0"), ledger.Allot("allot", p, 1000, "decision/0"),
			ledger.Award("award", ledger.Move, p, "x", 400, "application/1"), hold, ledger.PayOut("pay", p, "x", 300, "application/1"))
		for _, over := range []ledger.Transfer{
			ledger.Award("over-the-cap", ledger.Move, p, "x", 101, ""),
			ledger.Award("over-the-ceiling", ledger.Move, p, "y", 201, ""),
		} {
			if _, err := l.One(ctx, over); !fault.Is(err, fault.Limit) {
				t.Errorf("%s: %v", over.ID, err)
			}
		}
		want := ledger.Budget{Programme: p, Ceiling: 800, Cap: 500, Granted: 1000, Held: 200, Awarded: 400, Paid: 300, Free: 200}
		if got, err := l.Budgets(ctx, 2025); err != nil || len(got) != 1 || got[0] != want {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}

		// The payment comes back, and part of the award with it.
		accept(t, l, ledger.Transfer{ID: "back", Kind: ledger.Correction, Corrects: "pay", Amount: 300},
			ledger.Transfer{ID: "less", Kind: ledger.Correction, Corrects: "award", Amount: 150}, ledger.Transfer{ID: "free", Kind: ledger.Void, Hold: "hold"})
		want = ledger.Budget{Programme: p, Ceiling: 800, Cap: 500, Granted: 1000, Awarded: 250, Free: 550}
		if got, err := l.Budgets(ctx, 0); err != nil || len(got) != 1 || got[0] != want {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
		if got, err := l.Budgets(ctx, 2024); err != nil || len(got) != 0 {
			t.Fatalf("another year has %+v, %v", got, err)
		}
		verified(t, l)
	})
}

func TestWhatNobodySpentIsTakenBack(t *testing.T) {
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		l := ledgertest.Open(t, dsn, ledgertest.Clock(), ledger.Tuning{})
		city := ledger.Purse{Level: ledger.City, Code: "520100"}
		p, other := ledger.Programme{Purse: city, Measure: "002-2", Year: 2025}, ledger.Programme{Purse: city, Measure: "002-3", Year: 2025}
		must(t, l.OpenProgramme(ctx, p, other))
		must(t, l.OpenAccounts(ctx, p.PayableAccount("x"), p.PayableAccount("y")))
		accept(t, l, ledger.Appropriate("in", city, 2025, 1000, "order/1"), ledger.Allot("allot", p, 1000, "order/1"))
		must(t, l.SetLimits(ctx, p.CeilingAt("order/1/ceiling", 1000), p.CapAt("order/1/cap", 900)))
		accept(t, l, ledger.Award("award", ledger.Move, p, "x", 400, "application/1"), ledger.Award("hold", ledger.Hold, p, "x", 200, "application/2"))

		back := func(id string, amount money.Fen) []ledger.Transfer {
			group := []ledger.Transfer{ledger.TakeBack(id+"/allot", "allot", amount, "order/2"), ledger.TakeBack(id+"/in", "in", amount, "order/2")}
			group[0].Linked = true
			return group
		}
		answers, err := l.Apply(ctx, back("what-is-held", 401))
		if must(t, err); answers[0].Outcome != ledger.Insufficient || answers[1].Outcome != ledger.LinkRefused {
			t.Fatalf("got %+v", answers)
		}
		accept(t, l, back("free", 300)...)
		must(t, l.SetLimits(ctx, p.CeilingAt("order/2/ceiling", 700)))
		want := ledger.Budget{Programme: p, Ceiling: 700, Cap: 900, Granted: 700, Held: 200, Awarded: 400, Free: 100}
		got, err := l.Budgets(ctx, 2025)
		if err != nil || len(got) != 2 || got[0] != want || got[1].Ceiling != money.Max {
			t.Fatalf("got %+v, %v; want %+v", got, err, want)
		}
		for account, want := range map[string]money.Fen{city.Source(): -700, city.Budget(2025): 0, p.Account(): 300} {
			if b, err := l.Balance(ctx, account); err != nil || b.Total() != want {
				t.Errorf("%s holds %d, %v; want %d", account, b.Total(), err, want)
			}
		}
		must(t, l.OpenProgramme(ctx, p)) // again: the ceiling stays
		if _, err := l.One(ctx, ledger.Award("too-much", ledger.Move, p, "y", 101, "")); !fault.Is(err, fault.Limit) {
			t.Errorf("what was taken back was awarded: %v", err)
		}
		verified(t, l)
	})
}

func TestRecoveredMoneyReturnsToThePurse(t *testing.T) {
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		l := ledgertest.Open(t, dsn, ledgertest.Clock(), ledger.Tuning{})
		city := ledger.Purse{Level: ledger.City, Code: "520100"}
		p := ledger.Programme{Purse: city, Measure: "002-2", Year: 2025}
		must(t, l.OpenProgramme(ctx, p))
		must(t, l.OpenAccounts(ctx, append(city.RecoveredAccounts(2026), p.PayableAccount("x"), p.PayableAccount("y"))...))
		must(t, l.SetCeiling(ctx, "decision/1", p, 400))
		accept(t, l, ledger.Appropriate("in", city, 2025, 1000, ""), ledger.Allot("allot", p, 1000, ""),
			ledger.Award("award", ledger.Move, p, "x", 400, ""), ledger.PayOut("pay", p, "x", 400, ""))
		accept(t, l, ledger.Recover("back", city, 2025, 2026, "x", 250, ""), ledger.TakeInterest("interest", city, 2026, "x", 7, ""))
		if _, err := l.One(ctx, ledger.Recover("too-much", city, 2025, 2026, "x", 151, "")); !fault.Is(err, fault.Limit) {
			t.Errorf("recovering more than was paid: %v", err)
		}
		if _, err := l.One(ctx, ledger.Award("again", ledger.Move, p, "y", 1, "")); !fault.Is(err, fault.Limit) {
			t.Errorf("recovered money was free for the programme again: %v", err)
		}
		for account, want := range map[string]money.Fen{city.Recovered(2026): 257, city.Paid(2025): 150, city.Interest(): -7} {
			if b, err := l.Balance(ctx, account); err != nil || b.Total() != want {
				t.Errorf("%s holds %d, %v; want %d", account, b.Total(), err, want)
			}
		}
		// What was booked by mistake is corrected, and may be booked again.
		accept(t, l, ledger.Transfer{ID: "not-ours", Kind: ledger.Correction, Corrects: "back", Amount: 250}, ledger.Recover("right", city, 2025, 2026, "x", 400, ""))
		verified(t, l)
	})
}

func TestAJobRetiresVouchersAndOwesTheCentreAtOnce(t *testing.T) {
	ledgertest.Each(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		l := ledgertest.Open(t, dsn, ledgertest.Clock(), ledger.Tuning{})
		p := ledger.Programme{Purse: ledger.Purse{Level: ledger.Province, Code: "520000"}, Measure: "003-7", Year: 2025}
		v := ledger.Vouchers{Programme: "003-7", Year: 2025}
		must(t, l.OpenProgramme(ctx, p))
		must(t, l.OpenVouchers(ctx, v))
		must(t, l.SetVoucherLimits(ctx, "decision/0", v, ledger.VoucherLimits{Backing: 1000, Ceiling: 1000, Cap: money.Max}))
		must(t, l.OpenAccounts(ctx, v.WalletAccount("one"), p.PayableAccount("centre")))
		accept(t, l, ledger.Appropriate("in", p.Purse, 2025, 100, "decision/0"), ledger.Allot("allot", p, 100, "decision/0"),
			v.Fund("fund", 1000, "decision/0"), v.Issue("issue", "one", "firm", 1000, "voucher/one"), v.Hold("a/hold", "one", 70, "", "job/a"), v.Hold("b/hold", "one", 70, "", "job/b"))
		settle := func(job string, fen money.Fen) []ledger.Transfer {
			return []ledger.Transfer{
				{ID: job + "/voucher", Kind: ledger.Post, Hold: job + "/hold", Amount: fen, Ref: "meter/" + job, Linked: true},
				ledger.Award(job+"/payable", ledger.Move, p, "centre", fen, "job/"+job),
			}
		}
		accept(t, l, settle("a", 60)...)
		answers, err := l.Apply(ctx, settle("b", 60)) // the programme has only 40 left
		must(t, err)
		if answers[0].Outcome != ledger.LinkRefused || answers[1].Outcome != ledger.Insufficient {
			t.Fatalf("got %+v", answers)
		}
		held, err := l.Balance(ctx, v.Wallet("one"))
		if err != nil || held.Free() != 870 || held.Total() != 940 {
			t.Fatalf("the voucher has %s, %s of it free, %v", held.Total(), held.Free(), err)
		}
		if _, err := l.One(ctx, v.Issue("more", "one", "firm", 1, "")); !fault.Is(err, fault.Limit) {
			t.Errorf("more than the pool was issued: %v", err)
		}
		if _, err := l.One(ctx, v.Fund("more-fund", 1, "")); !fault.Is(err, fault.Limit) {
			t.Errorf("the pool got more than stands behind it: %v", err)
		}
		accept(t, l, v.GiveBack("return", "one", v.Returned(), true, 870, "voucher/one")...)
		if _, err := l.One(ctx, v.Issue("again", "one", "firm", 1, "")); !fault.Is(err, fault.Limit) {
			t.Errorf("what came back was issued beyond the year's ceiling: %v", err)
		}
		verified(t, l)
	})
}

func TestPurses(t *testing.T) {
	for _, s := range []string{"city-520100", "district-520115", "district-guian", "province-520000"} {
		if p, err := ledger.ParsePurse(s); err != nil || p.String() != s {
			t.Errorf("%s: %v, %v", s, p, err)
		}
	}
	for _, s := range []string{"", "city", "city-", "town-1", "city-a/b", "city-a b"} {
		if _, err := ledger.ParsePurse(s); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func accept(t testing.TB, l *ledger.Ledger, transfers ...ledger.Transfer) {
	t.Helper()
	answers, err := l.Apply(context.Background(), transfers)
	must(t, err)
	for _, a := range answers {
		if a.Err != nil {
			t.Fatalf("%s: %v", a.ID, a.Err)
		}
	}
}
