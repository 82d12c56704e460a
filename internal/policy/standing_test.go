package policy_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/payment"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// barred is a list with one organisation on it.
type barred struct {
	org   ident.CreditCode
	until clock.Date
}

func (b *barred) Excluded(_ context.Context, org ident.CreditCode) (clock.Date, string, error) {
	if org == b.org {
		return b.until, "ZC-2025-001", nil
	}
	return "", "", nil
}

// A decision of fraud ends every open application, in whatever state it is,
// and releases what the ledger holds, answered or not.
func TestFraudStopsEveryOpenApplication(t *testing.T) {
	h, books := openCounter(t, dbtest.SQLite(t), guizhou(t))
	org, other := h.firm(1), h.firm(2)
	for _, model := range []string{"draft", "submitted", "returned", "approved", "held", "paying", "paid", "refused"} {
		h.trains(org, model, "1000000.00")
	}
	h.trains(other, "m", "1000000.00")
	ids := map[string]string{}
	for _, model := range []string{"submitted", "returned", "approved", "held", "paying", "paid", "refused"} {
		ids[model] = h.submitted(t, org, "002-2", model).ID
	}
	others := h.submitted(t, other, "002-2", "m")
	draft, err := h.Open(t.Context(), manager(org), policy.OpenInput{Org: org, Measure: "002-2", Object: "draft"})
	if err != nil {
		t.Fatal(err)
	}
	ids["draft"] = draft.ID
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(h.act(t, ids["refused"], "refuse"))
	for _, model := range []string{"held", "paying", "paid"} {
		must(h.act(t, ids[model], "approve"))
	}
	h.answer(t, books, true)
	must(h.act(t, ids["paid"], "countersign"))
	h.answer(t, books, true)
	must(h.act(t, ids["paying"], "countersign"))
	payment := books.wanted
	books.wanted = nil
	must(h.act(t, ids["approved"], "approve"))
	a, err := h.Store.Application(t.Context(), ids["returned"])
	must(err)
	_, err = h.Return(t.Context(), officer, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "补正"})
	must(err)

	var stopped, paying []string
	must(h.Store.InTx(t.Context(), func(ctx context.Context) (err error) {
		stopped, paying, err = h.Stop(ctx, officer, org, "ZC-2025-001：骗取资金")
		return err
	}))
	if len(stopped) != 5 || len(paying) != 1 {
		t.Fatalf("stopped %v, paying %v", stopped, paying)
	}
	h.answer(t, books, true) // the hold that was asked for, and both releases
	for model, want := range map[string]policy.State{"draft": policy.Refused, "submitted": policy.Refused, "returned": policy.Refused, "approved": policy.Refused,
		"held": policy.Refused, "paying": policy.Paying, "paid": policy.Paid, "refused": policy.Refused} {
		a, err := h.Store.Application(t.Context(), ids[model])
		must(err)
		if a.State != want {
			t.Errorf("%s is %s, not %s", model, a.State, want)
		}
	}
	if a, err := h.Store.Application(t.Context(), others.ID); err != nil || a.State != policy.Submitted {
		t.Errorf("another organisation's is %s, %v", a.State, err)
	}
	books.wanted = payment
	h.answer(t, books, true)
	if a, err := h.Store.Application(t.Context(), ids["paying"]); err != nil || a.State != policy.Paid {
		t.Errorf("the payment on its way ends as %s, %v", a.State, err)
	}
	payments, err := h.PaidParts(t.Context(), org)
	if err != nil || len(payments) != 4 {
		t.Errorf("payments %+v, %v", payments, err)
	}
	for _, p := range payments {
		if f, err := h.evidence.Get(t.Context(), p.Fact); err != nil || f.Quantity != p.Amount.String() {
			t.Errorf("payment %s of %s: %v, %v", p.Fact, p.Amount, f.Quantity, err)
		}
	}
}

// Stop asks the ledger to release exactly what is held.
func TestStopReleasesWhatIsHeld(t *testing.T) {
	h, books := openCounter(t, dbtest.SQLite(t), guizhou(t))
	org := h.firm(1)
	h.trains(org, "m", "1000000.00")
	a := h.submitted(t, org, "002-2", "m")
	if err := h.act(t, a.ID, "approve"); err != nil {
		t.Fatal(err)
	}
	h.answer(t, books, true)
	if err := h.act(t, a.ID, "countersign"); err != nil {
		t.Fatal(err)
	}
	h.answerSome(t, books, 1, true)  // one half is paid
	h.answerSome(t, books, 1, false) // the other purse is short: held again
	if _, _, err := h.Stop(t.Context(), officer, org, "骗取资金"); err != nil {
		t.Fatal(err)
	}
	if len(books.wanted) != 1 || len(books.wanted[0].Transfers) != 1 || !strings.HasSuffix(books.wanted[0].Transfers[0].ID, "/district/void") {
		t.Fatalf("asked for %+v", books.wanted)
	}
}

