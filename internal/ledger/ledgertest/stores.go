// Package ledgertest gives tests a ledger on each database, a plain model of
// what it must answer, and the suite that every store passes.
package ledgertest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
)

// Each runs the test on SQLite and on PostgreSQL, given the address of an
// empty database.
func Each(t *testing.T, run func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, dbtest.SQLitePath(t)) })
	t.Run("postgres", func(t *testing.T) { run(t, dbtest.PostgresDSN(t)) })
}

// Clock is a test clock at noon of 2025-06-30 in Shanghai.
func Clock() *clock.Manual {
	return clock.NewManual(time.Date(2025, 6, 30, 12, 0, 0, 0, clock.Shanghai))
}

// Store opens the store at an address until the test ends.
func Store(t testing.TB, dsn string) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Open opens the ledger at an address until the test ends. Tests close it
// earlier to open it again.
func Open(t testing.TB, dsn string, c clock.Clock, tuning ledger.Tuning) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(context.Background(), Store(t, dsn), c, slog.New(slog.DiscardHandler), tuning)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}
