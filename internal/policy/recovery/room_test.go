package recovery_test

import (
	"context"
	"time"

	evidencesql "github.com/qianmo/qianmo/internal/evidence/sqlstore"
	ledgersql "github.com/qianmo/qianmo/internal/ledger/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/recovery/recoverytest"
	"github.com/qianmo/qianmo/internal/policy/recovery/sqlstore"
	"github.com/qianmo/qianmo/migrations"
)

// openRoom opens a room on real databases, the books' beside the main one.
func openRoom(ctx context.Context, dsn, books string, at time.Time) (*recoverytest.Room, error) {
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, migrations.Files, "main"); err != nil {
		return nil, err
	}
	journal, err := ledgersql.Open(ctx, books)
	if err != nil {
		return nil, err
	}
	return recoverytest.Open(ctx, recoverytest.Stores{DB: d, Evidence: evidencesql.New(d), Books: journal,
		Cases: func(d *db.DB, c clock.Clock) recovery.Store { return sqlstore.New(d, c) }}, at)
}
