package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/policy/voucher/sqlstore"
	"github.com/qianmo/qianmo/internal/policy/voucher/vouchertest"
)

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { vouchertest.Run(t, sqlstore.New(d)) })
}
