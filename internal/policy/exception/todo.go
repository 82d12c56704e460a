package exception

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// TodoJudge is an exception on which the person's seat has not spoken, neither
// proposed nor judged by that person before.
const TodoJudge party.TodoKind = "exception.judge"

var todos = map[httpapi.Role][]party.TodoKind{party.Office: {TodoJudge}, party.Finance: {TodoJudge}}

// Todos lists what of this room waits for a person.
//
// Codes: unavailable.
func (s *Service) Todos(ctx context.Context, by Actor) ([]party.Todo, error) {
	return party.Todos(ctx, by, todos[httpapi.Role(by.Role)], s.Store.Backlog)
}
