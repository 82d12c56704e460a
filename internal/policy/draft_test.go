package policy_test

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/call/calltest"
	"github.com/qianmo/qianmo/internal/policy/exception"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// drafted are the measures of documents that are put out for comment.
func drafted(t *testing.T, pack *rule.Pack) (out []*rule.Measure) {
	t.Helper()
	payable := 0
	for _, m := range pack.Measures {
		if pack.Document(m.Document).Status == rule.Draft {
			out = append(out, m)
			if m.Type == rule.Payable {
				payable++
			}
		}
	}
	if len(out) < 20 || payable < 3 {
		t.Fatalf("only %d drafted measures, %d payable: the test would prove little", len(out), payable)
	}
	return out
}

// TestNothingIsAppliedForOrPaidUnderADraft walks every route to money for every
// measure of the two drafts, on facts that carry 003-20, 003-21 and 000-5.
func TestNothingIsAppliedForOrPaidUnderADraft(t *testing.T) {
	h, books := openCounter(t, dbtest.SQLite(t), guizhou(t))
	room, ctx, org := h.openExceptions(), t.Context(), h.firm(1)
	h.append(
		evidence.Fact{Kind: "listing.completed", Subject: org, Occurred: "2025-04-01", Attestor: evidence.Department, Attributes: map[string]string{"board": "main"}},
		evidence.Fact{Kind: "guarantee.compensated", Subject: org, Quantity: "1000000.00", Occurred: "2025-03-01", Attestor: evidence.Department, Attributes: map[string]string{"rate": "0.02", "kind": "small"}},
		evidence.Fact{Kind: "cost.equipment_present_value", Subject: org, Object: "hub", Quantity: "1000000.00", Occurred: "2025-03-01", Attestor: evidence.Auditor},
	)
	refused := func(route string, m *rule.Measure, err error) {
		t.Helper()
		if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Code == fault.Internal {
			t.Errorf("%s of %s gave %v", route, m.ID, err)
		}
	}
	for _, m := range drafted(t, h.Pack) {
		for _, object := range []string{"", "hub"} {
			in := policy.OpenInput{Org: org, Measure: m.ID, Object: object}
			_, err := h.Open(ctx, manager(org), in)
			refused("an application", m, err)
			_, err = h.Offer(ctx, officer, in)
			refused("an offer", m, err)
		}
		if n, err := h.OfferAll(ctx, officer, m.ID); n != 0 {
			t.Errorf("%s was offered %d times, %v", m.ID, n, err)
		}
		for _, together := range []bool{false, true} {
			terms := calltest.Terms()
			terms.Offers[0].Measure, terms.Offers[0].Together, terms.Offers[0].Evidence = m.ID, together, nil
			c, err := h.calls.Create(ctx, terms)
			if err == nil {
				_, err = h.calls.Publish(ctx, c.ID, c.Version)
			}
			refused("a call", m, err)
		}
		_, err := room.Propose(ctx, officer, exception.ProposeInput{Org: org, Kind: exception.KeyEnterprise, Measure: m.ID, Departure: exception.OtherAmount, Matter: "hub", Amount: 1,
			Reason: "重点企业。", Papers: []exception.Paper{{Name: "x", SHA256: "aa"}}})
		refused("an exception", m, err)
		h.forge(t, org, m, refused)
	}
	if len(books.wanted) != 0 {
		t.Errorf("the ledger was asked for %d things", len(books.wanted))
	}
	if facts := h.amounts(t, org); facts["support.paid"]+facts["support.decided"] != 0 {
		t.Errorf("money was decided: %v", facts)
	}
}

