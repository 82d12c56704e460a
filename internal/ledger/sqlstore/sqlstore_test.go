package sqlstore_test

import (
	"context"
	"testing"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/ledger/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

func TestSQLite(t *testing.T) {
	ledgertest.Suite(t, func(t *testing.T) (ledger.Store, ledger.Store) {
		path := dbtest.SQLitePath(t)
		return ledgertest.Store(t, path), ledgertest.Store(t, path)
	})
}

func TestPostgreSQL(t *testing.T) {
	ledgertest.Suite(t, func(t *testing.T) (ledger.Store, ledger.Store) {
		dsn := dbtest.PostgresDSN(t)
		return ledgertest.Store(t, dsn), ledgertest.Store(t, dsn)
	})
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	for _, dsn := range []string{"postgres://nobody@127.0.0.1:1/none?connect_timeout=1", "/proc/none/ledger.db"} {
		if _, err := sqlstore.Open(context.Background(), dsn); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}
