package app

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/watch"
	watchsql "github.com/qianmo/qianmo/internal/policy/watch/sqlstore"
)

// lookForNews is how often the teller looks whether facts were written.
const lookForNews = time.Second

// teller tells organisations which measures fit them since a fact or a rule
// changed, under the pack in use.
func (p *product) teller() *watch.Teller {
	return &watch.Teller{Store: watchsql.New(p.db), Crowd: func() watch.Crowd { return p.policy() }, Audience: matchAudience{p},
		Leases: p.leases(), Clock: p.business, Holder: p.ids.New("teller"), Log: p.config.Log}
}

// matchAudience is where notices of measures go.
type matchAudience struct{ *product }

// Hear implements watch.Audience.
func (a matchAudience) Hear(ctx context.Context, org ident.CreditCode, day clock.Date, notices []watch.Notice) error {
	title, body := watch.Words(a.pack(), notices)
	a.config.Log.InfoContext(ctx, "measures changed for an organisation", "organisation", org, "day", day, "title", title.EN, "body", body.EN)
	return nil
}
