// Package db opens the database (SQLite in the data folder, or PostgreSQL) and
// carries a transaction through a context, so that a use case can write its
// state, its facts and its work items in one commit without any domain seeing
// a storage type.
//
// One SQL text serves both databases: $1 binds, 64-bit integers for money and
// time (microseconds), text for ids, BLOB for bytes (spelt BYTEA by the
// migration runner on PostgreSQL), 0/1 integers for booleans.
package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"
	_ "modernc.org/sqlite"             // registers "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Dialect names the database in use.
type Dialect string

// The databases in use.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// DB is one database. Writes on SQLite go through a single connection, since
// two writers only make one of them wait on a busy file; reads have a pool.
type DB struct {
	Dialect Dialect
	dsn     string
	write   *sql.DB
	read    *sql.DB
}

// Querier is what a store runs its SQL on: a transaction, or the database.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Open opens "postgres://…" or the path of an SQLite file, which is created.
//
// Codes: unavailable when the folder is read-only or the server is away.
func Open(ctx context.Context, dsn string) (*DB, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return openPostgres(ctx, dsn)
	}
	return openSQLite(ctx, dsn)
}

func openPostgres(ctx context.Context, dsn string) (*DB, error) {
	pool, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "数据库地址写法不对。", "The database address cannot be read.").Because(err)
	}
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, entryFault(err)
	}
	return &DB{Dialect: Postgres, dsn: dsn, write: pool, read: pool}, nil
}

// entryFault tells a server that is away from one that lets nobody in: no such
// database, a wrong name or password.
func entryFault(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (strings.HasPrefix(pg.Code, "28") || strings.HasPrefix(pg.Code, "3D")) {
		return fault.Newf(fault.Invalid, "数据库服务器不让进入：请检查 --db 里的库名、用户名和口令，库要先建好。", "The database server lets nobody in: check database, user and password in --db; the database must exist.").Because(err)
	}
	return Fault(err)
}

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, folderFault(filepath.Dir(path), err)
	}
	// _pragma order matters: busy_timeout first, so that switching to WAL waits.
	pragmas := "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)"
	file := "file:" + (&url.URL{Path: path}).EscapedPath()
	write, err := sql.Open("sqlite", file+pragmas+"&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	write.SetMaxOpenConns(1)
	if err := reach(ctx, write); err != nil {
		_ = write.Close()
		return nil, folderFault(path, err)
	}
	read, err := sql.Open("sqlite", file+pragmas+"&_pragma=query_only(ON)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open sqlite for reading: %w", err), write.Close())
	}
	read.SetMaxOpenConns(4)
	read.SetMaxIdleConns(4)
	return &DB{Dialect: SQLite, dsn: path, write: write, read: read}, nil
}

// reach makes the first connection. Two processes that switch a new file to WAL
// at once do not wait for each other: SQLite says busy at once, whatever the
// timeout, since waiting could last for ever. So the loser tries again.
func reach(ctx context.Context, pool *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		err := pool.PingContext(ctx)
		var lite sqliteError
		if err == nil || !errors.As(err, &lite) || lite.Code()&0xff != sqlite3.SQLITE_BUSY {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-again.C:
		}
	}
}

func folderFault(path string, cause error) error {
	var lite sqliteError
	if errors.As(cause, &lite) && damaged(lite) {
		return fault.Newf(fault.Unavailable, "%s 已损坏，或不是数据库文件：请从备份恢复。", "%s is damaged or no database: restore a backup.", path).Because(cause)
	}
	return fault.Newf(fault.Unavailable, "数据目录 %s 打不开或不可写：请检查权限和磁盘空间。", "The data folder %s cannot be opened or written: check its permissions and free space.", path).Because(cause)
}

func damaged(err sqliteError) bool {
	code := err.Code() & 0xff
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

// DSN is what Open was given.
func (d *DB) DSN() string { return d.dsn }

// Writer is the connection pool for writes, for code that needs the driver
// itself (bulk writes). Ordinary stores use Q.
func (d *DB) Writer() *sql.DB { return d.write }

// Close closes both pools. Closing twice is harmless.
func (d *DB) Close() error {
	err := d.write.Close()
	if d.read != d.write {
		err = errors.Join(d.read.Close(), err)
	}
	return err
}

type txKey struct{ db *DB }

// InTx runs fn in a transaction that Q(ctx) then uses. A call inside a
// transaction of the same database joins it. Any error rolls all of it back.
//
// Codes: those of fn; unavailable when the database is away or full.
func (d *DB) InTx(ctx context.Context, fn func(ctx context.Context) error) error {
	if _, joined := ctx.Value(txKey{d}).(*sql.Tx); joined {
		return fn(ctx)
	}
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return Fault(err)
	}
	defer func() { _ = tx.Rollback() }() // no effect after Commit
	if err := fn(context.WithValue(ctx, txKey{d}, tx)); err != nil {
		return Fault(err)
	}
	return d.commitFault(tx.Commit())
}

