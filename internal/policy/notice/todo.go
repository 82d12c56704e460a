package notice

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// What waits for the office.
const (
	TodoAnswer  party.TodoKind = "notice.answer"  // an objection without an answer
	TodoPublish party.TodoKind = "notice.publish" // a draft by somebody else
)

var todos = map[httpapi.Role][]party.TodoKind{party.Office: {TodoAnswer, TodoPublish}}

// Todos lists what of this room waits for a person.
//
// Codes: unavailable.
func (s *Service) Todos(ctx context.Context, by party.Actor) ([]party.Todo, error) {
	return party.Todos(ctx, by, todos[httpapi.Role(by.Role)], s.Store.Backlog)
}
