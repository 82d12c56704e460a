// Package sqlstore keeps the review room's records in SQLite or PostgreSQL.
package sqlstore

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
)

// Store implements review.Store.
type Store struct {
	db    *db.DB
	clock clock.Clock
}

// New returns a store on a migrated database.
func New(d *db.DB, c clock.Clock) *Store { return &Store{db: d, clock: c} }

// InTx implements review.Store.
func (s *Store) InTx(ctx context.Context, fn func(context.Context) error) error {
	return s.db.InTx(ctx, fn)
}

func (s *Store) now() int64 { return clock.Micros(s.clock.Now()) }
