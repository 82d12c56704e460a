package supervision

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
)

// Store keeps alarms and their trails. Every method joins the transaction of
// its context. supervisiontest.Run is its conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error

	// Insert adds an alarm. Codes: conflict when its key was raised before.
	Insert(ctx context.Context, a Alarm) error
	// Update writes a's state and cases if the stored version is still a.Version,
	// and sets a.Version to the new one. Codes: conflict.
	Update(ctx context.Context, a *Alarm) error
	// Alarm finds one. Codes: not_found.
	Alarm(ctx context.Context, id string) (Alarm, error)
	// OfCase lists an application's alarms, newest first.
	OfCase(ctx context.Context, application string) ([]Alarm, error)
	// List lists by filter, most recently changed first. Codes: invalid for a wrong cursor.
	List(ctx context.Context, f Filter) ([]Alarm, error)
	// Backlog counts what waits of a kind for an actor, and tells since when the
	// oldest does, by an index: it is asked all day long.
	Backlog(ctx context.Context, kind party.TodoKind, by Actor) (count int64, since clock.Date, err error)
	// Keyed returns all alarms, by key.
	Keyed(ctx context.Context) (map[string]Alarm, error)
	// Precisions counts alarms by rule.
	Precisions(ctx context.Context) ([]Precision, error)

	AppendEvent(ctx context.Context, alarm string, e Event) error
	Events(ctx context.Context, alarm string) ([]Event, error)
}
