package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/message/messagetest"
	"github.com/qianmo/qianmo/internal/message/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
)

func TestStore(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			messagetest.Store(t, func(t *testing.T) (message.Store, message.Tx) {
				d := open(t)
				return sqlstore.New(d), d
			})
		})
	}
}
