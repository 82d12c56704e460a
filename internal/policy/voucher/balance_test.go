package voucher_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/voucher"
	"github.com/qianmo/qianmo/internal/policy/voucher/vouchertest"
)

func ctxOf(t tb) context.Context {
	if with, ok := t.(interface{ Context() context.Context }); ok {
		return with.Context()
	}
	return context.Background()
}

// recomputed is a programme's year by its journal alone, with arithmetic of its
// own: nothing of it is read from a balance or a limit.
type recomputed struct {
	funded, issued, held, spent, returned, expired, available money.Fen
	wallets                                                   map[string]money.Fen // free, by account
	parties                                                   map[string]money.Fen // issued, by party
}

func recompute(t tb, r *vouchertest.Room, programme string) recomputed {
	t.Helper()
	out := recomputed{wallets: map[string]money.Fen{}, parties: map[string]money.Fen{}}
	v := ledger.Vouchers{Programme: programme, Year: 2025}
	var all []ledger.Record
	for before := int64(0); ; {
		page, err := r.Books.Transfers(ctxOf(t), "", before, 500)
		must(t, err)
		for _, e := range page {
			before = e.Seq
			if e.Asset == v.Asset() && e.Outcome == ledger.Accepted && e.Amount > 0 && e.From != "" {
				all = append(all, e)
			}
		}
		if len(page) < 500 {
			break
		}
	}
	holds := map[string]ledger.Record{}
	for i := len(all) - 1; i >= 0; i-- { // oldest first
		e := all[i]
		switch {
		case e.Kind == ledger.Hold:
			holds[e.ID] = e
			out.held += e.Amount
			out.wallets[e.From] -= e.Amount
		case e.Kind == ledger.Post:
			was := holds[e.Hold]
			out.held -= was.Amount
			out.spent += e.Amount
			out.wallets[e.From] += was.Amount - e.Amount
		case e.Kind == ledger.Void || e.Kind == ledger.Expire:
			out.held -= e.Amount
			out.wallets[e.From] += e.Amount
		case e.Kind == ledger.Correction:
			out.spent -= e.Amount
			out.wallets[e.To] += e.Amount
		case e.From == v.Source():
			out.funded += e.Amount
		case e.From == v.Pool():
			out.issued += e.Amount
			out.wallets[e.To] += e.Amount
			out.parties[e.Party] += e.Amount
		case e.To == v.Returned():
			out.returned += e.Amount
			out.wallets[e.From] -= e.Amount
		case e.To == v.Expired():
			out.expired += e.Amount
			out.wallets[e.From] -= e.Amount
		}
	}
	for name, free := range out.wallets {
		out.available += free
		if free < 0 {
			t.Errorf("%s has %s", name, free)
		}
	}
	return out
}

// balanced holds the invariant for both programmes: issued ≤ pool, and issued =
// held + spent + returned + expired + available, to the fen, recomputed from the
// journal; and the room shows just that, voucher by voucher.
func balanced(t tb, r *vouchertest.Room) {
	t.Helper()
	ctx := ctxOf(t)
	report, err := r.Books.Verify(ctx)
	must(t, err)
	if !report.OK() {
		t.Errorf("the ledger does not add up: %+v", report.Findings)
	}
	for _, programme := range []string{vouchertest.City, vouchertest.Province} {
		p, err := r.Programme(programme, 2025)
		must(t, err)
		f, err := r.Figures(ctx, &p)
		must(t, err)
		got := recompute(t, r, programme)
		if got.issued == 0 && f.Issued == 0 {
			continue
		}
		if got.issued != got.held+got.spent+got.returned+got.expired+got.available {
			t.Errorf("%s: issued %s ≠ %+v", programme, got.issued, got)
		}
		if got.issued > f.Ceiling || got.funded > f.Ceiling {
			t.Errorf("%s: %s were issued and %s funded of at most %s", programme, got.issued, got.funded, f.Ceiling)
		}
		shown := [...]money.Fen{f.Funded, f.Issued, f.Held, f.Spent, f.Returned, f.Expired, f.Available}
		if want := [...]money.Fen{got.funded, got.issued, got.held, got.spent, got.returned, got.expired, got.available}; shown != want {
			t.Errorf("%s shows %v and the journal has %v", programme, shown, want)
		}
		for party, issued := range got.parties {
			if p.Terms.Cap != nil && issued > *p.Terms.Cap {
				t.Errorf("%s was issued %s", party, issued)
			}
		}
		all, err := r.Store.Vouchers(ctx, voucher.Filter{Programme: programme})
		must(t, err)
		var back voucher.Back
		for _, v := range all {
			back.Returned, back.Expired = back.Returned+v.Back.Returned, back.Expired+v.Back.Expired
			if v.Pending != nil {
				t.Errorf("%s still waits for the ledger: %+v", v.Number, v.Pending)
			}
		}
		if back != (voucher.Back{Returned: got.returned, Expired: got.expired}) {
			t.Errorf("%s: vouchers say %+v came back, the journal %s and %s", programme, back, got.returned, got.expired)
		}
	}
}

