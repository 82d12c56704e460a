package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/db"
)

// liteAppender appends on the one writing connection, below database/sql:
// its statements stay prepared and a row costs no reflection.
type liteAppender struct {
	pool *sql.DB
	on   any // the driver connection that the statements belong to

	begin, move, insert, insertShort, commit, rollback driver.StmtExecContext

	args []driver.NamedValue
}

// Append implements ledger.Store.
func (a *liteAppender) Append(ctx context.Context, after int64, entries []*ledger.Entry) error {
	conn, err := a.pool.Conn(ctx)
	if err != nil {
		return db.Fault(err)
	}
	defer conn.Close()
	err = conn.Raw(func(on any) error {
		if err := a.prepare(ctx, on); err != nil {
			return err
		}
		if err := a.write(ctx, after, entries); err != nil {
			// It fails when SQLite has rolled back by itself, as on a full disk.
			_, _ = a.rollback.ExecContext(ctx, nil)
			return err
		}
		return nil
	})
	if db.IsUnique(err) {
		return ledger.ErrTaken
	}
	return db.Fault(err)
}

func (a *liteAppender) write(ctx context.Context, after int64, entries []*ledger.Entry) error {
	if _, err := a.begin.ExecContext(ctx, nil); err != nil {
		return err
	}
	last := entries[len(entries)-1]
	moved, err := a.move.ExecContext(ctx, values(nil, after, last.Seq, last.Hash[:]))
	if err != nil {
		return err
	}
	if n, err := moved.RowsAffected(); err != nil || n == 0 {
		return errors.Join(ledger.ErrBehind, err)
	}
	for _, e := range entries {
		if err := a.add(ctx, e); err != nil {
			return err
		}
	}
	_, err = a.commit.ExecContext(ctx, nil)
	return err
}

// shortColumns are those that most entries need; the others have defaults.
// Binding is a good part of what an insert costs.
const shortColumns = `seq, id, kind, source, target, amount, hold, party, ref, at, hash`

func (a *liteAppender) add(ctx context.Context, e *ledger.Entry) (err error) {
	if e.Corrects == 0 && e.Link == 0 && e.Until == "" && e.Outcome == ledger.Accepted && e.Detail == "" && e.Free == 0 {
		a.args = values(a.args[:0], e.Seq, e.ID, string(e.Kind), e.From, e.To, int64(e.Amount), e.Hold, e.Party, e.Ref, e.At, e.Hash[:])
		_, err = a.insertShort.ExecContext(ctx, a.args)
		return err
	}
	a.args = values(a.args[:0], e.Seq, e.ID, string(e.Kind), e.From, e.To, int64(e.Amount), e.Hold, e.Corrects, e.Link,
		e.Party, e.Ref, string(e.Until), string(e.Outcome), e.Detail, int64(e.Free), e.At, e.Hash[:])
	_, err = a.insert.ExecContext(ctx, a.args)
	return err
}

func values(into []driver.NamedValue, vs ...driver.Value) []driver.NamedValue {
	for i, v := range vs {
		into = append(into, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return into
}

func (a *liteAppender) prepare(ctx context.Context, on any) error {
	if a.on == on {
		return nil
	}
	preparer, ok := on.(driver.ConnPrepareContext)
	if !ok {
		return fmt.Errorf("%T cannot prepare statements", on)
	}
	for _, s := range []struct {
		into *driver.StmtExecContext
		text string
	}{
		{&a.begin, `begin immediate`},
		{&a.move, `update head set seq = $2, hash = $3 where one = 1 and seq = $1`},
		// Unnamed parameters: SQLite takes $1 for a name and searches for it.
		{&a.insert, `insert into journal (` + columns + `) values (?` + strings.Repeat(`, ?`, 16) + `)`},
		{&a.insertShort, `insert into journal (` + shortColumns + `) values (?` + strings.Repeat(`, ?`, 10) + `)`},
		{&a.commit, `commit`},
		{&a.rollback, `rollback`},
	} {
		prepared, err := preparer.PrepareContext(ctx, s.text)
		if err != nil {
			return err
		}
		if *s.into, ok = prepared.(driver.StmtExecContext); !ok {
			return fmt.Errorf("%T cannot run with a context", prepared)
		}
	}
	// 16 MB of log before it is moved into the file and used again: writing over
	// a log is about twice as fast to sync as growing one.
	pragma, err := preparer.PrepareContext(ctx, `pragma wal_autocheckpoint = 4000`)
	if err != nil {
		return err
	}
	defer pragma.Close()
	if _, err := pragma.(driver.StmtExecContext).ExecContext(ctx, nil); err != nil {
		return err
	}
	a.on = on
	return nil
}

// Exclusive implements ledger.Store. One process owns an SQLite ledger; that
// the head is compared as well keeps a second one harmless.
func (a *liteAppender) Exclusive(context.Context) (func(), error) { return func() {}, nil }

func (a *liteAppender) close() error { return nil }
