package voucher_test

import (
	"context"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/voucher"
	"github.com/qianmo/qianmo/internal/policy/voucher/vouchertest"
)

// hold is an ordinary hold: half of its bill, for a fortnight.
func hold(id string, v voucher.Voucher, bill string, amount money.Fen) voucher.HoldInput {
	return voucher.HoldInput{ID: id, Voucher: v.ID, Org: v.Org, Bill: bill, Total: 2 * amount, Amount: amount, Until: "2025-07-15", Service: "training", Place: "520100"}
}

func TestAVoucherPaysOnlyWhatItIsGoodFor(t *testing.T) {
	r := onSQLite(t, claim, 100_000)
	ctx := t.Context()
	v, err := r.Issued(ctx, firm, vouchertest.City, 30_000)
	must(t, err)
	for name, c := range map[string]struct {
		change func(*voucher.HoldInput)
		want   fault.Code
	}{
		"another's bill":      {func(in *voucher.HoldInput) { in.Org = other }, fault.NotFound},
		"another service":     {func(in *voucher.HoldInput) { in.Service = "rendering" }, fault.Conflict},
		"elsewhere":           {func(in *voucher.HoldInput) { in.Place = "310000" }, fault.Conflict},
		"above the discount":  {func(in *voucher.HoldInput) { in.Total-- }, fault.Limit},
		"above the voucher":   {func(in *voucher.HoldInput) { in.Amount, in.Total = 30_001, 100_000 }, fault.Limit},
		"a hold in the past":  {func(in *voucher.HoldInput) { in.Until = "2025-06-01" }, fault.Invalid},
		"a hold without end":  {func(in *voucher.HoldInput) { in.Until = "" }, fault.Invalid},
		"a bill with a blank": {func(in *voucher.HoldInput) { in.Bill = "a b" }, fault.Invalid},
		"no voucher":          {func(in *voucher.HoldInput) { in.Voucher = "nothing" }, fault.NotFound},
	} {
		in := hold("try-"+strings.ReplaceAll(name, " ", "-"), v, "bill", 1_000)
		c.change(&in)
		wantCode(t, name, r.Hold(ctx, in), c.want)
	}
	uses, err := r.Store.Uses(ctx, "bill")
	if err != nil || len(uses) != 0 {
		t.Errorf("refused holds left %+v, %v", uses, err)
	}
	balanced(t, r)
}

func TestEachCallIsAnsweredOnce(t *testing.T) {
	r := onSQLite(t, claim, 100_000)
	ctx := t.Context()
	v, err := r.Issued(ctx, firm, vouchertest.City, 30_000)
	must(t, err)
	in, settle := hold("h", v, "bill", 10_000), voucher.SettleInput{ID: "s", Hold: "h", Amount: 6_000, Total: 12_000, Meter: "m"}
	for range 3 {
		must(t, r.Hold(ctx, in))
	}
	in.Amount, in.Total = 9_999, 20_000
	wantCode(t, "the same id for something else", r.Hold(ctx, in), fault.Conflict)
	tooMuch := settle
	tooMuch.ID, tooMuch.Amount, tooMuch.Total = "s0", 10_001, 30_000
	wantCode(t, "more than was held", r.Settle(ctx, tooMuch), fault.Limit)
	tooMuch.Amount, tooMuch.Total = 6_000, 11_999
	wantCode(t, "above the discount of what it came to", r.Settle(ctx, tooMuch), fault.Limit)
	for range 3 {
		must(t, r.Settle(ctx, settle))
	}
	again := settle
	again.ID = "s2"
	wantCode(t, "settling twice", r.Settle(ctx, again), fault.Conflict)
	wantCode(t, "releasing what was settled", r.Release(ctx, "r", "h"), fault.Conflict)
	back := voucher.RecoverInput{ID: "b", Hold: "h", Amount: 6_000, Ref: "dispute/1"}
	for range 3 {
		must(t, r.Recover(ctx, back))
	}
	back.ID = "b2"
	wantCode(t, "giving back more than was deducted", r.Recover(ctx, back), fault.Limit)
	must(t, r.Hold(ctx, hold("h3", v, "bill-3", 30_000)))
	for range 3 {
		must(t, r.Release(ctx, "r3", "h3"))
	}
	if f := figures(t, r, vouchertest.City); f.Available != 30_000 || f.Spent != 0 || f.Held != 0 {
		t.Errorf("figures %+v", f)
	}
	balanced(t, r)
}

// between runs a step once, just before the ledger hears of a transfer.
type between struct {
	voucher.Books
	kind ledger.Kind
	step func()
}

func (b *between) Apply(ctx context.Context, transfers []ledger.Transfer) ([]ledger.Answer, error) {
	if step := b.step; step != nil && transfers[0].Kind == b.kind {
		b.step = nil
		step()
	}
	return b.Books.Apply(ctx, transfers)
}

