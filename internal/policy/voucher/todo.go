package voucher

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// What waits for people.
const (
	TodoIssue party.TodoKind = "voucher.issue" // office: a request without an answer
	TodoUse   party.TodoKind = "voucher.use"   // the holder: a voucher with money on it that ends soon
)

// soon is how many days before its last one a voucher stands on its holder's
// first page.
const soon = 30

var todos = map[httpapi.Role][]party.TodoKind{party.Office: {TodoIssue}, party.OrgManager: {TodoUse}}

// Todos lists what of this room waits for a person.
//
// Codes: unavailable.
func (s *Service) Todos(ctx context.Context, by Actor) ([]party.Todo, error) {
	return party.Todos(ctx, by, todos[httpapi.Role(by.Role)], func(ctx context.Context, kind party.TodoKind, by Actor) (int64, clock.Date, error) {
		if kind == TodoUse {
			return s.endingSoon(ctx, by)
		}
		return s.Store.Backlog(ctx, kind, by)
	})
}

// endingSoon counts the actor's vouchers that end soon with something free on
// them, from the day on which they began to.
func (s *Service) endingSoon(ctx context.Context, by Actor) (count int64, least clock.Date, err error) {
	day, err := s.today(ctx)
	if err != nil {
		return 0, "", err
	}
	ending, err := s.Store.Vouchers(ctx, Filter{Org: by.Org, States: []State{Live}, Until: day.AddDays(soon)})
	if err != nil || len(ending) == 0 {
		return 0, "", err
	}
	wallets, err := s.wallets(ctx, ending)
	for _, v := range ending {
		if v.Until < day || wallets[v.ID].Free() == 0 {
			continue
		}
		if since := max(v.From, v.Until.AddDays(-soon)); least == "" || since < least {
			least = since
		}
		count++
	}
	return count, least, err
}
