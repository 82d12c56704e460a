package payment_test

import (
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/payment"
	"github.com/qianmo/qianmo/internal/policy/payment/paymenttest"
)

// fen draws an amount with many small ones, where rounding shows.
func fen(t *rapid.T, name string) money.Fen {
	return money.Fen(rapid.OneOf(rapid.Int64Range(1, 40), rapid.Int64Range(1, 5_000_000_00), rapid.Int64Range(1, 1<<60)).Draw(t, name))
}

// halved is an award with the odd fen at the district.
func halved(total money.Fen) payment.Award {
	city, district := total.SplitHalf()
	return paymenttest.Award("c", city, district)
}

// checkSums asserts what every plan promises.
func checkSums(t *rapid.T, a payment.Award, parts []payment.Part) {
	t.Helper()
	var amount, city, district money.Fen
	for i, p := range parts {
		if p.N != i+1 || p.Amount <= 0 || p.City < 0 || p.District < 0 || p.City+p.District != p.Amount {
			t.Fatalf("part %d is %+v", i, p)
		}
		amount, city, district = amount+p.Amount, city+p.City, district+p.District
		if gap := district - city; gap < 0 || gap > 1 {
			t.Fatalf("after part %d the city has paid %d and the district %d", p.N, city, district)
		}
	}
	if amount != a.Total() || city != a.City.Amount || district != a.District.Amount {
		t.Fatalf("the parts pay %d + %d, the award is %d + %d", city, district, a.City.Amount, a.District.Amount)
	}
}

// Whatever the shares or amounts, the parts add up to the award, each side's
// parts to its half, and after each part the district has paid as much as the
// city or one fen more.
func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := fen(t, "total")
		a := halved(total)
		var in []payment.PartInput
		n := rapid.IntRange(1, 6).Draw(t, "parts")
		if rapid.Bool().Draw(t, "by share") {
			left := int64(1000)
			for i := range n {
				share := left
				if i < n-1 {
					share = rapid.Int64Range(0, left).Draw(t, "share")
				}
				left -= share
				in = append(in, payment.PartInput{Share: new(big.Rat).SetFrac64(share, 1000).FloatString(3)})
			}
		} else {
			left := total
			for i := range n {
				amount := left
				if i < n-1 {
					amount = money.Fen(rapid.Int64Range(0, int64(left)).Draw(t, "amount"))
				}
				left -= amount
				in = append(in, payment.PartInput{Amount: amount})
			}
		}
		parts, err := payment.Divide(a, nil, in)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return // a part of nothing
		}
		checkSums(t, a, parts)
		kept := rapid.IntRange(0, len(parts)-1).Draw(t, "kept")
		again, err := payment.Divide(a, parts[:kept], []payment.PartInput{{Share: "0.5"}, {Share: "0.5"}})
		if err == nil {
			checkSums(t, a, again)
		} else if !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	})
}

// A share is the exact proportion to the nearest fen; computed here with big
// rationals, of which the code knows nothing.
func TestShareIsNearestAndAHalfGoesToTheOtherSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := fen(t, "whole")
		some := money.Fen(rapid.Int64Range(0, int64(whole)).Draw(t, "some"))
		part := money.Fen(rapid.Int64Range(0, int64(whole)).Draw(t, "part"))
		exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(int64(some)), big.NewInt(int64(part))), big.NewInt(int64(whole)))
		got := new(big.Rat).SetInt64(int64(payment.Share(some, part, whole)))
		off := new(big.Rat).Sub(exact, got)
		if half := big.NewRat(1, 2); off.Cmp(half) > 0 || off.Cmp(new(big.Rat).Neg(half)) <= 0 {
			t.Fatalf("share(%d, %d, %d) = %s, exactly %s", some, part, whole, got.RatString(), exact.RatString())
		}
	})
}

func TestPlansThatDoNotAddUpAreRefused(t *testing.T) {
	a := halved(10001)
	due := clock.Date("2025-13-01")
	for name, in := range map[string][]payment.PartInput{
		"none":                      {},
		"shares below one":          {{Share: "0.5"}, {Share: "0.4"}},
		"shares above one":          {{Share: "0.5"}, {Share: "0.6"}},
		"a share of thirds":         {{Share: "1/3"}, {Share: "2/3"}},
		"an exponent":               {{Share: "1e99999999"}},
		"share and amount mixed":    {{Share: "0.5"}, {Amount: 5000}},
		"amounts too small":         {{Amount: 5000}, {Amount: 5000}},
		"amounts too large":         {{Amount: 5000}, {Amount: 5002}},
		"a negative amount":         {{Amount: 10002}, {Amount: -1}},
		"amounts past 64 bits":      {{Amount: money.Max}, {Amount: money.Max}},
		"less than a fen":           {{Share: "0.000000001"}, {Share: "0.999999999"}},
		"a milestone nobody judges": {{Share: "1", Milestone: "上线"}},
		"a judge without milestone": {{Share: "1", Confirms: "office"}},
		"no day":                    {{Share: "1", Milestone: "上线", Confirms: "office", Due: due}},
		"twenty-five parts":         make([]payment.PartInput, 25),
	} {
		if parts, err := payment.Divide(a, nil, in); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, %v", name, parts, err)
		}
	}
}

