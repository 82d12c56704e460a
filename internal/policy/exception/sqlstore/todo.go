package sqlstore

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/exception"
)

// Backlog implements exception.Store. It reads the index exception_proposed,
// and opinions by their two keys. A seat has the name of its role.
func (s *Store) Backlog(ctx context.Context, kind party.TodoKind, by exception.Actor) (int64, clock.Date, error) {
	if kind != exception.TodoJudge {
		return 0, "", fmt.Errorf("exceptions have no backlog of %q", kind)
	}
	return db.Tally(ctx, s.db.Q(ctx), `select count(*), min(proposed) from exception x where state = 'proposed' and proposed_by <> $1
		and not exists (select 1 from exception_opinion o where o.exception = x.id and o.seat = $2)
		and not exists (select 1 from exception_opinion o where o.exception = x.id and o.person = $1)`, by.Person, by.Role)
}
