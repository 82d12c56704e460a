package notice

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Store keeps notices, their rows and objections. Every method joins the
// transaction of its context. noticetest.Run is its conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// NextNumber counts the things of a kind ("notice", "objection") in a year, from 1.
	NextNumber(ctx context.Context, kind string, year int) (int64, error)
	Insert(ctx context.Context, n Notice, rows []Row) error
	// Update writes n and its new version if the stored version is still
	// n.Version, and sets n.Version to the new one. Codes: conflict.
	Update(ctx context.Context, n *Notice) error
	// Notice finds one. Codes: not_found.
	Notice(ctx context.Context, id string) (Notice, error)
	// Notices lists by filter, the newest number first.
	Notices(ctx context.Context, f Filter) ([]Notice, error)
	// Rows pages through a notice's rows in their order.
	Rows(ctx context.Context, notice string, after, limit int) ([]Row, error)
	// Row finds one. Codes: not_found.
	Row(ctx context.Context, notice string, seq int) (Row, error)
	// Of finds the newest notice that shows an application, and its row. found is
	// false when none does.
	Of(ctx context.Context, application string) (n Notice, r Row, found bool, err error)
	// ShownOn finds the newest published notice that shows each of some
	// applications, by application; those that none shows are left out.
	ShownOn(ctx context.Context, applications []string) (map[string]Notice, error)
	// TakeOff keeps why a row no longer stands.
	TakeOff(ctx context.Context, notice string, seq int, why i18n.Text) error
	AddObjection(ctx context.Context, o Objection) error
	// Objection finds one. Codes: not_found.
	Objection(ctx context.Context, id string) (Objection, error)
	// Settle writes an objection's answer if it has none yet. Codes: conflict.
	Settle(ctx context.Context, o Objection) error
	// Objections lists a notice's objections, or all open ones for "", oldest first.
	Objections(ctx context.Context, notice string, after string, limit int) ([]Objection, error)
	// Answered lists a notice's objections that have an answer, oldest first: all,
	// or that of one number.
	Answered(ctx context.Context, notice, number, after string, limit int) ([]Objection, error)
	// Repeated finds an open objection that says the same of the same row from the same
	// person: a form that was sent twice.
	Repeated(ctx context.Context, o Objection) (Objection, bool, error)
	// Backlog counts what waits of a kind for an actor, and tells since when the
	// oldest does, by an index: it is asked all day long.
	Backlog(ctx context.Context, kind party.TodoKind, by party.Actor) (count int64, since clock.Date, err error)
	// OpenObjections counts those against a row that have no answer.
	OpenObjections(ctx context.Context, notice string, seq int) (int64, error)
}

// Filter chooses notices; zero fields do not filter.
type Filter struct {
	Call   string // its id
	Text   string // part of the number or a title, letters of any case
	Drafts bool   // shows drafts, which are officers' own
	Before string // cursor: the number of the last row seen
	Limit  int
}
