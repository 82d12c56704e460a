package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/db"
)

var errFolding = errors.New("another process saves its fold at this moment")

// SaveFold implements ledger.Store.
func (s *Store) SaveFold(ctx context.Context, f ledger.Fold) error {
	defer s.alone()()
	return s.db.InTx(ctx, func(ctx context.Context) error {
		base, _, err := db.One(ctx, s.db.Q(ctx), scanInt, `select seq from fold where one = 1`)
		if err != nil || base >= f.Seq {
			return err // another process folded as far or further
		}
		moved, err := s.db.Q(ctx).ExecContext(ctx, `update fold set seq = $1, hash = $2 where one = 1 and seq = $3`, f.Seq, f.Hash[:], base)
		if err != nil {
			return err
		}
		if n, err := moved.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errFolding, err)
		}
		// A hold that is younger than the stored fold was never stored as open.
		f.Closed = slices.DeleteFunc(slices.Clone(f.Closed), func(seq int64) bool { return seq > base })
		for _, save := range []func(context.Context, ledger.Fold) error{s.saveAccounts, s.saveLimits, s.saveHolds, s.saveCorrected} {
			if err := save(ctx, f); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) saveAccounts(ctx context.Context, f ledger.Fold) error {
	var rows [][]any
	for _, a := range f.Accounts {
		rows = append(rows, []any{a.No, a.Name, string(a.Asset), a.Terms, int64(a.In), int64(a.Out), int64(a.Held), int64(a.Incoming)})
	}
	return s.insert(ctx, rows, `insert into account (no, name, asset, terms, total_in, total_out, held, incoming) values `,
		` on conflict (no) do update set total_in = excluded.total_in, total_out = excluded.total_out, held = excluded.held, incoming = excluded.incoming`)
}

func (s *Store) saveLimits(ctx context.Context, f ledger.Fold) error {
	var rows [][]any
	for _, l := range f.Limits {
		rows = append(rows, []any{l.No, l.Name, db.Bool(l.PerParty), int64(l.Max)})
	}
	if err := s.insert(ctx, rows, `insert into spending_limit (no, name, per_party, most) values `, ` on conflict (no) do update set most = excluded.most`); err != nil {
		return err
	}
	rows = nil
	for _, u := range f.Usages {
		rows = append(rows, []any{u.LimitNo, u.Party, int64(u.Used)})
	}
	return s.insert(ctx, rows, `insert into limit_used (limit_no, party, used) values `, ` on conflict (limit_no, party) do update set used = excluded.used`)
}

func (s *Store) saveHolds(ctx context.Context, f ledger.Fold) error {
	if err := s.insert(ctx, single(f.Open), `insert into open_hold (seq) values `, ` on conflict (seq) do nothing`); err != nil {
		return err
	}
	return s.bulk(ctx, single(f.Closed), func(n int) string {
		return `delete from open_hold where seq in (` + placeholders(1, n) + `)`
	})
}

func (s *Store) saveCorrected(ctx context.Context, f ledger.Fold) error {
	var rows [][]any
	for _, c := range f.Corrected {
		rows = append(rows, []any{c.Seq, int64(c.Amount)})
	}
	return s.insert(ctx, rows, `insert into corrected (seq, amount) values `, ` on conflict (seq) do update set amount = excluded.amount`)
}

func single(seqs []int64) (rows [][]any) {
	for _, seq := range seqs {
		rows = append(rows, []any{seq})
	}
	return rows
}

func (s *Store) insert(ctx context.Context, rows [][]any, head, tail string) error {
	return s.bulk(ctx, rows, func(n int) string {
		values := make([]string, n)
		for i := range values {
			values[i] = `(` + placeholders(i*len(rows[0])+1, len(rows[0])) + `)`
		}
		return head + strings.Join(values, ", ") + tail
	})
}

// bulk runs a statement over rows, in the transaction of the context. A round
// trip is what costs on PostgreSQL, so there it takes many rows at once; on
// SQLite the parameters are, so there it takes one.
func (s *Store) bulk(ctx context.Context, rows [][]any, text func(n int) string) error {
	lengths := []int{256, 1}
	if s.db.Dialect == db.SQLite {
		lengths = lengths[1:]
	}
	tx, ok := s.db.Q(ctx).(interface {
		PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	})
	if !ok {
		return errors.New("bulk writes need a transaction")
	}
	for _, n := range lengths {
		if len(rows) < n {
			continue
		}
		statement, err := tx.PrepareContext(ctx, text(n))
		if err != nil {
			return err
		}
		for len(rows) >= n {
			var args []any
			for _, row := range rows[:n] {
				args = append(args, row...)
			}
			if _, err := statement.ExecContext(ctx, args...); err != nil {
				return errors.Join(err, statement.Close())
			}
			rows = rows[n:]
		}
		if err := statement.Close(); err != nil {
			return err
		}
	}
	return nil
}

// Index implements ledger.Store.
func (s *Store) Index(ctx context.Context, most int) (more bool, err error) {
	defer s.alone()()
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		q := s.db.Q(ctx)
		type span struct{ folded, indexed int64 }
		at, _, err := db.One(ctx, q, func(scan func(...any) error) (v span, err error) { return v, scan(&v.folded, &v.indexed) },
			`select seq, indexed from fold where one = 1`)
		if err != nil || at.indexed >= at.folded {
			return err
		}
		to := min(at.folded, at.indexed+int64(most))
		more = to < at.folded
		if _, err := q.ExecContext(ctx, `insert into movement (account, arrives, seq)
			select source, 0, seq from journal where seq > $1 and seq <= $2 and source > 0
			union all select target, 1, seq from journal where seq > $1 and seq <= $2 and target > 0
			order by 1, 2, 3 on conflict (account, arrives, seq) do nothing`, at.indexed, to); err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `update fold set indexed = $1 where one = 1 and indexed < $1`, to)
		return err
	})
	return more, err
}
