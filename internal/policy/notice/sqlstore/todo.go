package sqlstore

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/notice"
)

// Backlog implements notice.Store. It seeks notice_objection_open and
// notice_by_state.
func (s *Store) Backlog(ctx context.Context, kind party.TodoKind, by party.Actor) (int64, clock.Date, error) {
	switch q := s.db.Q(ctx); kind {
	case notice.TodoAnswer:
		return db.Tally(ctx, q, `select count(*), min(at) from notice_objection where verdict = ''`)
	case notice.TodoPublish:
		return db.Tally(ctx, q, `select count(*), min(created) from notice where state = 'draft' and created_by <> $1`, by.Person)
	}
	return 0, "", fmt.Errorf("notices have no backlog of %q", kind)
}
