package referral

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Store keeps project files and sendings. Every method joins the transaction of
// its context. referraltest.Run is its conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// NextNumber counts projects of a year, from 1.
	NextNumber(ctx context.Context, year int) (int64, error)
	// InsertProject adds a new one; org is the organisation's name, for search.
	InsertProject(ctx context.Context, p Project, org string) error
	// UpdateProject writes p's file if the stored version is still p.Version, and
	// sets p.Version to the new one. Codes: conflict.
	UpdateProject(ctx context.Context, p *Project, org string) error
	// Project finds one. Codes: not_found.
	Project(ctx context.Context, id string) (Project, error)
	// Projects lists by filter, most recently changed first.
	Projects(ctx context.Context, f Filter) ([]Project, error)
	// AppendEdition keeps what a version of a project says.
	AppendEdition(ctx context.Context, project string, e Edition) error
	// Editions lists a project's before a version, 0 for all, newest first.
	Editions(ctx context.Context, project string, before int64, limit int) ([]Edition, error)

	// Borne finds the live sending, of any project, that stands on an invoice.
	Borne(ctx context.Context, invoice string) (s Sending, found bool, err error)
	// InsertSending adds one with its lines. Codes: conflict when a live one has a
	// line or an invoice.
	InsertSending(ctx context.Context, s Sending) error
	// UpdateSending writes s's state, and its last answer, if the stored version is
	// still s.Version; it sets s.Version to the new one, and frees the lines of one
	// that is not live any more. Codes: conflict.
	UpdateSending(ctx context.Context, s *Sending) error
	// Sending finds one with lines and answers. Codes: not_found.
	Sending(ctx context.Context, id string) (Sending, error)
	// Sendings lists a project's with lines and answers, in their order.
	Sendings(ctx context.Context, project string) ([]Sending, error)

	// Backlog counts what waits of a kind for an actor, and tells since when the
	// oldest does, by an index: it is asked all day long.
	Backlog(ctx context.Context, kind party.TodoKind, by Actor) (count int64, since clock.Date, err error)
}

// Filter chooses projects; zero fields do not filter.
type Filter struct {
	Org    ident.CreditCode
	Text   string // part of number, name, code or the organisation's name
	Sent   bool   // only those that were sent to some source
	Judge  bool   // only those of which reported money waits for its second person
	Before string // cursor
	Limit  int
}
