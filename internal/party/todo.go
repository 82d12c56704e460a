package party

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// TodoKind names what is to be done, "<room>.<verb>". Each room has its own.
type TodoKind string

// Todo (待办) is how much of one kind waits for a person in a role, and since
// which civil day the oldest of it does.
type Todo struct {
	Kind  TodoKind
	Count int64
	Since clock.Date
}

// Backlog counts what waits of a kind for an actor. What the actor may not do,
// because it was their own first step, is not in it. Since is "" for none.
type Backlog func(ctx context.Context, kind TodoKind, by Actor) (count int64, since clock.Date, err error)

// Todos asks for the backlog of each kind and leaves out those of which nothing
// waits.
func Todos(ctx context.Context, by Actor, kinds []TodoKind, backlog Backlog) (all []Todo, err error) {
	for _, kind := range kinds {
		count, since, err := backlog(ctx, kind, by)
		if err != nil {
			return nil, err
		}
		if count > 0 {
			all = append(all, Todo{kind, count, since})
		}
	}
	return all, nil
}

// TodoPayee is a payee account of one's organisation that somebody else
// proposed: countersign it.
const TodoPayee TodoKind = "payee.countersign"

var todos = map[httpapi.Role][]TodoKind{OrgManager: {TodoPayee}}

// Todos lists what waits for a person here.
//
// Codes: unavailable.
func (s *Service) Todos(ctx context.Context, by Actor) ([]Todo, error) {
	return Todos(ctx, by, todos[httpapi.Role(by.Role)], s.store.Backlog)
}
