package voucher_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/voucher"
	"github.com/qianmo/qianmo/internal/policy/voucher/vouchertest"
)

const day = 24 * time.Hour

var (
	office = vouchertest.Office
	firm   = vouchertest.Code(1)
	other  = vouchertest.Code(2)
	claim  = vouchertest.Terms{Issue: rule.IssueOnClaim}
)

func step(v voucher.Voucher, reason string) voucher.Step {
	return voucher.Step{ID: v.ID, Version: v.Version, Reason: reason}
}

func figures(t tb, r *vouchertest.Room, programme string) voucher.Figures {
	t.Helper()
	p, err := r.Programme(programme, 2025)
	must(t, err)
	f, err := r.Figures(ctxOf(t), &p)
	must(t, err)
	return f
}

func TestAVoucherFromClaimToReturn(t *testing.T) {
	each(t, claim, 200_000, func(t *testing.T, r *vouchertest.Room) {
		ctx := t.Context()
		v, err := r.Issued(ctx, firm, vouchertest.City, 30_000)
		must(t, err)
		if v.State != voucher.Live || v.Face != 30_000 || v.From != "2025-06-02" || v.Until != "2025-07-01" || v.Hash == "" {
			t.Fatalf("issued %+v", v)
		}
		known, err := r.Facts.Known(ctx, firm, "2025-06-02")
		must(t, err)
		if len(known) != 1 || known[0].Kind != "voucher.issued" || known[0].Quantity != "300.00" || known[0].Attestor != evidence.Department {
			t.Errorf("recorded %+v", known)
		}
		// The pool is the money that stands behind it, under the text's ceiling.
		if f := figures(t, r, vouchertest.City); f.Funded != vouchertest.Ceiling || f.Issued != 30_000 || f.Available != 30_000 || f.Issuable != 70_000 {
			t.Errorf("figures %+v", f)
		}
		must(t, r.Hold(ctx, hold("h1", v, "bill-1", 10_000)))
		must(t, r.Settle(ctx, voucher.SettleInput{ID: "s1", Hold: "h1", Amount: 6_000, Total: 12_000, Meter: "m/2025-06-02/1"}))
		must(t, r.Hold(ctx, hold("h2", v, "bill-2", 5_000)))

		_, err = r.Return(ctx, vouchertest.Firm(firm), step(v, "用不完"))
		must(t, err)
		if v, err = r.Settled(ctx, v.ID); err != nil || v.State != voucher.Live || v.Back.Returned != 19_000 {
			t.Fatalf("after the free part came back: %+v, %v", v, err)
		}
		_, err = r.Return(ctx, vouchertest.Firm(firm), step(v, "再退"))
		wantCode(t, "returning what is held", err, fault.Conflict)
		must(t, r.Release(ctx, "r2", "h2"))
		_, err = r.Return(ctx, vouchertest.Firm(firm), step(v, "余额退回"))
		must(t, err)
		if v, err = r.Settled(ctx, v.ID); err != nil || v.State != voucher.Returned {
			t.Fatalf("at the end: %+v, %v", v, err)
		}
		// What came back joins the pool; the ceiling counts what was ever issued.
		want := voucher.Figures{Ceiling: vouchertest.Ceiling, Funded: vouchertest.Ceiling, Issued: 30_000, Spent: 6_000, Returned: 24_000, Unused: 94_000, Issuable: 70_000}
		if diff := cmp.Diff(want, figures(t, r, vouchertest.City)); diff != "" {
			t.Error(diff)
		}
		view, err := r.See(ctx, vouchertest.Firm(firm), v.ID)
		must(t, err)
		var told []string
		for _, e := range view.Entries {
			told = append(told, strings.TrimSpace(string(e.What)+" "+e.Amount.String()+" "+e.Bill+" "+e.Meter))
		}
		if diff := cmp.Diff([]string{"returned 50.00", "released 50.00 bill-2", "returned 190.00", "held 50.00 bill-2", "deducted 60.00 bill-1 m/2025-06-02/1", "held 100.00 bill-1", "issued 300.00"}, told); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"claim", "issued", "return", "reduced", "return", "ended"}, trimmed(r.Desk.Acts(v.ID))); diff != "" {
			t.Error(diff)
		}
		_, err = r.See(ctx, vouchertest.Firm(other), v.ID)
		wantCode(t, "another's voucher", err, fault.NotFound)
		balanced(t, r)
	})
}

