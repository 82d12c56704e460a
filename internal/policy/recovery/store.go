package recovery

import (
	"context"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Store keeps cases, receipts, the list of excluded organisations and
// suggestions. Every method joins the transaction of its context.
// recoverytest.Run is its conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// NextNumber counts the cases of a year, from 1, without gaps in committed work.
	NextNumber(ctx context.Context, year int) (int64, error)

	// InsertCase adds a case. Codes: conflict when another live case claims one
	// of its payments.
	InsertCase(ctx context.Context, c Case) error
	// UpdateCase writes c if the stored version is still c.Version, and sets
	// c.Version to the new one. A case that is live no more frees its payments;
	// one that lives again claims them. Codes: conflict.
	UpdateCase(ctx context.Context, c *Case) error
	// Case finds one. Codes: not_found.
	Case(ctx context.Context, id string) (Case, error)
	// Cases lists by filter, most recently changed first.
	Cases(ctx context.Context, f CaseFilter) ([]Case, error)
	// Backlog counts what waits of a kind for an actor, and tells since when the
	// oldest does, by an index: it is asked all day long.
	Backlog(ctx context.Context, kind party.TodoKind, by Actor) (count int64, since clock.Date, err error)
	// CountByState counts all cases.
	CountByState(ctx context.Context) (map[State]int64, error)
	AddEvent(ctx context.Context, id string, e Event) error
	Events(ctx context.Context, id string) ([]Event, error)

	// InsertReceipt adds a receipt. Codes: conflict when one with the same bank
	// reference stands.
	InsertReceipt(ctx context.Context, r Receipt) error
	// SetReceipt changes a receipt's state from one to another. Codes: conflict
	// when it is not in the first one; and, for a state that stands, when its
	// bank reference was used since.
	SetReceipt(ctx context.Context, id string, from, to ReceiptState) error
	// Receipt finds one. Codes: not_found.
	Receipt(ctx context.Context, id string) (Receipt, error)
	// Receipts lists a case's in the order in which they were recorded.
	Receipts(ctx context.Context, id string) ([]Receipt, error)

	// AddEntry adds an entry to the list of excluded organisations. Codes:
	// conflict when the entry that it lifts is lifted already.
	AddEntry(ctx context.Context, e Entry) error
	// Listings lists what was listed, newest first, each with what lifted it.
	Listings(ctx context.Context, f ListingFilter) ([]Listing, error)

	// AddProposal adds a suggestion unless one with its id was added before, and
	// then supersedes the open ones of the same application.
	AddProposal(ctx context.Context, p Proposal) error
	// Settle writes an open suggestion's outcome. Codes: conflict when it is not
	// open any more.
	Settle(ctx context.Context, p Proposal) error
	// Proposal finds one. Codes: not_found.
	Proposal(ctx context.Context, id string) (Proposal, error)
	// Proposals lists by filter, newest first.
	Proposals(ctx context.Context, f ProposalFilter) ([]Proposal, error)
	// Supersede ends the open suggestions of an application: its facts changed again.
	Supersede(ctx context.Context, application string) error
	// Mark is how far corrections were looked at; SetMark moves it on.
	Mark(ctx context.Context) (int64, error)
	SetMark(ctx context.Context, upTo int64) error
}

// CaseFilter chooses cases; zero fields do not filter.
type CaseFilter struct {
	Org      ident.CreditCode
	States   []State
	Ground   Ground
	Query    string // part of the number or the organisation's name, or its whole code
	Notified bool   // only those that the party was told of
	Before   string // cursor: the "updated/id" of the last one seen
	Limit    int
}

// ListingFilter chooses listings; zero fields do not filter.
type ListingFilter struct {
	ID      string
	Org     ident.CreditCode
	Query   string // part of the organisation's name or of the case's number, or its whole code
	Case    string
	InForce string // only those that hold on this day
	Before  string // cursor: the "at/id" of the last one seen
	Limit   int    // 0: all
}

// ProposalFilter chooses suggestions; zero fields do not filter.
type ProposalFilter struct {
	Application string
	State       ProposalState
	Before      string // cursor: the "at/id" of the last one seen
	Limit       int    // 0: all
}
