package backup

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/search"
)

// Load fills an empty database of either kind from a dump: it migrates to
// where the dump's database was, inserts the rows, and migrates on to where
// this program is. All rows come in, or none.
//
// Codes: conflict when the database is not empty; check_failed when the dump
// is damaged or of a newer program; unavailable.
func Load(ctx context.Context, d *db.DB, files fs.FS, dir string, r io.Reader) error {
	lines := json.NewDecoder(r)
	lines.UseNumber()
	var head dumpHead
	if err := lines.Decode(&head); err != nil || len(head.Migrations) == 0 {
		return damaged(errors.Join(err, errors.New("no head")))
	}
	return d.InTx(ctx, func(ctx context.Context) error {
		if err := refuseUsed(ctx, d); err != nil {
			return err
		}
		if err := checkMigrations(ctx, d, files, dir, head.Migrations); err != nil {
			return err
		}
		l := loader{ctx: ctx, d: d, lines: lines}
		if err := l.all(); err != nil {
			return err
		}
		return d.Migrate(ctx, files, dir)
	})
}

func refuseUsed(ctx context.Context, d *db.DB) error {
	query := `select count(*) from sqlite_schema`
	if d.Dialect == db.Postgres {
		query = `select count(*) from information_schema.tables where table_schema = current_schema()`
	}
	n, _, err := db.One(ctx, d.Q(ctx), func(scan func(...any) error) (n int64, err error) { return n, scan(&n) }, query)
	if err == nil && n > 0 {
		err = fault.Newf(fault.Conflict, "数据库不是空的：请恢复到新的空数据库。", "The database is not empty: restore into a new, empty one.")
	}
	return err
}

// checkMigrations applies the dump's migrations and no others, and compares
// their digests, so that the rows meet the tables that they were taken from.
func checkMigrations(ctx context.Context, d *db.DB, files fs.FS, dir string, wanted []migration) error {
	names := map[string]bool{}
	for _, m := range wanted {
		if _, err := fs.Stat(files, m.Name); err != nil {
			return fault.Newf(fault.CheckFailed, "备份来自更新的程序（迁移 %s）：请换用新版程序恢复。", "The backup is of a newer program (migration %s): restore with that one.", m.Name)
		}
		names[m.Name] = true
	}
	if err := d.Migrate(ctx, only{files, names}, dir); err != nil {
		return err
	}
	applied, err := db.All(ctx, d.Q(ctx), func(scan func(...any) error) (m migration, err error) { return m, scan(&m.Name, &m.SHA256) },
		`select name, sha256 from schema_migration order by name`)
	if err == nil && !slices.Equal(applied, wanted) {
		err = fault.Newf(fault.CheckFailed, "备份所用的表结构与本程序的记载不同：请用制作备份的程序版本恢复。", "The backup's tables differ from what this program has on record: restore with the version that made it.")
	}
	return err
}

// only shows some files of a file system.
type only struct {
	fs.FS
	names map[string]bool
}

// Glob implements fs.GlobFS.
func (o only) Glob(pattern string) ([]string, error) {
	all, err := fs.Glob(o.FS, pattern)
	return slices.DeleteFunc(all, func(name string) bool { return !o.names[name] }), err
}

// cellsAtOnce bounds one insert. SQLite looks each bind up among the others,
// so much larger statements are slower, not faster.
const cellsAtOnce = 200

type loader struct {
	ctx   context.Context
	d     *db.DB
	lines *json.Decoder

	table    tableHead
	identity string // of the table's generated key on PostgreSQL, else ""
	pending  [][]any
}

// all inserts every table. Rows may refer to rows that come later: the
// references are checked at the end.
func (l *loader) all() error {
	restore, err := l.deferReferences()
	if err != nil {
		return err
	}
	for {
		var line json.RawMessage
		err := l.lines.Decode(&line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return damaged(err)
		}
		if err := l.line(line); err != nil {
			return err
		}
	}
	if err := l.finish(); err != nil {
		return err
	}
	return restore()
}

func (l *loader) line(line json.RawMessage) error {
	if line[0] == '{' {
		if err := l.finish(); err != nil {
			return err
		}
		return l.begin(line)
	}
	row, err := decodeRow(line)
	if err != nil || len(row) != len(l.table.Columns) || len(row) == 0 {
		return damaged(errors.Join(err, fmt.Errorf("a row of %q", l.table.Table)))
	}
	if l.table.Table == searchTable {
		return l.searchEntry(row)
	}
	l.pending = append(l.pending, row)
	if len(l.pending)*len(row) >= cellsAtOnce {
		return l.flush()
	}
	return nil
}