func trimmed(acts []string) (out []string) {
	for _, a := range acts {
		out = append(out, strings.TrimPrefix(a, "policy.voucher."))
	}
	return out
}

func TestNothingIsIssuedWithoutARulingMoneyOrRight(t *testing.T) {
	r := onSQLite(t, vouchertest.Terms{Issue: rule.IssueOnClaim, Cap: "400.00"}, 100_000)
	ctx := t.Context()
	ask := func(programme string, face money.Fen) error {
		_, err := r.Issued(ctx, firm, programme, face)
		return err
	}
	wantCode(t, "a draft", ask(vouchertest.Drafted, 10_000), fault.Conflict)
	wantCode(t, "a referral", ask(vouchertest.Pointer, 10_000), fault.Conflict)
	wantCode(t, "no measure", ask("nothing", 10_000), fault.NotFound)
	wantCode(t, "a face that is not ruled", ask(vouchertest.City, 20_000), fault.Invalid)
	must(t, ask(vouchertest.City, 30_000))
	wantCode(t, "above the cap", ask(vouchertest.City, 30_000), fault.Limit)

	r.Desk.Refuse(other, voucher.Finding{Outcome: rule.NotEligible, Why: vouchertest.Why("不是企业", "no enterprise")})
	_, err := r.Issued(ctx, other, vouchertest.City, 10_000)
	if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "no enterprise") {
		t.Errorf("who does not qualify got %v", err)
	}
	r.Desk.Refuse(other, voucher.Finding{Outcome: rule.Undecided, Questions: []string{"A10", "A16"}})
	_, err = r.Issued(ctx, other, vouchertest.City, 10_000)
	wantCode(t, "a question that the ruling on the voucher does not settle", err, fault.Conflict)

	for _, year := range []int{2024, 2026} { // a guide that does not rule, and no guide
		p, err := r.Programme(vouchertest.City, year)
		if err != nil || p.Closed.IsZero() {
			t.Errorf("%d: %+v, %v", year, p.Closed, err)
		}
	}
	empty := onSQLite(t, claim, 0)
	_, err = empty.Issued(ctx, firm, vouchertest.City, 10_000)
	wantCode(t, "no money", err, fault.Conflict)
}

// A budget that grows fills the pool further; one purse's money is enough.
func TestThePoolFollowsItsBudget(t *testing.T) {
	r := onSQLite(t, claim, 30_000)
	ctx := t.Context()
	_, err := r.Issued(ctx, firm, vouchertest.City, 30_000)
	must(t, err)
	_, err = r.Issued(ctx, other, vouchertest.City, 10_000)
	wantCode(t, "an empty pool", err, fault.Limit)
	must(t, r.Grant(ctx, vouchertest.City, 2025, 500_000))
	_, err = r.Issued(ctx, other, vouchertest.City, 10_000)
	must(t, err)
	if f := figures(t, r, vouchertest.City); f.Funded != vouchertest.Ceiling || f.Issuable != 60_000 {
		t.Errorf("figures %+v", f)
	}
	balanced(t, r)
}

