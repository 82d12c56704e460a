package sqlstore

import (
	"context"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/budget"
)

// Claim implements budget.Store. Whoever comes second waits on the row until
// the first has committed, and then reads whose it is.
func (s *Store) Claim(ctx context.Context, p ledger.Programme, order string) (granted money.Fen, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		var claim string
		err := s.db.Q(ctx).QueryRowContext(ctx, `insert into budget_programme (year, purse, measure, granted, claim) values ($1, $2, $3, 0, $4)
			on conflict (year, purse, measure) do update set claim = case when budget_programme.claim = '' then excluded.claim else budget_programme.claim end
			returning granted, claim`, p.Year, p.Purse.String(), p.Measure, order).Scan(&granted, &claim)
		if err != nil || claim == order {
			return db.Fault(err)
		}
		other, err := s.Order(ctx, claim)
		if err != nil {
			return err
		}
		return fault.Newf(fault.Conflict, "%s %s 上正在记指标单 %s，本次没有写入：请稍后重试。", "Budget order %[3]s is being booked on %[1]s %[2]s and nothing was written: try again in a moment.", p.Purse, p.Measure, other.Number)
	})
	return granted, err
}

// Release implements budget.Store.
func (s *Store) Release(ctx context.Context, order string) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `update budget_programme set claim = '' where claim = $1`, order)
	return db.Fault(err)
}

// AddGrant implements budget.Store.
func (s *Store) AddGrant(ctx context.Context, p ledger.Programme, g budget.Grant) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		_, err := s.db.Q(ctx).ExecContext(ctx, `insert into budget_grant (entry, year, purse, measure, seq, order_id, number, rest)
			select $1, $2, $3, $4, coalesce(max(seq), 0) + 1, $5, $6, $7 from budget_grant where year = $2 and purse = $3 and measure = $4`,
			g.Entry, p.Year, p.Purse.String(), p.Measure, g.Order, g.Number, int64(g.Rest))
		if err != nil {
			return db.Fault(err)
		}
		return s.grow(ctx, p, g.Rest)
	})
}

// TakeGrant implements budget.Store.
func (s *Store) TakeGrant(ctx context.Context, p ledger.Programme, entry string, amount money.Fen) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		res, err := s.db.Q(ctx).ExecContext(ctx, `update budget_grant set rest = rest - $1 where entry = $2 and rest >= $1`, int64(amount), entry)
		if err := db.Changed(res, err, fault.Newf(fault.Conflict, "指标 %s 已没有 %s 元可收回。", "Of grant %s no %s yuan are left to take back.", entry, amount.Grouped())); err != nil {
			return err
		}
		return s.grow(ctx, p, -amount)
	})
}

// grow adds to what orders gave a programme.
func (s *Store) grow(ctx context.Context, p ledger.Programme, amount money.Fen) error {
	res, err := s.db.Q(ctx).ExecContext(ctx, `update budget_programme set granted = granted + $1 where year = $2 and purse = $3 and measure = $4`, int64(amount), p.Year, p.Purse.String(), p.Measure)
	return db.Changed(res, err, fault.Newf(fault.Conflict, "%s %s 没有登记在指标单上。", "%s %s was claimed by no budget order.", p.Purse, p.Measure))
}

// Grants implements budget.Store.
func (s *Store) Grants(ctx context.Context, p ledger.Programme) ([]budget.Grant, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (g budget.Grant, err error) {
		err = row(&g.Entry, &g.Order, &g.Number, &g.Rest)
		return g, err
	}, `select entry, order_id, number, rest from budget_grant where year = $1 and purse = $2 and measure = $3 and rest > 0 order by seq desc`, p.Year, p.Purse.String(), p.Measure)
}

// Granted implements budget.Store.
func (s *Store) Granted(ctx context.Context, year int) (map[ledger.Programme]money.Fen, error) {
	all := map[ledger.Programme]money.Fen{}
	_, err := db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (p ledger.Programme, err error) {
		var purse string
		var granted money.Fen
		if err = row(&purse, &p.Measure, &granted); err != nil {
			return p, err
		}
		p.Year = year
		p.Purse, err = ledger.ParsePurse(purse)
		all[p] = granted
		return p, err
	}, `select purse, measure, granted from budget_programme where year = $1`, year)
	return all, err
}
