// Package sqlstore keeps evidence in SQLite or PostgreSQL, one SQL text for both.
package sqlstore

import (
	"context"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Store implements evidence.Store.
type Store struct{ db *db.DB }

var _ evidence.Store = (*Store)(nil)

// New returns a store on a migrated database.
func New(d *db.DB) *Store { return &Store{db: d} }

// InTx implements evidence.Store.
func (s *Store) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// batch is how many rows one insert statement carries. SQLite looks $1, $2, …
// up by name, one by one, so its cost grows with their square: 500 rows of 13
// columns take several times as long as the same rows by 20.
const batch = 20

// insertRows writes rows in statements of up to batch rows each.
func (s *Store) insertRows(ctx context.Context, into string, columns, rows int, row func(i int) []any) error {
	for first := 0; first < rows; first += batch {
		last := min(first+batch, rows)
		args := make([]any, 0, (last-first)*columns)
		for i := first; i < last; i++ {
			args = append(args, row(i)...)
		}
		if _, err := s.db.Q(ctx).ExecContext(ctx, "insert into "+into+" values "+tuples(last-first, columns), args...); err != nil {
			return db.Fault(err)
		}
	}
	return nil
}

// tuples writes "($1,$2),($3,$4)".
func tuples(rows, columns int) string {
	var b strings.Builder
	n := 0
	for i := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		for j := range columns {
			b.WriteByte("(,"[min(j, 1)])
			n++
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// taken turns a broken unique key into a conflict.
func taken(err error) error {
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "同时有人写入了同一编号，或更正了同一条事实：请刷新后重试。", "Somebody wrote the same id, or corrected the same fact, at the same time: reload and try again.").Because(err)
	}
	return err
}
