package sqlstore

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/review"
)

// Backlog implements review.Store. It seeks review_panel_by_state, and one
// expert's seats by review_seat_by_expert with their scores by
// review_score_by_case. A seat waits while its newest score is a draft, or
// while it has none.
func (s *Store) Backlog(ctx context.Context, kind party.TodoKind, by review.Actor) (int64, clock.Date, error) {
	switch q := s.db.Q(ctx); kind {
	case review.TodoDraw:
		return db.Tally(ctx, q, `select count(*), min(updated) from review_panel where state = 'open'`)
	case review.TodoClose:
		return db.Tally(ctx, q, `select count(*), min(updated) from review_panel where state = 'complete'`)
	case review.TodoScore:
		return db.Tally(ctx, q, `select count(*), min(t.since) from review_expert e join review_seat t on t.expert = e.id join review_panel p on p.id = t.panel
			where e.person = $1 and t.ended = 0 and p.state = 'scoring'
			and not exists (select 1 from review_score x where x.case_id = t.case_id and x.expert = t.expert and x.seat = t.id and x.final = 1
				and not exists (select 1 from review_score y where y.case_id = t.case_id and y.expert = t.expert and y.seat = t.id and y.final = 0))`, by.Person)
	}
	return 0, "", fmt.Errorf("reviews have no backlog of %q", kind)
}
