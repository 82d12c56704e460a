package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/target/sqlstore"
	"github.com/qianmo/qianmo/internal/target/targettest"
)

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { targettest.Run(t, sqlstore.New(d)) })
}
