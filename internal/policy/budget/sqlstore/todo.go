package sqlstore

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/budget"
)

// Backlog implements budget.Store. It seeks budget_order_by_state, and each
// order's first event, which its writer left, by its primary key.
func (s *Store) Backlog(ctx context.Context, kind party.TodoKind, by budget.Actor) (int64, clock.Date, error) {
	if kind != budget.TodoConfirm {
		return 0, "", fmt.Errorf("budget orders have no backlog of %q", kind)
	}
	return db.Tally(ctx, s.db.Q(ctx), `select count(*), min(e.at) from budget_order o join budget_order_event e on e.order_id = o.id and e.seq = 1
		where o.state = 'proposed' and e.person <> $1`, by.Person)
}
