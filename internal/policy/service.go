// Package policy is the domain of promises: what the region's documents
// offer, who may have it, and one application's way from draft to payment.
// Subpackages read documents (document), evaluate rules (rule) and run them
// over populations (population); this package is about people's cases.
package policy

import (
	"context"
	"io"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/search"
	"github.com/qianmo/qianmo/internal/policy/payment"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Facts is what this domain asks of evidence; *evidence.Service fits.
type Facts interface {
	// Known returns the facts of an organisation that count on a day.
	Known(ctx context.Context, org ident.CreditCode, on clock.Date) ([]evidence.Fact, error)
	// Find returns the records of those ids that exist.
	Find(ctx context.Context, ids []string) (map[string]evidence.Record, error)
	// List pages through records.
	List(ctx context.Context, q evidence.Query) ([]evidence.Record, *evidence.Position, error)
	// Written visits the facts behind a place in the outbox up to another, in
	// the order in which they were written.
	Written(ctx context.Context, after, upTo int64, visit func(evidence.Record) error) error
	// Extent says how far the facts reach. They are only ever added, so while it
	// stands, so does what List gave.
	Extent(ctx context.Context) (evidence.Extent, error)
	// Append records facts in the transaction of the context.
	Append(ctx context.Context, facts []evidence.Fact) ([]evidence.Fact, error)
	// SealDigest puts the digest of a paper into the public log, in the
	// transaction of the context.
	SealDigest(ctx context.Context, name, value string) error
}

// Registry is what this domain asks of party.
type Registry interface {
	// Organisation finds one. Codes: not_found.
	Organisation(ctx context.Context, code ident.CreditCode) (party.Organisation, error)
	// Organisations lists by code.
	Organisations(ctx context.Context, f party.OrganisationFilter) ([]party.Organisation, error)
	// Names returns the names of organisations; unknown codes are left out.
	Names(ctx context.Context, codes []ident.CreditCode) (map[ident.CreditCode]string, error)
	// Payee finds the organisation's active payee account.
	Payee(ctx context.Context, org ident.CreditCode) (p party.PayeeAccount, found bool, err error)
	// Record notes an act of the person behind the context, in its transaction.
	Record(ctx context.Context, act party.Act) error
}

// Treasury is what this domain asks of the ledger; *intent.Queue fits. Money
// moves after the transaction in which it was wanted has committed, and the
// answer comes back through Handlers.
type Treasury interface {
	// Write stores an intent in the transaction of the context, once.
	Write(ctx context.Context, in intent.Intent) error
	// Wake says that a transaction with an intent has committed.
	Wake()
}

// Files keeps uploaded bytes under their digest.
type Files interface {
	// Keep stores an upload. Codes: too_large; invalid for a type that is not
	// allowed; unavailable when the disk is full.
	Keep(ctx context.Context, name string, r io.Reader) (Attachment, error)
	// Open returns the bytes of a digest. Codes: not_found.
	Open(ctx context.Context, sha256 string) (io.ReadCloser, error)
}

// Actor is the person behind a use case, in the role that is active.
type Actor = party.Actor

// Service is the domain's use cases. All exported fields must be set.
type Service struct {
	Store       Store
	Facts       Facts
	Registry    Registry
	Treasury    Treasury
	Books       Books
	Files       Files
	Calls       Calls
	Supervision Supervision
	Reviews     Reviews
	Notices     Notices
	Exceptions  Exceptions
	Pack        *rule.Pack
	Clock       clock.Clock
	IDs         ident.Source
	City        string // place code of the city purse, 520100
	Search      search.Index
	Payments    Payments // for cases that are paid by bank file
	// Exclusions says who may not apply; nil where no list is kept.
	Exclusions Exclusions
	// ReportTerm says what performance report a payment under a measure asks for; nil for none.
	ReportTerm func(measure string) payment.Term
	Messages   Messages
	Address    string // how browsers reach the product, for letters

	readings readings // the library, for questions in people's words
	crowd    crowd    // every organisation's facts, for matches and simulations
	rankings rankings // allocations that somebody looks at
}
