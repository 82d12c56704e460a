package recovery

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// What waits for people.
const (
	TodoConfirm party.TodoKind = "recovery.confirm" // finance: a decision or a remission of somebody else's
	TodoPursue  party.TodoKind = "recovery.pursue"  // office: an inquiry, a notice, a decision to come
	TodoHear    party.TodoKind = "recovery.hear"    // office: the party has spoken, or its last day is over
	TodoPropose party.TodoKind = "recovery.propose" // office: a suggestion after a fact was corrected
	TodoState   party.TodoKind = "recovery.state"   // the party: it was told, and has not spoken
	TodoPay     party.TodoKind = "recovery.pay"     // the party: it owes
)

var todos = map[httpapi.Role][]party.TodoKind{party.Finance: {TodoConfirm}, party.Office: {TodoPursue, TodoHear, TodoPropose}, party.OrgManager: {TodoState, TodoPay}}

// Todos lists what of this room waits for a person.
//
// Codes: unavailable.
func (s *Service) Todos(ctx context.Context, by Actor) ([]party.Todo, error) {
	return party.Todos(ctx, by, todos[httpapi.Role(by.Role)], s.backlog)
}

// backlog counts. What a hearing or a debt waits for stands in a case's content
// and is read there, of the few cases that are at that point.
func (s *Service) backlog(ctx context.Context, kind party.TodoKind, by Actor) (count int64, since clock.Date, err error) {
	switch today := s.Clock.Today(); kind {
	case TodoHear:
		return s.tally(ctx, CaseFilter{States: []State{Notified}}, func(c *Case) (clock.Date, bool) { return c.spoken(), c.heardOut(today) })
	case TodoState:
		return s.tally(ctx, CaseFilter{Org: by.Org, States: []State{Notified}}, func(c *Case) (clock.Date, bool) { return c.Notice.On, c.Statement == nil })
	case TodoPay:
		return s.tally(ctx, CaseFilter{Org: by.Org, States: []State{Recovering}}, func(c *Case) (clock.Date, bool) {
			return c.Decision.Since, total(c.Parts, Part.Owed).Total() > 0
		})
	}
	return s.Store.Backlog(ctx, kind, by)
}

// tally counts the cases of a filter that wait, and since when the oldest does.
func (s *Service) tally(ctx context.Context, f CaseFilter, waits func(*Case) (since clock.Date, waits bool)) (count int64, least clock.Date, err error) {
	cases, err := s.Store.Cases(ctx, f)
	for i := range cases {
		if since, yes := waits(&cases[i]); yes {
			if count++; least == "" || since < least {
				least = since
			}
		}
	}
	return count, least, err
}

// spoken is the day on which the party spoke, or the first on which it was late.
func (c *Case) spoken() clock.Date {
	if c.Statement != nil {
		return clock.DateOf(c.Statement.At)
	}
	return c.Notice.Deadline.AddDays(1)
}
