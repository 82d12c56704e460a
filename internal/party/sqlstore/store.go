// Package sqlstore keeps party in SQLite or PostgreSQL.
package sqlstore

import (
	"context"
	"database/sql"
	"strings"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Store implements party.Store.
type Store struct{ db *db.DB }

// New returns a store on a migrated database.
func New(d *db.DB) *Store { return &Store{d} }

var _ party.Store = (*Store)(nil)

type scanner = func(dest ...any) error

func (s *Store) insert(ctx context.Context, taken error, query string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	if taken != nil && db.IsUnique(err) {
		return taken
	}
	return db.Fault(err)
}

// update runs a statement that must change one row.
func (s *Store) update(ctx context.Context, none error, query string, args ...any) error {
	done, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	if err != nil {
		return db.Fault(err)
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return none
	}
	return err
}

func notFound(zh, en string) error { return fault.New(fault.NotFound, i18n.Text{ZH: zh, EN: en}) }

func conflict(zh, en string) error { return fault.New(fault.Conflict, i18n.Text{ZH: zh, EN: en}) }

// containing is a LIKE pattern for any text with q in it; use escape '\'.
func containing(q string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(q)) + "%"
}

func orNull(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
