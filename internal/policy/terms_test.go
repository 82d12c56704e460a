package policy_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/call/calltest"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// drawer keeps the names of files only.
type drawer struct{}

func (drawer) Keep(_ context.Context, name string, _ io.Reader) (policy.Attachment, error) {
	return policy.Attachment{Name: name, SHA256: name}, nil
}
func (drawer) Open(context.Context, string) (io.ReadCloser, error) { return nil, nil }

// published opens a call over some measure from the first of October to the
// last, two working days late at most.
func (h *hall) published(change func(*call.Terms)) call.Call {
	h.t.Helper()
	terms := calltest.Terms()
	terms.Opens, terms.Closes, terms.LateBy = "2025-10-01", "2025-10-31", 2
	change(&terms)
	c, err := h.calls.Create(h.t.Context(), terms)
	if err == nil {
		c, err = h.calls.Publish(h.t.Context(), c.ID, c.Version)
	}
	if err != nil {
		h.t.Fatal(err, fault.From(err).Fields)
	}
	return c
}

func (h *hall) on(day clock.Date) {
	h.now.Advance(day.Time().Add(10 * time.Hour).Sub(h.now.Now()))
}

func manager(org ident.CreditCode) policy.Actor {
	return policy.Actor{Person: "per_firm", Name: "企业", Role: "org_manager", Org: org}
}

// models opens measure 002-2 case by case, with an audit report.
func models(t *call.Terms) {
	t.Offers[0] = call.Offer{Measure: "002-2", Years: call.Years{Transaction: 2025, Application: 2025, Award: 2025, Budget: 2026}, Budget: 1_000_000_000,
		Evidence: t.Offers[0].Evidence}
	t.Notice, t.Promise = 0, 30
}

