package evidence

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/work"
)

// Leases lets one replica at a time seal; platform/work has it.
type Leases interface {
	Acquire(ctx context.Context, name, holder string, ttl time.Duration) (lease work.Lease, ok bool, err error)
	Renew(ctx context.Context, lease work.Lease, ttl time.Duration) (work.Lease, error)
	Release(ctx context.Context, lease work.Lease) error
}

// Sealer (封存) moves the outbox into the log: one sealer of all replicas, in
// order. Two guards keep it alone: the lease, which the database fences when
// indexes are recorded, and the log's own file lock, which also holds against
// a holder that slept through its lease.
//
// A step that dies between the log and the database leaves leaves in the log
// without a recorded index. Every pass first reconciles: such a leaf is found
// in the outbox by its hash and only its index is noted, so nothing is lost
// and nothing sealed twice.
type Sealer struct {
	Store  Store
	Log    Log
	Leases Leases
	Clock  clock.Clock
	Holder string // unique to this process
	Logger *slog.Logger
	// Every is how often Run looks for new entries when nobody wakes it.
	Every time.Duration

	mu     sync.Mutex // one pass at a time; guards what follows
	lease  work.Lease
	writer LogWriter
	closed bool

	once sync.Once
	wake chan struct{}
}

const (
	leaseName = "evidence.sealer"
	leaseTTL  = 30 * time.Second
	sealBatch = 1024
)

// Wake asks Run to look now; call it after a transaction that appended facts.
func (s *Sealer) Wake() {
	select {
	case s.signal() <- struct{}{}:
	default: // a look is due anyway
	}
}

func (s *Sealer) signal() chan struct{} {
	s.once.Do(func() { s.wake = make(chan struct{}, 1) })
	return s.wake
}

// Run seals until the context ends, then finishes with Close. Faults are
// logged and the next round tries again.
func (s *Sealer) Run(ctx context.Context) error {
	every := time.NewTicker(s.Every)
	defer every.Stop()
	for {
		if _, err := s.Seal(ctx); err != nil && !errors.Is(err, context.Canceled) {
			s.Logger.ErrorContext(ctx, "sealing evidence", "error", err)
		}
		select {
		case <-ctx.Done():
			return s.Close(context.WithoutCancel(ctx))
		case <-s.signal():
		case <-every.C:
		}
	}
}

// Seal seals everything that is pending and returns how many entries that
// were; none when another replica has the lease.
//
// Codes: check_failed when the log and the database contradict each other,
// which no restart mends: see Verify; unavailable.
func (s *Sealer) Seal(ctx context.Context) (sealed int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return 0, nil
	}
	ours, err := s.hold(ctx)
	if err != nil || !ours {
		return 0, errors.Join(err, s.stop(ctx))
	}
	for {
		n, err := s.pass(ctx)
		sealed += n
		if err != nil {
			// The writer is opened afresh next time, so that no doubt about its state remains.
			return sealed, errors.Join(err, s.stop(ctx))
		}
		if n < sealBatch {
			return sealed, nil
		}
	}
}

// Close seals what is pending, closes the log and gives the lease back. The
// sealer does nothing afterwards.
func (s *Sealer) Close(ctx context.Context) error {
	_, err := s.Seal(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return errors.Join(err, s.stop(ctx))
}

// hold takes or keeps the lease and the log's lock.
func (s *Sealer) hold(ctx context.Context) (bool, error) {
	now := s.Clock.Now()
	switch left := s.lease.Until.Sub(now); {
	case s.lease.Name != "" && left > leaseTTL/2:
	case s.lease.Name != "" && left > 0:
		renewed, err := s.Leases.Renew(ctx, s.lease, leaseTTL)
		if fault.Is(err, fault.Conflict) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		s.lease = renewed
	default:
		lease, ok, err := s.Leases.Acquire(ctx, leaseName, s.Holder, leaseTTL)
		if err != nil || !ok {
			return false, err
		}
		s.lease = lease
	}
	if s.writer != nil {
		return true, nil
	}
	writer, err := s.Log.Writer(ctx)
	if fault.Is(err, fault.Conflict) {
		return false, nil // an earlier holder is still finishing
	}
	if err != nil {
		return false, err
	}
	s.writer = writer
	return true, nil
}

// stop gives up the log and the lease, also when the context has ended; both
// may be lost already.
func (s *Sealer) stop(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	var err error
	if s.writer != nil {
		err = s.writer.Close(ctx)
		s.writer = nil
	}
	if s.lease.Name != "" {
		err = errors.Join(err, s.Leases.Release(ctx, s.lease))
		s.lease = work.Lease{}
	}
	return err
}

// pass reconciles and seals one batch.
func (s *Sealer) pass(ctx context.Context) (int, error) {
	size, err := s.reconcile(ctx)
	if err != nil {
		return 0, err
	}
	entries, err := s.Store.Pending(ctx, sealBatch)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	leaves := make([]Leaf, len(entries))
	for i, e := range entries {
		leaves[i] = e.Leaf
	}
	first, err := s.writer.Append(ctx, leaves)
	if err != nil {
		return 0, err
	}
	if first != size {
		return 0, fault.Newf(fault.CheckFailed, "日志在封存时被别人写过：应从 %d 开始，实为 %d。", "Somebody else wrote to the log while we sealed: expected index %d, got %d.", size, first)
	}
	for i := range entries {
		index := first + uint64(i)
		entries[i].Index = &index
	}
	return len(entries), s.record(ctx, entries)
}

// reconcile notes the indexes of leaves that reached the log while their
// recording failed, and returns the size that log and database agree on.
func (s *Sealer) reconcile(ctx context.Context) (uint64, error) {
	recorded, err := s.Store.SealedSize(ctx)
	if err != nil {
		return 0, err
	}
	size, err := s.writer.Size(ctx)
	if err != nil {
		return 0, err
	}
	if recorded > size {
		return 0, fault.Newf(fault.CheckFailed, "日志只有 %[2]d 条，数据库却记着封存到第 %[1]d 条：日志被截短，或恢复了旧的日志备份。在从备份恢复 log 目录之前不再封存。", "The database has %[1]d entries sealed but the log holds %[2]d: the log was cut, or an old copy of it restored. Nothing is sealed until the folder log is restored from a backup.", recorded, size)
	}
	var found []Entry
	index := recorded
	for leaf, err := range s.Log.Leaves(ctx, recorded, size) {
		if err != nil {
			return 0, err
		}
		e, known, err := s.Store.ByLeaf(ctx, leaf)
		if err != nil {
			return 0, err
		}
		if !known || e.Index != nil {
			return 0, fault.Newf(fault.CheckFailed, "日志第 %d 条在待封存的事实里找不到：事实被删除，或恢复了旧的数据库备份。在恢复与日志同期的数据库之前不再封存。", "Entry %d of the log is not among the facts that wait: a fact was removed, or an old copy of the database restored. Nothing is sealed until the database of the log's time is restored.", index)
		}
		at := index
		e.Index = &at
		found = append(found, e)
		index++
	}
	if len(found) == 0 {
		return size, nil
	}
	s.Logger.InfoContext(ctx, "evidence log reconciled", "entries", len(found), "size", size)
	return size, s.record(ctx, found)
}

// record notes indexes in one transaction that the lease fences.
func (s *Sealer) record(ctx context.Context, entries []Entry) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		renewed, err := s.Leases.Renew(ctx, s.lease, leaseTTL)
		if err != nil {
			return err
		}
		s.lease = renewed
		return s.Store.RecordSealed(ctx, entries, s.Clock.Now())
	})
}
