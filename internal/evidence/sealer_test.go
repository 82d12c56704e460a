package evidence_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/evidence/evidencetest"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/db/dbtest"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// append writes n facts with ids prefix0, prefix1, ….
func appendFacts(t *testing.T, r *evidencetest.Room, prefix string, n int) {
	t.Helper()
	facts := make([]evidence.Fact, n)
	for i := range facts {
		facts[i] = evidencetest.Cost(fmt.Sprint(prefix, i), evidencetest.SubjectA, "1.00", "2025-03-01")
	}
	if _, err := r.Service.Append(t.Context(), facts); err != nil {
		t.Fatal(err)
	}
}

func seal(t *testing.T, s *evidence.Sealer, want int) {
	t.Helper()
	if n, err := s.Seal(t.Context()); err != nil || n != want {
		t.Fatalf("sealed %d, want %d: %v", n, want, err)
	}
}

// sound verifies everything and checks that the log holds each of n entries once.
func sound(t *testing.T, r *evidencetest.Room, n int) {
	t.Helper()
	report, err := r.Verifier.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK || report.Size != uint64(n) || report.Checked != uint64(n) || report.Facts+report.Digests != int64(n) || report.Pending != 0 {
		t.Fatalf("want %d sound entries: %+v", n, report)
	}
}

func TestSealInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := evidencetest.NewRoom(t, d)
		sound(t, r, 0)
		seal(t, r.Sealer, 0)
		appendFacts(t, r, "a", 3)
		if err := r.Service.SealDigest(t.Context(), "ledger.head", "abc"); err != nil {
			t.Fatal(err)
		}
		seal(t, r.Sealer, 4)
		appendFacts(t, r, "b", 300) // across the width of a tile
		seal(t, r.Sealer, 300)
		sound(t, r, 304)
		for id, want := range map[string]uint64{"a0": 0, "a2": 2, "b0": 4, "b299": 303} {
			record, err := r.Service.Get(t.Context(), id)
			if err != nil || record.Seal.Index == nil || *record.Seal.Index != want {
				t.Fatalf("%s: %+v %v", id, record.Seal, err)
			}
		}
	})
}

func TestSealerTakesTurns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := evidencetest.NewRoom(t, d)
		other := r.NewSealer("other")
		appendFacts(t, r, "a", 2)
		seal(t, r.Sealer, 2)
		appendFacts(t, r, "b", 2)
		seal(t, other, 0) // the lease is held

		// The first holder slept through its lease, but still has the log's lock.
		r.Clock.Advance(time.Hour)
		seal(t, other, 0)
		seal(t, r.Sealer, 2) // it takes a fresh lease
		if err := r.Sealer.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		appendFacts(t, r, "c", 1)
		seal(t, r.Sealer, 0) // closed
		seal(t, other, 1)
		if err := other.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		sound(t, r, 5)
	})
}

func TestCloseSealsWhatIsPending(t *testing.T) {
	r := evidencetest.NewRoom(t, dbtest.SQLite(t))
	appendFacts(t, r, "a", 5)
	if err := r.Sealer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	sound(t, r, 5)
}

func TestRunSealsWhenWoken(t *testing.T) {
	r := evidencetest.NewRoom(t, dbtest.SQLite(t))
	recorded := make(chan struct{}, 8)
	r.Sealer.Store = watched{r.Store, func(step string) error {
		if step == "after recording" {
			recorded <- struct{}{}
		}
		return nil
	}}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- r.Sealer.Run(ctx) }()
	for i := range 3 { // Every is an hour: only Wake can be the cause
		appendFacts(t, r, fmt.Sprint("a", i, "-"), 1)
		r.Sealer.Wake()
		<-recorded
	}
	appendFacts(t, r, "last", 1)
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	sound(t, r, 4)
}

var errKilled = errors.New("killed here")

// watched calls a hook before and after indexes are recorded.
type watched struct {
	evidence.Store
	at func(step string) error
}

func (w watched) RecordSealed(ctx context.Context, entries []evidence.Entry, at time.Time) error {
	if err := w.at("before recording"); err != nil {
		return err
	}
	if err := w.Store.RecordSealed(ctx, entries, at); err != nil {
		return err
	}
	return w.at("in the recording transaction")
}

func (w watched) InTx(ctx context.Context, fn func(context.Context) error) error {
	if err := w.Store.InTx(ctx, fn); err != nil {
		return err
	}
	return w.at("after recording")
}

func (w watched) Pending(ctx context.Context, limit int) ([]evidence.Entry, error) {
	entries, err := w.Store.Pending(ctx, limit)
	if err == nil {
		err = w.at("after reading the outbox")
	}
	return entries, err
}

