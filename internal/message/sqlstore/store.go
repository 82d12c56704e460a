// Package sqlstore keeps messages in SQLite or PostgreSQL.
package sqlstore

import (
	"context"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Store implements message.Store.
type Store struct{ db *db.DB }

// New returns a store on a migrated database.
func New(d *db.DB) *Store { return &Store{d} }

var _ message.Store = (*Store)(nil)

type scanner = func(dest ...any) error

func (s *Store) exec(ctx context.Context, query string, args ...any) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	return db.Fault(err)
}

// changed runs a statement and tells how many rows it changed.
func (s *Store) changed(ctx context.Context, query string, args ...any) (int64, error) {
	done, err := s.db.Q(ctx).ExecContext(ctx, query, args...)
	if err != nil {
		return 0, db.Fault(err)
	}
	return done.RowsAffected()
}

func noMessage() error {
	return fault.Newf(fault.NotFound, "没有这条消息。", "There is no such message.")
}

// inChunks asks a question about many ids, some at a time: a statement has a
// bounded number of binds. one gets "$n, $n+1, …" after its own binds.
func inChunks[K ~string, T any](ids []K, own []any, one func(list string, args []any) ([]T, error)) (out []T, err error) {
	const together = 500
	for len(ids) > 0 {
		n := min(len(ids), together)
		args := append([]any{}, own...)
		for _, id := range ids[:n] {
			args = append(args, string(id))
		}
		some, err := one(binds(len(own)+1, n), args)
		if err != nil {
			return nil, err
		}
		out, ids = append(out, some...), ids[n:]
	}
	return out, nil
}

// binds is "$from, …", n of them.
func binds(from, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = "$" + strconv.Itoa(from+i)
	}
	return strings.Join(all, ", ")
}

// containing is a LIKE pattern for any text with q in it; use escape '\'.
func containing(q string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(q)) + "%"
}
