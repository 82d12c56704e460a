// Package dbtest gives a test an empty, migrated database of each kind.
// A missing PostgreSQL is installed and started, never skipped.
package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/migrations"
)

// Each runs the test on an empty migrated SQLite and PostgreSQL database.
func Each(t *testing.T, run func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { run(t, migrated(t, SQLitePath(t))) })
	t.Run("postgres", func(t *testing.T) { run(t, migrated(t, PostgresDSN(t))) })
}

// SQLite returns an empty migrated SQLite database.
func SQLite(t testing.TB) *db.DB { return migrated(t, SQLitePath(t)) }

// Postgres returns an empty migrated PostgreSQL database.
func Postgres(t testing.TB) *db.DB { return migrated(t, PostgresDSN(t)) }

// SQLitePath returns the path of a database file that does not exist yet.
func SQLitePath(t testing.TB) string { return filepath.Join(t.TempDir(), "qianmo.db") }

// PostgresDSN creates an empty database on the test server and returns its
// address; it is dropped when the test ends.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	admin, err := server()
	if err != nil {
		t.Fatalf("the test PostgreSQL did not start: %v", err)
	}
	name := "t_" + ident.Secret(8)
	execAdmin(t, admin, "create database "+name)
	t.Cleanup(func() { execAdmin(t, admin, "drop database if exists "+name+" with (force)") })
	u, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func migrated(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(context.Background(), migrations.Files, "main"); err != nil {
		t.Fatal(err)
	}
	return d
}

// server starts the shared test server once a process, or takes the address
// that QIANMO_TEST_POSTGRES gives.
var server = sync.OnceValues(func() (string, error) {
	if dsn := os.Getenv("QIANMO_TEST_POSTGRES"); dsn != "" {
		return dsn, nil
	}
	_, here, _, _ := runtime.Caller(0)
	script := filepath.Join(filepath.Dir(here), "../../../../test/postgres.sh")
	cmd := exec.Command("bash", script)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w", script, err)
	}
	return strings.TrimSpace(string(out)), nil
})

func execAdmin(t testing.TB, dsn, statement string) {
	t.Helper()
	conn, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