// watchedLog does so around each append to the log.
type watchedLog struct {
	evidence.Log
	at func(step string) error
}

func (w watchedLog) Writer(ctx context.Context) (evidence.LogWriter, error) {
	inner, err := w.Log.Writer(ctx)
	if err != nil {
		return nil, err
	}
	return watchedWriter{inner, w.at}, nil
}

type watchedWriter struct {
	evidence.LogWriter
	at func(step string) error
}

func (w watchedWriter) Append(ctx context.Context, leaves []evidence.Leaf) (uint64, error) {
	if err := w.at("before the log"); err != nil {
		return 0, err
	}
	if len(leaves) > 1 { // a part of the batch reaches the log, then the machine stops
		if err := w.at("within the batch"); err != nil {
			_, appended := w.LogWriter.Append(ctx, leaves[:len(leaves)/2])
			return 0, errors.Join(err, appended)
		}
	}
	first, err := w.LogWriter.Append(ctx, leaves)
	if err != nil {
		return 0, err
	}
	return first, w.at("after the log")
}

// Every step fails once; the next sealer must lose nothing and seal nothing twice.
func TestSealSurvivesAFailureAtEachStep(t *testing.T) {
	steps := []string{"after reading the outbox", "before the log", "within the batch", "after the log", "before recording", "in the recording transaction", "after recording"}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := evidencetest.NewRoom(t, d)
		total := 0
		for i, step := range steps {
			appendFacts(t, r, fmt.Sprint("s", i, "-"), 3)
			total += 3
			hit := false
			kill := func(at string) error {
				if at != step || hit {
					return nil
				}
				hit = true
				return errKilled
			}
			s := r.NewSealer(fmt.Sprint("dies ", step))
			s.Store, s.Log = watched{r.Store, kill}, watchedLog{r.Log, kill}
			if _, err := s.Seal(t.Context()); !errors.Is(err, errKilled) || !hit {
				t.Fatalf("%s: not reached: %v", step, err)
			}
			report, err := r.Verifier.Verify(t.Context())
			if err != nil || !report.OK {
				t.Fatalf("%s: verification right after the failure: %+v %v", step, report, err)
			}
			if _, err := r.Sealer.Seal(t.Context()); err != nil {
				t.Fatalf("%s: the next sealer: %v", step, err)
			}
			sound(t, r, total)
			if err := r.Sealer.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			r.Sealer = r.NewSealer(fmt.Sprint("heir of ", step))
		}
	})
}

// lostLease loses the lease just before indexes are recorded.
type lostLease struct{ work.Leases }

func (lostLease) Renew(context.Context, work.Lease, time.Duration) (work.Lease, error) {
	return work.Lease{}, fault.Newf(fault.Conflict, "丢了", "lost")
}

func TestRecordingIsFencedByTheLease(t *testing.T) {
	r := evidencetest.NewRoom(t, dbtest.SQLite(t))
	appendFacts(t, r, "a", 2)
	loser := r.NewSealer("loser")
	loser.Leases = lostLease{work.Leases{DB: r.DB, Clock: r.Clock}}
	if _, err := loser.Seal(t.Context()); !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	if size, err := r.Store.SealedSize(t.Context()); err != nil || size != 0 {
		t.Fatalf("recorded without the lease: %d %v", size, err)
	}
	if _, err := r.Sealer.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	sound(t, r, 2)
}

func TestSealRefusesALogThatContradictsTheDatabase(t *testing.T) {
	t.Run("an older database", func(t *testing.T) {
		r := evidencetest.NewRoom(t, dbtest.SQLite(t))
		appendFacts(t, r, "a", 3)
		seal(t, r.Sealer, 3)
		mustExec(t, r, `delete from evidence_entry where ref = 'a2'`)
		mustExec(t, r, `delete from evidence_fact where id = 'a2'`)
		appendFacts(t, r, "b", 1)
		if _, err := r.Sealer.Seal(t.Context()); !fault.Is(err, fault.CheckFailed) {
			t.Fatal(err)
		}
	})
	t.Run("an older log", func(t *testing.T) {
		r := evidencetest.NewRoom(t, dbtest.SQLite(t))
		appendFacts(t, r, "a", 3)
		mustExec(t, r, `update evidence_entry set log_index = 7, sealed = 1 where ref = 'a0'`)
		if _, err := r.Sealer.Seal(t.Context()); !fault.Is(err, fault.CheckFailed) {
			t.Fatal(err)
		}
	})
}

func mustExec(t *testing.T, r *evidencetest.Room, statement string, args ...any) {
	t.Helper()
	res, err := r.DB.Writer().ExecContext(t.Context(), statement, args...)
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s: changed nothing: %v", statement, err)
	}
}
