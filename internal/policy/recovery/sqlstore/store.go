// Package sqlstore keeps recoveries in SQLite or PostgreSQL.
package sqlstore

import (
	"context"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

// Store implements recovery.Store.
type Store struct {
	db    *db.DB
	clock clock.Clock
}

// New returns a store on a migrated database.
func New(d *db.DB, c clock.Clock) *Store { return &Store{d, c} }

var _ recovery.Store = (*Store)(nil)

// InTx implements recovery.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// NextNumber implements recovery.Store.
func (s *Store) NextNumber(ctx context.Context, year int) (n int64, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		return s.db.Q(ctx).QueryRowContext(ctx, `insert into recovery_counter (year, last) values ($1, 1)
			on conflict (year) do update set last = recovery_counter.last + 1 returning last`, year).Scan(&n)
	})
	return n, db.Fault(err)
}

// before goes on behind a cursor "number/id" of a list by falling number and id.
func before(w *db.Where, column, cursor string) {
	at, id, _ := strings.Cut(cursor, "/")
	if n, err := strconv.ParseInt(at, 10, 64); err == nil {
		w.And("("+column+" < ? or "+column+" = ? and id < ?)", n, n, id)
	}
}

// Mark implements recovery.Store.
func (s *Store) Mark(ctx context.Context) (int64, error) {
	n, _, err := db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (n int64, err error) { return n, row(&n) }, `select upto from recovery_mark where name = 'corrections'`)
	return n, err
}

// SetMark implements recovery.Store.
func (s *Store) SetMark(ctx context.Context, upTo int64) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into recovery_mark (name, upto) values ('corrections', $1)
		on conflict (name) do update set upto = excluded.upto where recovery_mark.upto < excluded.upto`, upTo)
	return db.Fault(err)
}
