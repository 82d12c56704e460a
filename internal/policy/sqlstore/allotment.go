package sqlstore

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy"
)

// NextAllotment implements policy.Store.
func (s *Store) NextAllotment(ctx context.Context, year int) (n int64, err error) {
	err = s.db.Q(ctx).QueryRowContext(ctx, `insert into allocation_counter (year, last) values ($1, 1)
		on conflict (year) do update set last = allocation_counter.last + 1 returning last`, year).Scan(&n)
	return n, db.Fault(err)
}

const allotmentColumns = `id, number, call, state, version, input_hash, result_hash, by_person, by_name, at, settled_by, settled_name, settled`

func scanAllotment(row func(...any) error) (r policy.Allotment, err error) {
	var at, settled int64
	err = row(&r.ID, &r.Number, &r.Call, &r.State, &r.Version, &r.InputHash, &r.ResultHash, &r.By, &r.ByName, &at, &r.SettledBy, &r.SettledByName, &settled)
	r.At, r.Settled = clock.FromMicros(at), clock.FromMicros(settled)
	return r, err
}

// InsertAllotment implements policy.Store.
func (s *Store) InsertAllotment(ctx context.Context, r policy.Allotment) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into allocation (`+allotmentColumns+`, snapshot, result)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		r.ID, r.Number, r.Call, r.State, r.Version, r.InputHash, r.ResultHash, r.By, r.ByName, clock.Micros(r.At), r.SettledBy, r.SettledByName, clock.Micros(r.Settled),
		string(r.Snapshot), string(r.Result))
	return db.Fault(err)
}

// ReplaceAllotments implements policy.Store.
func (s *Store) ReplaceAllotments(ctx context.Context, call string) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `update allocation set state = $1, version = version + 1 where call = $2 and state = $3`, policy.Overwritten, call, policy.Computed)
	return db.Fault(err)
}

// UpdateAllotment implements policy.Store.
func (s *Store) UpdateAllotment(ctx context.Context, r *policy.Allotment) error {
	done, err := s.db.Q(ctx).ExecContext(ctx, `update allocation set state = $1, version = version + 1, settled_by = $2, settled_name = $3, settled = $4 where id = $5 and version = $6`,
		r.State, r.SettledBy, r.SettledByName, clock.Micros(r.Settled), r.ID, r.Version)
	if err := db.Changed(done, err, fault.Newf(fault.Conflict, "分配 %s 刚被别人处理，本次没有写入：请刷新。", "Allocation %s was acted on by somebody else just now and nothing was written: reload.", r.Number)); err != nil {
		return err
	}
	r.Version++
	return nil
}

// Allotment implements policy.Store.
func (s *Store) Allotment(ctx context.Context, id string) (policy.Allotment, error) {
	r, found, err := db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (policy.Allotment, error) {
		var snapshot, result string
		r, err := scanAllotment(func(columns ...any) error { return row(append(columns, &snapshot, &result)...) })
		r.Snapshot, r.Result = []byte(snapshot), []byte(result)
		return r, err
	}, `select `+allotmentColumns+`, snapshot, result from allocation where id = $1`, id)
	return r, existing(found, err)
}

// AllotmentHead implements policy.Store.
func (s *Store) AllotmentHead(ctx context.Context, id string) (policy.Allotment, error) {
	r, found, err := db.One(ctx, s.db.Q(ctx), scanAllotment, `select `+allotmentColumns+` from allocation where id = $1`, id)
	return r, existing(found, err)
}

func existing(found bool, err error) error {
	if err == nil && !found {
		err = fault.Newf(fault.NotFound, "没有这次分配。", "There is no such allocation.")
	}
	return err
}

// Allotments implements policy.Store.
func (s *Store) Allotments(ctx context.Context, call string) ([]policy.Allotment, error) {
	return db.All(ctx, s.db.Q(ctx), scanAllotment, `select `+allotmentColumns+` from allocation where call = $1 order by number desc limit 100`, call)
}

// Numbers implements policy.Store.
func (s *Store) Numbers(ctx context.Context, call string) (map[string]string, error) {
	pairs, err := db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (pair [2]string, err error) { return pair, row(&pair[0], &pair[1]) },
		`select id, number from application where call = $1`, call)
	numbers := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		numbers[pair[0]] = pair[1]
	}
	return numbers, err
}
