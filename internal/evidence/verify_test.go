package evidence_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/evidence/evidencetest"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Somebody with the database's password edits it by hand; each edit must be
// found and the fact named.
func TestVerifyNamesWhatSomebodyEdited(t *testing.T) {
	const shift = `insert into evidence_fact select 'forged', kind, kind_version, subject, object, '9999.00', unit, occurred, recorded, attestor, proof, '', attributes from evidence_fact where id = 'a1'`
	cases := map[string]struct {
		edits []string
		kind  evidence.ProblemKind
		id    string
		found int64
	}{
		"a quantity":            {[]string{`update evidence_fact set quantity = '1000.00' where id = 'a1'`}, evidence.Altered, "a1", 1},
		"a day":                 {[]string{`update evidence_fact set occurred = '2025-03-02' where id = 'a1'`}, evidence.Altered, "a1", 1},
		"an attestor":           {[]string{`update evidence_fact set attestor = 'department' where id = 'a1'`}, evidence.Altered, "a1", 1},
		"an attribute":          {[]string{`update evidence_fact set attributes = '{"model":"model-b"}' where id = 'a1'`}, evidence.Altered, "a1", 1},
		"attributes unreadable": {[]string{`update evidence_fact set attributes = 'x' where id = 'a1'`}, evidence.Altered, "a1", 1},
		"a recorded time":       {[]string{`update evidence_fact set recorded = recorded + 1 where id = 'a1'`}, evidence.Altered, "a1", 1},
		"a salt":                {[]string{`update evidence_entry set salt = (select salt from evidence_entry where ref = 'a0') where ref = 'a1'`}, evidence.Altered, "a1", 1},
		"an index":              {[]string{`update evidence_entry set log_index = 99 where ref = 'a1'`}, evidence.Altered, "a1", 2},
		"a fact deleted":        {[]string{`delete from evidence_fact where id = 'a1'`}, evidence.Missing, "a1", 1},
		"deleted with its entry": {[]string{`delete from evidence_fact where id = 'a1'`, `delete from evidence_entry where ref = 'a1'`},
			evidence.Missing, "", 1},
		"a fact added":         {[]string{shift}, evidence.Added, "forged", 1},
		"a fact renamed":       {[]string{`update evidence_fact set id = 'renamed' where id = 'a1'`}, evidence.Missing, "a1", 2},
		"a digest":             {[]string{`update evidence_digest set value = 'other'`}, evidence.Altered, "digest_0000000001", 1},
		"one that waits":       {[]string{`update evidence_fact set quantity = '5.00' where id = 'waiting0'`}, evidence.Altered, "waiting0", 1},
		"one that waits, gone": {[]string{`delete from evidence_fact where id = 'waiting0'`}, evidence.Missing, "waiting0", 1},
		"sealed by decree":     {[]string{`update evidence_entry set log_index = 50 where ref = 'waiting0'`}, evidence.LogCut, "waiting0", 1},
		"two facts swapped": {[]string{`update evidence_entry set ref = 'tmp' where ref = 'a1'`, `update evidence_entry set ref = 'a1' where ref = 'a2'`,
			`update evidence_entry set ref = 'a2' where ref = 'tmp'`}, evidence.Altered, "a1", 2},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := evidencetest.NewRoom(t, d)
		appendFacts(t, r, "a", 3)
		if err := r.Service.SealDigest(t.Context(), "ledger.head", "abc"); err != nil {
			t.Fatal(err)
		}
		seal(t, r.Sealer, 4)
		appendFacts(t, r, "waiting", 1)
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				report := verifyEdited(t, r, c.edits)
				if report.OK || report.Found != c.found || !fault.Is(report.Err(), fault.CheckFailed) {
					t.Fatalf("%d problems: %+v", report.Found, report.Problems)
				}
				named := slices.ContainsFunc(report.Problems, func(p evidence.Problem) bool {
					return p.Kind == c.kind && p.ID == c.id && p.Message.ZH != "" && p.Message.EN != ""
				})
				if !named {
					t.Fatalf("%s %q is not named: %+v", c.kind, c.id, report.Problems)
				}
			})
		}
	})
}

// verifyEdited verifies what the edits leave, and takes them back.
func verifyEdited(t *testing.T, r *evidencetest.Room, edits []string) (report evidence.Report) {
	t.Helper()
	undo := errors.New("undo")
	err := r.DB.InTx(t.Context(), func(ctx context.Context) error {
		for _, edit := range edits {
			res, err := r.DB.Q(ctx).ExecContext(ctx, edit)
			if err != nil {
				return fmt.Errorf("%s: %w", edit, err)
			}
			if n, err := res.RowsAffected(); err != nil || n == 0 {
				return fmt.Errorf("%s: changed nothing: %w", edit, err)
			}
		}
		var err error
		if report, err = r.Verifier.Verify(ctx); err != nil {
			return err
		}
		return undo
	})
	if !errors.Is(err, undo) {
		t.Fatal(err)
	}
	return report
}

