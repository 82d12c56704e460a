package sqlstore_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/ledgertest"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
)

// TestLibcIsTheOneThatSQLiteWants compares the C library that this package
// steps SQLite with to the one that SQLite was translated for: another version
// may lay out its memory differently (docs/decisions/0014).
func TestLibcIsTheOneThatSQLiteWants(t *testing.T) {
	ours, sqlite := goList(t, "modernc.org/libc"), goList(t, "modernc.org/sqlite")
	text, err := os.ReadFile(sqlite.GoMod)
	if err != nil {
		t.Fatal(err)
	}
	file, err := modfile.ParseLax(sqlite.GoMod, text, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range file.Require {
		if r.Mod.Path != ours.Path {
			continue
		}
		if r.Mod.Version != ours.Version {
			t.Errorf("go.mod has %s %s, but modernc.org/sqlite %s wants %s: go get %[1]s@%[4]s", ours.Path, ours.Version, sqlite.Version, r.Mod.Version)
		}
		return
	}
	t.Errorf("%s does not require %s: is the level below the driver still the same?", sqlite.GoMod, ours.Path)
}

type goModule struct{ Path, Version, GoMod string }

func goList(t *testing.T, path string) (m goModule) {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-json", path).Output()
	if err == nil {
		err = json.Unmarshal(out, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// batch is how many entries one commit of the two benchmarks writes.
const batch = 64

func entries(after int64) []*ledger.Entry {
	all := make([]*ledger.Entry, batch)
	for i := range all {
		seq := after + int64(i) + 1
		all[i] = &ledger.Entry{Seq: seq, ID: fmt.Sprintf("bench/%019d", seq), Kind: ledger.Move, From: 1, To: 2, Amount: 100, Party: "p", Ref: "bench", Outcome: ledger.Accepted, At: 1}
	}
	return all
}

// BenchmarkAppend is the store as it is: 64 entries and one durable commit.
func BenchmarkAppend(b *testing.B) {
	store := ledgertest.Store(b, dbtest.SQLitePath(b))
	after := int64(0)
	for b.Loop() {
		if err := store.Append(b.Context(), after, entries(after)); err != nil {
			b.Fatal(err)
		}
		after += batch
	}
	b.ReportMetric(float64(batch*b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkAppendThroughTheDriver writes the same rows with prepared
// statements of database/sql, to see what the level below it is worth.
func BenchmarkAppendThroughTheDriver(b *testing.B) {
	path := dbtest.SQLitePath(b)
	ledgertest.Store(b, path)
	pool, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	end, errEnd := pool.Prepare(`select max(seq) from journal where ? >= 0`)
	insert, errInsert := pool.Prepare(`insert into journal (seq, source, target, amount, hold, at, id, kind, party, ref, hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if errEnd != nil || errInsert != nil {
		b.Fatal(errEnd, errInsert)
	}
	after := int64(0)
	for b.Loop() {
		tx, err := pool.BeginTx(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := tx.Stmt(end).Exec(after); err != nil {
			b.Fatal(err)
		}
		add := tx.Stmt(insert)
		for _, e := range entries(after) {
			if _, err := add.Exec(e.Seq, e.From, e.To, int64(e.Amount), e.Hold, e.At, e.ID, string(e.Kind), e.Party, e.Ref, e.Hash[:]); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
		after += batch
	}
	b.ReportMetric(float64(batch*b.N)/b.Elapsed().Seconds(), "entries/s")
}
