// Package sqlstore keeps payment orders, bank files, returns, plans and
// performance reports in SQLite or PostgreSQL.
package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Store implements payment.Store.
type Store struct{ db *db.DB }

// New returns a store on a migrated database.
func New(d *db.DB) *Store { return &Store{db: d} }

// InTx implements payment.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// Lock implements payment.Store. Whoever comes second waits on the row until
// the first has committed, and then reads what it wrote.
func (s *Store) Lock(ctx context.Context, key string) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into payment_lock (name) values ($1) on conflict (name) do update set name = excluded.name`, key)
	return db.Fault(err)
}

// NextNumber implements payment.Store.
func (s *Store) NextNumber(ctx context.Context, kind string, year int) (n int64, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		return s.db.Q(ctx).QueryRowContext(ctx, `insert into payment_counter (kind, year, last) values ($1, $2, 1)
			on conflict (kind, year) do update set last = payment_counter.last + 1 returning last`, kind, year).Scan(&n)
	})
	return n, err
}

// exec runs a statement that writes.
func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	return db.Fault(err)
}

// insert is exec for a row that may stand already.
func (s *Store) insert(ctx context.Context, query string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "同一条记录已经有了：可能已有人处理，请刷新。", "The same record exists: somebody may have acted already; reload.").Because(err)
	}
	return db.Fault(err)
}

// update writes one row under its version and counts that up.
func (s *Store) update(ctx context.Context, version *int64, query string, args ...any) error {
	res, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	if err != nil {
		return db.Fault(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return fault.Newf(fault.Conflict, "这条记录刚被别人改过，本次没有写入：请刷新。", "The record was changed by somebody else just now and nothing was written: reload.").Because(err)
	}
	*version++
	return nil
}

// one finds a row or says that there is none.
func one[T any](ctx context.Context, s *Store, scan func(row func(...any) error) (T, error), zh, en, query string, args ...any) (T, error) {
	v, found, err := db.One(ctx, s.db.Q(ctx), scan, query, args...)
	if err == nil && !found {
		err = fault.New(fault.NotFound, i18n.Text{ZH: zh, EN: en})
	}
	return v, err
}

func unpacked[T any](text string) (v T, err error) {
	if text == "" {
		return v, nil
	}
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		return v, fmt.Errorf("a stored record cannot be read: %w", err)
	}
	return v, nil
}

// part matches a part of a text; % and _ have no meaning in it.
func part(text string) string {
	return "%" + strings.NewReplacer("%", "", "_", "").Replace(strings.ToUpper(text)) + "%"
}

func limited(limit int) string {
	if limit <= 0 {
		limit = 50
	}
	return " limit " + strconv.Itoa(limit)
}
