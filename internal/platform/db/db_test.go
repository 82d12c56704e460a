package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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
