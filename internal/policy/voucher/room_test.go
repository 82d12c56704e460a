package voucher_test

import (
	"path/filepath"
	"testing"

	evidencesql "github.com/qianmo/qianmo/internal/evidence/sqlstore"
	ledgersql "github.com/qianmo/qianmo/internal/ledger/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/voucher"
	"github.com/qianmo/qianmo/internal/policy/voucher/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/voucher/vouchertest"
	"github.com/qianmo/qianmo/migrations"
)

// tb is a test or a draw of a property.
type tb interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
	Errorf(string, ...any)
}

// each runs a test in a room on SQLite and in one on PostgreSQL.
func each(t *testing.T, terms vouchertest.Terms, granted money.Fen, run func(t *testing.T, r *vouchertest.Room)) {
	t.Run("sqlite", func(t *testing.T) {
		run(t, room(t, dbtest.SQLitePath(t), filepath.Join(t.TempDir(), "books.db"), terms, granted))
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := dbtest.PostgresDSN(t)
		run(t, room(t, dsn, dsn, terms, granted))
	})
}

// onSQLite opens a room on SQLite.
func onSQLite(t *testing.T, terms vouchertest.Terms, granted money.Fen) *vouchertest.Room {
	return room(t, dbtest.SQLitePath(t), filepath.Join(t.TempDir(), "books.db"), terms, granted)
}

func room(t *testing.T, dsn, books string, terms vouchertest.Terms, granted money.Fen) *vouchertest.Room {
	t.Helper()
	ctx := t.Context()
	d, err := db.Open(ctx, dsn)
	must(t, err)
	must(t, d.Migrate(ctx, migrations.Files, "main"))
	journal, err := ledgersql.Open(ctx, books)
	must(t, err)
	r, err := vouchertest.Open(ctx, vouchertest.Stores{DB: d, Evidence: evidencesql.New(d), Books: journal,
		Vouchers: func(d *db.DB) voucher.Store { return sqlstore.New(d) }}, terms, granted)
	must(t, err)
	t.Cleanup(func() { closeRoom(t, r) })
	return r
}

func closeRoom(t tb, r *vouchertest.Room) {
	if err := r.Close(); err != nil {
		t.Errorf("closing: %v", err)
	}
}

func must(t tb, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, fault.From(err).Fields)
	}
}

func wantCode(t tb, what string, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%s gave %v, not %s", what, err, code)
	}
}
