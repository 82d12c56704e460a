package sqlstore_test

import (
	"testing"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/party/partytest"
	"github.com/qianmo/qianmo/internal/party/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
)

func TestStore(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			partytest.Store(t, func(t *testing.T) (party.Store, party.Tx) {
				d := open(t)
				return sqlstore.New(d), d
			})
		})
	}
}

func TestAuditIsAppendOnlyInTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := sqlstore.New(d)
		if err := s.AddAudit(t.Context(), party.AuditEntry{ID: "a1", Details: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{`update audit_entry set person = 'x'`, `delete from audit_entry`} {
			if _, err := d.Q(t.Context()).ExecContext(t.Context(), statement); err == nil {
				t.Errorf("%s was let through", statement)
			}
		}
		if rows, err := s.Audit(t.Context(), party.AuditFilter{Limit: 9}); err != nil || len(rows) != 1 || rows[0].Person != "" {
			t.Errorf("got %+v, %v", rows, err)
		}
	})
}
