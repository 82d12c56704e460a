package sqlstore

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/supervision"
)

// Backlog implements supervision.Store. It seeks alarm_by_state. What was
// proposed has not changed since, or it would be proposed no more.
func (s *Store) Backlog(ctx context.Context, kind party.TodoKind, by supervision.Actor) (int64, clock.Date, error) {
	switch q := s.db.Q(ctx); kind {
	case supervision.TodoDispose:
		return db.Tally(ctx, q, `select count(*), min(raised) from alarm where state = 'open'`)
	case supervision.TodoAnswer:
		return db.Tally(ctx, q, `select count(*), min(updated) from alarm where state = 'proposed' and proposed_by <> $1`, by.Person)
	}
	return 0, "", fmt.Errorf("alarms have no backlog of %q", kind)
}
