package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/policy/watch/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/watch/watchtest"
)

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { watchtest.Store(t, sqlstore.New(d)) })
}
