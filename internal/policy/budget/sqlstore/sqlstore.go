// Package sqlstore keeps budget orders in SQLite or PostgreSQL.
package sqlstore

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/budget"
)

// Store implements budget.Store.
type Store struct {
	db    *db.DB
	clock clock.Clock
}

// New returns a store on a migrated database.
func New(d *db.DB, c clock.Clock) *Store { return &Store{d, c} }

var _ budget.Store = (*Store)(nil)

// InTx implements budget.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// NextNumber implements budget.Store.
func (s *Store) NextNumber(ctx context.Context, year int) (n int64, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		return s.db.Q(ctx).QueryRowContext(ctx, `insert into budget_counter (year, last) values ($1, 1)
			on conflict (year) do update set last = budget_counter.last + 1 returning last`, year).Scan(&n)
	})
	return n, db.Fault(err)
}

// Insert implements budget.Store.
func (s *Store) Insert(ctx context.Context, o *budget.Order) error {
	return s.db.InTx(ctx, func(ctx context.Context) error {
		o.Updated = clock.Micros(s.clock.Now())
		_, err := s.db.Q(ctx).ExecContext(ctx, `insert into budget_order (id, number, year, state, folded, version, body, updated) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			o.ID, o.Number, o.Year, o.State, strings.ToLower(o.Number+" "+o.Basis), o.Version, db.JSON(o), o.Updated)
		if err != nil {
			return db.Fault(err)
		}
		for i, l := range o.Lines {
			if _, err := s.db.Q(ctx).ExecContext(ctx, `insert into budget_order_line (order_id, line, purse, measure) values ($1, $2, $3, $4)`, o.ID, i+1, l.Purse.String(), l.Measure); err != nil {
				return db.Fault(err)
			}
		}
		return nil
	})
}

// Update implements budget.Store.
func (s *Store) Update(ctx context.Context, o *budget.Order) error {
	now := clock.Micros(s.clock.Now())
	res, err := s.db.Q(ctx).ExecContext(ctx, `update budget_order set state = $1, version = version + 1, body = $2, updated = $3 where id = $4 and version = $5`,
		o.State, db.JSON(o), now, o.ID, o.Version)
	err = db.Changed(res, err, fault.Newf(fault.Conflict, "指标单 %s 刚被别人处理，本次没有写入：请刷新后重试。", "Budget order %s was changed by somebody else just now and nothing was written: reload and try again.", o.Number))
	if err == nil {
		o.Version, o.Updated = o.Version+1, now
	}
	return err
}

const orderColumns = `body, version, updated`

func scanOrder(row func(...any) error) (o budget.Order, err error) {
	var body string
	var version, updated int64
	if err = row(&body, &version, &updated); err != nil {
		return o, err
	}
	err = json.Unmarshal([]byte(body), &o)
	o.Version, o.Updated = version, updated
	return o, err
}

// Order implements budget.Store.
func (s *Store) Order(ctx context.Context, id string) (budget.Order, error) {
	o, found, err := db.One(ctx, s.db.Q(ctx), scanOrder, `select `+orderColumns+` from budget_order where id = $1`, id)
	if err == nil && !found {
		return o, fault.Newf(fault.NotFound, "没有这张指标单。", "There is no such budget order.")
	}
	return o, err
}

// LockOrder implements budget.Store. Whoever comes second waits on the row.
func (s *Store) LockOrder(ctx context.Context, id string) (budget.Order, error) {
	if _, err := s.db.Q(ctx).ExecContext(ctx, `update budget_order set version = version where id = $1`, id); err != nil {
		return budget.Order{}, db.Fault(err)
	}
	return s.Order(ctx, id)
}

// Orders implements budget.Store.
func (s *Store) Orders(ctx context.Context, f budget.Filter) ([]budget.Order, error) {
	var w db.Where
	if f.Year != 0 {
		w.And("year = ?", f.Year)
	}
	db.In(&w, "state", f.States)
	if f.Purse != "" || f.Measure != "" {
		w.And("id in (select order_id from budget_order_line where (? = '' or purse = ?) and (? = '' or measure = ?))", f.Purse, f.Purse, f.Measure, f.Measure)
	}
	if q := strings.TrimSpace(f.Query); q != "" {
		w.And(`folded like ? escape '\'`, db.Containing(q))
	}
	at, id, _ := strings.Cut(f.Before, "/")
	if n, err := strconv.ParseInt(at, 10, 64); err == nil {
		w.And("(updated < ? or updated = ? and id < ?)", n, n, id)
	}
	return db.All(ctx, s.db.Q(ctx), scanOrder, `select `+orderColumns+` from budget_order`+w.String()+` order by updated desc, id desc`+db.Limit(f.Limit), w.Args...)
}

// AddEvent implements budget.Store.
func (s *Store) AddEvent(ctx context.Context, id string, e budget.Event) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into budget_order_event (order_id, seq, at, person, name, role, action, state, note)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8 from budget_order_event where order_id = $1`,
		id, clock.Micros(e.At), e.Person, e.Name, e.Role, e.Action, e.To, db.Text(e.Note))
	return db.Fault(err)
}

// Events implements budget.Store.
func (s *Store) Events(ctx context.Context, id string) ([]budget.Event, error) {
	return db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (e budget.Event, err error) {
		var at int64
		var note string
		err = row(&at, &e.Person, &e.Name, &e.Role, &e.Action, &e.To, &note)
		e.At, e.Note = clock.FromMicros(at), db.ReadText(note)
		return e, err
	}, `select at, person, name, role, action, state, note from budget_order_event where order_id = $1 order by seq`, id)
}
