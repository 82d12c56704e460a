package app

import (
	"bytes"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// paidOut is a desk whose case the bank has paid, both halves.
func paidOut(t *testing.T) *desk {
	d := openDesk(t)
	d.consent()
	for _, key := range []string{"city/1", "district/1"} {
		o, found := d.live()[key]
		if !found {
			t.Fatalf("no order %s: %+v", key, d.live())
		}
		d.send(o.Purse)
		d.answer(o, "paid")
	}
	if a := d.application(); a.State != policy.Paid {
		t.Fatalf("the case is %s", a.State)
	}
	return d
}

// entitled is what the rules give the case's matter today.
func (d *desk) entitled() money.Fen {
	d.Helper()
	a := d.application()
	facts, err := d.facts.Known(d.Context(), a.Org, sandboxToday)
	if err != nil {
		d.Fatal(err)
	}
	org, err := d.party.Organisation(d.Context(), a.Org)
	if err != nil {
		d.Fatal(err)
	}
	results, err := d.pack().Assess(rule.Input{Subject: evidence.Subject{Code: a.Org, Kind: evidence.SubjectKind(org.Kind)}, Facts: facts, On: sandboxToday, Guide: a.Guide, Measures: []string{a.Measure}})
	if err != nil {
		d.Fatal(err)
	}
	for _, r := range results {
		if r.Object == a.Object && r.Amount != nil {
			return *r.Amount
		}
	}
	d.Fatalf("no result for %s", a.Object)
	return 0
}

// TestRecoveredMoneyCountsAsNotPaid: what came back is not "already paid" for
// the next assessment, to the fen, and counts again once it is returned (A7).
func TestRecoveredMoneyCountsAsNotPaid(t *testing.T) {
	d := paidOut(t)
	a := d.application()
	if got := d.entitled(); got != 0 {
		t.Fatalf("paid in full, and %s are due", got)
	}
	c := d.decided(recovery.Overpaid, a.Amount, "")
	office := d.recoveringAs(d.Context(), party.Finance, "", sandboxToday)
	receive := func(amount money.Fen, bank string) recovery.Case {
		t.Helper()
		if _, err := office.Receive(office.ctx, office.actor, recovery.ReceiptInput{ID: c.ID, Amount: amount, On: sandboxToday, Bank: bank, Payer: "某公司"}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.intents.Drain(d.Context()); err != nil {
			t.Fatal(err)
		}
		now, err := office.Store.Case(d.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	part := a.Amount/3 + 1
	c = receive(part, "R1")
	if got := d.entitled(); got != part {
		t.Errorf("%s came back, and %s are due", part, got)
	}
	receipts, err := office.Store.Receipts(d.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := office.Reverse(office.ctx, office.actor, recovery.Step{ID: c.ID, Version: c.Version, Reason: "银行退票"}, receipts[0].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := d.intents.Drain(d.Context()); err != nil {
		t.Fatal(err)
	}
	if got := d.entitled(); got != 0 {
		t.Errorf("the receipt was taken back, and %s are due", got)
	}
	receive(part, "R2")
	if c = receive(a.Amount-part, "R3"); c.State != recovery.Closed {
		t.Errorf("all came back and the case is %s", c.State)
	}
	if got := d.entitled(); got != a.Amount {
		t.Errorf("all came back, and %s are due of %s", got, a.Amount)
	}
	report, err := d.ledger.Verify(d.Context())
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("the books: %+v %v", report, err)
	}
}

// TestFraudExcludes: after a decision of fraud nothing new is opened until the
// term is over or lifted.
func TestFraudExcludes(t *testing.T) {
	d := paidOut(t)
	a := d.application()
	d.decided(recovery.Fraud, a.Amount, "2026-10-21")
	firm := d.actingAs(d.Context(), party.OrgManager, a.Org, sandboxToday)
	open := func() error {
		_, err := firm.Open(firm.ctx, firm.actor, policy.OpenInput{Org: a.Org, Measure: "002-6"})
		return err
	}
	if err := open(); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "2026-10-21") {
		t.Errorf("an excluded party gave %v", err)
	}
	office := d.recoveringAs(d.Context(), party.Office, "", sandboxToday)
	listings, err := office.Store.Listings(d.Context(), recovery.ListingFilter{Org: a.Org})
	if err != nil || len(listings) != 1 {
		t.Fatal(listings, err)
	}
	if err := office.Lift(office.ctx, office.actor, recovery.LiftInput{ID: listings[0].ID, Reason: "已整改"}); err != nil {
		t.Fatal(err)
	}
	if err := open(); err != nil && strings.Contains(err.Error(), "2026-10-21") {
		t.Errorf("a restored party gave %v", err)
	}
}

// TestACorrectionIsSuggested: a cost that an auditor lowers after the payment
// becomes a suggestion, and nothing else happens by itself.
func TestACorrectionIsSuggested(t *testing.T) {
	d := paidOut(t)
	a := d.application()
	room := d.product.recovery()
	if _, err := room.Propose(d.Context()); err != nil {
		t.Fatal(err)
	}
	facts, err := d.facts.Known(d.Context(), a.Org, sandboxToday)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts {
		if !strings.HasPrefix(f.Kind, "cost.") || f.Object != a.Object {
			continue
		}
		was, err := f.Fen()
		if err != nil {
			t.Fatal(err)
		}
		f.Corrects, f.ID, f.Quantity = f.ID, f.ID+"-less", (was / 10).String()
		if _, err := d.facts.Append(d.Context(), []evidence.Fact{f}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := room.Propose(d.Context()); err != nil || n != 1 {
		t.Fatalf("%d suggestions, %v", n, err)
	}
	list, err := room.Store.Proposals(d.Context(), recovery.ProposalFilter{State: recovery.Waiting})
	if err != nil || len(list) != 1 || list[0].Kind != recovery.Recover || list[0].Amount != list[0].Paid-list[0].Now || list[0].Amount <= 0 || list[0].Application != a.ID {
		t.Fatalf("%+v %v", list, err)
	}
	if cases, err := room.Store.Cases(d.Context(), recovery.CaseFilter{}); err != nil || len(cases) != 0 {
		t.Errorf("a suggestion opened %+v, %v", cases, err)
	}
}

// decided walks a case over the paid application to a confirmed decision.
func (d *desk) decided(ground recovery.Ground, amount money.Fen, exclude clock.Date) recovery.Case {
	d.Helper()
	a := d.application()
	office, firm := d.recoveringAs(d.Context(), party.Office, "", sandboxToday), d.recoveringAs(d.Context(), party.OrgManager, a.Org, sandboxToday)
	finance := d.recoveringAs(d.Context(), party.Finance, "", sandboxToday)
	c, err := office.Open(office.ctx, office.actor, recovery.OpenInput{Org: a.Org, Ground: ground, Applications: []string{a.ID}, Reason: "抽查", Authority: recovery.Authority{Words: "《财政违法行为处罚处分条例》第十四条"}})
	say := func(reason string) recovery.Step { return recovery.Step{ID: c.ID, Version: c.Version, Reason: reason} }
	for _, act := range []func() (recovery.Case, error){
		func() (recovery.Case, error) {
			return office.AddPaper(office.ctx, office.actor, c.ID, "核查.csv", bytes.NewReader([]byte("项,数\n甲,1\n")))
		},
		func() (recovery.Case, error) { return office.Prove(office.ctx, office.actor, say("属实")) },
		func() (recovery.Case, error) {
			return office.Notify(office.ctx, office.actor, recovery.NoticeInput{Step: say("拟追缴"), Days: 5, Listing: exclude != ""})
		},
		func() (recovery.Case, error) {
			return firm.State(firm.ctx, firm.actor, recovery.StatementInput{ID: c.ID, Waived: true})
		},
		func() (recovery.Case, error) { return office.Hear(office.ctx, office.actor, say("无异议")) },
		func() (recovery.Case, error) {
			return office.Decide(office.ctx, office.actor, recovery.DecisionInput{Step: say("追缴"), Amount: amount, Exclude: exclude, Instalments: []recovery.Instalment{{Due: "2025-12-31", Amount: amount}}})
		},
		func() (recovery.Case, error) { return finance.Confirm(finance.ctx, finance.actor, say("同意")) },
	} {
		if err != nil {
			d.Fatal(err, fault.From(err).Fields)
		}
		c, err = act()
	}
	if err != nil {
		d.Fatal(err, fault.From(err).Fields)
	}
	return c
}

// TestThePartySeesItsOwnAndNoMore: from the notice on, without what is not its business.
func TestThePartySeesItsOwnAndNoMore(t *testing.T) {
	d := paidOut(t)
	a := d.application()
	c := d.decided(recovery.Fraud, a.Amount, "")
	room := d.product.recovery()
	as := func(role httpapi.Role, org int) recovery.Actor {
		who := sandbox.Principal(role, sandbox.Organisations()[org].Code)
		return recovery.Actor{Person: who.PersonID, Name: who.Name, Role: string(who.Role), Org: who.Org}
	}
	v, err := room.See(d.Context(), as(party.OrgManager, 0), c.ID)
	if err != nil || v.Money.Owed != a.Amount || v.Decision == nil || v.Decision.By != "" || v.Reason != "" || len(v.Can) != 0 {
		t.Errorf("the party sees %+v, %v", v, err)
	}
	for _, e := range v.Events {
		if e.Action == recovery.ActionOpen || e.Action == recovery.ActionDecide || e.Detail != nil {
			t.Errorf("the party sees %+v", e)
		}
	}
	if _, err := room.See(d.Context(), as(party.OrgManager, 1), c.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else's case gave %v", err)
	}
}
