package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/policy/recovery"
	"github.com/qianmo/qianmo/internal/policy/recovery/recoverytest"
	"github.com/qianmo/qianmo/internal/policy/recovery/sqlstore"
)

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		recoverytest.Run(t, func(c clock.Clock) recovery.Store { return sqlstore.New(d, c) })
	})
}
