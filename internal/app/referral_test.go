package app

import (
	"context"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy/referral"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// TestAFundsAnswerChangesNoGrant: what every measure gives a firm is the same to
// the byte before a project is sent and after each answer, investment included,
// and neither facts nor books grow.
func TestAFundsAnswerChangesNoGrant(t *testing.T) {
	ctx := t.Context()
	p, err := openProduct(ctx, Config{Data: t.TempDir(), Sandbox: true, PublicURL: "http://localhost", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.close(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	}()
	all := sandbox.Organisations()
	for _, fill := range []func(context.Context, []sandbox.Organisation) error{p.fillParty, p.fillFacts, p.fillBudgets, p.fillProjects} {
		if err := fill(ctx, all); err != nil {
			t.Fatal(err)
		}
	}
	firm, office := sandbox.Principal(party.OrgManager, all[0].Code), sandbox.Principal(party.Office, "")
	state := func() any {
		t.Helper()
		facts, err := p.facts.Known(ctx, all[0].Code, sandboxToday)
		if err != nil {
			t.Fatal(err)
		}
		grants, err := p.pack().Assess(rule.Input{Subject: evidence.Subject{Code: all[0].Code, Kind: "enterprise"}, Facts: facts, On: sandboxToday, Guide: 2025})
		if err != nil {
			t.Fatal(err)
		}
		extent, err := p.facts.Extent(ctx)
		if err != nil {
			t.Fatal(err)
		}
		budgets, err := p.ledger.Budgets(ctx, 2025)
		if err != nil {
			t.Fatal(err)
		}
		return []any{grants, extent, budgets}
	}
	before := state()
	room := p.ruled.Load().referrals
	firmCtx, by := httpapi.WithPrincipal(ctx, firm), party.AsActor(firm)
	project, err := room.Describe(firmCtx, by, referral.File{Name: "行业模型", Stage: referral.Growth, Place: all[0].Place, Instruments: []referral.Instrument{referral.Equity}, Sought: 500_000_000,
		Costs: []referral.Cost{{ID: "c1", Name: "训练", Use: referral.UseModel, Amount: 2_000_000_000}}})
	if err != nil {
		t.Fatal(err)
	}
	sent, err := room.Send(firmCtx, by, referral.SendInput{Project: project.ID, Version: project.Version, Source: "guiyang-ai", Amount: 500_000_000, Lines: []string{"c1"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, answer := range []referral.AnswerInput{{State: referral.AskedBack, Note: "补。"}, {State: referral.Meeting, Note: "谈。"}, {State: referral.Reported, Amount: 500_000_000, Note: "投。"}} {
		answer.ID, answer.Version, answer.On = sent.ID, sent.Version, sandboxToday
		if sent, err = room.Answer(httpapi.WithPrincipal(ctx, office), party.AsActor(office), answer); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, state()); diff != "" {
			t.Fatalf("after %s: %s", answer.State, diff)
		}
	}
	finance := sandbox.Principal(party.Finance, "")
	if sent, err = room.Judge(httpapi.WithPrincipal(ctx, finance), party.AsActor(finance), referral.JudgeInput{ID: sent.ID, Version: sent.Version, Agrees: true, Note: "核。"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, state()); diff != "" || sent.State != referral.Invested {
		t.Fatalf("after %s: %s", sent.State, diff)
	}
}
