package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/policy/budget"
	"github.com/qianmo/qianmo/internal/policy/budget/budgettest"
	"github.com/qianmo/qianmo/internal/policy/budget/sqlstore"
)

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		budgettest.Run(t, func(c clock.Clock) budget.Store { return sqlstore.New(d, c) })
	})
}