func TestPlanIsFixedAndOnlyTheRestIsDividedAgain(t *testing.T) {
	r := openRoom(t)
	r.Told.Grant(paymenttest.Award("p", 5000, 5001))
	set := func(version int, parts ...payment.PartInput) (payment.Plan, error) {
		return r.SetPlan(t.Context(), paymenttest.Office, payment.PlanInput{Case: "p", Version: version, Parts: parts, Reason: "按进度分期"})
	}
	milestone := payment.PartInput{Share: "0.6", Milestone: "模型上线", Confirms: "office", Evidence: "验收报告", Due: "2025-12-31"}
	plan, err := set(0, payment.PartInput{Share: "0.4"}, milestone)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Parts[0].City != 2000 || plan.Parts[0].District != 2000 || plan.Parts[1].District != 3001 {
		t.Fatalf("%+v", plan.Parts)
	}
	if _, err := set(0, payment.PartInput{Share: "1"}); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a second first version gave %v", err)
	}
	orders := r.issue(t, paymenttest.Award("p", 5000, 5001))
	if len(orders) != 2 || orders[0].Amount != 2000 || orders[0].Of != 2 {
		t.Fatalf("the first part alone is issued, got %+v", orders)
	}
	confirm := func(by payment.Actor, n int) error {
		return r.ConfirmMilestone(t.Context(), by, payment.MilestoneInput{Case: "p", N: n, Note: "属实"})
	}
	for name, want := range map[string]struct {
		err  error
		code fault.Code
	}{
		"a part without milestone": {confirm(paymenttest.Office, 1), fault.NotFound},
		"another role":             {confirm(paymenttest.Consenter, 2), fault.Forbidden},
		"without its evidence":     {confirm(paymenttest.Office, 2), fault.Conflict},
	} {
		if !fault.Is(want.err, want.code) {
			t.Errorf("%s gave %v", name, want.err)
		}
	}
	// The rest is divided again; what is issued stays.
	milestone.Share = "0.5"
	last := milestone
	last.Milestone, last.Evidence = "服务满一年", ""
	if plan, err = set(1, milestone, last); err != nil {
		t.Fatal(err)
	}
	if len(plan.Parts) != 3 || plan.Parts[0].Amount != 4000 || plan.Parts[1].Amount+plan.Parts[2].Amount != 6001 {
		t.Fatalf("%+v", plan.Parts)
	}
	if err := confirm(paymenttest.Office, 3); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a milestone out of order gave %v", err)
	}
	if err := r.ShowEvidence(t.Context(), payment.Actor{Person: "x", Role: "org_manager", Org: "91520100MA6E00002X"}, "p", 2, "a.txt", text("x")); !fault.Is(err, fault.NotFound) {
		t.Fatalf("another organisation gave %v", err)
	}
	if err := r.ShowEvidence(t.Context(), paymenttest.Firm, "p", 2, "验收.txt", text("验收通过")); err != nil {
		t.Fatal(err)
	}
	for n := 2; n <= 3; n++ {
		if err := confirm(paymenttest.Office, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := confirm(paymenttest.Office, 3); !fault.Is(err, fault.Conflict) {
		t.Fatalf("confirming twice gave %v", err)
	}
	if orders, err = r.Live(t.Context(), "p", 1); err != nil || len(orders) != 6 {
		t.Fatal(len(orders), err)
	}
	sums := map[string]money.Fen{}
	for _, o := range orders {
		sums[string(o.Purse.Level)] += o.Amount
	}
	if fmt.Sprint(sums) != "map[city:50.00 district:50.01]" {
		t.Fatal(sums)
	}
	if _, err := set(2, payment.PartInput{Share: "1"}); !fault.Is(err, fault.Invalid) {
		t.Fatalf("dividing what is all issued gave %v", err)
	}
	if shown, err := r.OneCase(t.Context(), paymenttest.Office, "p"); err != nil || len(shown.Parts) != 3 || shown.Parts[2].State != "issued" || len(shown.Parts[1].Shown) != 1 || shown.Version != 2 {
		t.Fatalf("%+v %v", shown, err)
	}
}

func TestAnAwardIssuedInOnePartIsNotDivided(t *testing.T) {
	r := openRoom(t)
	a := paymenttest.Award("q", 10, 10)
	r.Told.Grant(a)
	plan := func() error {
		_, err := r.SetPlan(t.Context(), paymenttest.Office, payment.PlanInput{Case: "q", Parts: []payment.PartInput{{Share: "1"}}, Reason: "分期"})
		return err
	}
	a.Divisible = false // the ledger pays it at once
	r.Told.Grant(a)
	wants(t, plan(), fault.Conflict)
	a.Divisible = true
	r.issue(t, a)
	wants(t, plan(), fault.Conflict)
}
