package app

import (
	"bytes"
	"context"
	"io"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/payment"
	paymentsql "github.com/qianmo/qianmo/internal/policy/payment/sqlstore"
)

// paymentsOf is the payment room beside the cases that it pays.
func (p *product) paymentsOf(cases *policy.Service) *payment.Service {
	return &payment.Service{Store: paymentsql.New(p.db), Cases: policy.Orders{Service: cases}, Registry: p.party, Payees: payees{p.party}, Facts: p.facts,
		Books: p.ledger, Files: paymentFiles{files{p.blobs}}, Clock: cases.Clock, IDs: p.ids, Wake: p.intents.Wake}
}

// payees is party as payment needs it.
type payees struct{ *party.Service }

// Account implements payment.Payees.
func (p payees) Account(ctx context.Context, org ident.CreditCode, id string) (party.PayeeAccount, error) {
	accounts, err := p.PayeeAccounts(ctx, org)
	for _, a := range accounts {
		if a.ID == id {
			return a, nil
		}
	}
	if err == nil {
		err = fault.Newf(fault.NotFound, "这家机构没有这个收款账户。", "The organisation has no such payee account.")
	}
	return party.PayeeAccount{}, err
}

// Active implements payment.Payees.
func (p payees) Active(ctx context.Context, org ident.CreditCode) (party.PayeeAccount, bool, error) {
	return registry(p).Payee(ctx, org)
}

// paymentFiles is the blob store as payment needs it.
type paymentFiles struct{ files }

// bankFileLimit is far above a file of the most orders.
const bankFileLimit = 16 << 20

// Keep implements payment.Files.
func (f paymentFiles) Keep(ctx context.Context, name string, r io.Reader) (payment.File, error) {
	d, err := f.blobs.PutDocument(ctx, name, r)
	return payment.File{Name: d.Name, Type: d.MediaType, Size: d.Size, SHA256: string(d.Digest)}, err
}

// Put implements payment.Files.
func (f paymentFiles) Put(ctx context.Context, content []byte) (string, error) {
	d, _, err := f.blobs.Put(ctx, bytes.NewReader(content), bankFileLimit)
	return string(d), err
}

// paymentAccess: finance acts, in a browser; the office plans and confirms; an
// auditor reads; an organisation sees its own, account numbers masked. Whose
// an order is, the room checks: others' do not exist for an organisation.
func paymentAccess() httpapi.Table {
	offices := roles(party.Office, party.Finance, party.Auditor)
	everybody := append(offices, party.OrgManager, party.OrgMember)
	finance := roles(party.Finance)
	return httpapi.Table{
		"listPaymentOrders":    {Roles: everybody},
		"getPaymentOrder":      {Roles: everybody},
		"getPaymentOverview":   {Roles: offices},
		"listPaymentCases":     {Roles: everybody},
		"getPaymentCase":       {Roles: everybody},
		"reissuePaymentOrder":  {Roles: finance, Session: true},
		"cancelPaymentOrder":   {Roles: finance, Session: true},
		"answerOrderCancel":    {Roles: finance, Session: true},
		"listBankFiles":        {Roles: offices},
		"getBankFile":          {Roles: offices},
		"makeBankFile":         {Roles: finance, Session: true},
		"releaseBankFile":      {Roles: finance, Session: true},
		"withdrawBankFile":     {Roles: finance, Session: true},
		"downloadBankFile":     {Roles: finance, Session: true},
		"uploadReturnFile":     {Roles: finance, Session: true},
		"listReturnFiles":      {Roles: offices},
		"getReturnFile":        {Roles: offices},
		"listReturnLines":      {Roles: offices},
		"acceptReturnFile":     {Roles: finance, Session: true},
		"discardReturnFile":    {Roles: finance, Session: true},
		"listUnmatchedLines":   {Roles: offices},
		"resolveUnmatchedLine": {Roles: finance, Session: true},

		"setPaymentPlan":        {Roles: roles(party.Office), Session: true},
		"confirmMilestone":      {Roles: roles(party.Office, party.Finance), Session: true},
		"showMilestoneEvidence": {Roles: roles(party.Office, party.OrgManager, party.OrgMember)},
		"getMilestoneEvidence":  {Roles: everybody},

		"listPerformanceReports":  {Roles: everybody},
		"getPerformanceReport":    {Roles: everybody},
		"attachPerformanceFile":   {Roles: roles(party.OrgManager, party.OrgMember)},
		"submitPerformanceReport": {Roles: roles(party.OrgManager)},
		"answerPerformanceReport": {Roles: roles(party.Office), Session: true},
		"getPerformanceFile":      {Roles: everybody},
		"listMeasurePerformance":  {Roles: offices},
	}
}
