package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/policy/payment/paymenttest"
	"github.com/qianmo/qianmo/internal/policy/payment/sqlstore"
)

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { paymenttest.Run(t, sqlstore.New(d)) })
}
