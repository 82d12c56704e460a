package app

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/budget"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

const sandboxToday = sandbox.Today

func sandboxAccounts() []party.SandboxAccount { return sandbox.Accounts() }

// filling tells how far the sandbox is, for the page shown meanwhile.
type filling struct{ done, all atomic.Int64 }

// percent is 100 once the sandbox is full, or when there is none to fill.
func (f *filling) percent() int64 {
	if all := f.all.Load(); all > 0 {
		return min(f.done.Load()*100/all, 99)
	}
	return 100
}

// fillSandbox fills an empty sandbox through the same use cases that people
// use, so that every figure in it was computed and every record is sealed.
func (p *product) fillSandbox(ctx context.Context, ready func()) error {
	if p.folder.filled() {
		ready()
		return nil
	}
	all := sandbox.Organisations()
	p.filling.all.Store(int64(len(all)*2 + 500))
	for _, step := range []func(context.Context, []sandbox.Organisation) error{p.fillParty, p.fillFacts, p.fillContacts, p.fillBudgets, p.fillApplications, p.fillCalls, p.fillExceptions, p.fillProjects, p.fillPayments, p.fillReviews, p.fillRecoveries, p.fillVouchers, p.fillAlarms, p.fillTargets} {
		if err := step(ctx, all); err != nil {
			return fmt.Errorf("filling the sandbox: %w", err)
		}
	}
	if err := p.sealHead(ctx); err != nil {
		return err
	}
	if _, err := p.teller().Tell(ctx); err != nil { // how everybody stands at first is nobody's news
		return err
	}
	if err := p.folder.setFilled(); err != nil {
		return err
	}
	p.filling.all.Store(0)
	ready()
	return nil
}

func (p *product) fillParty(ctx context.Context, all []sandbox.Organisation) error {
	err := p.party.Seed(ctx, sandbox.Population(all))
	p.filling.done.Add(int64(len(all)))
	return err
}

func (p *product) fillFacts(ctx context.Context, all []sandbox.Organisation) error {
	const together = 100
	for from := 0; from < len(all); from += together {
		var facts []evidence.Fact
		for i := from; i < min(from+together, len(all)); i++ {
			facts = append(facts, sandbox.Facts(i, all[i], all)...)
		}
		if _, err := p.facts.Append(ctx, facts); err != nil {
			return err
		}
		p.sealer.Wake()
		p.filling.done.Add(together)
	}
	return nil
}

// fillContacts records contacts as fingerprints under this installation's key.
func (p *product) fillContacts(ctx context.Context, all []sandbox.Organisation) error {
	for _, c := range sandbox.Contacts(all) {
		if _, err := p.supervision().RecordContact(ctx, evidence.Department, all[c.Index].Code, c.Contact); err != nil {
			return err
		}
	}
	return nil
}

// fillAlarms looks at what was applied for. The days of the cases went to and
// fro while they were filled in, so everything is read anew.
func (p *product) fillAlarms(ctx context.Context, _ []sandbox.Organisation) error {
	p.supervision().Forget()
	return p.supervision().Look(ctx)
}

// fillBudgets gives each measure the example guide's money by budget orders:
// half in the city's purse, half spread over the districts.
func (p *product) fillBudgets(ctx context.Context, _ []sandbox.Organisation) error {
	guide, err := p.pack().Guide(sandboxToday.Year())
	if err != nil || guide == nil || len(guide.Budgets) == 0 {
		return err
	}
	var city, districts []budget.LineInput
	for _, b := range guide.Budgets {
		total, err := b.Fen()
		if err != nil {
			return err
		}
		half, rest := total.SplitHalf()
		city = append(city, lineOf(ledger.Purse{Level: ledger.City, Code: cityPurse}, b.Measure, half))
		shares := sandbox.DistrictShares(rest)
		for _, place := range slices.Sorted(maps.Keys(shares)) {
			districts = append(districts, lineOf(ledger.Purse{Level: ledger.District, Code: place}, b.Measure, shares[place]))
		}
	}
	if err := p.order(ctx, sandbox.BudgetGiven, sandbox.CityBudget, city); err != nil {
		return err
	}
	if err := p.order(ctx, sandbox.BudgetGiven, sandbox.DistrictBudget, districts); err != nil {
		return err
	}
	return p.fillOrders(ctx, guide)
}

func lineOf(purse ledger.Purse, measure string, amount money.Fen) budget.LineInput {
	return budget.LineInput{Purse: purse.String(), Measure: measure, Amount: amount}
}

