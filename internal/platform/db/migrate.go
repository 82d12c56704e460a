package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"sort"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Migrate applies the *.sql files of dir that were not applied yet, in the
// order of their names, each in one transaction; forward only. An applied
// file that changed since is refused. Two processes that start at once wait
// for each other.
//
// A file is one SQL text for both databases. The type BLOB becomes BYTEA on
// PostgreSQL; a part that only one database can run stands between lines
// "-- +sqlite" or "-- +postgres" and "-- +both".
//
// Codes: check_failed when an applied file changed or is gone; unavailable.
func (d *DB) Migrate(ctx context.Context, files fs.FS, dir string) error {
	names, err := fs.Glob(files, dir+"/*.sql")
	if err != nil || len(names) == 0 {
		return errors.Join(fmt.Errorf("no migrations in %s", dir), err)
	}
	sort.Strings(names)
	return d.InTx(ctx, func(ctx context.Context) error {
		q := d.Q(ctx)
		if d.Dialect == Postgres {
			// SQLite's immediate transaction is lock enough; PostgreSQL needs one named.
			if _, err := q.ExecContext(ctx, `select pg_advisory_xact_lock(7262101)`); err != nil {
				return err
			}
		}
		if _, err := q.ExecContext(ctx, `create table if not exists schema_migration (name text primary key, sha256 text not null, applied bigint not null)`); err != nil {
			return err
		}
		applied, err := d.applied(ctx)
		if err != nil {
			return err
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return err
			}
			if err := d.apply(ctx, name, string(text), applied[name]); err != nil {
				return err
			}
			delete(applied, name)
		}
		for name := range applied {
			if strings.HasPrefix(name, dir+"/") {
				return fault.Newf(fault.CheckFailed, "数据库比程序新：迁移 %s 已执行而本程序没有它。请换用新版程序。", "The database is newer than this program: it has migration %s. Use the newer program.", name)
			}
		}
		return nil
	})
}

func (d *DB) applied(ctx context.Context) (map[string]string, error) {
	type row struct{ name, sum string }
	rows, err := All(ctx, d.Q(ctx), func(scan func(...any) error) (r row, err error) { return r, scan(&r.name, &r.sum) }, `select name, sha256 from schema_migration`)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.name] = r.sum
	}
	return out, nil
}

func (d *DB) apply(ctx context.Context, name, text, appliedSum string) error {
	digest := sha256.Sum256([]byte(text))
	sum := hex.EncodeToString(digest[:])
	switch appliedSum {
	case sum:
		return nil
	case "":
	default:
		return fault.Newf(fault.CheckFailed, "迁移 %s 在执行之后被改动过：请用原来的程序版本，或从备份恢复。", "Migration %s was changed after it was applied: use the original program or restore a backup.", name)
	}
	if _, err := d.Q(ctx).ExecContext(ctx, forDialect(text, d.Dialect)); err != nil {
		return fmt.Errorf("migration %s: %w", name, err)
	}
	_, err := d.Q(ctx).ExecContext(ctx, `insert into schema_migration (name, sha256, applied) values ($1, $2, `+d.nowMicros()+`)`, name, sum)
	return err
}

func (d *DB) nowMicros() string {
	if d.Dialect == Postgres {
		return `(extract(epoch from now()) * 1000000)::bigint`
	}
	return `cast(unixepoch('subsec') * 1000000 as integer)`
}

var blobType = regexp.MustCompile(`(?i)\bblob\b`)

func forDialect(text string, dialect Dialect) string {
	var b strings.Builder
	keep := true
	for line := range strings.Lines(text) {
		switch strings.TrimSpace(line) {
		case "-- +sqlite":
			keep = dialect == SQLite
		case "-- +postgres":
			keep = dialect == Postgres
		case "-- +both":
			keep = true
		default:
			if keep {
				b.WriteString(line)
			}
		}
	}
	if dialect == Postgres {
		return blobType.ReplaceAllString(b.String(), "bytea")
	}
	return b.String()
}
