package backup

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/search"
	"github.com/qianmo/qianmo/internal/platform/work"
	"github.com/qianmo/qianmo/migrations"
)

// schema has all that the dialect allows: the three types, nulls, a generated
// key, references to the own table and to one that a dump has later, a seeded
// row, a refusing trigger.
var schema = fstest.MapFS{"m/1.sql": {Data: []byte(`
create table tree (id text primary key, height bigint, photo BLOB);
create table apple (id text primary key, tree text not null references tree (id), twin text references apple (id));
create table head (one bigint primary key, seq bigint not null);
insert into head (one, seq) values (1, 0);
-- +sqlite
create table log (seq integer primary key autoincrement, "select" text not null);
create trigger log_keep before delete on log begin select raise(abort, 'append-only'); end;
-- +postgres
create table log (seq bigint generated always as identity primary key, "select" text not null);
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'append-only'; end $$;
create trigger log_keep before delete on log for each statement execute function refuse();
-- +both
`)}}

var kinds = map[string]func(testing.TB) string{"sqlite": dbtest.SQLitePath, "postgres": dbtest.PostgresDSN}

func open(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func migrated(t testing.TB, dsn string, files fs.FS, dir string) *db.DB {
	t.Helper()
	d := open(t, dsn)
	if err := d.Migrate(context.Background(), files, dir); err != nil {
		t.Fatal(err)
	}
	return d
}

func exec(t testing.TB, d *db.DB, query string, args ...any) {
	t.Helper()
	if _, err := d.Q(context.Background()).ExecContext(context.Background(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func dump(t testing.TB, d *db.DB) string {
	t.Helper()
	var b bytes.Buffer
	if err := Dump(context.Background(), d, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// pairs runs the test for each kind of database dumped and each kind loaded.
func pairs(t *testing.T, run func(t *testing.T, from, to string)) {
	for fromName, from := range kinds {
		for toName, to := range kinds {
			t.Run(fromName+" to "+toName, func(t *testing.T) { run(t, from(t), to(t)) })
		}
	}
}

func TestADumpOfEitherLoadsIntoEither(t *testing.T) {
	pairs(t, func(t *testing.T, from, to string) {
		source := migrated(t, from, schema, "m")
		exec(t, source, `insert into tree (id, height, photo) values ('oak', 9223372036854775807, $1), ('樹 "1"', null, null), ('', -1, $2)`, []byte{0, 255, 1}, []byte{})
		exec(t, source, `insert into apple (id, tree, twin) values ('a', 'oak', null)`)
		exec(t, source, `insert into apple (id, tree, twin) values ('0', 'oak', 'a')`) // before a by its key
		exec(t, source, `update head set seq = 42`)
		for i := range 3 {
			exec(t, source, `insert into log ("select") values ($1)`, fmt.Sprintf("line %d <&>\n\u2028", i))
		}
		text := dump(t, source)
		target := open(t, to)
		if err := Load(context.Background(), target, schema, "m", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sorted(text), sorted(dump(t, target))); diff != "" {
			t.Fatal(diff)
		}
		exec(t, target, `insert into log ("select") values ('next')`) // the generated key goes on
		if _, err := target.Q(context.Background()).ExecContext(context.Background(), `insert into apple (id, tree) values ('b', 'no such tree')`); err == nil {
			t.Fatal("references are no longer checked")
		}
		if _, err := target.Q(context.Background()).ExecContext(context.Background(), `delete from log`); err == nil {
			t.Fatal("the trigger is gone")
		}
	})
}

// sorted makes dumps comparable: rows have no order.
func sorted(text string) map[string]int {
	lines := map[string]int{}
	table := ""
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "{") {
			table = line
		}
		lines[table+line]++
	}
	return lines
}

func TestTheProductsOwnTablesComeBack(t *testing.T) {
	pairs(t, func(t *testing.T, from, to string) {
		ctx := context.Background()
		source := migrated(t, from, migrations.Files, "main")
		now := clock.NewManual(time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC))
		queue := work.Queue{DB: source, Clock: now, IDs: &ident.Sequence{}}
		if _, err := queue.Insert(ctx, note{"你好"}, work.Options{Key: "k"}); err != nil {
			t.Fatal(err)
		}
		if err := (search.Index{DB: source}).Put(ctx, "measure", "m1", "算力券", "按实际使用发放"); err != nil {
			t.Fatal(err)
		}
		text := dump(t, source)
		target := open(t, to)
		if err := Load(ctx, target, migrations.Files, "main", strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sorted(text), sorted(dump(t, target))); diff != "" {
			t.Fatal(diff)
		}
		if hits, err := (search.Index{DB: target}).Query(ctx, "算力", []string{"measure"}, 5); err != nil || len(hits) != 1 {
			t.Fatalf("search after restoring: %v, %v", hits, err)
		}
	})
}

type note struct {
	Text string `json:"text"`
}

func (note) Kind() string { return "note" }

// hook runs before the first bytes of a dump are written.
type hook struct {
	bytes.Buffer
	once func()
}

func (h *hook) Write(p []byte) (int, error) {
	if h.once != nil {
		h.once()
		h.once = nil
	}
	return h.Buffer.Write(p)
}

func TestADumpIsOneInstantAndStopsNobody(t *testing.T) {
	for name, dsn := range kinds {
		t.Run(name, func(t *testing.T) {
			d := migrated(t, dsn(t), schema, "m")
			for i := range 200 { // more than the dump's buffer, so that it writes in the middle
				exec(t, d, `insert into tree (id, height, photo) values ($1, 1, $2)`, fmt.Sprint("t", i), make([]byte, 10_000))
			}
			h := &hook{once: func() {
				exec(t, d, `insert into tree (id) values ('late')`)
				exec(t, d, `update head set seq = 7`)
			}}
			if err := Dump(context.Background(), d, h); err != nil {
				t.Fatal(err)
			}
			if h.once != nil || h.Len() < 1<<20 {
				t.Fatal("the dump was written in one piece: the test proves nothing")
			}
			if strings.Contains(h.String(), `"late"`) || strings.Contains(h.String(), "[1,7]") {
				t.Fatal("the dump saw a later write")
			}
			if strings.Contains(dump(t, d), `"late"`) == false {
				t.Fatal("the write was lost")
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	source := migrated(t, dbtest.SQLitePath(t), schema, "m")
	exec(t, source, `insert into tree (id) values ('oak')`)
	exec(t, source, `insert into apple (id, tree) values ('a', 'oak')`)
	good := dump(t, source)
	edited := fstest.MapFS{"m/1.sql": {Data: append([]byte("-- edited\n"), schema["m/1.sql"].Data...)}}
	older := fstest.MapFS{"m/0.sql": {Data: []byte("create table other (id text primary key);")}}
	for name, c := range map[string]struct {
		text  string
		files fs.FS
		code  fault.Code
	}{
		"nothing":             {"", schema, fault.CheckFailed},
		"no head":             {"{}\n", schema, fault.CheckFailed},
		"not JSON":            {good[:len(good)-20], schema, fault.CheckFailed},
		"a row too short":     {good + "[\"x\"]\n[]\n", schema, fault.CheckFailed},
		"an unknown table":    {good + "{\"table\":\"nobody\",\"columns\":[\"id\"]}\n", schema, fault.CheckFailed},
		"an unknown column":   {strings.Replace(good, `"height"`, `"width"`, 1), schema, fault.CheckFailed},
		"a double row":        {good + "{\"table\":\"head\",\"columns\":[\"one\",\"seq\"]}\n[1,1]\n[1,1]\n", schema, fault.CheckFailed},
		"a fraction":          {strings.Replace(good, "[1,0]", "[1,0.5]", 1), schema, fault.CheckFailed},
		"another schema":      {good, edited, fault.CheckFailed},
		"a newer program's":   {good, older, fault.CheckFailed},
		"a missing reference": {strings.Replace(good, `"oak",null,null`, `"elm",null,null`, 1), schema, fault.CheckFailed},
	} {
		for kind, dsn := range kinds {
			t.Run(name+" "+kind, func(t *testing.T) {
				d := open(t, dsn(t))
				err := Load(context.Background(), d, c.files, "m", strings.NewReader(c.text))
				if err == nil || fault.From(err).Code != c.code {
					t.Fatalf("got %v", err)
				}
				if err := Load(context.Background(), d, schema, "m", strings.NewReader(good)); err != nil {
					t.Fatalf("the database did not stay empty: %v", err)
				}
				if err := Load(context.Background(), d, schema, "m", strings.NewReader(good)); !fault.Is(err, fault.Conflict) {
					t.Fatalf("loading into a used database: %v", err)
				}
			})
		}
	}
}

func TestAnOlderDumpIsMigratedOn(t *testing.T) {
	newer := fstest.MapFS{"m/1.sql": schema["m/1.sql"], "m/2.sql": {Data: []byte("alter table tree add column age bigint not null default 5;")}}
	pairs(t, func(t *testing.T, from, to string) {
		source := migrated(t, from, schema, "m")
		exec(t, source, `insert into tree (id) values ('oak')`)
		target := open(t, to)
		if err := Load(context.Background(), target, newer, "m", strings.NewReader(dump(t, source))); err != nil {
			t.Fatal(err)
		}
		if text := dump(t, target); !strings.Contains(text, `["oak",null,null,5]`) {
			t.Fatal(text)
		}
	})
}