// Somebody edits the log's files; without the key no edit can hold.
func TestVerifyFindsAnEditedLog(t *testing.T) {
	entries := func(r *evidencetest.Room) string { return filepath.Join(r.Folder, "tile/entries/000.p/3") }
	for name, c := range map[string]struct {
		edit func(t *testing.T, r *evidencetest.Room)
		kind evidence.ProblemKind
	}{
		"an entry":          {func(t *testing.T, r *evidencetest.Room) { flip(t, entries(r), 40) }, evidence.LogDamaged},
		"an entry's length": {func(t *testing.T, r *evidencetest.Room) { flip(t, entries(r), 1) }, evidence.LogDamaged},
		"entries gone": {func(t *testing.T, r *evidencetest.Room) {
			if err := os.Remove(entries(r)); err != nil {
				t.Fatal(err)
			}
		}, evidence.LogDamaged},
		"the checkpoint's size": {func(t *testing.T, r *evidencetest.Room) {
			path := filepath.Join(r.Folder, "checkpoint")
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(strings.Replace(string(raw), "\n3\n", "\n2\n", 1)), 0o644); err != nil {
				t.Fatal(err)
			}
		}, evidence.BadCheckpoint},
		"the whole log gone": {func(t *testing.T, r *evidencetest.Room) {
			if err := os.RemoveAll(r.Folder); err != nil {
				t.Fatal(err)
			}
		}, evidence.LogCut},
	} {
		t.Run(name, func(t *testing.T) {
			r := evidencetest.NewRoom(t, dbtest.SQLite(t))
			appendFacts(t, r, "a", 3)
			seal(t, r.Sealer, 3)
			if err := r.Sealer.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.edit(t, r)
			report, err := r.Verifier.Verify(t.Context())
			isKind := func(p evidence.Problem) bool { return p.Kind == c.kind }
			if err != nil || report.OK || !slices.ContainsFunc(report.Problems, isKind) {
				t.Fatalf("%+v %v", report, err)
			}
		})
	}
}

func flip(t *testing.T, path string, at int) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[at] ^= 1
	if err := os.WriteFile(path, raw, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestAnOutsiderVerifiesOneFact(t *testing.T) {
	r := evidencetest.NewRoom(t, dbtest.SQLite(t))
	appendFacts(t, r, "a", 5)
	record, err := r.Service.Get(t.Context(), "a3")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.Prove(t.Context(), r.Log, record); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a proof before sealing: %v", err)
	}
	seal(t, r.Sealer, 5)
	if record, err = r.Service.Get(t.Context(), "a3"); err != nil {
		t.Fatal(err)
	}
	proof, err := evidence.Prove(t.Context(), r.Log, record)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(proof) // as it travels to the outsider
	if err != nil {
		t.Fatal(err)
	}
	received := func() (p evidence.FactProof) {
		if err := json.Unmarshal(text, &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if err := received().Verify(r.Log.Key()); err != nil {
		t.Fatal(err)
	}
	strange := evidencetest.NewRoom(t, dbtest.SQLite(t))
	if err := received().Verify(strange.Log.Key()); !fault.Is(err, fault.CheckFailed) {
		t.Fatalf("another log's key: %v", err)
	}
	for name, c := range map[string]struct {
		change func(*evidence.FactProof)
		code   fault.Code
	}{
		"quantity":        {func(p *evidence.FactProof) { p.Fact.Quantity = "2.00" }, fault.CheckFailed},
		"attribute":       {func(p *evidence.FactProof) { p.Fact.Attributes["place"] = "520100" }, fault.CheckFailed},
		"index":           {func(p *evidence.FactProof) { p.Index = 2 }, fault.CheckFailed},
		"index beyond":    {func(p *evidence.FactProof) { p.Index = 5 }, fault.CheckFailed},
		"salt":            {func(p *evidence.FactProof) { p.Salt = hex.EncodeToString(make([]byte, 32)) }, fault.CheckFailed},
		"short salt":      {func(p *evidence.FactProof) { p.Salt = "00" }, fault.Invalid},
		"path":            {func(p *evidence.FactProof) { p.Path[0] = strings.Repeat("0", 64) }, fault.CheckFailed},
		"shorter path":    {func(p *evidence.FactProof) { p.Path = p.Path[1:] }, fault.CheckFailed},
		"unreadable path": {func(p *evidence.FactProof) { p.Path[0] = "x" }, fault.Invalid},
		"checkpoint":      {func(p *evidence.FactProof) { p.Checkpoint = strings.Replace(p.Checkpoint, "\n5\n", "\n6\n", 1) }, fault.CheckFailed},
	} {
		p := received()
		c.change(&p)
		if err := p.Verify(r.Log.Key()); !fault.Is(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := received().Verify("nonsense"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a bad key: %v", err)
	}
}

// Verification beside a server at work finds nothing.
func TestVerifyBesideASealerAtWork(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := evidencetest.NewRoom(t, d)
		done := make(chan error)
		go func() {
			for i := range 8 {
				facts := []evidence.Fact{evidencetest.Cost(fmt.Sprint("x", i), evidencetest.SubjectA, "1", "2025-03-01"), evidencetest.Cost(fmt.Sprint("y", i), evidencetest.SubjectA, "1", "2025-03-01")}
				if _, err := r.Service.Append(context.Background(), facts); err != nil {
					done <- err
					return
				}
				if _, err := r.Sealer.Seal(context.Background()); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		for runs := 0; ; runs++ {
			report, err := r.Verifier.Verify(t.Context())
			if err != nil || !report.OK {
				t.Fatalf("run %d: %+v %v", runs, report, err)
			}
			select {
			case err := <-done:
				if err != nil || runs == 0 {
					t.Fatal(runs, err)
				}
				sound(t, r, 16)
				return
			default:
			}
		}
	})
}
