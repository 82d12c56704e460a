package app

import (
	"context"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/award"
	"github.com/qianmo/qianmo/internal/policy/notice"
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

// awardsOf is the room of public results over the others.
func (p *product) awardsOf(d *delivery) *award.Service {
	return &award.Service{Cases: d.policy, Facts: p.facts, Log: p.log, Registry: registry{p.party}, Recoveries: returns{d.recovery},
		Notices: shownOn{d.notices}, Books: grants{p.ledger}, Pack: d.policy.Pack, Redact: notice.Redact}
}

// Named implements award.Registry.
func (r registry) Named(ctx context.Context, part string, limit int) ([]ident.CreditCode, error) {
	found, err := r.Organisations(ctx, party.OrganisationFilter{Query: part, Limit: limit})
	codes := make([]ident.CreditCode, len(found))
	for i, o := range found {
		codes[i] = o.Code
	}
	return codes, err
}

// returns is the recovery room as awards need it.
type returns struct{ room *recovery.Service }

// Recovered implements award.Recoveries.
func (r returns) Recovered(ctx context.Context) ([]award.Returned, error) {
	all, err := r.room.Returned(ctx)
	out := make([]award.Returned, len(all))
	for i, one := range all {
		out[i] = award.Returned(one)
	}
	return out, err
}

// shownOn is the room of notices as awards need it.
type shownOn struct{ room *notice.Service }

// ShownOn implements award.Notices.
func (s shownOn) ShownOn(ctx context.Context, applications []string) (map[string]award.NoticeRef, error) {
	found, err := s.room.Store.ShownOn(ctx, applications)
	out := make(map[string]award.NoticeRef, len(found))
	for id, n := range found {
		out[id] = award.NoticeRef{ID: n.ID, Number: n.Number, Ended: n.Ends}
	}
	return out, err
}

// grants is the ledger as awards need it.
type grants struct{ ledger *ledger.Ledger }

// Granted implements award.Books.
func (g grants) Granted(ctx context.Context) ([]award.Grant, error) {
	budgets, err := g.ledger.Budgets(ctx, 0)
	out := make([]award.Grant, len(budgets))
	for i, b := range budgets {
		out[i] = award.Grant{Measure: b.Measure, Year: b.Year, Amount: b.Granted}
	}
	return out, err
}
