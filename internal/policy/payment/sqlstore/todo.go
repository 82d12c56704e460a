package sqlstore

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

// Backlog implements payment.Store. Orders are sought by payment_order_by_state;
// bank files, returns, lines and reports have a partial index each, of what is
// open (migration 0660). The organisation's reports are sought by
// performance_report_by_org.
func (s *Store) Backlog(ctx context.Context, kind party.TodoKind, by payment.Actor) (int64, clock.Date, error) {
	switch q := s.db.Q(ctx); kind {
	case payment.TodoFile:
		return db.Tally(ctx, q, `select count(*), min(created) from payment_order where state = 'waiting'`)
	case payment.TodoRelease:
		return db.Tally(ctx, q, `select count(*), min(made) from payment_file f where state = 'made' and made_by <> $1
			and not exists (select 1 from payment_order o where o.file = f.id and o.consenter = $1)`, by.Person)
	case payment.TodoReturn:
		return db.Tally(ctx, q, `select count(*), min(closed) from payment_file where state = 'released' and id in (select file from payment_order where state = 'exported')`)
	case payment.TodoAccept:
		return db.Tally(ctx, q, `select count(*), min(at) from payment_return where state = 'previewed'`)
	case payment.TodoResolve: // only accepted returns have lines to resolve
		return db.Tally(ctx, q, `select count(*), min(since) from (select (select r.accepted from payment_return r where r.id = l.return_id and r.state = 'accepted') as since
			from payment_return_line l where l.resolved = 0 and l.verdict not in ('paid', 'failed', 'already')) lines where since is not null`)
	case payment.TodoReissue:
		return db.Tally(ctx, q, lastStep+`o.state = 'failed'`)
	case payment.TodoCancel:
		return db.Tally(ctx, q, lastStep+`o.state = 'cancelling' and o.asked_by <> $1`, by.Person)
	case payment.TodoAnswer:
		return db.Tally(ctx, q, `select count(*), min(submitted) from performance_report where state = 'submitted' and submitter <> $1`, by.Person)
	case payment.TodoReport:
		return db.Tally(ctx, q, `select count(*), min(created) from performance_report where org = $1 and state = 'due'`, by.Org)
	case payment.TodoMend:
		return db.Tally(ctx, q, `select count(*), min(answered) from performance_report where org = $1 and state = 'returned'`, by.Org)
	}
	return 0, "", fmt.Errorf("payments have no backlog of %q", kind)
}

// lastStep counts orders from the step that led each where it stands.
const lastStep = `select count(*), min(e.at) from payment_order o join payment_order_event e on e.order_id = o.id
	and e.seq = (select max(seq) from payment_order_event where order_id = o.id) where `
