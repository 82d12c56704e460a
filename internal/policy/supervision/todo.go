package supervision

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// What waits for people.
const (
	TodoDispose party.TodoKind = "alarm.dispose" // an open alarm
	TodoAnswer  party.TodoKind = "alarm.answer"  // a stop that somebody else would dismiss
)

var todos = map[httpapi.Role][]party.TodoKind{party.Office: {TodoDispose}, party.Finance: {TodoAnswer}, party.Auditor: {TodoAnswer}}

// Todos lists what of this room waits for a person.
//
// Codes: unavailable.
func (s *Service) Todos(ctx context.Context, by Actor) ([]party.Todo, error) {
	return party.Todos(ctx, by, todos[httpapi.Role(by.Role)], s.Store.Backlog)
}
