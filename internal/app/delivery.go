package app

import (
	"context"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/search"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/budget"
	"github.com/qianmo/qianmo/internal/policy/call"
	callsql "github.com/qianmo/qianmo/internal/policy/call/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/exception"
	"github.com/qianmo/qianmo/internal/policy/notice"
	noticesql "github.com/qianmo/qianmo/internal/policy/notice/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/review"
	"github.com/qianmo/qianmo/internal/policy/rule"
	policysql "github.com/qianmo/qianmo/internal/policy/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/voucher"
)

// delivery is the policy domain with the rooms around its cases, each plugged
// into the others.
type delivery struct {
	policy   *policy.Service
	calls    *call.Service
	review   *review.Service
	notices  *notice.Service
	recovery *recovery.Service
	budgets  *budget.Service

	exceptions *exception.Service
	vouchers   *voucher.Service
}

// deliveryOn is delivery as of a clock, under a pack.
func (p *product) deliveryOn(c clock.Clock, pack *rule.Pack, rules *review.Rules) *delivery {
	cases := &policy.Service{
		Store: policysql.New(p.db, c), Facts: p.facts, Registry: registry{p.party}, Treasury: p.intents, Books: p.ledger, Files: files{p.blobs},
		Pack: pack, Clock: c, IDs: p.ids, City: cityPurse, Search: search.Index{DB: p.db}, Messages: messages{p.messages}, Address: p.config.PublicURL,
	}
	d := &delivery{
		policy:  cases,
		calls:   &call.Service{Store: callsql.New(p.db), Registry: p.party, Cases: cases, Pack: pack, Clock: c, IDs: p.ids},
		review:  p.reviewOn(c, cases, rules),
		notices: &notice.Service{Store: noticesql.New(p.db), Registry: p.party, Cases: cases, Clock: c, IDs: p.ids},
	}
	cases.Calls, cases.Reviews, cases.Notices, cases.Payments = d.calls, reviews{d.review}, d.notices, p.paymentsOf(cases)
	d.recovery, d.budgets = p.recoveryOn(c, cases), p.budgetsOn(c, cases)
	d.exceptions = p.exceptionsOn(c, cases)
	d.vouchers = p.vouchersOn(c, cases)
	if p.config.Sandbox {
		cases.ReportTerm = sandbox.ReportTerm
	}
	return d
}

// deliveryToday is delivery as of another clock, under the pack in use.
func (p *product) deliveryToday(c clock.Clock) *delivery {
	d := p.deliveryOn(c, p.pack(), p.review().Rules)
	d.policy.Supervision = p.supervision() // its index is read once
	return d
}

// reviews is the room of review as policy needs it.
type reviews struct{ room *review.Service }

// Score implements policy.Reviews: the exact mean, to nine decimals. Means of
// scores in hundredths over at most fifteen experts that differ at all differ there.
func (r reviews) Score(ctx context.Context, application string) (string, error) {
	found, err := r.room.Outcome(ctx, application)
	if err == nil && found.Result == nil {
		err = fault.Newf(fault.Conflict, "评审分还没有齐。", "The panel's scores are not complete.")
	}
	if err != nil {
		return "", err
	}
	return found.Result.Mean.Rat().FloatString(9), nil
}

// Blocks implements policy.Reviews.
func (r reviews) Blocks(ctx context.Context, application string, steps call.Review) ([]i18n.Text, error) {
	found, err := r.room.Outcome(ctx, application)
	blocks := found.Blocks
	if steps.Departments && len(found.Facts) == 0 {
		blocks = append(blocks, i18n.Text{ZH: "还没有请部门核验事实。", EN: "No department was asked about its facts yet."})
	}
	if steps.Scores > 0 && (found.Result == nil || found.Panel.Final < steps.Scores) && len(blocks) == 0 {
		blocks = append(blocks, i18n.T("评审分不足 %d 份。", "Fewer than %d scores are in.", steps.Scores))
	}
	return blocks, err
}
