// Package sqlstore keeps the ledger in its own SQLite file or in the schema
// "ledger" of a PostgreSQL database. Reads, folds and the index are one SQL
// text for both; only the append, which every answer waits for, is written
// for each.
package sqlstore

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/migrations"
)

// Store implements ledger.Store.
type Store struct {
	db *db.DB
	appender
}

// appender writes the journal in the way that is fastest on its database.
type appender interface {
	Append(ctx context.Context, after int64, entries []*ledger.Entry) error
	Exclusive(ctx context.Context) (release func(), err error)
	// alone is held by writes that do not append.
	alone() (unlock func())
	close() error
}

// Open opens "postgres://…" (its schema ledger) or the path of the ledger's
// own SQLite file, and brings its tables up to date.
//
// Codes: unavailable, check_failed (newer than the program).
func Open(ctx context.Context, dsn string) (*Store, error) {
	postgres := strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
	if postgres {
		own, err := ownSchema(ctx, dsn)
		if err != nil {
			return nil, err
		}
		dsn = own
	}
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, migrations.Files, "ledger"); err != nil {
		_ = d.Close()
		return nil, err
	}
	if postgres {
		return &Store{db: d, appender: &pgAppender{dsn: dsn}}, nil
	}
	return &Store{db: d, appender: &liteAppender{path: dsn}}, nil
}

// ownSchema makes the schema and returns the address that works in it.
func ownSchema(ctx context.Context, dsn string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", fault.Newf(fault.Invalid, "数据库地址写法不对。", "The database address cannot be read.").Because(err)
	}
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return "", err
	}
	defer d.Close()
	err = d.InTx(ctx, func(ctx context.Context) error {
		// "if not exists" alone lets two starting processes collide.
		if _, err := d.Q(ctx).ExecContext(ctx, `select pg_advisory_xact_lock(7262102)`); err != nil {
			return err
		}
		_, err := d.Q(ctx).ExecContext(ctx, `create schema if not exists ledger`)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make the schema of the ledger: %w", err)
	}
	query := u.Query()
	query.Set("search_path", "ledger")
	u.RawQuery = query.Encode()
	return u.String(), nil
}

// DB is the ledger's database, for tests that alter it by hand.
func (s *Store) DB() *db.DB { return s.db }

// Close implements ledger.Store.
func (s *Store) Close() error {
	if err := s.appender.close(); err != nil {
		_ = s.db.Close()
		return err
	}
	return s.db.Close()
}

// Snapshot implements ledger.Reader.
func (s *Store) Snapshot(ctx context.Context, fn func(ctx context.Context) error) error {
	return s.db.Snapshot(ctx, fn)
}
