package sqlstore

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/voucher"
)

// Backlog implements voucher.Store. It seeks voucher_by_state, and each
// voucher's first step, the request, by its primary key.
func (s *Store) Backlog(ctx context.Context, kind party.TodoKind, _ voucher.Actor) (int64, clock.Date, error) {
	if kind != voucher.TodoIssue {
		return 0, "", fmt.Errorf("vouchers have no backlog of %q", kind)
	}
	return db.Tally(ctx, s.db.Q(ctx), `select count(*), min(e.at) from voucher v join voucher_event e on e.voucher = v.id and e.seq = 1 where v.state = 'requested'`)
}
