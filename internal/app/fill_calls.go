package app

import (
	"bytes"
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/budget"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/notice"
)

// fillCalls walks the year's calls as far as they have come: one is allocated
// and its notice over, one shows its awards now, two take applications.
func (p *product) fillCalls(ctx context.Context, all []sandbox.Organisation) error {
	for _, plan := range sandbox.Calls() {
		c, err := p.openCall(ctx, plan.Terms)
		if err != nil {
			return fmt.Errorf("call %s: %w", plan.Terms.Name.EN, err)
		}
		for _, offer := range plan.Terms.Offers {
			if err := p.fillCall(ctx, all, plan, offer); err != nil {
				return fmt.Errorf("call %s: %w", c.Number, err)
			}
		}
		if plan.Stage == sandbox.Noticed {
			err := p.allocateCall(ctx, c, plan.Noticed)
			if err == nil {
				err = p.giveNotice(ctx, c, plan)
			}
			if err != nil {
				return fmt.Errorf("call %s: %w", c.Number, err)
			}
		}
	}
	return nil
}

// on is the delivery rooms on a day, for a person in a role.
func (p *product) on(ctx context.Context, role httpapi.Role, day clock.Date) (*delivery, context.Context, policy.Actor) {
	who := sandbox.Principal(role, "")
	return p.deliveryToday(clock.OnDay{Day: day}), httpapi.WithPrincipal(ctx, who), policy.Actor{Person: who.PersonID, Name: who.Name, Role: string(who.Role)}
}

// openCall publishes a call over what is left of the year's money.
func (p *product) openCall(ctx context.Context, t call.Terms) (call.Call, error) {
	budgets, err := p.ledger.Budgets(ctx, sandboxToday.Year())
	if err != nil {
		return call.Call{}, err
	}
	for i := range t.Offers {
		for _, b := range budgets {
			if b.Measure == t.Offers[i].Measure && b.Purse.Level == ledger.City {
				t.Offers[i].Budget = min(t.Offers[i].Budget, 2*b.Free)
			}
		}
	}
	rooms, ctx, _ := p.on(ctx, party.Office, t.Opens)
	c, err := rooms.calls.Create(ctx, t)
	if err != nil {
		return c, err
	}
	return rooms.calls.Publish(ctx, c.ID, c.Version)
}

// fillCall lets those apply whose facts speak of the measure; the office accepts
// all but every twelfth, and refuses what an allocation could not count.
func (p *product) fillCall(ctx context.Context, all []sandbox.Organisation, plan sandbox.Call, offer call.Offer) error {
	office, taken := p.actingAs(ctx, party.Office, "", plan.Accepted), 0
	for i, c := range sandbox.Candidates(all, offer.Measure) {
		if plan.Most > 0 && taken == plan.Most {
			return nil
		}
		org := all[c.Index].Code
		firm := p.actingAs(ctx, party.OrgManager, org, plan.Terms.Opens.AddDays(i%5))
		a, err := firm.Open(firm.ctx, firm.actor, policy.OpenInput{Org: org, Measure: offer.Measure, Object: c.Object})
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			continue // it does not qualify, or has one from before the call
		}
		if err != nil {
			return err
		}
		if offer.Measure == scenes {
			if a, err = firm.describe(all[c.Index], a); err != nil {
				return err
			}
		}
		if a, err = firm.Submit(firm.ctx, firm.actor, a.ID, a.Version); err != nil {
			return err
		}
		in := policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "材料齐全，予以受理。"}
		switch {
		case plan.Stage == sandbox.Taking && i%12 == 5:
		case plan.Stage == sandbox.Noticed && a.Amount == 0:
			in.Opinion = "截止时事实仍不齐，本批不予支持。"
			_, err = office.Refuse(office.ctx, office.actor, in)
		default:
			_, err = office.Accept(office.ctx, office.actor, in)
		}
		if err != nil {
			return err
		}
		taken++
	}
	return nil
}