// Of a release and a settlement at once, what the ledger did stands: neither
// makes the other forgotten, whichever came between.
func TestAReleaseForgetsNoSettlement(t *testing.T) {
	for name, kind := range map[string]ledger.Kind{"settled before the void": ledger.Void, "released before the post": ledger.Post} {
		t.Run(name, func(t *testing.T) {
			r := onSQLite(t, claim, 100_000)
			ctx := t.Context()
			v, err := r.Issued(ctx, firm, vouchertest.City, 10_000)
			must(t, err)
			must(t, r.Hold(ctx, hold("h", v, "bill", 10_000)))
			books := &between{Books: r.Service.Books, kind: kind}
			r.Service.Books = books
			settle := voucher.SettleInput{ID: "s", Hold: "h", Amount: 8_000, Total: 16_000, Meter: "m"}
			if kind == ledger.Void {
				books.step = func() { must(t, r.Settle(ctx, settle)) }
				wantCode(t, "releasing what was settled meanwhile", r.Release(ctx, "r", "h"), fault.Conflict)
				must(t, r.Recover(ctx, voucher.RecoverInput{ID: "b", Hold: "h", Amount: 1_000, Ref: "dispute"}))
			} else {
				books.step = func() { wantCode(t, "releasing what is being settled", r.Release(ctx, "r", "h"), fault.Conflict) }
				must(t, r.Settle(ctx, settle))
				must(t, r.Recover(ctx, voucher.RecoverInput{ID: "b", Hold: "h", Amount: 1_000, Ref: "dispute"}))
			}
			balanced(t, r)
		})
	}
}

// A deduction and what the centre is owed for it stand or fall together.
func TestASettlementFallsWithItsPayable(t *testing.T) {
	r := onSQLite(t, claim, 100_000)
	ctx := t.Context()
	v, err := r.Issued(ctx, firm, vouchertest.City, 10_000)
	must(t, err)
	must(t, r.Hold(ctx, hold("h", v, "bill", 10_000)))
	p := ledger.Programme{Purse: ledger.Purse{Level: ledger.City, Code: "520100"}, Measure: vouchertest.City, Year: 2025}
	must(t, r.Books.OpenAccounts(ctx, p.PayableAccount("centre")))
	in := voucher.SettleInput{ID: "s", Hold: "h", Amount: 8_000, Total: 16_000, Meter: "m", With: []ledger.Transfer{ledger.Award("owed", ledger.Move, p, "centre", 200_000, "bill/bill")}}
	wantCode(t, "owing more than the programme has", r.Settle(ctx, in), fault.Limit)
	if f := figures(t, r, vouchertest.City); f.Spent != 0 || f.Held != 10_000 {
		t.Fatalf("figures %+v", f)
	}
	in.ID, in.With = "s2", []ledger.Transfer{ledger.Award("owed2", ledger.Move, p, "centre", 8_000, "bill/bill")}
	must(t, r.Settle(ctx, in))
	b, err := r.Books.Balance(ctx, p.Payable("centre"))
	if err != nil || b.Total() != 8_000 {
		t.Errorf("the centre is owed %s, %v", b.Total(), err)
	}
	balanced(t, r)
}

func TestThoseThatEndFirstComeFirst(t *testing.T) {
	r := onSQLite(t, claim, 100_000)
	ctx := t.Context()
	var ids []string
	for range 2 {
		v, err := r.Issued(ctx, firm, vouchertest.City, 10_000)
		must(t, err)
		ids = append(ids, v.ID)
		r.Time.Advance(day)
	}
	got, err := r.Usable(ctx, firm, "training", "520100")
	if err != nil || len(got) != 2 || got[0].Voucher.ID != ids[0] {
		t.Errorf("usable %+v, %v", got, err)
	}
	if got, err := r.Usable(ctx, firm, "training", "310000"); err != nil || len(got) != 0 {
		t.Errorf("usable elsewhere %+v, %v", got, err)
	}
}

// No bill ever carries two programmes, whatever is held, settled and released in
// whatever order, until a ruling says that it may; the refusal names both.
func TestABillNeverTakesTwoProgrammesUntilRuled(t *testing.T) {
	for _, combine := range []bool{false, true} {
		r := onSQLite(t, vouchertest.Terms{Issue: rule.IssueOnClaim, Combine: combine}, 1_000_000_000)
		rapid.Check(t, func(t *rapid.T) {
			run := r.IDs.New("bill")
			vouchers := map[string]voucher.Voucher{}
			for _, p := range []string{vouchertest.City, vouchertest.Province} {
				v, err := r.Issued(ctxOf(t), firm, p, 7)
				must(t, err)
				vouchers[p] = v
			}
			open := map[string]string{} // hold -> programme that pays for the bill
			for n := range rapid.IntRange(1, 8).Draw(t, "steps") {
				p := rapid.SampledFrom([]string{vouchertest.City, vouchertest.Province}).Draw(t, "programme")
				id := run + "/" + r.IDs.New("hold")
				if len(open) > 0 && rapid.Bool().Draw(t, "release") {
					for h := range open {
						must(t, r.Release(ctxOf(t), h+"/r", h))
						delete(open, h)
						break
					}
					continue
				}
				in := hold(id, vouchers[p], run, 1)
				in.Total = 1_000
				err := r.Hold(ctxOf(t), in)
				foreign := false
				for _, q := range open {
					foreign = foreign || q != p
				}
				switch {
				case foreign && !combine:
					if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), vouchertest.City) || !strings.Contains(err.Error(), vouchertest.Province) {
						t.Fatalf("step %d: a second programme got %v", n, err)
					}
				case err != nil:
					t.Fatalf("step %d: %v", n, err)
				default:
					open[id] = p
				}
			}
		})
		balanced(t, r)
	}
}
