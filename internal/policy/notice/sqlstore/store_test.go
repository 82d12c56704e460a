package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/policy/notice/noticetest"
	"github.com/qianmo/qianmo/internal/policy/notice/sqlstore"
)

func TestStore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) { noticetest.Run(t, sqlstore.New(d)) })
}
