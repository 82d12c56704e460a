// Package sqlstore keeps the review room's records in SQLite or PostgreSQL.
package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Store implements review.Store.
type Store struct {
	db    *db.DB
	clock clock.Clock
}

// New returns a store on a migrated database.
func New(d *db.DB, c clock.Clock) *Store { return &Store{db: d, clock: c} }

// InTx implements review.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

func (s *Store) now() int64 { return clock.Micros(s.clock.Now()) }

// where gathers the conditions of a query; texts bind, they are never spliced.
type where struct {
	clauses []string
	args    []any
}

// and adds a condition in which ? stands for the values.
func (w *where) and(clause string, values ...any) {
	for _, v := range values {
		w.args = append(w.args, v)
		clause = strings.Replace(clause, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.clauses = append(w.clauses, clause)
}

// is adds "column = value" unless the value is empty.
func (w *where) is(column, value string) {
	if value != "" {
		w.and(column+" = ?", value)
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
