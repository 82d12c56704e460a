package budget

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// TodoConfirm is an order that another person of finance wrote: confirm or
// refuse it.
const TodoConfirm party.TodoKind = "budget.confirm"

var todos = map[httpapi.Role][]party.TodoKind{party.Finance: {TodoConfirm}}

// Todos lists what of this room waits for a person.
//
// Codes: unavailable.
func (s *Service) Todos(ctx context.Context, by Actor) ([]party.Todo, error) {
	return party.Todos(ctx, by, todos[httpapi.Role(by.Role)], s.Store.Backlog)
}
