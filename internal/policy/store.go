package policy

import (
	"context"
	"encoding/json"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/award"
)

// Store keeps applications and imported document texts. Every method joins the
// transaction of its context. policytest.Run is its conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error

	// NextNumber counts applications of a year, from 1, without gaps in committed work.
	NextNumber(ctx context.Context, year int) (int64, error)

	// InsertApplication adds a new one. Codes: conflict when the organisation
	// already has one for the same measure, object and guide year.
	InsertApplication(ctx context.Context, a Application) error
	// LockApplication reads an application that nobody else changes until the
	// transaction of the context ends. Codes: not_found.
	LockApplication(ctx context.Context, id string) (Application, error)
	// LockOrganisation lets one transaction at a time decide on an organisation's
	// applications; the lock ends with the transaction of the context.
	LockOrganisation(ctx context.Context, org ident.CreditCode) error
	// UpdateApplication writes a and its new version if the stored version is
	// still a.Version, and sets a.Version to the new one. assessment is the
	// frozen result in JSON; nil keeps the stored one. Codes: conflict.
	UpdateApplication(ctx context.Context, a *Application, assessment json.RawMessage) error
	// Application finds one. Codes: not_found.
	Application(ctx context.Context, id string) (Application, error)
	// Assessment returns the frozen result of an application, or null.
	Assessment(ctx context.Context, id string) (json.RawMessage, error)
	// Bases returns what the decisions on applications rest on, by id.
	Bases(ctx context.Context, ids []string) (map[string]Basis, error)
	// Decided pages by id through the applications on which a decision stands:
	// approved, held, paying and paid.
	Decided(ctx context.Context, after string, limit int) ([]Decided, error)
	// Applications lists by filter, most recently changed first.
	Applications(ctx context.Context, f ApplicationFilter) ([]Application, error)
	// Awarded lists applications on which a decision stands and whose money is
	// reserved or paid (AwardedStates), the newest number first.
	Awarded(ctx context.Context, f award.CaseFilter) ([]Application, error)
	// AwardSums adds them up by measure and budget year.
	AwardSums(ctx context.Context) ([]AwardSum, error)
	// OfCall pages by id through a call's applications under a measure, or under
	// all for "".
	OfCall(ctx context.Context, call, measure, after string, limit int) ([]Application, error)
	// Numbers returns the numbers of a call's applications, by id.
	Numbers(ctx context.Context, call string) (map[string]string, error)
	// Excepted lists the cases of exceptions under a measure that a budget year
	// pays or shall pay, by id: neither refused nor withdrawn.
	Excepted(ctx context.Context, measure string, year int) ([]Application, error)
	// CarriedInto adds up what earlier allocations of a measure promised out of a
	// budget year, those of one call left out.
	CarriedInto(ctx context.Context, measure string, year int, except string) (money.Fen, error)
	// CountByState counts applications by state, of one organisation or of all,
	// of one call or of all.
	CountByState(ctx context.Context, org ident.CreditCode, call string) (map[State]int64, error)
	// SumByMeasure adds up amounts by measure and state for a guide year.
	SumByMeasure(ctx context.Context, guide int) ([]MeasureSum, error)

	// NextAllotment counts the allocations of a year, from 1.
	NextAllotment(ctx context.Context, year int) (int64, error)
	InsertAllotment(ctx context.Context, run Allotment) error
	// ReplaceAllotments marks a call's computed allocations as replaced.
	ReplaceAllotments(ctx context.Context, call string) error
	// UpdateAllotment writes who settled run if the stored version is still
	// run.Version, and sets run.Version to the new one. Codes: conflict.
	UpdateAllotment(ctx context.Context, run *Allotment) error
	// Allotment finds one. Codes: not_found.
	Allotment(ctx context.Context, id string) (Allotment, error)
	// AllotmentHead finds one without its bytes. Codes: not_found.
	AllotmentHead(ctx context.Context, id string) (Allotment, error)
	// Allotments lists a call's, the newest first, without their bytes.
	Allotments(ctx context.Context, call string) ([]Allotment, error)

	AppendEvent(ctx context.Context, application string, e Event) error
	Events(ctx context.Context, application string) ([]Event, error)

	InsertAttachment(ctx context.Context, application string, at Attachment) error
	DeleteAttachment(ctx context.Context, application, id string) error
	Attachments(ctx context.Context, application string) ([]Attachment, error)

	// Backlog counts what waits of a kind for an actor, and tells since when the
	// oldest does, by an index: it is asked all day long.
	Backlog(ctx context.Context, kind party.TodoKind, by Actor) (count int64, since clock.Date, err error)

	// AppendLane keeps one step of a green lane. Codes: conflict when the step is
	// taken already.
	AppendLane(ctx context.Context, e LaneEntry) error
	// LaneOf lists a case's steps, the oldest first.
	LaneOf(ctx context.Context, application string) ([]LaneEntry, error)
	// Lanes pages through all steps, the latest first; before is the Cursor of the
	// last one seen.
	Lanes(ctx context.Context, before string, limit int) ([]LaneEntry, error)

	// InsertLetter keeps a decision letter that was issued. Codes: conflict for a
	// number that is taken.
	InsertLetter(ctx context.Context, application string, l IssuedLetter) error
	// Letters lists a case's letters, the oldest first.
	Letters(ctx context.Context, application string) ([]IssuedLetter, error)

	PutText(ctx context.Context, t DocumentText) error
	// Text finds an imported document. found is false when nobody imported it.
	Text(ctx context.Context, document string) (t DocumentText, found bool, err error)
}

// Basis is what the decision on an application rests on.
type Basis struct {
	Assessment json.RawMessage // the frozen result, or null
	Files      []string        // digests of the attachments, the oldest first
}

// ApplicationFilter chooses applications; zero fields do not filter.
type ApplicationFilter struct {
	Org     ident.CreditCode
	Measure string
	Call    string
	Guide   int
	States  []State
	Number  string // part of a number
	Lane    Lane   // only those that stand so with the green lane
	Drafts  bool   // include drafts, which only their organisation may see
	Alone   bool   // leave out accepted cases that their call's allocation or notice decides on
	Oldest  bool   // the one that waits longest first, instead of the latest change
	Before  string // cursor: the "updated/id" of the last row seen; not with Oldest
	Limit   int
}

// MeasureSum is how much applications of one measure add up to in one state.
type MeasureSum struct {
	Measure string
	State   State
	Count   int64
	Amount  money.Fen
}

// DocumentText is a policy document's own words, as somebody imported them.
type DocumentText struct {
	Document string
	SHA256   string
	Text     string
	Person   string
	At       int64 // microseconds
}
