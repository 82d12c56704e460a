package db_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

func count(t *testing.T, d *db.DB, query string) int {
	t.Helper()
	n, _, err := db.One(context.Background(), d.Q(context.Background()), func(scan func(...any) error) (n int, err error) { return n, scan(&n) }, query)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTransactionsJoinAndRollBackWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		insert := func(ctx context.Context, name string) error {
			_, err := d.Q(ctx).ExecContext(ctx, `insert into work_lease (name, holder, until) values ($1, 'x', 0)`, name)
			return err
		}
		boom := errors.New("boom")
		err := d.InTx(ctx, func(ctx context.Context) error {
			return errors.Join(insert(ctx, "a"), d.InTx(ctx, func(ctx context.Context) error { return insert(ctx, "b") }), boom)
		})
		if !errors.Is(err, boom) {
			t.Fatalf("got %v, want the inner error", err)
		}
		if n := count(t, d, `select count(*) from work_lease`); n != 0 {
			t.Fatalf("%d rows survived a rollback", n)
		}
		if err := d.InTx(ctx, func(ctx context.Context) error { return errors.Join(insert(ctx, "a"), insert(ctx, "b")) }); err != nil {
			t.Fatal(err)
		}
		if n := count(t, d, `select count(*) from work_lease`); n != 2 {
			t.Fatalf("got %d rows, want 2", n)
		}
		if err := insert(ctx, "a"); !db.IsUnique(err) {
			t.Fatalf("a double key gave %v", err)
		}
	})
}

func TestMigrations(t *testing.T) {
	one := &fstest.MapFile{Data: []byte("create table pet (id text primary key, photo BLOB);\n-- +sqlite\ninsert into pet (id) values ('lite');\n-- +postgres\ninsert into pet (id) values ('pg');\n-- +both\n")}
	two := &fstest.MapFile{Data: []byte("alter table pet add column age bigint;")}
	for name, open := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLitePath, "postgres": dbtest.PostgresDSN} {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			dsn := open(t)
			var started sync.WaitGroup
			for range 2 { // two processes start at once
				started.Go(func() {
					d, err := db.Open(ctx, dsn)
					if err != nil {
						t.Error(err)
						return
					}
					defer d.Close()
					if err := d.Migrate(ctx, fstest.MapFS{"m/1.sql": one, "m/2.sql": two}, "m"); err != nil {
						t.Error(err)
					}
				})
			}
			started.Wait()
			d, err := db.Open(ctx, dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			if n := count(t, d, `select count(*) from pet where age is null`); n != 1 {
				t.Fatalf("got %d rows, want 1: a migration ran twice or for the wrong database", n)
			}
			changed := &fstest.MapFile{Data: append([]byte("-- edited\n"), one.Data...)}
			if err := d.Migrate(ctx, fstest.MapFS{"m/1.sql": changed, "m/2.sql": two}, "m"); !fault.Is(err, fault.CheckFailed) {
				t.Fatalf("an edited migration gave %v", err)
			}
			if err := d.Migrate(ctx, fstest.MapFS{"m/1.sql": one}, "m"); !fault.Is(err, fault.CheckFailed) {
				t.Fatalf("a database newer than the program gave %v", err)
			}
		})
	}
}

func TestOpenNamesAFolderThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(context.Background(), filepath.Join(file, "sub", "qianmo.db")); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
	if _, err := db.Open(context.Background(), "postgres://nobody@127.0.0.1:1/none?connect_timeout=1"); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
}

// TestACutConnectionIsUnavailable ends a connection at the server, as a stop or
// a kill of PostgreSQL does, at each moment of a transaction.
// Two transactions that wait for each other's rows: the server ends one of them,
// which is told to try again, and the other goes on.
func TestADeadlockIsUnavailable(t *testing.T) {
	d := dbtest.Postgres(t)
	ctx := t.Context()
	if _, err := d.Writer().ExecContext(ctx, `insert into work_lease (name, holder, until) values ('a', 'x', 0), ('b', 'x', 0)`); err != nil {
		t.Fatal(err)
	}
	var both sync.WaitGroup
	both.Add(2)
	ended := make(chan error, 2)
	for _, rows := range [][2]string{{"a", "b"}, {"b", "a"}} {
		go func() {
			ended <- d.InTx(ctx, func(ctx context.Context) error {
				for i, name := range rows {
					if _, err := d.Q(ctx).ExecContext(ctx, `update work_lease set until = 1 where name = $1`, name); err != nil {
						return err
					}
					if i == 0 {
						both.Done()
						both.Wait()
					}
				}
				return nil
			})
		}()
	}
	first, second := <-ended, <-ended
	if first == nil {
		first, second = second, first
	}
	if !fault.Is(first, fault.Unavailable) || second != nil {
		t.Fatalf("got %v and %v", first, second)
	}
}

func TestACutConnectionIsUnavailable(t *testing.T) {
	dsn := dbtest.PostgresDSN(t)
	ctx := t.Context()
	open := func() *db.DB {
		d, err := db.Open(ctx, dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		return d
	}
	d, other := open(), open()
	end := func(ctx context.Context) {
		var pid int
		if err := d.Q(ctx).QueryRowContext(ctx, "select pg_backend_pid()").Scan(&pid); err != nil {
			t.Fatal(err)
		}
		var ended bool
		if err := other.Q(t.Context()).QueryRowContext(t.Context(), "select pg_terminate_backend($1, 10000)", pid).Scan(&ended); err != nil || !ended {
			t.Fatal(ended, err)
		}
	}
	err := d.InTx(ctx, func(ctx context.Context) error {
		end(ctx)
		for _, moment := range []string{"the first statement", "the next, on the closed connection"} {
			if _, err := d.Q(ctx).ExecContext(ctx, "select 1"); !fault.Is(db.Fault(err), fault.Unavailable) {
				t.Errorf("%s: %v", moment, err)
			}
		}
		_, err := d.Q(ctx).ExecContext(ctx, "select 1")
		return err
	})
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "nothing was written") {
		t.Errorf("the transaction: %v", err)
	}
	err = d.InTx(ctx, func(ctx context.Context) error {
		end(ctx)
		return nil
	})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("the commit: %v", err)
	}
	if err := d.InTx(ctx, func(context.Context) error { return nil }); err != nil {
		t.Errorf("it does not recover by itself: %v", err)
	}
}

func TestADamagedFileIsSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "broken.db")
	if err := os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), path)
	if err == nil {
		_ = d.Close()
	}
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), path+" is damaged or no database: restore a backup.") {
		t.Fatal(err)
	}
}
