// Package sqlstore keeps what organisations were told in SQLite or PostgreSQL.
package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/watch"
)

// Store implements watch.Store.
type Store struct{ db *db.DB }

// New returns a store on a migrated database.
func New(d *db.DB) *Store { return &Store{db: d} }

// InTx implements watch.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

// Mark implements watch.Store.
func (s *Store) Mark(ctx context.Context) (watch.Mark, bool, error) {
	return db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (m watch.Mark, err error) {
		return m, row(&m.Facts, &m.Last, &m.Rules)
	}, `select facts, last, rules from watch_mark where only_one = 1`)
}

// SetMark implements watch.Store.
func (s *Store) SetMark(ctx context.Context, m watch.Mark) error {
	_, err := s.db.Q(ctx).ExecContext(ctx, `insert into watch_mark (only_one, facts, last, rules) values (1, $1, $2, $3)
		on conflict (only_one) do update set facts = excluded.facts, last = excluded.last, rules = excluded.rules`, m.Facts, m.Last, m.Rules)
	return db.Fault(err)
}

// Told implements watch.Store.
func (s *Store) Told(ctx context.Context, org ident.CreditCode) (watch.Told, bool, error) {
	return db.One(ctx, s.db.Q(ctx), func(row func(...any) error) (watch.Told, error) {
		t := watch.Told{Org: org}
		var stands string
		var due int64
		if err := row(&stands, &t.Day, &due); err != nil {
			return t, err
		}
		t.Due = due == 1
		if err := json.Unmarshal([]byte(stands), &t.Stands); err != nil {
			return t, fmt.Errorf("watch_told of %s: %w", org, err)
		}
		return t, nil
	}, `select stands, day, due from watch_told where org = $1`, org)
}

// Put implements watch.Store.
func (s *Store) Put(ctx context.Context, t watch.Told) error {
	stands, err := json.Marshal(t.Stands)
	if err != nil {
		return err
	}
	due := int64(0)
	if t.Due {
		due = 1
	}
	_, err = s.db.Q(ctx).ExecContext(ctx, `insert into watch_told (org, stands, day, due) values ($1, $2, $3, $4)
		on conflict (org) do update set stands = excluded.stands, day = excluded.day, due = excluded.due`, t.Org, string(stands), t.Day, due)
	return db.Fault(err)
}

// Organisations implements watch.Store.
func (s *Store) Organisations(ctx context.Context, after ident.CreditCode, limit int) ([]ident.CreditCode, error) {
	return db.All(ctx, s.db.Q(ctx), code, `select org from watch_told where org > $1 order by org limit $2`, after, limit)
}

// Due implements watch.Store.
func (s *Store) Due(ctx context.Context, day clock.Date, limit int) ([]ident.CreditCode, error) {
	return db.All(ctx, s.db.Q(ctx), code, `select org from watch_told where due = 1 and day not in ($1, $2) order by org limit $3`, day, day.AddDays(1), limit)
}

func code(row func(...any) error) (c ident.CreditCode, err error) { return c, row(&c) }