// Any order of claims, holds, settlements, returns, days and clocks moved back
// keeps the invariant.
func TestIssuedIsAlwaysAccountedFor(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := onSQLite(t, vouchertest.Terms{Issue: rule.IssueOnClaim, Cap: "500.00"}, money.Fen(rapid.Int64Range(1, 120_000).Draw(rt, "granted")))
		defer closeRoom(rt, r)
		ctx := rt.Context()
		var vouchers, holds, settled []string
		fen := rapid.Custom(func(t *rapid.T) money.Fen { return money.Fen(rapid.Int64Range(1, 20_000).Draw(t, "fen")) })
		next := func() string { return r.IDs.New("use") }
		expected := func(err error) {
			for _, code := range []fault.Code{fault.Conflict, fault.Limit, fault.Invalid} {
				if err == nil || fault.Is(err, code) {
					return
				}
			}
			rt.Fatal(err)
		}
		steps := map[string]func(*rapid.T){
			"claim": func(rt *rapid.T) {
				v, err := r.Claim(ctx, office, voucher.ClaimInput{Programme: vouchertest.City, Org: vouchertest.Code(rapid.IntRange(1, 3).Draw(rt, "org")), Face: rapid.SampledFrom([]money.Fen{10_000, 30_000, 7}).Draw(rt, "face")})
				if expected(err); err == nil {
					vouchers = append(vouchers, v.ID)
				}
			},
			"answer": func(rt *rapid.T) { _, err := r.Queue.Drain(ctx); expected(err) },
			"hold": func(rt *rapid.T) {
				if len(vouchers) == 0 {
					rt.Skip()
				}
				v, err := r.Store.Voucher(ctx, rapid.SampledFrom(vouchers).Draw(rt, "voucher"))
				must(rt, err)
				id := next()
				in := hold(id, v, id, fen.Draw(rt, "amount"))
				in.Until = r.Time.Today().AddDays(rapid.IntRange(0, 20).Draw(rt, "days"))
				if err := r.Hold(ctx, in); err == nil {
					holds = append(holds, id)
				} else {
					expected(err)
				}
			},
			"settle": func(rt *rapid.T) {
				if len(holds) == 0 {
					rt.Skip()
				}
				in := voucher.SettleInput{ID: next(), Hold: rapid.SampledFrom(holds).Draw(rt, "hold"), Amount: fen.Draw(rt, "amount"), Meter: "m"}
				in.Total = 2 * in.Amount
				if err := r.Settle(ctx, in); err == nil {
					settled = append(settled, in.Hold)
				} else {
					expected(err)
				}
			},
			"release": func(rt *rapid.T) {
				if len(holds) == 0 {
					rt.Skip()
				}
				expected(r.Release(ctx, next(), rapid.SampledFrom(holds).Draw(rt, "hold")))
			},
			"recover": func(rt *rapid.T) {
				if len(settled) == 0 {
					rt.Skip()
				}
				expected(r.Recover(ctx, voucher.RecoverInput{ID: next(), Hold: rapid.SampledFrom(settled).Draw(rt, "hold"), Amount: fen.Draw(rt, "amount"), Ref: "x"}))
			},
			"return": func(rt *rapid.T) {
				if len(vouchers) == 0 {
					rt.Skip()
				}
				v, err := r.Store.Voucher(ctx, rapid.SampledFrom(vouchers).Draw(rt, "voucher"))
				must(rt, err)
				act := rapid.SampledFrom([]func(context.Context, voucher.Actor, voucher.Step) (voucher.Voucher, error){r.Return, r.Recall}).Draw(rt, "how")
				_, err = act(ctx, office, step(v, "退"))
				expected(err)
			},
			"days": func(rt *rapid.T) { r.Time.Advance(time.Duration(rapid.IntRange(-10, 25).Draw(rt, "days")) * day) },
			"expire": func(rt *rapid.T) {
				_, err := r.Books.ExpireDue(ctx)
				must(rt, err)
				_, err = r.Expire(ctx)
				must(rt, err)
			},
		}
		rt.Repeat(steps)
		_, err := r.Queue.Drain(ctx)
		must(rt, err)
		balanced(rt, r)
	})
}

