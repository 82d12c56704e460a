package review

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// What waits for people.
const (
	TodoDraw  party.TodoKind = "review.draw"  // a panel that nobody is drawn for
	TodoClose party.TodoKind = "review.close" // a panel whose scores are all in
	TodoScore party.TodoKind = "review.score" // a case of the reviewer's without a final score, or reopened
)

var todos = map[httpapi.Role][]party.TodoKind{party.Office: {TodoDraw, TodoClose}, party.Reviewer: {TodoScore}}

// Todos lists what of this room waits for a person.
//
// Codes: unavailable.
func (s *Service) Todos(ctx context.Context, by Actor) ([]party.Todo, error) {
	return party.Todos(ctx, by, todos[httpapi.Role(by.Role)], s.Store.Backlog)
}