func TestAnApprovalIssuesWhatWasAskedFor(t *testing.T) {
	r := onSQLite(t, vouchertest.Terms{Issue: rule.IssueOnApproval}, 100_000)
	ctx := t.Context()
	asked := func(org int) voucher.Voucher {
		v, err := r.Issued(ctx, vouchertest.Code(org), vouchertest.City, 30_000)
		must(t, err)
		if v.State != voucher.Requested || v.Face != 0 {
			t.Fatalf("asked for: %+v", v)
		}
		return v
	}
	first, second, third, fourth := asked(1), asked(2), asked(3), asked(4)
	approved, err := r.Approve(ctx, office, step(first, "同意"))
	must(t, err)
	if approved, err = r.Settled(ctx, first.ID); err != nil || approved.State != voucher.Live || approved.Face != 30_000 {
		t.Fatalf("approved %+v, %v", approved, err)
	}
	_, err = r.Approve(ctx, office, step(first, "再来"))
	wantCode(t, "approving what was approved", err, fault.Conflict)
	declined, err := r.Decline(ctx, office, step(second, "材料不实"))
	if err != nil || declined.State != voucher.Declined || declined.Why.ZH != "材料不实" {
		t.Errorf("declined %+v, %v", declined, err)
	}
	gone, err := r.Withdraw(ctx, vouchertest.Firm(third.Org), step(third, "不要了"))
	if err != nil || gone.State != voucher.Withdrawn {
		t.Errorf("withdrawn %+v, %v", gone, err)
	}
	for id, want := range map[string]string{first.ID: "approve", second.ID: "decline", third.ID: "withdraw"} {
		if acts := trimmed(r.Desk.Acts(id)); len(acts) < 2 || acts[0] != "request" || acts[1] != want {
			t.Errorf("the audit trail has %v, not %s", acts, want)
		}
	}
	r.Desk.Refuse(fourth.Org, voucher.Finding{Outcome: rule.Expired})
	_, err = r.Approve(ctx, office, step(fourth, "同意"))
	wantCode(t, "approving who qualifies no more", err, fault.Conflict)
	if diff := cmp.Diff([]string{voucher.ToldRequest, voucher.ToldIssued}, r.Desk.Told(first.ID)); diff != "" {
		t.Error(diff)
	}
	balanced(t, r)
}

// TestAVoucherThatEndsSoonWaitsForItsHolder: from thirty days before its last,
// while something is free on it.
func TestAVoucherThatEndsSoonWaitsForItsHolder(t *testing.T) {
	long := vouchertest.Terms{Issue: rule.IssueOnClaim, Days: 60}
	each(t, long, 200_000, func(t *testing.T, r *vouchertest.Room) {
		ctx := t.Context()
		waits := func(want ...party.Todo) {
			t.Helper()
			for org, expected := range map[ident.CreditCode][]party.Todo{firm: want, other: nil} {
				got, err := r.Todos(ctx, vouchertest.Firm(org))
				must(t, err)
				if diff := cmp.Diff(expected, got); diff != "" {
					t.Error(org, diff)
				}
			}
		}
		v, err := r.Issued(ctx, firm, vouchertest.City, 30_000)
		must(t, err)
		if v.Until != "2025-07-31" {
			t.Fatalf("it ends on %s", v.Until)
		}
		waits()
		r.Time.Advance(29 * day) // 1 July
		waits(party.Todo{Kind: voucher.TodoUse, Count: 1, Since: "2025-07-01"})
		must(t, r.Hold(ctx, hold("h1", v, "bill-1", 30_000)))
		waits() // nothing of it is free
		must(t, r.Release(ctx, "r1", "h1"))
		waits(party.Todo{Kind: voucher.TodoUse, Count: 1, Since: "2025-07-01"})
		r.Time.Advance(31 * day)
		waits() // over
	})
}

