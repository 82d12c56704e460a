package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/policy/supervision/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/supervision/supervisiontest"
)

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { supervisiontest.Run(t, sqlstore.New(d, clock.System{})) })
}
