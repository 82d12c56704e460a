package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/policy/review"
	"github.com/qianmo/qianmo/internal/policy/review/reviewtest"
	"github.com/qianmo/qianmo/internal/policy/review/sqlstore"
)

func TestStore(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		reviewtest.Run(t, func(t *testing.T) review.Store { return sqlstore.New(dbtest.SQLite(t), clock.System{}) })
	})
	t.Run("postgres", func(t *testing.T) {
		reviewtest.Run(t, func(t *testing.T) review.Store { return sqlstore.New(dbtest.Postgres(t), clock.System{}) })
	})
}