func TestAnAllocationSharesAShortPoolToTheFen(t *testing.T) {
	each(t, vouchertest.Terms{Issue: rule.IssueByAllocation}, 50_000, func(t *testing.T, r *vouchertest.Room) {
		ctx := t.Context()
		for n := 1; n <= 5; n++ {
			_, err := r.Issued(ctx, vouchertest.Code(n), vouchertest.City, []money.Fen{30_000, 30_000, 10_000, 7, 30_000}[n-1])
			must(t, err)
		}
		r.Desk.Refuse(vouchertest.Code(5), voucher.Finding{Outcome: rule.NotInForce})
		out, err := r.Allocate(ctx, office, vouchertest.City, "按比例分配")
		must(t, err)
		var got []money.Fen
		var states []voucher.State
		for _, v := range out {
			v, err := r.Settled(ctx, v.ID)
			must(t, err)
			got, states = append(got, v.Face), append(states, v.State)
		}
		if diff := cmp.Diff([]money.Fen{21_427, 21_426, 7_142, 5, 0}, got); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]voucher.State{voucher.Live, voucher.Live, voucher.Live, voucher.Live, voucher.Declined}, states); diff != "" {
			t.Error(diff)
		}
		if f := figures(t, r, vouchertest.City); f.Issued != 50_000 || f.Issuable != 0 {
			t.Errorf("figures %+v", f)
		}
		if acts := trimmed(r.Desk.Acts(out[0].ID)); len(acts) != 3 || acts[1] != "allocate" {
			t.Errorf("the audit trail has %v", acts)
		}
		_, err = r.Allocate(ctx, office, vouchertest.City, "再分")
		wantCode(t, "allocating to nobody", err, fault.Conflict)
		balanced(t, r)
	})
}

func TestARecallSaysWhyAndTwoOfficersDoNotBoth(t *testing.T) {
	r := onSQLite(t, claim, 100_000)
	ctx := t.Context()
	v, err := r.Issued(ctx, firm, vouchertest.City, 10_000)
	must(t, err)
	_, err = r.Recall(ctx, office, step(v, " "))
	wantCode(t, "a recall without a reason", err, fault.Invalid)
	_, err = r.Recall(ctx, office, step(v, "单位已注销"))
	must(t, err)
	_, err = r.Recall(ctx, office, step(v, "也要收"))
	wantCode(t, "a second recall on the same reading", err, fault.Conflict)
	if v, err = r.Settled(ctx, v.ID); err != nil || v.State != voucher.Returned || v.Back.Returned != 10_000 {
		t.Errorf("recalled %+v, %v", v, err)
	}
	if diff := cmp.Diff([]string{voucher.ToldIssued, voucher.ToldEnded}, r.Desk.Told(v.ID)); diff != "" {
		t.Error(diff)
	}
	wantCode(t, "holding on a recalled voucher", r.Hold(ctx, hold("h", v, "bill", 1)), fault.Conflict)
	balanced(t, r)
}