func TestAnExcludedOrganisationGetsNothing(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	list := &barred{until: "2026-10-21"}
	h.Exclusions = list
	ctx, org := t.Context(), h.firm(1)
	for _, model := range []string{"a", "b", "c", "d"} {
		h.trains(org, model, "1000000.00")
	}
	submitted := h.submitted(t, org, "002-2", "a")
	draft, err := h.Open(ctx, manager(org), policy.OpenInput{Org: org, Measure: "002-2", Object: "b"})
	if err != nil {
		t.Fatal(err)
	}
	offer, err := h.Offer(ctx, officer, policy.OpenInput{Org: org, Measure: "002-2", Object: "c"})
	if err != nil {
		t.Fatal(err)
	}
	list.org = org
	_, open := h.Open(ctx, manager(org), policy.OpenInput{Org: org, Measure: "002-2", Object: "d"})
	_, offered := h.Offer(ctx, officer, policy.OpenInput{Org: org, Measure: "002-2", Object: "d"})
	_, submit := h.Submit(ctx, manager(org), draft.ID, draft.Version)
	_, confirm := h.Confirm(ctx, manager(org), offer.ID, offer.Version)
	payable := policy.Orders{Service: h.Service}.Payable(ctx, payment.Order{Case: submitted.ID, Org: org})
	for step, err := range map[string]error{"open": open, "offer": offered, "submit": submit, "confirm": confirm, "pay": payable, "approve": h.act(t, submitted.ID, "approve")} {
		if !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "2026-10-21") {
			t.Errorf("%s gave %v", step, err)
		}
	}
	list.org = "" // restored
	for step, err := range map[string]error{"approve": h.act(t, submitted.ID, "approve")} {
		if err != nil {
			t.Errorf("%s after the term gave %v", step, err)
		}
	}
	if _, err := h.Submit(ctx, manager(org), draft.ID, draft.Version); err != nil {
		t.Error(err)
	}
}

// A corrected fact is found once, with what the rule gives now.
func TestCorrectedFindsPaidCasesWhoseFactsWereCorrected(t *testing.T) {
	h, books := openCounter(t, dbtest.SQLite(t), guizhou(t))
	org, other := h.firm(1), h.firm(2)
	for o, model := range map[ident.CreditCode]string{org: "m", other: "n"} {
		h.append(evidence.Fact{ID: "cost-" + model, Kind: "cost.model_construction", Subject: o, Object: model, Quantity: "1000000.00", Occurred: "2025-04-30", Attestor: evidence.Auditor, Attributes: map[string]string{"place": "520115"}},
			evidence.Fact{ID: "filed-" + model, Kind: "model.filed", Subject: o, Object: model, Occurred: "2025-03-18", Attestor: evidence.Department, Attributes: map[string]string{"kind": "deep_synthesis_algorithm", "status": "passed"}})
		a := h.submitted(t, o, "002-2", model)
		for _, step := range []string{"approve", "countersign"} {
			if err := h.act(t, a.ID, step); err != nil {
				t.Fatal(err)
			}
			h.answer(t, books, true)
		}
	}
	_, mark, err := h.Corrected(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if again, upTo, err := h.Corrected(t.Context(), mark); err != nil || len(again) != 0 || upTo != mark {
		t.Fatalf("nothing happened, and it found %+v up to %d, %v", again, upTo, err)
	}
	h.now.Advance(30 * day)
	correct := func(id, of, yuan string) {
		h.append(evidence.Fact{ID: id, Kind: "cost.model_construction", Subject: org, Object: "m", Quantity: yuan, Occurred: "2025-11-20", Attestor: evidence.Auditor, Corrects: of, Attributes: map[string]string{"place": "520115"}})
	}
	correct("less", "cost-m", "600000.00")
	found, mark, err := h.Corrected(t.Context(), mark)
	if err != nil || len(found) != 1 || found[0].Application.Org != org || found[0].Paid != 30_000_000 || found[0].Now != 18_000_000 || !slices.Equal(found[0].Facts, []string{"less"}) {
		t.Fatalf("found %+v, %v", found, err)
	}
	correct("more", "less", "1200000.00")
	found, _, err = h.Corrected(t.Context(), mark) // a correction of a correction touches the case too
	if err != nil || len(found) != 1 || found[0].Now != 36_000_000 {
		t.Fatalf("found %+v, %v", found, err)
	}
	correct("gone", "more", "0")
	found, _, err = h.Corrected(t.Context(), 0)
	if err != nil || len(found) != 1 || found[0].Now != 0 || found[0].Outcome == rule.Eligible || len(found[0].Facts) != 3 {
		t.Fatalf("found %+v, %v", found, err)
	}
}
