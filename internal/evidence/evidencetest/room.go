package evidencetest

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/evidence/sqlstore"
	"github.com/qianmo/qianmo/internal/evidence/tilelog"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// Room is the whole of evidence on a real database and a real log folder.
type Room struct {
	DB       *db.DB
	Clock    *clock.Manual
	Store    *sqlstore.Store
	Log      *tilelog.Log
	Service  *evidence.Service
	Sealer   *evidence.Sealer
	Verifier evidence.Verifier
	Folder   string // of the log
}

// NewRoom opens a room in a temporary folder; it is closed with the test.
func NewRoom(t testing.TB, d *db.DB) *Room {
	t.Helper()
	r, err := OpenRoom(d, t.TempDir(), Start)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Sealer.Close(context.WithoutCancel(t.Context())); err != nil && !t.Failed() {
			t.Logf("closing the sealer: %v", err)
		}
	})
	return r
}

// OpenRoom opens a room in a folder that may hold an earlier one's log and keys.
func OpenRoom(d *db.DB, folder string, now time.Time) (*Room, error) {
	r := &Room{DB: d, Clock: clock.NewManual(now), Store: sqlstore.New(d), Folder: filepath.Join(folder, "log")}
	var err error
	if r.Log, err = tilelog.Open(tilelog.Config{Folder: r.Folder, Keys: filepath.Join(folder, "keys"), Generate: true}); err != nil {
		return nil, err
	}
	r.Service = NewService(r.Store)
	r.Service.Clock = r.Clock
	r.Sealer = r.NewSealer("sealer")
	r.Verifier = evidence.Verifier{Store: r.Store, Log: r.Log}
	return r, nil
}

// NewSealer returns another sealer of the room, as another replica has.
func (r *Room) NewSealer(holder string) *evidence.Sealer {
	return &evidence.Sealer{
		Store: r.Store, Log: r.Log, Leases: work.Leases{DB: r.DB, Clock: r.Clock}, Clock: r.Clock,
		Holder: holder, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Every: time.Hour,
	}
}