func TestExpiryWaitsForHoldsAndNoClockUndoesIt(t *testing.T) {
	each(t, claim, 100_000, func(t *testing.T, r *vouchertest.Room) {
		ctx := t.Context()
		v, err := r.Issued(ctx, firm, vouchertest.City, 30_000)
		must(t, err)
		spent, err := r.Issued(ctx, other, vouchertest.City, 10_000)
		must(t, err)
		long := hold("long", v, "bill-1", 10_000)
		long.Until = "2025-08-01"
		must(t, r.Hold(ctx, long))
		must(t, r.Hold(ctx, hold("all", spent, "bill-2", 10_000)))
		must(t, r.Settle(ctx, voucher.SettleInput{ID: "all-s", Hold: "all", Amount: 10_000, Total: 20_000, Meter: "m"}))
		if spent, err = r.Store.Voucher(ctx, spent.ID); err != nil || spent.State != voucher.Spent {
			t.Fatalf("spent to the last fen: %+v, %v", spent, err)
		}
		expire := func(want int) {
			t.Helper()
			if n, err := r.Expire(ctx); err != nil || n != want {
				t.Fatalf("%d expired, %v; want %d", n, err, want)
			}
			v, err = r.Settled(ctx, v.ID)
			must(t, err)
		}
		r.Time.Advance(20 * day) // the reminder
		expire(0)
		expire(0)
		falling, err := r.Falling(ctx, "2025-07-01")
		if err != nil || len(falling) != 1 || falling[0].Wallet.Free() != 20_000 || falling[0].Wallet.Held != 10_000 {
			t.Errorf("the preview has %+v, %v", falling, err)
		}
		r.Time.Advance(10 * day) // 2025-07-02: over
		expire(1)
		expire(0)
		if v.State != voucher.Live || v.Back.Expired != 20_000 {
			t.Fatalf("with a part held: %+v", v)
		}
		r.Time.Advance(-20 * day) // a clock moved back makes nothing good again
		wantCode(t, "using it after it was over", r.Hold(ctx, hold("late", v, "bill-3", 1)), fault.Conflict)
		expire(0)
		must(t, r.Settle(ctx, voucher.SettleInput{ID: "long-s", Hold: "long", Amount: 4_000, Total: 8_000, Meter: "m2"}))
		expire(1)
		if v.State != voucher.Expired || v.Back.Expired != 26_000 {
			t.Fatalf("after the hold: %+v", v)
		}
		// A deduction given back to an ended voucher is swept by the next run.
		must(t, r.Recover(ctx, voucher.RecoverInput{ID: "back", Hold: "long", Amount: 1_500, Ref: "dispute/1"}))
		if v, err = r.Store.Voucher(ctx, v.ID); err != nil || v.State != voucher.Live {
			t.Fatalf("given back to: %+v, %v", v, err)
		}
		expire(1)
		if f := figures(t, r, vouchertest.City); v.Back.Expired != 27_500 || f.Expired != 27_500 || f.Spent != 12_500 || f.Unused != 87_500 {
			t.Errorf("at the end %+v, figures %+v", v.Back, f)
		}
		if diff := cmp.Diff([]string{voucher.ToldIssued, voucher.ToldEnding, voucher.ToldEnded, voucher.ToldEnded, voucher.ToldEnded}, r.Desk.Told(v.ID)); diff != "" {
			t.Error(diff)
		}
		balanced(t, r)
	})
}

// What ends in a later year goes back to where the pool came from.
func TestAClosedYearTakesNothingBackIntoItsPool(t *testing.T) {
	r := onSQLite(t, claim, 100_000)
	ctx := t.Context()
	r.Time.Advance(200 * day) // 2025-12-19, good until 2026-01-17
	v, err := r.Issued(ctx, firm, vouchertest.City, 10_000)
	must(t, err)
	r.Time.Advance(60 * day)
	if n, err := r.Expire(ctx); err != nil || n != 1 {
		t.Fatalf("%d expired, %v", n, err)
	}
	_, err = r.Settled(ctx, v.ID)
	must(t, err)
	if f := figures(t, r, vouchertest.City); f.Expired != 10_000 || f.Unused != 90_000 {
		t.Errorf("figures %+v", f)
	}
	b, err := r.Books.Balance(ctx, ledger.Vouchers{Programme: vouchertest.City, Year: 2025}.Source())
	if err != nil || b.In != 10_000 {
		t.Errorf("the source got %s back, %v", b.In, err)
	}
	_, err = r.Issued(ctx, firm, vouchertest.City, 10_000)
	wantCode(t, "a year without a guide", err, fault.Conflict)
	balanced(t, r)
}

// A ruling's latest day cuts the validity.
func TestNoVoucherIsGoodAfterTheLatestDay(t *testing.T) {
	r := onSQLite(t, vouchertest.Terms{Issue: rule.IssueOnClaim, Latest: "2025-06-10"}, 100_000)
	v, err := r.Issued(t.Context(), firm, vouchertest.City, 10_000)
	if err != nil || v.Until != "2025-06-10" {
		t.Errorf("good until %s, %v", v.Until, err)
	}
}
