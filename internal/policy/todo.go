package policy

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// What waits for people beside the applications of their inbox.
const (
	TodoLane   party.TodoKind = "lane.confirm"      // a green lane that somebody else marked
	TodoSettle party.TodoKind = "allocation.settle" // an allocation that somebody else computed
)

var todos = map[httpapi.Role][]party.TodoKind{party.Office: {TodoLane, TodoSettle}, party.Finance: {TodoLane, TodoSettle}}

// Todos lists what waits for a person beside applications.
//
// Codes: unavailable.
func (s *Service) Todos(ctx context.Context, by Actor) ([]party.Todo, error) {
	return party.Todos(ctx, by, todos[httpapi.Role(by.Role)], s.Store.Backlog)
}
