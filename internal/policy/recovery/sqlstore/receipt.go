package sqlstore

import (
	"context"
	"encoding/json"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

// InsertReceipt implements recovery.Store.
func (s *Store) InsertReceipt(ctx context.Context, r recovery.Receipt) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into recovery_receipt (id, case_id, seq, amount, value, bank, payer, state, stands, shares, person, name, at)
		select $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 from recovery_receipt where case_id = $2`,
		r.ID, r.Case, int64(r.Amount), r.On, r.Bank, r.Payer, r.State, db.Bool(r.State.Stands()), db.JSON(r.Shares), r.Person, r.Name, clock.Micros(r.At))
	return onceABank(err, r.Bank)
}

func onceABank(err error, bank string) error {
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "银行流水号 %s 已登记过，没有重复入账。", "Bank reference %s is recorded already; nothing was booked twice.", bank)
	}
	return db.Fault(err)
}

// SetReceipt implements recovery.Store.
func (s *Store) SetReceipt(ctx context.Context, id string, from, to recovery.ReceiptState) error {
	res, err := s.db.Q(ctx).ExecContext(ctx, `update recovery_receipt set state = $1, stands = $2 where id = $3 and state = $4`, to, db.Bool(to.Stands()), id, from)
	if db.IsUnique(err) {
		return onceABank(err, id)
	}
	return db.Changed(res, err, fault.Newf(fault.Conflict, "这笔到账的状态已变：请刷新。", "The receipt has changed: reload."))
}

const receiptColumns = `id, case_id, amount, value, bank, payer, state, shares, person, name, at`

func scanReceipt(row func(...any) error) (r recovery.Receipt, err error) {
	var at int64
	var shares string
	if err = row(&r.ID, &r.Case, &r.Amount, &r.On, &r.Bank, &r.Payer, &r.State, &shares, &r.Person, &r.Name, &at); err != nil {
		return r, err
	}
	r.At = clock.FromMicros(at)
	return r, json.Unmarshal([]byte(shares), &r.Shares)
}

// Receipt implements recovery.Store.
func (s *Store) Receipt(ctx context.Context, id string) (recovery.Receipt, error) {
	r, found, err := db.One(ctx, s.db.Q(ctx), scanReceipt, `select `+receiptColumns+` from recovery_receipt where id = $1`, id)
	if err == nil && !found {
		return r, fault.Newf(fault.NotFound, "没有这笔到账。", "There is no such receipt.")
	}
	return r, err
}

// Receipts implements recovery.Store.
func (s *Store) Receipts(ctx context.Context, id string) ([]recovery.Receipt, error) {
	return db.All(ctx, s.db.Q(ctx), scanReceipt, `select `+receiptColumns+` from recovery_receipt where case_id = $1 order by seq`, id)
}
