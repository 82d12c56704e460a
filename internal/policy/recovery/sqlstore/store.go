// Package sqlstore keeps recoveries in SQLite or PostgreSQL.
package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
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

// where gathers the conditions of a query; texts bind, they are never spliced.
type where struct {
	clauses []string
	args    []any
}

// and adds a condition in which ? stands for the values.
func (w *where) and(clause string, values ...any) {
	for _, v := range values {
		w.args = append(w.args, v)
		clause = strings.Replace(clause, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	w.clauses = append(w.clauses, clause)
}

// is adds "column = value" unless the value is empty.
func (w *where) is(column, value string) {
	if value != "" {
		w.and(column+" = ?", value)
	}
}

// before goes on behind a cursor "number/id" of a list by falling number and id.
func (w *where) before(column, cursor string) {
	at, id, _ := strings.Cut(cursor, "/")
	if n, err := strconv.ParseInt(at, 10, 64); err == nil {
		w.and("("+column+" < ? or "+column+" = ? and id < ?)", n, n, id)
	}
}

func (w *where) String() string {
	if len(w.clauses) == 0 {
		return ""
	}
	return " where " + strings.Join(w.clauses, " and ")
}

func limit(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" limit %d", n)
}

// text is a value as JSON; plain values always marshal.
func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// changed reports a conflict when a statement met no row.
func changed(res sql.Result, err error, conflict *fault.Error) error {
	if err != nil {
		return db.Fault(err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return conflict.Because(err)
	}
	return nil
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
