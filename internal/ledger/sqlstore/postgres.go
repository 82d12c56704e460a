package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/db"
)

// appendWithin bounds one append. When it passes, the connection is dropped
// and whether the batch was written is read from the journal.
const appendWithin = 30 * time.Second

// pgAppender appends on a connection of its own: one statement, one round
// trip, one commit a batch.
type pgAppender struct {
	dsn  string
	conn *pgx.Conn
	tx   pgx.Tx // while Exclusive
}

// appendName is the prepared appendSQL of a connection.
const appendName = "append"

// appendSQL unnests in the select list, where all arrays advance together row
// by row; in the from clause each of them would first be laid out as a table.
//
// Rows whose numbers are taken, or leave a gap, were decided on another end of
// the journal. Appends share a lock that Exclusive has for itself.
const appendSQL = `with turn as materialized (select pg_advisory_xact_lock_shared(` + journalLock + `))
insert into journal (` + columns + `)
select unnest($2::bigint[]), unnest($3::text[]), unnest($4::text[]), unnest($5::bigint[]), unnest($6::bigint[]), unnest($7::bigint[]),
	unnest($8::bigint[]), unnest($9::bigint[]), unnest($10::bigint[]), unnest($11::text[]), unnest($12::text[]), unnest($13::text[]),
	unnest($14::text[]), unnest($15::text[]), unnest($16::bigint[]), unnest($17::bigint[]), unnest($18::bytea[])
from turn where $1 = coalesce((select max(seq) from journal), 0)`

// journalLock is the advisory lock of the journal's end.
const journalLock = `7262103`

// Append implements ledger.Store.
func (a *pgAppender) Append(ctx context.Context, after int64, entries []*ledger.Entry) error {
	ctx, cancel := context.WithTimeout(ctx, appendWithin)
	defer cancel()
	if err := a.connect(ctx); err != nil {
		return err
	}
	params := appendParams(after, entries)
	result := a.conn.PgConn().ExecPrepared(ctx, appendName, params, binaryFormats[:len(params)], nil).Read()
	err := result.Err
	if err == nil && result.CommandTag.RowsAffected() == 0 {
		err = ledger.ErrBehind
	}
	if err == nil && a.tx != nil {
		err = a.tx.Commit(ctx)
		a.tx = nil
	}
	return a.failed(err)
}

// failed ends what an error left open and says what it means.
func (a *pgAppender) failed(err error) error {
	if err == nil {
		return nil
	}
	a.release()
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg) && pg.ConstraintName == "journal_id":
		return ledger.ErrTaken
	case errors.As(err, &pg) && pg.ConstraintName == "journal_pkey":
		return ledger.ErrBehind
	case errors.Is(err, ledger.ErrBehind) || errors.As(err, &pg):
		return db.Fault(err)
	}
	a.drop() // the connection is in an unknown state
	return db.Fault(err)
}

func (a *pgAppender) connect(ctx context.Context) error {
	if a.conn != nil && !a.conn.IsClosed() {
		return nil
	}
	a.conn, a.tx = nil, nil
	conn, err := pgx.Connect(ctx, a.dsn)
	if err != nil {
		return db.Fault(err)
	}
	// An answer is given after its commit is durable, whatever the server's default.
	if _, err := conn.Exec(ctx, `select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`); err != nil {
		_ = conn.Close(ctx)
		return db.Fault(err)
	}
	if _, err := conn.Prepare(ctx, appendName, appendSQL); err != nil {
		_ = conn.Close(ctx)
		return db.Fault(err)
	}
	a.conn = conn
	return nil
}

// Exclusive implements ledger.Store: it waits for all appends and lets none begin.
func (a *pgAppender) Exclusive(ctx context.Context) (func(), error) {
	ctx, cancel := context.WithTimeout(ctx, appendWithin)
	defer cancel()
	if err := a.connect(ctx); err != nil {
		return nil, err
	}
	tx, err := a.conn.Begin(ctx)
	if err != nil {
		return nil, a.failed(err)
	}
	a.tx = tx
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(`+journalLock+`)`); err != nil {
		return nil, a.failed(err)
	}
	return a.release, nil
}

// alone lets everybody write: rows are locked one by one.
func (a *pgAppender) alone() func() { return func() {} }

func (a *pgAppender) release() {
	if a.tx == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), appendWithin)
	defer cancel()
	if err := a.tx.Rollback(ctx); err != nil {
		a.drop()
	}
	a.tx = nil
}

func (a *pgAppender) drop() {
	if a.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = a.conn.Close(ctx) // it failed before; its transaction ends with it
	a.conn, a.tx = nil, nil
}

func (a *pgAppender) close() error {
	a.release()
	a.drop()
	return nil
}
