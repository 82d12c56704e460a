package sqlstore

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy"
)

// counts keeps how many applications there are by state. An office's first page
// shows it, and counting 100,000 for each of 50 people takes more than all else
// on it.
type counts struct {
	mu      sync.Mutex
	at      time.Time
	byState map[policy.State]int64 // nil when they must be counted
}

// countsFor is how old a kept count may be: that long, what another replica
// wrote, or what was written while it was being counted, is not in it.
const countsFor = time.Second

func (c *counts) forget() { c.keep(nil, time.Time{}) }

func (c *counts) keep(byState map[policy.State]int64, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byState, c.at = byState, at
}

func (c *counts) known(now time.Time) map[policy.State]int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.at).Abs() >= countsFor {
		return nil
	}
	return maps.Clone(c.byState)
}

// CountByState implements policy.Store.
func (s *Store) CountByState(ctx context.Context, org ident.CreditCode, call string) (map[policy.State]int64, error) {
	if org != "" || call != "" {
		return s.countByState(ctx, org, call)
	}
	now := s.clock.Now()
	if known := s.counts.known(now); known != nil {
		return known, nil
	}
	fresh, err := s.countByState(ctx, "", "")
	if err == nil {
		s.counts.keep(maps.Clone(fresh), now)
	}
	return fresh, err
}

func (s *Store) countByState(ctx context.Context, org ident.CreditCode, call string) (map[policy.State]int64, error) {
	type row struct {
		state policy.State
		n     int64
	}
	var w db.Where
	w.Is("org", string(org))
	w.Is("call", call)
	rows, err := db.All(ctx, s.db.Q(ctx), func(scan func(...any) error) (r row, err error) { return r, scan(&r.state, &r.n) },
		`select state, count(*) from application`+w.String()+` group by state`, w.Args...)
	counts := make(map[policy.State]int64, len(rows))
	for _, r := range rows {
		counts[r.state] = r.n
	}
	return counts, err
}