// commitFault is Fault for a commit. When the server goes away in the middle of
// one, nobody here can know whether it was written.
func (d *DB) commitFault(err error) error {
	faulty := Fault(err)
	var pg *pgconn.PgError
	if d.Dialect == Postgres && fault.Is(faulty, fault.Unavailable) && !errors.As(err, &pg) {
		return fault.Newf(fault.Unavailable, "数据库在提交时断开，本次可能已写入，也可能没有：请先查看结果，再决定是否重试。",
			"The database went away during the commit: this may have been written or not. Look at the state before you try again.").Because(err)
	}
	return faulty
}

// Snapshot runs fn with queries that all see the database as of one moment.
// What fn writes through Q is refused by the database.
//
// Codes: those of fn; unavailable.
func (d *DB) Snapshot(ctx context.Context, fn func(ctx context.Context) error) error {
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return Fault(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return Fault(fn(context.WithValue(ctx, txKey{d}, tx)))
}

// Q returns the transaction of the context, or else the database: statements
// that write commit by themselves, queries read from the pool. A query that
// writes (RETURNING) needs InTx.
func (d *DB) Q(ctx context.Context) Querier {
	if tx, ok := ctx.Value(txKey{d}).(*sql.Tx); ok {
		return tx
	}
	return auto{d}
}

type auto struct{ d *DB }

func (a auto) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	return a.d.write.ExecContext(ctx, q, args...)
}

func (a auto) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	return a.d.read.QueryContext(ctx, q, args...)
}

func (a auto) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	return a.d.read.QueryRowContext(ctx, q, args...)
}

// Fault turns a driver error into a coded one where its kind is known: the
// database is away, the disk is full, the folder is read-only. Others, and
// faults, come back as they are.
func Fault(err error) error {
	if err == nil {
		return nil
	}
	var f *fault.Error
	if errors.As(err, &f) || errors.Is(err, sql.ErrNoRows) || errors.Is(err, context.Canceled) {
		return err
	}
	var lite sqliteError
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_FULL:
			return fault.Newf(fault.Unavailable, "磁盘已满，本次没有写入：请腾出空间后重试。", "The disk is full and nothing was written: free some space and try again.").Because(err)
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR:
			return fault.Newf(fault.Unavailable, "数据目录不可写，本次没有写入：请检查权限和磁盘。", "The data folder cannot be written and nothing was: check permissions and the disk.").Because(err)
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return fault.Newf(fault.Unavailable, "数据库文件已损坏：请停止服务，从备份恢复。", "The database file is damaged: stop the server and restore a backup.").Because(err)
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return fault.Newf(fault.Unavailable, "数据库正忙，本次没有写入：请稍后重试。", "The database is busy and nothing was written: try again shortly.").Because(err)
		}
		return err
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		if c := pg.Code; strings.HasPrefix(c, "08") || strings.HasPrefix(c, "53") || strings.HasPrefix(c, "57P") {
			return Away(err)
		} else if strings.HasPrefix(c, "40") { // a deadlock, or another transaction was first
			return fault.Newf(fault.Unavailable, "别人同时在改同一批记录，本次没有写入：请重试。", "Somebody changed the same records at the same moment and nothing was written: try again.").Because(err)
		}
		return err
	}
	if cut(err) {
		return Away(err)
	}
	return err
}

// cut reports whether err says that the connection to the server is gone: it
// could not be made, broke, or is used after it broke ("conn closed", which the
// driver marks as safe to retry).
func cut(err error) bool {
	var connect *pgconn.ConnectError
	var network *net.OpError
	return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone)
}

// sqliteError is a result of SQLite, from its driver or from code that calls
// the library itself.
type sqliteError interface {
	error
	Code() int // extended result code
}

// Away is the fault of a database that does not answer.
func Away(cause error) error {
	return fault.Newf(fault.Unavailable, "连不上数据库，本次没有写入：请检查数据库服务后重试。", "The database is away and nothing was written: check the server and try again.").Because(cause)
}

// IsUnique reports whether err says that a unique key exists already.
func IsUnique(err error) bool {
	var lite sqliteError
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}