// describe says what a scene is and shows what it brought.
func (f acting) describe(o sandbox.Organisation, a policy.Application) (policy.Application, error) {
	a, err := f.Edit(f.ctx, f.actor, policy.EditInput{ID: a.ID, Version: a.Version, Statement: new(sandbox.SceneStatement(o, a.Object))})
	if err != nil {
		return a, err
	}
	text := fmt.Sprintf("%s 上线前后对比（演示）\n项目,指标,上线前,上线后\n%s,单笔处理时长（分钟）,18,6\n%s,人工复核率,100%%,12%%\n", o.Name, a.Object, a.Object)
	if _, err := f.Attach(f.ctx, f.actor, a.ID, "report", "前后对比数据.csv", bytes.NewReader([]byte(text))); err != nil {
		return a, err
	}
	return f.Service.Store.Application(f.ctx, a.ID)
}

// allocateCall allocates on a day and has finance settle it.
func (p *product) allocateCall(ctx context.Context, c call.Call, day clock.Date) error {
	rooms, officeCtx, office := p.on(ctx, party.Office, day)
	run, err := rooms.policy.ComputeAllotment(officeCtx, office, c.ID)
	if err != nil {
		return err
	}
	_, financeCtx, finance := p.on(ctx, party.Finance, day)
	if _, err := rooms.policy.SettleAllotment(financeCtx, finance, run.ID, run.Version); err != nil {
		return err
	}
	return p.fundDistricts(ctx, c, day)
}

// giveNotice shows a call's proposed awards; some objections have been answered
// and some wait.
func (p *product) giveNotice(ctx context.Context, c call.Call, plan sandbox.Call) error {
	rooms, officeCtx, _ := p.on(ctx, party.Office, plan.Noticed)
	n, err := rooms.notices.DraftCall(officeCtx, i18n.Text{ZH: c.Name.ZH + "拟支持名单", EN: "Proposed awards: " + c.Name.EN}, c.ID, c.Notice)
	if err != nil {
		return err
	}
	if n, err = rooms.notices.Publish(httpapi.WithPrincipal(ctx, sandbox.Deputy()), n.ID, n.Version); err != nil {
		return err
	}
	for i, tale := range plan.Objections {
		rooms, officeCtx, _ := p.on(ctx, party.Office, tale.On)
		o, err := rooms.notices.Object(ctx, notice.ObjectInput{Notice: n.ID, Seq: i + 1, Name: "演示市民", Contact: "仅供演示", Body: tale.Body})
		if err != nil {
			return err
		}
		if tale.Answer == "" {
			continue
		}
		if _, err := rooms.notices.Answer(officeCtx, notice.AnswerInput{ID: o.ID, Verdict: notice.Dismissed, Answer: tale.Answer}); err != nil {
			return err
		}
	}
	return nil
}

// fundDistricts has each district find its half of a call's awards, where what
// it had planned does not reach.
func (p *product) fundDistricts(ctx context.Context, c call.Call, day clock.Date) error {
	list, err := p.policy().Store.OfCall(ctx, c.ID, "", "", 1000)
	if err != nil {
		return err
	}
	need := map[ledger.Programme]money.Fen{}
	for _, a := range list {
		if a.State == policy.Proposed {
			need[ledger.Programme{Purse: ledger.Purse{Level: ledger.District, Code: a.Purse}, Measure: a.Measure, Year: a.Years.Budget}] += a.District
		}
	}
	budgets, err := p.ledger.Budgets(ctx, sandboxToday.Year())
	if err != nil {
		return err
	}
	var lines []budget.LineInput
	for _, b := range budgets {
		if short := need[b.Programme] - b.Free; short > 0 {
			lines = append(lines, lineOf(b.Purse, b.Measure, short))
		}
	}
	return p.order(ctx, day, sandbox.AddedBudget(c.Number), lines)
}
