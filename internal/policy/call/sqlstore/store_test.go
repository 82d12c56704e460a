package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/policy/call/calltest"
	"github.com/qianmo/qianmo/internal/policy/call/sqlstore"
)

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { calltest.Run(t, sqlstore.New(d)) })
}
