package party

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// PayeeAccounts lists an organisation's accounts, newest first.
func (s *Service) PayeeAccounts(ctx context.Context, org ident.CreditCode) ([]PayeeAccount, error) {
	return s.store.PayeeAccounts(ctx, org)
}

// PayeeOf returns the account to which an organisation is paid.
//
// Codes: not_found when none is active.
func (s *Service) PayeeOf(ctx context.Context, org ident.CreditCode) (PayeeAccount, error) {
	accounts, err := s.store.PayeeAccounts(ctx, org)
	if err != nil {
		return PayeeAccount{}, err
	}
	for _, a := range accounts {
		if a.State == Active {
			return a, nil
		}
	}
	return PayeeAccount{}, fault.Newf(fault.NotFound, "这家机构没有生效的收款账户：请先登记并由第二人复核。", "The organisation has no active payee account: register one and have a second person countersign it.")
}

// ProposePayeeAccount registers an account; it is paid only once another
// person countersigned it.
//
// Codes: invalid; not_found for the organisation.
func (s *Service) ProposePayeeAccount(ctx context.Context, p PayeeAccount) (PayeeAccount, error) {
	if err := p.Validate(); err != nil {
		return PayeeAccount{}, err
	}
	p.ID, p.State, p.ProposedBy, p.Proposed = s.ids.New("payee"), Proposed, httpapi.PrincipalOf(ctx).PersonID, s.clock.Now()
	return p, s.tx.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.store.Organisation(ctx, p.Org); err != nil {
			return err
		}
		if err := s.store.AddPayeeAccount(ctx, p); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.payee.propose", Kind: "payee_account", Subject: p.ID, Org: p.Org, Details: p.summary()})
	})
}

// CountersignPayeeAccount makes an account the one to be paid.
//
// Codes: not_found; conflict when it is not proposed; forbidden for its proposer.
func (s *Service) CountersignPayeeAccount(ctx context.Context, org ident.CreditCode, id string) (p PayeeAccount, err error) {
	err = s.tx.InTx(ctx, func(ctx context.Context) error {
		if p, err = s.store.PayeeAccount(ctx, org, id); err != nil {
			return err
		}
		if p, err = p.Countersign(httpapi.PrincipalOf(ctx).PersonID, s.clock.Now()); err != nil {
			return err
		}
		if err := s.store.ActivatePayeeAccount(ctx, p); err != nil {
			return err
		}
		return s.Record(ctx, Act{Action: "party.payee.countersign", Kind: "payee_account", Subject: id, Org: org, Details: p.summary()})
	})
	return p, err
}

func (p PayeeAccount) summary() map[string]string {
	return map[string]string{"holder": p.Holder, "bank": p.Bank, "bank_code": p.BankCode, "number": p.Masked()}
}
