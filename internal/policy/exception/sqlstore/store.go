// Package sqlstore keeps exceptions in SQLite or PostgreSQL.
package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/exception"
)

// Store implements exception.Store.
type Store struct {
	db    *db.DB
	clock clock.Clock
}

// New returns a store on a migrated database.
func New(d *db.DB, c clock.Clock) *Store { return &Store{d, c} }

var _ exception.Store = (*Store)(nil)

// InTx implements exception.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// NextNumber implements exception.Store.
func (s *Store) NextNumber(ctx context.Context, year int) (n int64, err error) {
	err = s.db.InTx(ctx, func(ctx context.Context) error {
		return s.db.Q(ctx).QueryRowContext(ctx, `insert into exception_counter (year, last) values ($1, 1)
			on conflict (year) do update set last = exception_counter.last + 1 returning last`, year).Scan(&n)
	})
	return n, db.Fault(err)
}

const columns = `id, number, org, kind, body, proposed_by, proposed, state, closing, application, version, updated`

// proposed is what stands in the body: the proposal, and the proposer's name.
type proposed struct {
	exception.Proposal
	Name string `json:"proposer"`
}

func scanException(row func(...any) error) (x exception.Exception, err error) {
	var body, closing string
	var at int64
	if err := row(&x.ID, &x.Number, &x.Org, &x.Kind, &body, &x.ProposedBy, &at, &x.State, &closing, &x.Application, &x.Version, &x.Updated); err != nil {
		return x, err
	}
	var p proposed
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		return x, fmt.Errorf("exception %s: %w", x.ID, err)
	}
	if err := json.Unmarshal([]byte(closing), &x.Closing); err != nil {
		return x, fmt.Errorf("exception %s: %w", x.ID, err)
	}
	x.Proposal, x.ProposedName, x.Proposed = p.Proposal, p.Name, clock.FromMicros(at)
	x.Opinions = []exception.Opinion{}
	return x, nil
}

// Insert implements exception.Store.
func (s *Store) Insert(ctx context.Context, x exception.Exception, name string) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into exception (`+columns+`, folded, measure, amount) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		x.ID, x.Number, x.Org, x.Kind, db.JSON(proposed{x.Proposal, x.ProposedName}), x.ProposedBy, clock.Micros(x.Proposed), x.State, db.JSON(x.Closing), x.Application, 1, s.now(),
		x.Folded(name), x.Measure, int64(x.Amount))
	return db.Fault(err)
}

// Update implements exception.Store.
func (s *Store) Update(ctx context.Context, x *exception.Exception) error {
	changed := fault.Newf(fault.Conflict, "一事一议 %s 刚被别人改过，本次没有写入：请刷新后重试。", "Exception %s was changed by somebody else just now and nothing was written: reload and try again.", x.Number)
	res, err := s.db.Q(ctx).ExecContext(ctx, `update exception set state = $1, closing = $2, application = $3, version = version + 1, updated = $4 where id = $5 and version = $6`,
		x.State, db.JSON(x.Closing), x.Application, s.now(), x.ID, x.Version)
	if err := db.Changed(res, err, changed); err != nil {
		return err
	}
	x.Version++
	return nil
}

// AddOpinion implements exception.Store.
func (s *Store) AddOpinion(ctx context.Context, id string, o exception.Opinion) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into exception_opinion (exception, seq, seat, person, name, verdict, reason, at)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7 from exception_opinion where exception = $1`, id, o.Seat, o.Person, o.Name, o.Verdict, o.Reason, clock.Micros(o.At))
	if db.IsUnique(err) {
		return fault.Newf(fault.Conflict, "这一席或这个人刚对它表达过意见，本次没有写入：请刷新。", "This seat or this person gave an opinion just now and nothing was written: reload.")
	}
	return db.Fault(err)
}

// Exception implements exception.Store.
func (s *Store) Exception(ctx context.Context, id string) (exception.Exception, error) {
	x, found, err := db.One(ctx, s.db.Q(ctx), scanException, `select `+columns+` from exception where id = $1`, id)
	switch {
	case err != nil:
		return x, err
	case !found:
		return x, fault.Newf(fault.NotFound, "没有这件一事一议。", "There is no such exception.")
	}
	list := []exception.Exception{x}
	err = s.withOpinions(ctx, list)
	return list[0], err
}

// List implements exception.Store.
func (s *Store) List(ctx context.Context, f exception.Filter) ([]exception.Exception, error) {
	var w db.Where
	db.In(&w, "state", f.States)
	w.Is("org", string(f.Org))
	if f.Text != "" {
		w.And(`folded like ? escape '\'`, db.Containing(f.Text))
	}
	if f.Year != 0 {
		w.And("number like ?", fmt.Sprintf("TY-%d-%%", f.Year))
	}
	if err := w.Before(f.Before); err != nil {
		return nil, err
	}
	list, err := db.All(ctx, s.db.Q(ctx), scanException, `select `+columns+` from exception`+w.String()+` order by updated desc, id desc`+db.Limit(cmp.Or(f.Limit, 50)), w.Args...)
	if err != nil {
		return nil, err
	}
	return list, s.withOpinions(ctx, list)
}

// withOpinions adds to each exception what was said of it.
func (s *Store) withOpinions(ctx context.Context, list []exception.Exception) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[string]*exception.Exception, len(list))
	ids := make([]string, len(list))
	for i := range list {
		at[list[i].ID], ids[i] = &list[i], list[i].ID
	}
	type said struct {
		id string
		exception.Opinion
	}
	var w db.Where
	db.In(&w, "exception", ids)
	all, err := db.All(ctx, s.db.Q(ctx), func(row func(...any) error) (o said, err error) {
		var micros int64
		err = row(&o.id, &o.Seat, &o.Person, &o.Name, &o.Verdict, &o.Reason, &micros)
		o.At = clock.FromMicros(micros)
		return o, err
	}, `select exception, seat, person, name, verdict, reason, at from exception_opinion`+w.String()+` order by exception, seq`, w.Args...)
	for _, o := range all {
		x := at[o.id]
		x.Opinions = append(x.Opinions, o.Opinion)
	}
	return err
}

func (s *Store) now() int64 { return clock.Micros(s.clock.Now()) }