// begin makes a table ready: without the rows that a migration put in.
func (l *loader) begin(line json.RawMessage) error {
	l.table, l.identity = tableHead{}, ""
	if err := json.Unmarshal(line, &l.table); err != nil || l.table.Table == "" {
		return damaged(err)
	}
	q := l.d.Q(l.ctx)
	if _, seeded, err := db.One(l.ctx, q, scanNumber, `select 1 from `+quoted(l.table.Table)+` limit 1`); err != nil {
		return misfit(err)
	} else if seeded {
		if _, err := q.ExecContext(l.ctx, `delete from `+quoted(l.table.Table)); err != nil {
			return err
		}
	}
	if l.d.Dialect != db.Postgres {
		return nil
	}
	var err error
	l.identity, _, err = db.One(l.ctx, q, scanText, `select column_name from information_schema.columns
		where table_schema = current_schema() and table_name = $1 and is_identity = 'YES'`, l.table.Table)
	return err
}

// flush inserts the pending rows in one statement.
func (l *loader) flush() error {
	if len(l.pending) == 0 {
		return nil
	}
	var columns, rows []string
	for _, c := range l.table.Columns {
		columns = append(columns, quoted(c))
	}
	var args []any
	for _, row := range l.pending {
		binds := make([]string, len(row))
		for i := range row {
			binds[i] = "$" + strconv.Itoa(len(args)+i+1)
		}
		rows, args = append(rows, "("+strings.Join(binds, ", ")+")"), append(args, row...)
	}
	override := ""
	if l.identity != "" {
		override = " overriding system value"
	}
	_, err := l.d.Q(l.ctx).ExecContext(l.ctx, `insert into `+quoted(l.table.Table)+` (`+strings.Join(columns, ", ")+`)`+override+` values `+strings.Join(rows, ", "), args...)
	l.pending = l.pending[:0]
	return misfit(err)
}

// finish ends a table: the last rows, and on PostgreSQL the generated key
// that goes on after the largest one.
func (l *loader) finish() error {
	if err := l.flush(); err != nil || l.identity == "" {
		return err
	}
	_, err := l.d.Q(l.ctx).ExecContext(l.ctx, `select setval(pg_get_serial_sequence($1, $2), coalesce(max(`+quoted(l.identity)+`), 0) + 1, false) from `+quoted(l.table.Table),
		quoted(l.table.Table), l.identity)
	return err
}

func (l *loader) searchEntry(row []any) error {
	var texts [4]string
	for i, v := range row {
		s, ok := v.(string)
		if !ok || i >= len(texts) || l.table.Columns[i] != searchColumns[i] {
			return damaged(errors.New("a search entry"))
		}
		texts[i] = s
	}
	return search.Index{DB: l.d}.Put(l.ctx, texts[0], texts[1], texts[2], texts[3])
}

// deferReferences lets rows come in any order; the returned function checks
// all references.
func (l *loader) deferReferences() (check func() error, err error) {
	q := l.d.Q(l.ctx)
	if l.d.Dialect == db.SQLite {
		_, err := q.ExecContext(l.ctx, `pragma defer_foreign_keys = on`)
		return func() error {
			table, broken, err := db.One(l.ctx, q, scanText, `select "table" from pragma_foreign_key_check limit 1`)
			if err == nil && broken {
				err = damaged(fmt.Errorf("a row of %s refers to nothing", table))
			}
			return err
		}, err
	}
	type reference struct{ table, name, definition string }
	all, err := db.All(l.ctx, q, func(scan func(...any) error) (r reference, err error) {
		return r, scan(&r.table, &r.name, &r.definition)
	}, `select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) from pg_constraint
		where contype = 'f' and connamespace = current_schema()::regnamespace`)
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if _, err := q.ExecContext(l.ctx, `alter table `+r.table+` drop constraint `+r.name); err != nil {
			return nil, err
		}
	}
	return func() error {
		for _, r := range all {
			if _, err := q.ExecContext(l.ctx, `alter table `+r.table+` add constraint `+r.name+` `+r.definition); err != nil {
				return misfit(err)
			}
		}
		return nil
	}, nil
}

// misfit tells a database in trouble from a dump whose rows it refuses.
func misfit(err error) error {
	var f *fault.Error
	if err = db.Fault(err); err == nil || errors.As(err, &f) || errors.Is(err, context.Canceled) {
		return err
	}
	return damaged(err)
}

func decodeRow(line json.RawMessage) ([]any, error) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	var row []any
	if err := dec.Decode(&row); err != nil {
		return nil, err
	}
	for i, v := range row {
		switch v := v.(type) {
		case nil, string:
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return nil, err
			}
			row[i] = n
		case map[string]any:
			text, ok := v["b"].(string)
			raw, err := base64.StdEncoding.DecodeString(text)
			if !ok || err != nil {
				return nil, errors.Join(err, errors.New("bytes"))
			}
			row[i] = raw
		default:
			return nil, fmt.Errorf("a %T", v)
		}
	}
	return row, nil
}

func scanNumber(scan func(...any) error) (n int64, err error) { return n, scan(&n) }
