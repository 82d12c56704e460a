package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

// fillRecoveries has an auditor lower the costs of paid applications, which
// gives suggestions: the first is taken up and told to its end, the others
// wait. Another recovery is opened and dropped. Each is of another
// organisation; the demonstration firm owes nothing.
func (p *product) fillRecoveries(ctx context.Context, all []sandbox.Organisation) error {
	paid, err := p.policy().Store.Applications(ctx, policy.ApplicationFilter{States: []policy.State{policy.Paid}, Limit: 200})
	if err != nil {
		return err
	}
	var built, other []policy.Application // for a model or a platform, whose cost an auditor settles; for a year's deals
	used := map[ident.CreditCode]bool{all[0].Code: true}
	for _, a := range paid {
		early := max(a.CityPaid, a.DistrictPaid) < "2025-10-20" // before the tales begin
		switch {
		case used[a.Org], a.Exception != "": // what people settled rests on no fact that an auditor corrects
			continue
		case a.Object == "" && early:
			other = append(other, a)
		case early:
			built = append([]policy.Application{a}, built...)
		case a.Object != "":
			built = append(built, a)
		}
		used[a.Org] = true
	}
	tales := sandbox.Recoveries()
	if len(built) < 3 || len(other) < len(tales)-1 {
		return nil // too little was paid to tell of
	}
	for _, a := range built[:3] {
		if err := p.auditLess(ctx, a); err != nil {
			return err
		}
	}
	cases := append(built[:1:1], other...)
	if err := p.propose(ctx); err != nil {
		return err
	}
	for i, tale := range tales {
		t := &telling{product: p, ctx: ctx, tale: tale, application: cases[i]}
		if err := t.tell(); err != nil {
			return fmt.Errorf("recovery on %s: %w", cases[i].Number, err)
		}
	}
	return nil
}

// auditLess corrects what an application's object cost to seven tenths.
func (p *product) auditLess(ctx context.Context, a policy.Application) error {
	known, err := p.facts.Known(ctx, a.Org, sandboxToday)
	if err != nil {
		return err
	}
	var less []evidence.Fact
	for _, f := range known {
		if !strings.HasPrefix(f.Kind, "cost.") || f.Object != a.Object {
			continue
		}
		was, err := f.Fen()
		if err != nil {
			return err
		}
		f.Corrects, f.ID, f.Quantity = f.ID, f.ID+"-settled", (was / 10 * 7).String()
		less = append(less, f)
	}
	_, err = p.facts.Append(ctx, less)
	return err
}

// telling walks one recovery as far as its tale goes.
type telling struct {
	*product
	ctx         context.Context
	tale        sandbox.Recovery
	application policy.Application
	amount      money.Fen // that the suggestion came to
	c           recovery.Case
}

func (t *telling) as(role httpapi.Role, day clock.Date) recovering {
	if role == party.OrgManager {
		return t.recoveringAs(t.ctx, role, t.application.Org, day)
	}
	return t.recoveringAs(t.ctx, role, "", day)
}

func (t *telling) step(reason string) recovery.Step {
	return recovery.Step{ID: t.c.ID, Version: t.c.Version, Reason: reason}
}

// run takes steps until one fails.
func (t *telling) run(steps ...func() (recovery.Case, error)) error {
	for _, step := range steps {
		c, err := step()
		if err != nil {
			return err
		}
		t.c = c
	}
	return nil
}

func (t *telling) tell() error {
	tale := t.tale
	office, firm, later := t.as(party.Office, tale.Opened), t.as(party.OrgManager, tale.Heard), t.as(party.Office, tale.Heard)
	err := t.run(
		func() (recovery.Case, error) { return t.open(office) },
		func() (recovery.Case, error) {
			return office.Cite(office.ctx, office.actor, t.step("按程序写明依据。"), tale.Authority)
		},
		func() (recovery.Case, error) {
			return office.AddPaper(office.ctx, office.actor, t.c.ID, "核查记录（演示）.csv", strings.NewReader(tale.Paper))
		},
		func() (recovery.Case, error) { return office.Prove(office.ctx, office.actor, t.step(tale.Finding)) },
		func() (recovery.Case, error) {
			return office.Notify(office.ctx, office.actor, recovery.NoticeInput{Step: t.step(tale.Notice), Days: 7})
		},
		func() (recovery.Case, error) {
			return firm.State(firm.ctx, firm.actor, recovery.StatementInput{ID: t.c.ID, Text: tale.Statement})
		},
		func() (recovery.Case, error) { return later.Hear(later.ctx, later.actor, t.step(tale.Reply)) },
	)
	if err != nil {
		return err
	}
	if tale.Dropped != "" {
		return t.run(func() (recovery.Case, error) { return later.Drop(later.ctx, later.actor, t.step(tale.Dropped)) })
	}
	return t.decide()
}

// open takes the suggestion up where there is one.
func (t *telling) open(office recovering) (recovery.Case, error) {
	found, err := office.Store.Proposals(t.ctx, recovery.ProposalFilter{Application: t.application.ID, State: recovery.Waiting})
	if err != nil {
		return recovery.Case{}, err
	}
	if len(found) == 0 {
		return office.Open(office.ctx, office.actor, recovery.OpenInput{Org: t.application.Org, Ground: t.tale.Ground, Applications: []string{t.application.ID}, Reason: t.tale.Reason})
	}
	t.amount = found[0].Amount
	p, err := office.TakeUp(office.ctx, office.actor, found[0].ID, t.tale.Reason)
	if err != nil {
		return recovery.Case{}, err
	}
	return office.Store.Case(t.ctx, p.Case)
}

func (t *telling) decide() error {
	tale := t.tale
	office, finance := t.as(party.Office, tale.Decided), t.as(party.Finance, tale.Decided)
	in := recovery.DecisionInput{Amount: t.amount, Interest: recovery.Interest{Rate: tale.Rate, From: max(t.application.CityPaid, t.application.DistrictPaid), To: tale.Decided, Source: "支持协议（演示）所附计息条款"}}
	charge, err := in.Interest.On(in.Amount)
	if err != nil {
		return err
	}
	left, each := in.Amount+charge, (in.Amount+charge)/money.Fen(len(tale.Due))
	for i, due := range tale.Due {
		if i == len(tale.Due)-1 {
			each = left
		}
		in.Instalments = append(in.Instalments, recovery.Instalment{Due: due, Amount: each})
		left -= each
	}
	err = t.run(
		func() (recovery.Case, error) {
			in.Step = t.step(tale.Decision)
			return office.Decide(office.ctx, office.actor, in)
		},
		func() (recovery.Case, error) {
			return finance.Confirm(finance.ctx, finance.actor, t.step("复核无误，同意。"))
		},
	)
	if err != nil {
		return err
	}
	for i, day := range tale.Received {
		cashier := t.as(party.Finance, day)
		_, err := cashier.Receive(cashier.ctx, cashier.actor, recovery.ReceiptInput{ID: t.c.ID, Amount: in.Instalments[i].Amount / 2, On: day,
			Bank: fmt.Sprintf("DEMO%s%04d", strings.ReplaceAll(string(day), "-", ""), i+1), Payer: t.c.OrgName})
		if err != nil {
			return err
		}
		if _, err := t.intents.Drain(t.ctx); err != nil {
			return err
		}
	}
	return nil
}
