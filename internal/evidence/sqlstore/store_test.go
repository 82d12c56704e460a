package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/evidence/evidencetest"
	"github.com/qianmo/qianmo/internal/evidence/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
)

func TestStore(t *testing.T) {
	evidencetest.RunStore(t, func(t *testing.T, test func(*testing.T, evidence.Store)) {
		dbtest.Each(t, func(t *testing.T, d *db.DB) { test(t, sqlstore.New(d)) })
	})
}
