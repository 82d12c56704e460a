package sqlstore

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy"
)

// Backlog implements policy.Store. It seeks application_lane, each case's last
// step of the lane by its primary key, and reads allocation_computed.
func (s *Store) Backlog(ctx context.Context, kind party.TodoKind, by policy.Actor) (int64, clock.Date, error) {
	switch q := s.db.Q(ctx); kind {
	case policy.TodoLane: // "lane <> ''" lets SQLite use the partial index; the states are those of ActionLane
		return db.Tally(ctx, q, `select count(*), min(g.at) from application a join green_lane g on g.application = a.id
			where a.lane = 'marked' and a.lane <> '' and a.state in ('submitted', 'accepted', 'proposed', 'held')
			and g.seq = (select max(seq) from green_lane where application = a.id) and g.by_person <> $1`, by.Person)
	case policy.TodoSettle:
		return db.Tally(ctx, q, `select count(*), min(at) from allocation where state = 'computed' and by_person <> $1`, by.Person)
	}
	return 0, "", fmt.Errorf("applications have no backlog of %q", kind)
}
