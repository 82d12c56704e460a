package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

const payeeColumns = `id, org, holder, bank, bank_code, number, state, proposed_by, proposed, confirmed_by, confirmed`

func scanPayee(scan scanner) (p party.PayeeAccount, err error) {
	var proposed, confirmed int64
	var by sql.NullString
	err = scan(&p.ID, &p.Org, &p.Holder, &p.Bank, &p.BankCode, &p.Number, &p.State, &p.ProposedBy, &proposed, &by, &confirmed)
	p.Proposed, p.Confirmed, p.ConfirmedBy = clock.FromMicros(proposed), clock.FromMicros(confirmed), by.String
	return p, err
}

// AddPayeeAccount implements party.Store.
func (s *Store) AddPayeeAccount(ctx context.Context, p party.PayeeAccount) error {
	return s.insert(ctx, nil, `insert into payee_account (`+payeeColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		p.ID, string(p.Org), p.Holder, p.Bank, p.BankCode, p.Number, string(p.State), p.ProposedBy, clock.Micros(p.Proposed), orNull(p.ConfirmedBy), clock.Micros(p.Confirmed))
}

// PayeeAccount implements party.Store.
func (s *Store) PayeeAccount(ctx context.Context, org ident.CreditCode, id string) (party.PayeeAccount, error) {
	p, found, err := db.One(ctx, s.db.Q(ctx), scanPayee, `select `+payeeColumns+` from payee_account where org = $1 and id = $2`, string(org), id)
	if err == nil && !found {
		err = notFound("这家机构没有这个收款账户。", "The organisation has no such payee account.")
	}
	return p, err
}

// PayeeAccounts implements party.Store.
func (s *Store) PayeeAccounts(ctx context.Context, org ident.CreditCode) ([]party.PayeeAccount, error) {
	return db.All(ctx, s.db.Q(ctx), scanPayee, `select `+payeeColumns+` from payee_account where org = $1 order by proposed desc, id desc`, string(org))
}

// ActivatePayeeAccount implements party.Store.
func (s *Store) ActivatePayeeAccount(ctx context.Context, p party.PayeeAccount) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		if _, err := s.db.Q(ctx).ExecContext(ctx, `update payee_account set state = 'replaced' where org = $1 and state = 'active'`, string(p.Org)); err != nil {
			return err
		}
		return s.update(ctx, conflict("这个收款账户不在待复核状态。", "This payee account does not wait to be countersigned."),
			`update payee_account set state = 'active', confirmed_by = $2, confirmed = $3 where id = $1 and state = 'proposed'`, p.ID, p.ConfirmedBy, clock.Micros(p.Confirmed))
	})
}

// Backlog implements party.Store. It seeks payee_account_org.
func (s *Store) Backlog(ctx context.Context, kind party.TodoKind, by party.Actor) (int64, clock.Date, error) {
	if kind != party.TodoPayee {
		return 0, "", fmt.Errorf("people and organisations have no backlog of %q", kind)
	}
	return db.Tally(ctx, s.db.Q(ctx), `select count(*), min(proposed) from payee_account where org = $1 and state = 'proposed' and proposed_by <> $2`, string(by.Org), by.Person)
}