// fillApplications lets organisations apply and officers act, day by day,
// until every state has cases to look at.
func (p *product) fillApplications(ctx context.Context, all []sandbox.Organisation) error {
	for _, plan := range sandbox.Plans(all) {
		measure, object, err := p.fits(ctx, all[plan.Index].Code, plan.Wish)
		if err != nil {
			return err
		}
		if measure == "" {
			continue
		}
		if err := p.applyAs(ctx, all[plan.Index].Code, measure, object, plan); err != nil {
			return err
		}
		p.filling.done.Add(1)
	}
	return nil
}

// fits finds a measure that an organisation may apply for: eligible for those
// that shall be decided, lacking something for those that shall be returned.
func (p *product) fits(ctx context.Context, org ident.CreditCode, wish policy.State) (measure, object string, err error) {
	applicant, err := p.party.Organisation(ctx, org)
	if err != nil {
		return "", "", err
	}
	facts, err := p.facts.Known(ctx, org, sandboxToday)
	if err != nil {
		return "", "", err
	}
	results, err := p.pack().Assess(rule.Input{Subject: evidence.Subject{Code: org, Kind: evidence.SubjectKind(applicant.Kind)}, Facts: facts,
		On: sandboxToday, Guide: sandboxToday.Year(), Measures: []string{"002-2", "002-3", "002-4", "002-6"}})
	if err != nil {
		return "", "", err
	}
	for _, r := range results {
		eligible := r.Outcome == rule.Eligible && r.Amount != nil && *r.Amount > 0
		lacking := r.Outcome == rule.Lacking && r.Object != ""
		if eligible || (lacking && wish == policy.Returned) {
			return r.Measure, r.Object, nil
		}
	}
	return "", "", nil
}

// applyAs walks one application to the state that is wished for.
func (p *product) applyAs(ctx context.Context, org ident.CreditCode, measure, object string, plan sandbox.Plan) error {
	firm := p.actingAs(ctx, party.OrgManager, org, plan.Applied)
	a, err := firm.Open(firm.ctx, firm.actor, policy.OpenInput{Org: org, Measure: measure, Object: object})
	if err != nil || plan.Wish == policy.Draft {
		return err
	}
	if a, err = firm.Submit(firm.ctx, firm.actor, a.ID, a.Version); err != nil || plan.Wish == policy.Submitted {
		return err
	}
	say := func(opinion string) policy.DecisionInput {
		return policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: opinion, Hash: a.Hash}
	}
	office := p.actingAs(ctx, party.Office, "", plan.Decided)
	switch plan.Wish {
	case policy.Withdrawn:
		_, err = firm.Withdraw(firm.ctx, firm.actor, a.ID, a.Version)
		return err
	case policy.Returned:
		_, err = office.Return(office.ctx, office.actor, say("请补充尚缺的材料后再提交。"))
		return err
	case policy.Refused:
		_, err = office.Refuse(office.ctx, office.actor, say("项目实施内容与申报事项不一致，不予支持。"))
		return err
	}
	if _, err = office.Approve(office.ctx, office.actor, say("材料齐全，同意按试算金额支持。")); err != nil {
		return err
	}
	if _, err := p.intents.Drain(ctx); err != nil {
		return err
	}
	if a, err = p.policy().Store.Application(ctx, a.ID); err != nil || plan.Wish != policy.Paid || a.State != policy.Held {
		return err
	}
	finance := p.actingAs(ctx, party.Finance, "", plan.Countersigned)
	if plan.ByFile {
		if err := p.divide(office, a.ID, plan); err != nil {
			return err
		}
	}
	if _, err = finance.Countersign(finance.ctx, finance.actor, say("复核无误，同意付款。")); err != nil {
		return err
	}
	_, err = p.intents.Drain(ctx)
	return err
}

// acting is the policy domain on some day, for a person in a role.
type acting struct {
	*policy.Service
	ctx   context.Context
	actor policy.Actor
}

func (p *product) actingAs(ctx context.Context, role httpapi.Role, org ident.CreditCode, day clock.Date) acting {
	who := sandbox.Principal(role, org)
	return acting{p.deliveryToday(clock.OnDay{Day: day}).policy, httpapi.WithPrincipal(ctx, who),
		party.AsActor(who)}
}

// whileFilling answers with the progress until the sandbox is full.
func (p *product) whileFilling(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		percent := p.filling.percent()
		if percent == 100 {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Retry-After", "1")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(fault.Unavailable.HTTPStatus())
		fmt.Fprintf(w, `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="1"><title>黔模 · 演示数据</title>
<p>正在准备演示数据：%[1]d%%。准备好后本页自动打开。</p><p lang="en">Preparing the demonstration data: %[1]d%%. This page opens by itself.</p>
<progress max="100" value="%[1]d"></progress></html>`, percent)
	})
}
