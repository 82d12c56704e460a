package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/db"
)

// plain is the peer: what a careful engineer writes first. One transaction a
// transfer, balances in rows, prepared statements, the hot row locked last so
// that it is held as briefly as the commit allows. Durable like the ledger, and
// like it able to list what an account gave and got: hence the two indexes. It
// keeps no hash chain, no limits and no refusal's reason, which the ledger does.
type plain struct {
	pool                        *sql.DB
	postgres                    bool
	find, add, settleHold, hold *sql.Stmt
	reserve, arrive             *sql.Stmt
	settleTo, settleFrom        *sql.Stmt
}

const plainSchema = `
create table plain_account (name text primary key, total_in bigint not null, total_out bigint not null, held bigint not null, incoming bigint not null, overdraft bigint not null);
create table plain_transfer (id text primary key, kind text not null, source text not null, target text not null, amount bigint not null, hold text not null, outcome text not null);
create index plain_source on plain_transfer (source, id);
create index plain_target on plain_transfer (target, id);
create table plain_hold (id text primary key, source text not null, target text not null, amount bigint not null, open bigint not null);
`

// plainConnections is the pool of the peer on PostgreSQL: more only lengthens
// the queue at the hot row (16, 32 and 64 were tried; 16 is its best).
const plainConnections = 16

func openPlain(ctx context.Context, d *db.DB, accounts []string, hot string, budget int64) (*plain, error) {
	p := &plain{pool: d.Writer(), postgres: d.Dialect == db.Postgres}
	if p.postgres {
		p.pool.SetMaxOpenConns(plainConnections)
		p.pool.SetMaxIdleConns(plainConnections)
	}
	for _, statement := range strings.Split(strings.TrimSpace(plainSchema), "\n") {
		if _, err := p.pool.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	err := d.InTx(ctx, func(ctx context.Context) error {
		for _, name := range accounts {
			in := int64(0)
			if name == hot {
				in = budget
			}
			if _, err := d.Q(ctx).ExecContext(ctx, `insert into plain_account values ($1, $2, 0, 0, 0, 0)`, name, in); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	lock := ""
	if p.postgres {
		lock = " for update"
	}
	for _, s := range []struct {
		into **sql.Stmt
		text string
	}{
		{&p.find, `select outcome from plain_transfer where id = $1`},
		{&p.add, `insert into plain_transfer values ($1, $2, $3, $4, $5, $6, $7)`},
		{&p.hold, `insert into plain_hold values ($1, $2, $3, $4, 1)`},
		{&p.settleHold, `update plain_hold set open = 0 where id = $1 and open = 1 returning source, target, amount`},
		{&p.arrive, `update plain_account set incoming = incoming + $2 where name = $1`},
		{&p.reserve, `update plain_account set held = held + $2 where name = $1 and total_in - total_out - held >= $2`},
		{&p.settleTo, `update plain_account set incoming = incoming - $2, total_in = total_in + $3 where name = $1`},
		{&p.settleFrom, `update plain_account set held = held - $2, total_out = total_out + $3 where name = $1`},
	} {
		if *s.into, err = p.pool.PrepareContext(ctx, s.text); err != nil {
			return nil, fmt.Errorf("%s%s: %w", s.text, lock, err)
		}
	}
	return p, nil
}

var errRefused = errors.New("refused")

func (p *plain) apply(ctx context.Context, o op) (accepted bool, err error) {
	err = p.try(ctx, o)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, errRefused):
		if _, err = p.add.ExecContext(ctx, o.id, o.kind, "", "", o.amount, o.hold, "refused"); err == nil {
			return false, nil
		}
	}
	if !db.IsUnique(err) {
		return false, err
	}
	// Known: the first answer again.
	var outcome string
	if err := p.find.QueryRowContext(ctx, o.id).Scan(&outcome); err != nil {
		return false, err
	}
	return outcome == "", nil
}

func (p *plain) try(ctx context.Context, o op) error {
	tx, err := p.pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // no effect after Commit
	if o.kind == "hold" {
		if _, err := tx.StmtContext(ctx, p.add).ExecContext(ctx, o.id, o.kind, o.from, o.to, o.amount, o.hold, ""); err != nil {
			return err
		}
		if _, err := tx.StmtContext(ctx, p.hold).ExecContext(ctx, o.id, o.from, o.to, o.amount); err != nil {
			return err
		}
		if _, err := tx.StmtContext(ctx, p.arrive).ExecContext(ctx, o.to, o.amount); err != nil {
			return err
		}
		done, err := tx.StmtContext(ctx, p.reserve).ExecContext(ctx, o.from, o.amount)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errRefused, err)
		}
		return tx.Commit()
	}
	var from, to string
	var held int64
	if err := tx.StmtContext(ctx, p.settleHold).QueryRowContext(ctx, o.hold).Scan(&from, &to, &held); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return errRefused
		}
		return err
	}
	if _, err := tx.StmtContext(ctx, p.add).ExecContext(ctx, o.id, o.kind, from, to, o.amount, o.hold, ""); err != nil {
		return err
	}
	settled := int64(0)
	if o.kind == "post" {
		settled = o.amount
	}
	if _, err := tx.StmtContext(ctx, p.settleTo).ExecContext(ctx, to, held, settled); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, p.settleFrom).ExecContext(ctx, from, held, settled); err != nil {
		return err
	}
	return tx.Commit()
}
