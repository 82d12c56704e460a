package sqlstore

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/db"
	"github.com/qianmo/qianmo/internal/policy/referral"
)

// Backlog implements referral.Store. It reads the index referral_reported, and
// each one's last answer by its key.
func (s *Store) Backlog(ctx context.Context, kind party.TodoKind, by referral.Actor) (int64, clock.Date, error) {
	if kind != referral.TodoJudge {
		return 0, "", fmt.Errorf("sendings have no backlog of %q", kind)
	}
	return db.Tally(ctx, s.db.Q(ctx), `select count(*), min(a.at) from referral_sending s join referral_answer a on a.sending = s.id
		where s.state = 'reported' and a.seq = (select max(seq) from referral_answer where sending = s.id) and a.person <> $1`, by.Person)
}
