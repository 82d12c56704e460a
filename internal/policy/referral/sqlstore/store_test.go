package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/policy/referral/referraltest"
	"github.com/qianmo/qianmo/internal/policy/referral/sqlstore"
)

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { referraltest.Run(t, sqlstore.New(d, clock.System{})) })
}
