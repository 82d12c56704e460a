package backup

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/db"
)

// A dump is lines of JSON: first dumpHead, then for each table a tableHead
// and one array a row; integers are numbers, texts strings, bytes
// {"b": base64}, and nothing else exists in the schema's dialect. It is the
// same for both databases, so a dump of one restores into the other.
type dumpHead struct {
	Migrations []migration `json:"migrations"`
}

type migration struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

type tableHead struct {
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
}

type bytesCell struct {
	B string `json:"b"`
}

// The search index differs between the databases and follows from its
// entries, so only these columns are kept and the index is made again.
const searchTable = "search_entry"

var searchColumns = []string{"kind", "id", "title", "body"}

// Dump writes all tables as they are at one instant, while others go on
// writing.
//
// Codes: unavailable; those of w.
func Dump(ctx context.Context, d *db.DB, w io.Writer) error {
	snapshot, release, err := openSnapshot(ctx, d)
	if err != nil {
		return err
	}
	defer release()
	out := bufio.NewWriterSize(w, 1<<20)
	dump := dumper{ctx, d.Dialect, snapshot, json.NewEncoder(out)}
	dump.out.SetEscapeHTML(false)
	if err := dump.head(); err != nil {
		return db.Fault(err)
	}
	tables, err := dump.tables()
	if err != nil {
		return db.Fault(err)
	}
	for _, t := range tables {
		if err := dump.table(t); err != nil {
			return db.Fault(fmt.Errorf("dump %s: %w", t, err))
		}
	}
	return out.Flush()
}

// openSnapshot opens its own connection: the one for writing stays free.
func openSnapshot(ctx context.Context, d *db.DB) (*sql.Conn, func(), error) {
	own, err := db.Open(ctx, d.DSN())
	if err != nil {
		return nil, nil, err
	}
	conn, err := own.Writer().Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(db.Fault(err), own.Close())
	}
	release := func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "rollback") // it has only read
		_ = conn.Close()
		_ = own.Close()
	}
	begin := "begin" // SQLite's deferred transaction reads one state of the WAL
	if d.Dialect == db.Postgres {
		begin = "begin isolation level repeatable read read only"
	}
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		release()
		return nil, nil, db.Fault(err)
	}
	return conn, release, nil
}

type dumper struct {
	ctx      context.Context
	dialect  db.Dialect
	snapshot *sql.Conn
	out      *json.Encoder
}

func (x dumper) head() error {
	rows, err := db.All(x.ctx, x.snapshot, func(scan func(...any) error) (m migration, err error) { return m, scan(&m.Name, &m.SHA256) },
		`select name, sha256 from schema_migration order by name`)
	if err != nil {
		return err
	}
	return x.out.Encode(dumpHead{rows})
}

func (x dumper) tables() ([]string, error) {
	query := `select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite\_%' escape '\'
		and name <> 'schema_migration' order by name`
	if x.dialect == db.Postgres {
		query = `select table_name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'
			and table_name <> 'schema_migration' order by table_name collate "C"`
	}
	return db.All(x.ctx, x.snapshot, scanText, query)
}

func (x dumper) table(name string) error {
	columns := "*"
	if name == searchTable {
		columns = strings.Join(searchColumns, ", ")
	}
	rows, err := x.snapshot.QueryContext(x.ctx, `select `+columns+` from `+quoted(name))
	if err != nil {
		return err
	}
	defer rows.Close()
	head := tableHead{Table: name}
	if head.Columns, err = rows.Columns(); err != nil {
		return err
	}
	if err := x.out.Encode(head); err != nil {
		return err
	}
	cells, into := make([]any, len(head.Columns)), make([]any, len(head.Columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, c := range cells {
			if cells[i], err = portable(c); err != nil {
				return fmt.Errorf("column %s: %w", head.Columns[i], err)
			}
		}
		if err := x.out.Encode(cells); err != nil {
			return err
		}
	}
	return rows.Err()
}

// portable writes a value so that either database takes it back unchanged.
func portable(v any) (any, error) {
	switch v := v.(type) {
	case nil, int64:
		return v, nil
	case []byte:
		return bytesCell{base64.StdEncoding.EncodeToString(v)}, nil
	case string:
		if !utf8.ValidString(v) {
			return nil, errors.New("a text that is not UTF-8")
		}
		return v, nil
	}
	return nil, fmt.Errorf("type %T is outside the schema's dialect", v)
}

func scanText(scan func(...any) error) (s string, err error) { return s, scan(&s) }

// quoted quotes a name from the catalogue or a dump.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
