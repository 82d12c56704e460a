package sqlstore

import (
	"context"
	"strings"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/db"
)

// SaveFold implements ledger.Store.
func (s *Store) SaveFold(ctx context.Context, f ledger.Fold) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		q := s.db.Q(ctx)
		moved, err := q.ExecContext(ctx, `update fold set seq = $1 where one = 1 and seq < $1`, f.Seq)
		if err != nil {
			return err
		}
		if n, err := moved.RowsAffected(); err != nil || n == 0 {
			return err // another process folded as far or further
		}
		var rows [][]any
		for _, a := range f.Accounts {
			rows = append(rows, []any{a.No, a.Name, string(a.Asset), a.Terms, int64(a.In), int64(a.Out), int64(a.Held), int64(a.Incoming)})
		}
		if err := insert(ctx, q, `insert into account (no, name, asset, terms, total_in, total_out, held, incoming) values `, rows,
			` on conflict (no) do update set total_in = excluded.total_in, total_out = excluded.total_out, held = excluded.held, incoming = excluded.incoming`); err != nil {
			return err
		}
		rows = nil
		for _, l := range f.Limits {
			rows = append(rows, []any{l.No, l.Name, db.Bool(l.PerParty), int64(l.Max)})
		}
		if err := insert(ctx, q, `insert into spending_limit (no, name, per_party, most) values `, rows,
			` on conflict (no) do update set most = excluded.most`); err != nil {
			return err
		}
		rows = nil
		for _, u := range f.Usages {
			rows = append(rows, []any{u.LimitNo, u.Party, int64(u.Used)})
		}
		if err := insert(ctx, q, `insert into limit_used (limit_no, party, used) values `, rows,
			` on conflict (limit_no, party) do update set used = excluded.used`); err != nil {
			return err
		}
		return saveHolds(ctx, q, f)
	})
}

func saveHolds(ctx context.Context, q db.Querier, f ledger.Fold) error {
	var rows [][]any
	for _, seq := range f.Open {
		rows = append(rows, []any{seq})
	}
	if err := insert(ctx, q, `insert into open_hold (seq) values `, rows, ` on conflict (seq) do nothing`); err != nil {
		return err
	}
	for closed := f.Closed; len(closed) > 0; {
		n := min(len(closed), 256)
		args := make([]any, 256)
		for i := range args {
			args[i] = closed[min(i, n-1)]
		}
		if _, err := q.ExecContext(ctx, `delete from open_hold where seq in (`+placeholders(1, 256)+`)`, args...); err != nil {
			return err
		}
		closed = closed[n:]
	}
	rows = nil
	for _, c := range f.Corrected {
		rows = append(rows, []any{c.Seq, int64(c.Amount)})
	}
	return insert(ctx, q, `insert into corrected (seq, amount) values `, rows, ` on conflict (seq) do update set amount = excluded.amount`)
}

// insert writes rows many at a time, in statements of few lengths.
func insert(ctx context.Context, q db.Querier, head string, rows [][]any, tail string) error {
	for len(rows) > 0 {
		n := 1
		for _, length := range []int{256, 32} {
			if len(rows) >= length {
				n = length
				break
			}
		}
		width := len(rows[0])
		values := make([]string, n)
		args := make([]any, 0, n*width)
		for i := range values {
			values[i] = `(` + placeholders(i*width+1, width) + `)`
			args = append(args, rows[i]...)
		}
		if _, err := q.ExecContext(ctx, head+strings.Join(values, ", ")+tail, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// Index implements ledger.Store.
func (s *Store) Index(ctx context.Context, most int) (more bool, err error) {
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
		if _, err := q.ExecContext(ctx, `insert into movement (account, seq)
			select source, seq from journal where seq > $1 and seq <= $2 and source > 0
			union select target, seq from journal where seq > $1 and seq <= $2 and target > 0
			order by 1, 2 on conflict (account, seq) do nothing`, at.indexed, to); err != nil {
			return err
		}
		_, err = q.ExecContext(ctx, `update fold set indexed = $1 where one = 1 and indexed < $1`, to)
		return err
	})
	return more, err
}
