package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/exception"
)

// fillExceptions has the office propose and both seats decide, each exception as
// far as its tale goes.
func (p *product) fillExceptions(ctx context.Context, all []sandbox.Organisation) error {
	for n, tale := range sandbox.Exceptions() {
		if err := p.tellException(ctx, sandbox.ExceptionOf(all, n), tale); err != nil {
			return fmt.Errorf("exception %d: %w", n+1, err)
		}
	}
	return nil
}

func (p *product) tellException(ctx context.Context, org sandbox.Organisation, tale sandbox.Exception) error {
	rooms := p.deliveryToday(clock.OnDay{Day: tale.Proposed})
	as := func(who httpapi.Principal) (context.Context, exception.Actor) {
		return httpapi.WithPrincipal(ctx, who), party.AsActor(who)
	}
	officeCtx, office := as(sandbox.Principal(party.Office, ""))
	paper, err := rooms.exceptions.Upload(officeCtx, "议定依据.txt", strings.NewReader(tale.Paper))
	if err != nil {
		return err
	}
	x, err := rooms.exceptions.Propose(officeCtx, office, exception.ProposeInput{Org: org.Code, Kind: tale.Kind, Measure: tale.Measure, Departure: tale.Departure, Matter: tale.Matter,
		Amount: tale.Amount, Reason: tale.Reason, Papers: []exception.Paper{paper}})
	if err != nil {
		return err
	}
	for _, seat := range []struct {
		who     httpapi.Principal
		verdict exception.Verdict
	}{{sandbox.Deputy(), tale.Deputy}, {sandbox.Principal(party.Finance, ""), tale.Finance}} {
		if seat.verdict == "" {
			continue
		}
		ctx, by := as(seat.who)
		reason := map[exception.Verdict]string{exception.Approve: "依据充分，同意。", exception.Refuse: "最高额由文件规定，理由不足以突破，不同意。"}[seat.verdict]
		if x, err = rooms.exceptions.Judge(ctx, by, exception.JudgeInput{ID: x.ID, Version: x.Version, Verdict: seat.verdict, Reason: reason}); err != nil {
			return err
		}
	}
	if !tale.Paid {
		return nil
	}
	return p.payException(ctx, rooms.policy, x)
}

// payException takes the case of an exception to its payment.
func (p *product) payException(ctx context.Context, cases *policy.Service, x exception.Exception) error {
	for _, step := range []struct {
		who  httpapi.Principal
		take func(context.Context, policy.Actor, policy.DecisionInput) (policy.Application, error)
	}{
		{sandbox.Principal(party.OrgManager, x.Org), func(ctx context.Context, by policy.Actor, in policy.DecisionInput) (policy.Application, error) {
			return cases.Confirm(ctx, by, in.ID, in.Version)
		}},
		{sandbox.Deputy(), cases.Approve},
		{sandbox.Principal(party.Finance, ""), cases.Countersign},
	} {
		a, err := cases.Store.Application(ctx, x.Application)
		if err != nil {
			return err
		}
		in := policy.DecisionInput{ID: a.ID, Version: a.Version, Opinion: "按一事一议 " + x.Number + " 办理。", Hash: a.Hash}
		if _, err := step.take(httpapi.WithPrincipal(ctx, step.who), party.AsActor(step.who), in); err != nil {
			return err
		}
		if _, err := p.intents.Drain(ctx); err != nil {
			return err
		}
	}
	return nil
}
