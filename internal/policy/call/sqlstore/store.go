// Package sqlstore keeps calls in SQLite or PostgreSQL.
package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/call"
)

// Store implements call.Store.
type Store struct{ db *db.DB }

// New returns a store on a migrated database.
func New(d *db.DB) *Store { return &Store{d} }

var _ call.Store = (*Store)(nil)

// InTx implements call.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// NextNumber implements call.Store.
func (s *Store) NextNumber(ctx context.Context, year int) (n int64, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		return s.db.Q(ctx).QueryRowContext(ctx, `insert into call_counter (year, last) values ($1, 1)
			on conflict (year) do update set last = call_counter.last + 1 returning last`, year).Scan(&n)
	})
	return n, db.Fault(err)
}

const columns = `id, number, state, version, guide_version, guide_digest, terms, created_by, created`

func scan(row func(...any) error) (c call.Call, err error) {
	var terms string
	var created int64
	if err = row(&c.ID, &c.Number, &c.State, &c.Version, &c.GuideVersion, &c.GuideDigest, &terms, &c.CreatedBy, &created); err != nil {
		return c, err
	}
	c.Created = clock.FromMicros(created)
	return c, json.Unmarshal([]byte(terms), &c.Terms)
}

// Insert implements call.Store.
func (s *Store) Insert(ctx context.Context, c call.Call) error {
	terms, err := json.Marshal(c.Terms)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context) error {
		_, err := s.db.Q(ctx).ExecContext(ctx, `insert into call (id, number, state, version, opens, last_day, guide, guide_version, guide_digest, terms, created_by, created, folded)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			c.ID, c.Number, c.State, c.Version, c.Opens, c.LastDay(), c.Guide, c.GuideVersion, c.GuideDigest, string(terms), c.CreatedBy, clock.Micros(c.Created), c.Folded())
		if err != nil {
			return db.Fault(err)
		}
		return s.putMeasures(ctx, &c)
	})
}

// Update implements call.Store.
func (s *Store) Update(ctx context.Context, c *call.Call) error {
	terms, err := json.Marshal(c.Terms)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(ctx context.Context) error {
		done, err := s.db.Q(ctx).ExecContext(ctx, `update call set state = $1, version = version + 1, opens = $2, last_day = $3, guide = $4, guide_version = $5,
			guide_digest = $6, terms = $7, folded = $8 where id = $9 and version = $10`,
			c.State, c.Opens, c.LastDay(), c.Guide, c.GuideVersion, c.GuideDigest, string(terms), c.Folded(), c.ID, c.Version)
		if err := db.Changed(done, err, fault.Newf(fault.Conflict, "批次 %s 刚被别人改过，本次没有写入：请刷新后重试。", "Call %s was changed by somebody else just now and nothing was written: reload and try again.", c.Number)); err != nil {
			return err
		}
		c.Version++
		if _, err := s.db.Q(ctx).ExecContext(ctx, `delete from call_measure where call = $1`, c.ID); err != nil {
			return db.Fault(err)
		}
		return s.putMeasures(ctx, c)
	})
}

func (s *Store) putMeasures(ctx context.Context, c *call.Call) error {
	for _, o := range c.Offers {
		if _, err := s.db.Q(ctx).ExecContext(ctx, `insert into call_measure (call, measure) values ($1, $2)`, c.ID, o.Measure); err != nil {
			return db.Fault(err)
		}
	}
	return nil
}

// Call implements call.Store.
func (s *Store) Call(ctx context.Context, id string) (call.Call, error) {
	c, found, err := db.One(ctx, s.db.Q(ctx), scan, `select `+columns+` from call where id = $1`, id)
	if err == nil && !found {
		return c, fault.Newf(fault.NotFound, "没有这个申报批次。", "There is no such call.")
	}
	return c, err
}

// Calls implements call.Store.
func (s *Store) Calls(ctx context.Context, f call.Filter) ([]call.Call, error) {
	var w db.Where
	if f.Text != "" {
		w.And(`folded like ? escape '\'`, db.Containing(f.Text))
	}
	if f.Measure != "" {
		w.And("id in (select call from call_measure where measure = ?)", f.Measure)
	}
	if f.Year != 0 {
		w.And("number like ?", fmt.Sprintf("ZJ-%d-%%", f.Year))
	}
	if f.On != "" {
		w.And("opens <= ? and last_day >= ?", f.On, f.On)
		f.States = []call.State{call.Published}
	}
	db.In(&w, "state", f.States)
	if f.Before != "" {
		w.And("number < ?", f.Before)
	}
	return db.All(ctx, s.db.Q(ctx), scan, `select `+columns+` from call`+w.String()+` order by number desc`+db.Limit(f.Limit), w.Args...)
}

// AppendEvent implements call.Store.
func (s *Store) AppendEvent(ctx context.Context, id string, e call.Event) error {
	terms, err := json.Marshal(e.Terms)
	if err != nil {
		return err
	}
	_, err = s.db.Q(ctx).ExecContext(ctx, `insert into call_event (call, seq, at, person, name, action, reason, terms)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7 from call_event where call = $1`,
		id, clock.Micros(e.At), e.Person, e.Name, e.Action, e.Reason, string(terms))
	return db.Fault(err)
}

// Events implements call.Store.
func (s *Store) Events(ctx context.Context, id string) ([]call.Event, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (e call.Event, err error) {
		var at int64
		var terms string
		if err = row(&e.Seq, &at, &e.Person, &e.Name, &e.Action, &e.Reason, &terms); err != nil {
			return e, err
		}
		e.At = clock.FromMicros(at)
		return e, json.Unmarshal([]byte(terms), &e.Terms)
	}, `select seq, at, person, name, action, reason, terms from call_event where call = $1 order by seq`, id)
}
