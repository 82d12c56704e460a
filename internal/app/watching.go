package app

import (
	"context"
	"time"

	"github.com/qianmo/qianmo/internal/message"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/watch"
	watchsql "github.com/qianmo/qianmo/internal/policy/watch/sqlstore"
)

// lookForNews is how often the teller looks whether facts were written.
const lookForNews = time.Second

// toldMatch is the topic of measures that fit an organisation, or no longer do.
const toldMatch = "match"

// teller tells organisations which measures fit them since a fact or a rule
// changed, under the pack in use.
func (p *product) teller() *watch.Teller {
	return &watch.Teller{Store: watchsql.New(p.db), Crowd: func() watch.Crowd { return p.policy() }, Audience: matchAudience{p},
		Leases: p.leases(), Clock: p.business, Holder: p.ids.New("teller"), Log: p.config.Log}
}

// matchAudience is the people of the organisation and its own systems, by
// message: one a day, whose key is the organisation and the day.
type matchAudience struct{ *product }

// Hear implements watch.Audience.
func (a matchAudience) Hear(ctx context.Context, org ident.CreditCode, day clock.Date, notices []watch.Notice) error {
	title, body := watch.Words(a.pack(), notices)
	_, err := a.messages.Post(ctx, message.Message{
		Key: toldMatch + "/" + string(org) + "/" + string(day), Topic: toldMatch, Title: title, Body: body,
		Link: "/match", About: message.About{Kind: "organisation", ID: string(org)}, At: a.business.Now(),
	}, message.ToOrganisation(org, party.OrgManager, party.OrgMember))
	return err
}
