package sqlstore_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
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

// TestWhatWasRolledBackNeverReachesTheLog fails an append that was too large for
// SQLite's cache, so that part of it was on its way to the log, then lets the
// pool's connection write in the same place of the log, and appends again.
func TestWhatWasRolledBackNeverReachesTheLog(t *testing.T) {
	ctx, path := t.Context(), dbtest.SQLitePath(t)
	store := ledgertest.Store(t, path)
	chain := func(after int64, n int) (all []*ledger.Entry) {
		for i := range n {
			seq := after + int64(i) + 1
			all = append(all, &ledger.Entry{Seq: seq, ID: fmt.Sprintf("id-%07d", seq), Kind: ledger.Move, Detail: strings.Repeat("x", 400)})
		}
		return all
	}
	if err := store.Append(ctx, 0, chain(0, 10)); err != nil {
		t.Fatal(err)
	}
	taken := chain(10, 4000)
	taken[len(taken)-1].ID = "id-0000001"
	if err := store.Append(ctx, 10, taken); !errors.Is(err, ledger.ErrTaken) {
		t.Fatalf("an id that is taken gave %v", err)
	}
	fold := ledger.Fold{Seq: 10}
	for i := range 4000 {
		a := ledger.FoldedAccount{No: int64(i + 1), Terms: strings.Repeat("t", 200)}
		a.Name = fmt.Sprintf("account-%07d", i)
		fold.Accounts = append(fold.Accounts, a)
	}
	if err := store.SaveFold(ctx, fold); err != nil {
		t.Fatal(err)
	}
	if err := store.Append(ctx, 10, chain(10, 10)); err != nil {
		t.Fatal(err)
	}
	pool, err := sql.Open("sqlite", path) // reads the log anew
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var sound string
	if err := pool.QueryRow(`pragma integrity_check`).Scan(&sound); err != nil || sound != "ok" {
		t.Fatalf("the file is damaged: %.200s %v", sound, err)
	}
	var accounts, entries int
	if err := pool.QueryRow(`select (select count(*) from account), (select count(*) from journal)`).Scan(&accounts, &entries); err != nil || accounts != 4000 || entries != 20 {
		t.Fatalf("%d accounts and %d entries are left, %v", accounts, entries, err)
	}
}
