package sqlstore

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

// Backlog implements recovery.Store. It seeks recovery_case_by_state, each
// case's entries by their primary key, and recovery_proposal_by_state. Who
// decided stands in the history: what waits for a second person is the last of
// its decisions and remissions, unless somebody answered it.
func (s *Store) Backlog(ctx context.Context, kind party.TodoKind, by recovery.Actor) (int64, clock.Date, error) {
	switch q := s.db.Q(ctx); kind {
	case recovery.TodoConfirm:
		return db.Tally(ctx, q, `select count(*), min(e.at) from recovery_case c join recovery_event e on e.case_id = c.id
			where c.state in ('decided', 'recovering') and e.action in ('decide', 'remit') and e.person <> $1
			and e.seq = (select max(seq) from recovery_event where case_id = c.id and action in ('decide', 'remit', 'confirm', 'send_back'))`, by.Person)
	case recovery.TodoPursue: // since the step that led where the case stands
		return db.Tally(ctx, q, `select count(*), min(e.at) from recovery_case c join recovery_event e on e.case_id = c.id
			where c.state in ('opened', 'proven', 'heard')
			and e.seq = (select max(seq) from recovery_event where case_id = c.id and action in ('open', 'prove', 'hear', 'send_back', 'reopen'))`)
	case recovery.TodoPropose:
		return db.Tally(ctx, q, `select count(*), min(at) from recovery_proposal where state = 'open'`)
	}
	return 0, "", fmt.Errorf("recoveries have no backlog of %q", kind)
}