func TestACallTakesACase(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	h.Files = drawer{}
	ctx, org := t.Context(), h.firm(1)
	for _, model := range []string{"m", "n", "late", "over"} {
		h.trains(org, model, "1000000.00")
	}
	firm := manager(org)
	open := func(model string) (policy.Application, error) {
		return h.Open(ctx, firm, policy.OpenInput{Org: org, Measure: "002-2", Object: model})
	}
	handIn := func(a policy.Application) (policy.Application, error) {
		if _, err := h.Attach(ctx, firm, a.ID, "contract", a.ID+".pdf", strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
		a, err := h.Store.Application(ctx, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		return h.Submit(ctx, firm, a.ID, a.Version)
	}
	c := h.published(models)

	a, err := open("m")
	if err != nil || a.Call != c.ID || a.Guide != 2025 || a.Years.Budget != 2026 || a.Promise.Days != 30 || a.Channel != call.BankFile || a.ByProposal {
		t.Fatalf("opened %+v, %v", a, err)
	}
	if _, err := h.Submit(ctx, firm, a.ID, a.Version); !fault.Is(err, fault.Invalid) || fault.From(err).Fields[0].Path != "evidence.contract" {
		t.Fatalf("submitting without the contract gave %v", err)
	}
	if _, err := h.Attach(ctx, firm, a.ID, "poem", "x.pdf", strings.NewReader("x")); !fault.Is(err, fault.Invalid) {
		t.Fatalf("a paper that nobody asked for gave %v", err)
	}
	if a, err = handIn(a); err != nil || a.State != policy.Submitted || a.Late {
		t.Fatalf("submitted %+v, %v", a, err)
	}
	if a, err = h.Recall(ctx, firm, a.ID, a.Version); err != nil || a.State != policy.Returned {
		t.Fatalf("recalled to %s, %v", a.State, err)
	}
	if a, err = h.Submit(ctx, firm, a.ID, a.Version); err != nil {
		t.Fatal(err)
	}
	if a, err = h.Accept(ctx, officer, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "材料齐全。"}); err != nil || a.State != policy.Accepted {
		t.Fatalf("accepted: %s, %v", a.State, err)
	}
	if _, err := h.Recall(ctx, firm, a.ID, a.Version); !fault.Is(err, fault.Conflict) {
		t.Fatalf("recalling what was accepted gave %v", err)
	}
	n, err := open("n")
	if err == nil {
		n, err = handIn(n)
	}
	if err != nil {
		t.Fatal(err)
	}
	late, err := open("late")
	if err != nil {
		t.Fatal(err)
	}
	over, err := open("over")
	if err != nil {
		t.Fatal(err)
	}

	h.on("2025-11-04") // the second working day after Friday, 31 October
	if late, err = handIn(late); err != nil || !late.Late {
		t.Fatalf("a late one: %+v, %v", late, err)
	}
	if _, err := h.Recall(ctx, firm, n.ID, n.Version); !fault.Is(err, fault.Conflict) {
		t.Fatalf("recalling after the call has closed gave %v", err)
	}
	if n, err = h.Return(ctx, officer, policy.DecisionInput{ID: n.ID, Version: n.Version, Opinion: "请补正。"}); err != nil {
		t.Fatal(err)
	}
	h.on("2025-11-05")
	if _, err := handIn(over); !fault.Is(err, fault.Conflict) {
		t.Fatalf("submitting after the last late day gave %v", err)
	}
	if _, err := open("new"); !fault.Is(err, fault.Conflict) {
		t.Fatalf("opening when the year's call is over gave %v", err)
	}
	if n, err = h.Submit(ctx, firm, n.ID, n.Version); err != nil || n.Late || n.State != policy.Submitted {
		t.Fatalf("a supplement after the end: %+v, %v", n, err)
	}
	if pending, err := h.Pending(ctx, c.ID); err != nil || pending != 3 {
		t.Fatalf("%d pending, %v", pending, err)
	}
}

// A call that allocates together lets nobody be approved alone.
func TestTogetherNobodyIsApprovedAlone(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	org := h.firm(1)
	h.buys(org, "8000000.00")
	h.published(func(t *call.Terms) { t.Offers[0].Evidence = nil })
	a := h.submitted(t, org, "002-6", "")
	for _, state := range []policy.State{policy.Submitted, policy.Accepted} {
		if _, err := h.Approve(t.Context(), officer, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "同意", Hash: a.Hash}); !fault.Is(err, fault.Conflict) {
			t.Fatalf("approving from %s gave %v", state, err)
		}
		if state == policy.Submitted {
			var err error
			if a, err = h.Accept(t.Context(), officer, policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "受理"}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Before and after its call takes applications, a measure is due and cannot be
// applied for; who sees what it may get is told when it can.
func TestWhatIsDueSaysWhenItsCallTakes(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	org := h.firm(1)
	h.buys(org, "8000000.00")
	due := func() policy.Match {
		t.Helper()
		found, err := h.Matches(t.Context(), org)
		if err != nil {
			t.Fatal(err)
		}
		m := matchOf(t, found, "002-6", "")
		sum := *m.Amount
		if !m.CanApply {
			sum = 0
		}
		if m.Outcome != rule.Eligible || m.CanApply != (m.WhyNot == nil) || found.SumEligible != sum {
			t.Fatalf("%+v, and %s in all", m, found.SumEligible)
		}
		return m
	}
	if m := due(); !m.CanApply {
		t.Fatalf("without a call: %v", m.WhyNot)
	}
	c := h.published(func(t *call.Terms) { t.Opens = "2025-10-30" })
	for day, says := range map[clock.Date]string{"2025-10-22": c.Number + " takes applications from 30 Oct 2025", "2025-11-10": c.Number + " closed on 4 Nov 2025"} {
		h.on(day)
		if m := due(); m.CanApply || !strings.Contains(m.WhyNot.EN, says) {
			t.Errorf("on %s: %v", day, m.WhyNot)
		}
	}
	h.on("2025-10-31")
	if m := due(); !m.CanApply {
		t.Errorf("while it is open: %v", m.WhyNot)
	}
}

// The year of the deals is not the year of the application (A13).
func TestAYearsDealsAreAskedForInTheNext(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	org := h.firm(1)
	h.append(evidence.Fact{Kind: "data.purchased", Subject: org, Quantity: "9000000.00", Occurred: "2024-06-01", Attestor: evidence.Operator,
		Attributes: map[string]string{"exchange": "guiyang", "use": "training", "seller": "贵阳示例数据公司", "related": "false"}})
	h.published(func(t *call.Terms) { t.Offers[0].Years.Transaction, t.Offers[0].Evidence = 2024, nil })
	if a := h.submitted(t, org, "002-6", ""); a.Amount != 9_000_000 || a.Matter() != "002-6/2024" {
		t.Fatalf("%d fen for %s", a.Amount, a.Matter())
	}
}

// What needs no application is offered once, to whoever's facts are complete,
// and one click takes it.
func TestOfferAndConfirm(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	ctx := t.Context()
	complete, short, applied := h.firm(1), h.firm(2), h.firm(3)
	h.trains(complete, "m", "1000000.00")
	h.append(evidence.Fact{Kind: "cost.model_construction", Subject: short, Object: "m", Quantity: "5", Occurred: "2025-04-30", Attestor: evidence.Auditor, Attributes: map[string]string{"place": "520115"}})
	h.trains(applied, "m", "1000000.00")
	h.submitted(t, applied, "002-2", "m")
	for _, want := range []int{1, 0} {
		if n, err := h.OfferAll(ctx, officer, "002-2"); err != nil || n != want {
			t.Fatalf("offered to %d, %v, want %d", n, err, want)
		}
	}
	list, err := h.Store.Applications(ctx, policy.ApplicationFilter{States: []policy.State{policy.Offered}})
	if err != nil || len(list) != 1 || list[0].Org != complete || list[0].Amount != 0 {
		t.Fatalf("offers %+v, %v", list, err)
	}
	a, err := h.Confirm(ctx, manager(complete), list[0].ID, list[0].Version)
	if err != nil || a.State != policy.Submitted || a.Amount != 30_000_000 || a.Payee == "" {
		t.Fatalf("confirmed %+v, %v", a, err)
	}
	if _, err := h.Offer(ctx, officer, policy.OpenInput{Org: short, Measure: "002-2", Object: "m"}); !fault.Is(err, fault.Conflict) {
		t.Fatalf("offering on facts that lack something gave %v", err)
	}
}

// A revision reaches the timeline of everybody who may still be paid.
func TestARevisionIsToldToThePending(t *testing.T) {
	h, _ := openCounter(t, dbtest.SQLite(t), guizhou(t))
	ctx, org := t.Context(), h.firm(1)
	h.trains(org, "m", "1000000.00")
	h.trains(org, "n", "1000000.00")
	c := h.published(func(t *call.Terms) { models(t); t.Offers[0].Evidence = nil })
	stays, goes := h.submitted(t, org, "002-2", "m"), h.submitted(t, org, "002-2", "n")
	if _, err := h.Withdraw(ctx, manager(org), goes.ID, goes.Version); err != nil {
		t.Fatal(err)
	}
	terms := c.Terms
	terms.Closes = "2025-11-14"
	if _, err := h.calls.Revise(ctx, c.ID, c.Version, terms, "延期。"); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{stays.ID: true, goes.ID: false} {
		events, err := h.Store.Events(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		last := events[len(events)-1]
		if told := last.Action == policy.ActionRevised && strings.Contains(last.Note.ZH, "延期"); told != want {
			t.Errorf("last event %+v, told should be %t", last, want)
		}
	}
}