// forge writes an application past the use cases, as a careless hand in the
// database might, and asks for its money all the same.
func (h *hall) forge(t *testing.T, org ident.CreditCode, m *rule.Measure, refused func(string, *rule.Measure, error)) {
	t.Helper()
	ctx := t.Context()
	a := policy.Application{ID: "forged-" + m.ID, Number: "QM-F-" + m.ID, Org: org, Measure: m.ID, Guide: 2025, State: policy.Submitted, Version: 1, Payee: "pay_1",
		Amount: 100, City: 50, District: 50, Purse: "520115", Submitted: "2025-10-22", Years: call.Years{Transaction: 2025, Application: 2025, Award: 2025, Budget: 2025}, Channel: call.Direct}
	if err := h.Store.InsertApplication(ctx, a); err != nil {
		t.Fatal(err)
	}
	if fresh, err := h.Recompute(ctx, officer, a.ID, 1); err == nil {
		t.Errorf("a forged application of %s comes to %d", m.ID, fresh.Amount)
	}
	_, err := h.Approve(ctx, officer, policy.DecisionInput{ID: a.ID, Version: 1, Opinion: "同意。"})
	refused("a decision", m, err)
	a.State = policy.Refused
	if err := h.Store.UpdateApplication(ctx, &a, nil); err != nil {
		t.Fatal(err)
	}
}

// TestGuaranteeCompensationIsExact: 30% of what was compensated up to a rate of
// 4%, floored to the fen, whatever the sums. Above it A21 decides: nothing, or what
// excess_only leaves, 30% × compensated × 4% ÷ rate, which is shown while nobody
// ruled (document 003 clause 20; simulation only).
func TestGuaranteeCompensationIsExact(t *testing.T) {
	open := guizhou(t)
	ruled := map[string]*rule.Pack{"": open}
	for _, choice := range []string{"all_or_nothing", "excess_only"} {
		pack := guizhou(t)
		for i := range pack.Guides {
			pack.Guides[i].Rulings = append(pack.Guides[i].Rulings, rule.Ruling{Question: "A21", Choice: choice, By: i18n.Text{ZH: "裁定", EN: "Ruling"}, On: "2025-01-02"})
		}
		ruled[choice] = pack
	}
	firm := ident.CreditCode("91520115MADEM0001" + string(ident.CreditCheck("91520115MADEM0001")))
	rapid.Check(t, func(t *rapid.T) {
		compensated := money.Fen(rapid.Int64Range(0, 1_000_000_000_000).Draw(t, "compensated"))
		millionths := rapid.OneOf(rapid.IntRange(0, 1_000_000), rapid.IntRange(39_990, 40_010)).Draw(t, "rate")
		rate := money.Rate{Num: int64(millionths), Den: 1_000_000}
		within := millionths <= 40_000
		for choice, pack := range ruled {
			results, err := pack.Assess(rule.Input{Subject: evidence.Subject{Code: firm, Kind: "enterprise"}, On: "2025-06-30", Guide: 2025, Measures: []string{"003-20"},
				Facts: []evidence.Fact{{ID: "g", Kind: "guarantee.compensated", Subject: firm, Quantity: compensated.String(), Unit: evidence.UnitCNY, Occurred: "2025-03-01", Attestor: evidence.Department,
					Attributes: map[string]string{"rate": fmt.Sprintf("%d.%06d", millionths/1_000_000, millionths%1_000_000), "kind": "small"}}}})
			if err != nil || len(results) != 1 {
				t.Fatalf("%d results, %v", len(results), err)
			}
			r := results[0]
			if !within && choice == "all_or_nothing" {
				if r.Outcome != rule.NotEligible || r.Amount != nil {
					t.Fatalf("%s at %s: %s, %v", choice, rate.Percent(), r.Outcome, r.Amount)
				}
				continue
			}
			want := compensated * 3 / 10
			if !within { // 3/10 × 4/100 ÷ (millionths/1,000,000)
				want = compensated * 12_000 / money.Fen(millionths)
			}
			if r.Outcome != rule.SimulationOnly || r.Amount == nil || *r.Amount != want {
				t.Fatalf("%s at %s: %s, %v, want %d", choice, rate.Percent(), r.Outcome, r.Amount, want)
			}
			traced := false
			for _, step := range r.Trace {
				traced = traced || step.Operator == "times" && step.Amount != nil && *step.Amount == want && step.Clause.Path == "五/20"
			}
			if !traced {
				t.Fatalf("the trace does not show the share: %+v", r.Trace)
			}
		}
	})
}