// Sixteen clients claim, hold, settle and return at once, each call several
// times over: the ceiling holds to the fen, nothing is counted twice.
func TestSixteenClientsWithDuplicates(t *testing.T) {
	each(t, vouchertest.Terms{Issue: rule.IssueOnClaim, Cap: "200.00"}, 200_000, func(t *testing.T, r *vouchertest.Room) {
		ctx := t.Context()
		var wait sync.WaitGroup
		for c := range 16 {
			wait.Go(func() { client(t, r, c) })
		}
		wait.Wait()
		for { // what other clients' answers left
			n, err := r.Queue.Drain(ctx)
			must(t, err)
			if n == 0 {
				break
			}
		}
		got := recompute(t, r, vouchertest.City)
		if got.issued != vouchertest.Ceiling {
			t.Errorf("%s were issued of a pool that everybody wanted", got.issued)
		}
		if got.spent == 0 || got.returned == 0 {
			t.Errorf("the clients did too little: %+v", got)
		}
		balanced(t, r)
	})
}

// client wants more than there is, uses what it gets, and gives the rest back.
func client(t *testing.T, r *vouchertest.Room, n int) {
	ctx, org := t.Context(), vouchertest.Code(n)
	twice := func(call func() error) error { // at once, as a client does that heard no answer
		var wait sync.WaitGroup
		answers := make([]error, 3)
		for i := range answers {
			wait.Go(func() { answers[i] = call() })
		}
		wait.Wait()
		for _, err := range answers {
			if (err == nil) != (answers[0] == nil) || err != nil && fault.From(err).Code != fault.From(answers[0]).Code {
				t.Errorf("one call got %v and %v", answers[0], err)
			}
		}
		return answers[0]
	}
	for round := range 4 {
		v, err := r.Issued(ctx, org, vouchertest.City, 10_000)
		if fault.Is(err, fault.Limit) {
			continue
		}
		must(t, err)
		for v.State == voucher.Issuing { // another client drains the answer
			v, err = r.Settled(ctx, v.ID)
			must(t, err)
		}
		if v.State == voucher.Refused {
			continue
		}
		id := fmt.Sprintf("%d/%d/", n, round)
		must(t, twice(func() error { return r.Hold(ctx, hold(id+"a", v, id+"bill-a", 4_000)) }))
		must(t, twice(func() error { return r.Hold(ctx, hold(id+"b", v, id+"bill-b", 3_000)) }))
		must(t, twice(func() error {
			return r.Settle(ctx, voucher.SettleInput{ID: id + "sa", Hold: id + "a", Amount: 3_999, Total: 8_000, Meter: "m/" + id})
		}))
		must(t, twice(func() error { return r.Release(ctx, id+"rb", id+"b") }))
		if v, err = r.Store.Voucher(ctx, v.ID); err != nil {
			t.Error(err)
			return
		}
		var won atomic.Int64
		must(t, twice(func() error { // of three on one reading one wins
			_, err := r.Return(ctx, office, step(v, "退"))
			if err == nil {
				won.Add(1)
			}
			if fault.Is(err, fault.Conflict) {
				err = nil
			}
			return err
		}))
		if won.Load() != 1 {
			t.Errorf("%d returns won", won.Load())
		}
	}
}
