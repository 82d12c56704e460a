package app

import (
	"context"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/voucher"
	vouchersql "github.com/qianmo/qianmo/internal/policy/voucher/sqlstore"
)

// vouchersOn is the voucher room as of a clock, beside the policy domain whose
// rules it asks.
func (p *product) vouchersOn(c clock.Clock, cases *policy.Service) *voucher.Service {
	return &voucher.Service{Store: vouchersql.New(p.db), Rules: voucherRules{cases}, Registry: p.party, Facts: p.facts, Treasury: p.intents, Books: p.ledger,
		Messages: voucherMessages{p.messages}, Pack: cases.Pack, Clock: c, IDs: p.ids}
}

// voucherRules is the policy domain as the voucher room needs it.
type voucherRules struct{ policy *policy.Service }

// Assess implements voucher.Rules.
func (r voucherRules) Assess(ctx context.Context, org ident.CreditCode, measure string) (voucher.Finding, error) {
	a, err := r.policy.Qualify(ctx, org, measure)
	if err != nil {
		return voucher.Finding{}, err
	}
	f := voucher.Finding{Outcome: a.Outcome, Questions: a.Questions, JSON: a.JSON, Hash: a.Hash}
	if a.Outcome == rule.NotEligible {
		for _, reason := range a.Reasons {
			if reason.OK != nil && !*reason.OK {
				f.Why = append(f.Why, i18n.Text{ZH: reason.ZH, EN: reason.EN})
			}
		}
	}
	if a.Outcome == rule.Lacking {
		for _, need := range a.Needs {
			f.Why = append(f.Why, i18n.Text{ZH: need.ZH, EN: need.EN})
		}
	}
	return f, nil
}

// voucherMessages is the message room as the voucher room needs it.
type voucherMessages struct{ *message.Service }

// Tell implements voucher.Messages.
func (m voucherMessages) Tell(ctx context.Context, told voucher.Told) error {
	to := message.ToRole(httpapi.Role(told.Role))
	if told.Org != "" {
		to = message.ToOrganisation(told.Org, party.OrgManager, party.OrgMember)
	}
	_, err := m.Post(ctx, message.Message{Key: told.Key, Topic: told.Topic, Title: told.Title, Body: told.Body, At: told.At,
		Link: "/vouchers/" + told.Voucher, About: message.About{Kind: "voucher", ID: told.Voucher}}, to)
	return err
}

// expireVouchers ends what is over.
func (p *product) expireVouchers(ctx context.Context) error {
	_, err := p.vouchers().Expire(ctx)
	return err
}

// vouching is the voucher room on some day, for a person in a role.
type vouching struct {
	*voucher.Service
	ctx   context.Context
	actor voucher.Actor
}

func (p *product) vouchingAs(ctx context.Context, role httpapi.Role, org ident.CreditCode, day clock.Date) vouching {
	who := sandbox.Principal(role, org)
	return vouching{p.deliveryToday(clock.OnDay{Day: day}).vouchers, httpapi.WithPrincipal(ctx, who), party.AsActor(who)}
}

// voucherAccess: an organisation's manager claims and returns; the office
// issues what waits, and recalls. Whose a voucher is, the room checks: others'
// do not exist for an organisation.
func voucherAccess() httpapi.Table {
	office, manager := roles(party.Office), roles(party.OrgManager)
	everybody := append(readers(), party.OrgManager, party.OrgMember)
	return httpapi.Table{
		"listVoucherProgrammes": {Roles: everybody},
		"listVouchers":          {Roles: everybody},
		"getVoucher":            {Roles: everybody},
		"claimVoucher":          {Roles: manager},
		"withdrawVoucher":       {Roles: manager},
		"returnVoucher":         {Roles: manager},
		"approveVoucher":        {Roles: office, Session: true},
		"declineVoucher":        {Roles: office, Session: true},
		"allocateVouchers":      {Roles: office, Session: true},
		"recallVoucher":         {Roles: office, Session: true},
		"previewVoucherExpiry":  {Roles: readers()},
	}
}
