package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	ledgersql "github.com/qianmo/qianmo/internal/ledger/sqlstore"
	"github.com/qianmo/qianmo/internal/platform/backup"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/obs"
	"github.com/qianmo/qianmo/migrations"
)

// Members of an archive.
const (
	mainDump  = "main.dump"
	booksDump = "ledger.dump"
)

type backupCommand struct {
	storeFlags
	To       string `arg:"" help:"Archive to write; an existing file is never overwritten." type:"path"`
	WithKeys bool   `help:"Include the log's signing key. Without it only its public half goes along: keep the keys folder apart."`
}

// Run writes database, books, log and files, in the order in which each may
// only know less than the next: what the database does not know yet is found
// again by reconciling, never lost.
func (b *backupCommand) Run(ctx context.Context, c *console) error {
	return reading(ctx, b.storeFlags, func(r reader) error {
		w, err := backup.Create(b.To, clock.System{}.Now())
		if err != nil {
			return err
		}
		defer w.Abort()
		isCheckpoint := func(name string) bool { return name == "checkpoint" }
		steps := []func() error{
			func() error {
				return w.Stream(mainDump, func(out io.Writer) error { return backup.Dump(ctx, r.db, out) })
			},
			func() error {
				return w.Stream(booksDump, func(out io.Writer) error { return backup.Dump(ctx, r.books.DB(), out) })
			},
			func() error { return w.Folder("log", r.folder.log(), isCheckpoint) },
			func() error { return w.Folder("log", r.folder.log(), func(n string) bool { return !isCheckpoint(n) }) },
			func() error { return w.Folder("blobs", r.folder.blobs(), func(string) bool { return true }) },
		}
		// The public half always goes along: what is restored can be verified.
		steps = append(steps, func() error {
			return w.Folder("keys", r.folder.keys(), func(name string) bool { return b.WithKeys || filepath.Ext(name) == ".pub" })
		})
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		note := map[string]string{"version": Version, "keys": fmt.Sprint(b.WithKeys)}
		if _, err := os.Stat(r.folder.marker()); err == nil {
			note["sandbox"] = "true"
		}
		if _, err := w.Close(note); err != nil {
			return err
		}
		m, err := backup.Verify(b.To) // what cannot be read back is no backup
		if err != nil {
			return err
		}
		return c.print(m, func(out io.Writer) {
			fmt.Fprintln(out, i18n.T("已备份到 %s，共 %d 个文件，回读核对无误。", "Backed up to %s, %d members, read back and compared.", b.To, len(m.Entries)).In(c.lang))
		})
	})
}

type restoreCommand struct {
	storeFlags
	From string `arg:"" help:"Archive to read." type:"path"`
	Keys string `help:"Folder with the log's keys, when the archive has only the public one." type:"path"`
}

// Run unpacks into a folder beside the data folder and moves it there when it
// is whole; databases are filled in one transaction each.
func (r *restoreCommand) Run(ctx context.Context, c *console) error {
	if err := r.check(); err != nil {
		return err
	}
	staging := r.Data + ".restoring"
	m, err := backup.Extract(r.From, staging)
	if err != nil {
		return err
	}
	defer os.RemoveAll(staging)
	if err := r.fill(ctx, staging, m.Note["sandbox"] == "true"); err != nil {
		return err
	}
	return c.print(m, func(out io.Writer) {
		fmt.Fprintln(out, i18n.T("已恢复到 %s。请运行 qianmo ledger verify 与 qianmo evidence verify 核验。", "Restored to %s. Now run qianmo ledger verify and qianmo evidence verify.", r.Data).In(c.lang))
	})
}

func (r *restoreCommand) fill(ctx context.Context, staging string, sandbox bool) error {
	if err := checkEmptyFolder(r.Data); err != nil {
		return err
	}
	f := &folder{path: staging}
	if r.Keys != "" {
		if err := errors.Join(os.RemoveAll(f.keys()), os.CopyFS(f.keys(), os.DirFS(r.Keys))); err != nil {
			return f.unwritable(err)
		}
	}
	main, books := f.database(), f.books()
	if r.DB != "" {
		main, books = r.DB, r.DB
	}
	if err := loadDump(ctx, db.Open, main, filepath.Join(staging, mainDump), "main"); err != nil {
		return err
	}
	if err := loadDump(ctx, ledgersql.Database, books, filepath.Join(staging, booksDump), "ledger"); err != nil {
		return err
	}
	if sandbox {
		if err := f.setFilled(); err != nil {
			return err
		}
	}
	if err := os.Remove(r.Data); err != nil && !errors.Is(err, os.ErrNotExist) {
		return f.unwritable(err)
	}
	if err := os.Rename(staging, r.Data); err != nil {
		return f.unwritable(err)
	}
	return nil
}

// opener opens a database that may be empty.
type opener func(ctx context.Context, dsn string) (*db.DB, error)

func loadDump(ctx context.Context, open opener, dsn, dump, dir string) error {
	in, err := os.Open(dump)
	if err != nil {
		return fault.Newf(fault.CheckFailed, "备份里缺少 %s。", "The archive lacks %s.", filepath.Base(dump)).Because(err)
	}
	defer in.Close()
	d, err := open(ctx, dsn)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := backup.Load(ctx, d, migrations.Files, dir, in); err != nil {
		return err
	}
	return os.Remove(dump)
}

func checkEmptyFolder(path string) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) || (err == nil && len(entries) == 0) {
		return nil
	}
	return fault.Newf(fault.Conflict, "目录 %s 不是空的：恢复只写入空目录，不覆盖任何数据。", "%s is not empty: a restore writes into an empty folder and overwrites nothing.", path).Because(err)
}

type openAPICommand struct{}

func (*openAPICommand) Run(ctx context.Context, c *console) error {
	dir, err := os.MkdirTemp("", "qianmo-openapi-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return withProduct(ctx, storeFlags{Data: dir}, "", c, func(p *product) error {
		text, err := p.ruled.Load().edge.YAML()
		if err == nil {
			_, err = c.out.Write(text)
		}
		return err
	})
}

type versionCommand struct{}

func (*versionCommand) Run(c *console) error {
	b := obs.ReadBuild(Version)
	return c.print(b, func(w io.Writer) { fmt.Fprintf(w, "qianmo %s\n", Version) })
}

// quietLog logs only what went wrong, for commands that a person waits on.
func quietLog(w io.Writer) *slog.Logger { return obs.NewLogger(w, obs.Text, slog.LevelError) }

// logLevel keeps a person's terminal readable; machines get every request.
func logLevel(format string) slog.Leveler {
	if format == string(obs.Text) {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}
