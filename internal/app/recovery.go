package app

import (
	"context"
	"io"

	"github.com/qianmo/qianmo/internal/app/sandbox"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	recoverysql "github.com/qianmo/qianmo/internal/policy/recovery/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// recoveryOn is the recovery room as of a clock, beside a policy domain, which
// asks it from now on who is excluded.
func (p *product) recoveryOn(c clock.Clock, cases *policy.Service) *recovery.Service {
	s := &recovery.Service{
		Store: recoverysql.New(p.db, c), Cases: recoveryCases{cases}, Facts: p.facts, Registry: p.party, Treasury: p.intents, Files: recoveryFiles{files{p.blobs}},
		Documents: recoveryDocuments{clauses{cases.Pack}}, Messages: recoveryMessages{p.messages}, Signs: cases.Pack.Region.Decisions, Sets: cases.Pack.Region.Recovery, Clock: c, IDs: p.ids,
	}
	cases.Exclusions = s
	return s
}

// recoveryCases is the policy domain as the recovery room needs it.
type recoveryCases struct{ policy *policy.Service }

// Payments implements recovery.Cases.
func (c recoveryCases) Payments(ctx context.Context, org ident.CreditCode) ([]recovery.Payment, error) {
	paid, err := c.policy.PaidParts(ctx, org)
	out := make([]recovery.Payment, 0, len(paid))
	for _, p := range paid {
		a := p.Application
		r := recovery.Payment{Application: a.ID, Number: a.Number, Measure: a.Measure, Object: a.Object, Fact: p.Fact, Purse: p.Purse, Year: p.Year, On: p.On, Amount: p.Amount}
		if m, err := c.policy.Pack.Measure(a.Measure); err == nil { // a measure may have left the pack since
			r.MeasureName = m.Name
		}
		out = append(out, r)
	}
	return out, err
}

// PurseName implements recovery.Cases.
func (c recoveryCases) PurseName(p ledger.Purse) i18n.Text { return c.policy.PurseName(p) }

// MeasureName implements recovery.Cases.
func (c recoveryCases) MeasureName(id string) i18n.Text {
	if m, err := c.policy.Pack.Measure(id); err == nil {
		return m.Name
	}
	return i18n.Text{ZH: id, EN: id}
}

// Stop implements recovery.Cases.
func (c recoveryCases) Stop(ctx context.Context, by recovery.Actor, org ident.CreditCode, reason string) (stopped, paying []string, err error) {
	return c.policy.Stop(ctx, by, org, reason)
}

// Changed implements recovery.Cases.
func (c recoveryCases) Changed(ctx context.Context, since int64) ([]recovery.Change, int64, error) {
	changed, upTo, err := c.policy.Corrected(ctx, since)
	if err != nil {
		return nil, upTo, err
	}
	out := make([]recovery.Change, 0, len(changed))
	for _, ch := range changed {
		a := ch.Application
		r := recovery.Change{Application: a.ID, Number: a.Number, Org: a.Org, Measure: a.Measure, Object: a.Object, Facts: ch.Facts, Paid: ch.Paid, Now: ch.Now,
			Clear: ch.Outcome == rule.Eligible || ch.Outcome == rule.NotEligible}
		if m, err := c.policy.Pack.Measure(a.Measure); err == nil {
			r.MeasureName = m.Name
		}
		org, err := c.policy.Registry.Organisation(ctx, a.Org)
		if err != nil {
			return nil, upTo, err
		}
		r.OrgName = org.Name
		out = append(out, r)
	}
	return out, upTo, nil
}

// recoveryFiles is the blob store as the recovery room needs it.
type recoveryFiles struct{ files }

// Keep implements recovery.Files.
func (f recoveryFiles) Keep(ctx context.Context, name string, r io.Reader) (recovery.Paper, error) {
	kept, err := f.files.Keep(ctx, name, r)
	return recovery.Paper{Name: kept.Name, Type: kept.Type, Size: kept.Size, SHA256: kept.SHA256}, err
}

// recoveryDocuments is the region's documents as the recovery room needs them.
type recoveryDocuments struct{ clauses }

// Drafts implements recovery.Documents.
func (d recoveryDocuments) Drafts() (names []string) {
	for _, doc := range d.pack.Documents {
		if doc.Status == rule.Draft {
			names = append(names, doc.Title.ZH)
		}
	}
	return names
}

// recoveryMessages is the message room as the recovery room needs it.
type recoveryMessages struct{ *message.Service }

// Tell implements recovery.Messages.
func (m recoveryMessages) Tell(ctx context.Context, told recovery.Told) error {
	to := message.ToRole(httpapi.Role(told.Role))
	if told.Org != "" {
		to = message.ToOrganisation(told.Org, party.OrgManager, party.OrgMember)
	}
	_, err := m.Post(ctx, message.Message{Key: told.Key, Topic: told.Topic, Title: told.Title, Body: told.Body, At: told.At,
		Link: "/recoveries/" + told.Case, About: message.About{Kind: "recovery", ID: told.Case}}, to)
	return err
}

// recovering is the recovery room on some day, for a person in a role.
type recovering struct {
	*recovery.Service
	ctx   context.Context
	actor recovery.Actor
}

func (p *product) recoveringAs(ctx context.Context, role httpapi.Role, org ident.CreditCode, day clock.Date) recovering {
	who := sandbox.Principal(role, org)
	return recovering{p.deliveryToday(clock.OnDay{Day: day}).recovery, httpapi.WithPrincipal(ctx, who), party.AsActor(who)}
}

// propose suggests what corrected facts come to.
func (p *product) propose(ctx context.Context) error {
	_, err := p.recovery().Propose(ctx)
	return err
}

// recoveryAccess: the office opens, proves and decides; a second person of
// finance confirms, and records what comes in; the party sees its own case from
// the notice on and speaks. Whose case it is, the room checks.
func recoveryAccess() httpapi.Table {
	office, finance := roles(party.Office), roles(party.Finance)
	applicants := roles(party.OrgManager, party.OrgMember)
	watch := readers()
	return httpapi.Table{
		"listRecoveries":          {Roles: append(readers(), applicants...)},
		"getRecovery":             {Roles: append(readers(), applicants...)},
		"getRecoveryPaper":        {Roles: append(readers(), applicants...)},
		"listRecoverablePayments": {Roles: watch},
		"openRecovery":            {Roles: office, Session: true},
		"citeRecovery":            {Roles: office},
		"addRecoveryFacts":        {Roles: office},
		"addRecoveryPaper":        {Roles: roles(party.Office, party.OrgManager, party.OrgMember)},
		"proveRecovery":           {Roles: office, Session: true},
		"dropRecovery":            {Roles: office, Session: true},
		"reopenRecovery":          {Roles: office, Session: true},
		"notifyRecovery":          {Roles: office, Session: true},
		"stateRecovery":           {Roles: roles(party.OrgManager), Session: true},
		"hearRecovery":            {Roles: office, Session: true},
		"decideRecovery":          {Roles: office, Session: true},
		"confirmRecovery":         {Roles: finance, Session: true},
		"sendBackRecovery":        {Roles: finance, Session: true},
		"revokeRecovery":          {Roles: finance, Session: true},
		"remitRecovery":           {Roles: office, Session: true},
		"rescheduleRecovery":      {Roles: office, Session: true},
		"recordReceipt":           {Roles: finance, Session: true},
		"reverseReceipt":          {Roles: finance, Session: true},
		"issueRecoveryLetter":     {Roles: office, Session: true},
		"getRecoveryLetter":       {Roles: append(readers(), applicants...)},

		"listExclusions":   {Roles: append(readers(), applicants...)},
		"liftExclusion":    {Roles: office, Session: true},
		"exportExclusions": {Roles: watch},

		"listRecoveryProposals": {Roles: watch},
		"takeUpProposal":        {Roles: office, Session: true},
		"dismissProposal":       {Roles: office, Session: true},
	}
}
