package referral

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// TodoJudge is money of a source that somebody else reported: check it.
const TodoJudge party.TodoKind = "referral.judge"

var todos = map[httpapi.Role][]party.TodoKind{party.Finance: {TodoJudge}}

// Todos lists what of this room waits for a person.
//
// Codes: unavailable.
func (s *Service) Todos(ctx context.Context, by Actor) ([]party.Todo, error) {
	return party.Todos(ctx, by, todos[httpapi.Role(by.Role)], s.Store.Backlog)
}
