package payment

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// What waits for finance.
const (
	TodoFile    party.TodoKind = "payment.file"    // orders that wait for a bank file
	TodoRelease party.TodoKind = "payment.release" // bank files that the person may let go
	TodoReturn  party.TodoKind = "payment.return"  // bank files that were sent and not answered in full
	TodoAccept  party.TodoKind = "payment.accept"  // returns that were read and not accepted
	TodoResolve party.TodoKind = "payment.resolve" // lines of returns that match nothing
	TodoReissue party.TodoKind = "payment.reissue" // orders that the bank did not pay
	TodoCancel  party.TodoKind = "payment.cancel"  // orders that somebody else asks to cancel
)

// TodoAnswer is performance reports that were handed in; they wait for the office.
const TodoAnswer party.TodoKind = "report.answer"

// What waits for an organisation.
const (
	TodoReport party.TodoKind = "report.submit" // performance reports that are due
	TodoMend   party.TodoKind = "report.mend"   // performance reports that were returned
)

var todos = map[httpapi.Role][]party.TodoKind{
	party.Finance:    {TodoFile, TodoRelease, TodoReturn, TodoAccept, TodoResolve, TodoReissue, TodoCancel},
	party.Office:     {TodoAnswer},
	party.OrgManager: {TodoReport, TodoMend},
}

// Todos lists what of this room waits for a person.
//
// Codes: unavailable.
func (s *Service) Todos(ctx context.Context, by Actor) ([]party.Todo, error) {
	return party.Todos(ctx, by, todos[httpapi.Role(by.Role)], s.Store.Backlog)
}
