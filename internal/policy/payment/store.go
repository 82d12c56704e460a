package payment

import (
	"context"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Store keeps the room's records. Every method joins the transaction of its
// context. paymenttest.Run is its conformance suite.
type Store interface {
	// InTx runs fn in one transaction of the main database.
	InTx(ctx context.Context, fn func(ctx context.Context) error) error
	// Lock lets one transaction at a time past a key, until it ends.
	Lock(ctx context.Context, key string) error
	// NextNumber counts a kind's things of a year, from 1, without gaps in committed work.
	NextNumber(ctx context.Context, kind string, year int) (int64, error)

	// Backlog counts what waits of a kind for an actor, and tells since when the
	// oldest does, by an index: it is asked all day long.
	Backlog(ctx context.Context, kind party.TodoKind, by Actor) (count int64, since clock.Date, err error)

	OrderStore
	FileStore
	ReturnStore
	PlanStore
	ReportStore
}

// OrderStore keeps awards and the orders issued for them.
type OrderStore interface {
	// PutAward keeps what orders were issued for; a round's last word stands.
	PutAward(ctx context.Context, a Award) error
	// Award finds that of a case's latest round.
	Award(ctx context.Context, id string) (a Award, found bool, err error)

	// InsertOrder adds one. Codes: conflict when its id or number exists.
	InsertOrder(ctx context.Context, o Order) error
	// UpdateOrder writes what may change of an order if the stored version is
	// still o.Version, and counts that up. Codes: conflict.
	UpdateOrder(ctx context.Context, o *Order) error
	// Order finds one. Codes: not_found.
	Order(ctx context.Context, id string) (Order, error)
	// OrdersByNumber finds those that exist, by number, with the release day of
	// the file that each is in, "" for none.
	OrdersByNumber(ctx context.Context, numbers []string) ([]Order, map[string]clock.Date, error)
	// Orders lists by filter, the latest number first.
	Orders(ctx context.Context, f OrderFilter) ([]Order, error)
	// CaseOrders lists all orders of a case, by round, instalment, level and attempt.
	CaseOrders(ctx context.Context, id string) ([]Order, error)
	// Sides lists cases with both halves side by side, those that differ first.
	Sides(ctx context.Context, f SidesFilter) ([]Sides, error)
	// PurseTotals adds up orders by purse and state.
	PurseTotals(ctx context.Context) ([]PurseTotal, error)

	AppendEvent(ctx context.Context, order string, e OrderEvent) error
	Events(ctx context.Context, order string) ([]OrderEvent, error)
}

// OrderFilter chooses orders; zero fields do not filter.
type OrderFilter struct {
	Org    ident.CreditCode
	Purse  ledger.Purse
	States []OrderState
	Case   string
	File   string
	Text   string // part of an order's or a case's number
	Before string // cursor: the number of the last one seen
	Limit  int
}

// SidesFilter chooses cases.
type SidesFilter struct {
	Org     ident.CreditCode
	Differs bool // only those of which one half is paid and the other is not
	After   []string
	Limit   int
}

// Sides is what a case's halves come to: live orders only.
type Sides struct {
	Case           string
	CaseNumber     string
	Round          int
	Org            ident.CreditCode
	OrgName        string
	Measure        string
	City, District Side
}

// Side is one half's orders.
type Side struct {
	Purse  ledger.Purse
	Name   i18n.Text
	Issued money.Fen
	Paid   money.Fen
	Failed money.Fen
}

// Differs reports whether one half is paid as far as it was issued, and the other is not.
func (s Sides) Differs() bool { return s.City.settled() != s.District.settled() }

func (s Side) settled() bool { return s.Paid == s.Issued }

// PurseTotal is what the orders of a purse in one state add up to.
type PurseTotal struct {
	Purse  ledger.Purse
	Name   i18n.Text
	State  OrderState
	Count  int64
	Amount money.Fen
}

// FileStore keeps bank files.
type FileStore interface {
	InsertFile(ctx context.Context, f BankFile) error
	// UpdateFile writes what may change, under the version. Codes: conflict.
	UpdateFile(ctx context.Context, f *BankFile) error
	// File finds one. Codes: not_found.
	File(ctx context.Context, id string) (BankFile, error)
	// BankFiles lists the latest number first.
	BankFiles(ctx context.Context, before string, limit int) ([]BankFile, error)
}

// ReturnStore keeps returns and their lines.
type ReturnStore interface {
	InsertReturn(ctx context.Context, r ReturnFile, lines []ReturnLine) error
	// UpdateReturn writes what may change, under the version. Codes: conflict.
	UpdateReturn(ctx context.Context, r *ReturnFile) error
	// Return finds one. Codes: not_found.
	Return(ctx context.Context, id string) (ReturnFile, error)
	// ReturnBySum finds the standing return of the same bytes for a purse: the
	// preview, else the last accepted one.
	ReturnBySum(ctx context.Context, p ledger.Purse, sha256 string) (r ReturnFile, found bool, err error)
	// Waiting lists the lines of a purse's accepted returns of the same bytes that
	// were ahead of the clock and that nobody resolved.
	Waiting(ctx context.Context, p ledger.Purse, sha256 string) ([]Unmatched, error)
	// Returns lists the latest number first.
	Returns(ctx context.Context, before string, limit int) ([]ReturnFile, error)
	// ReturnLines lists lines behind one, in the order of the file.
	ReturnLines(ctx context.Context, id string, which Lines, after int64, limit int) ([]ReturnLine, error)
	// SetVerdicts writes the verdicts of lines.
	SetVerdicts(ctx context.Context, id string, lines []ReturnLine) error
	// Unmatched lists the bad lines of accepted returns that nobody resolved, the oldest return first.
	Unmatched(ctx context.Context, after []string, limit int) ([]Unmatched, error)
	// CountUnmatched counts them.
	CountUnmatched(ctx context.Context) (int64, error)
	// ResolveLine writes how a bad line was dealt with, once. Codes: not_found; conflict.
	ResolveLine(ctx context.Context, id string, l ReturnLine) error
}

// Lines chooses lines of a return.
type Lines string

// The choices.
const (
	EveryLine Lines = ""
	BadLines  Lines = "bad"
	GoodLines Lines = "good" // those that are applied, or tell what is known
)

// Unmatched is a bad line with the return that it came in.
type Unmatched struct {
	Return string
	Number string
	Purse  ledger.Purse
	ReturnLine
}

// PlanStore keeps instalment plans.
type PlanStore interface {
	// InsertPlan adds a version. Codes: conflict when it exists.
	InsertPlan(ctx context.Context, p Plan) error
	// Plans lists the versions of a case's round, the first one first.
	Plans(ctx context.Context, id string, round int) ([]Plan, error)
	// InsertConfirmation adds one. Codes: conflict when the part has one.
	InsertConfirmation(ctx context.Context, id string, round int, c Confirmation) error
	Confirmations(ctx context.Context, id string, round int) ([]Confirmation, error)
	InsertEvidence(ctx context.Context, id string, round int, e Evidence) error
	Evidence(ctx context.Context, id string, round int) ([]Evidence, error)
}

// ReportStore keeps performance reports.
type ReportStore interface {
	// InsertReport adds one, once; added is false when it exists.
	InsertReport(ctx context.Context, r Report) (added bool, err error)
	// UpdateReport writes what may change, under the version. Codes: conflict.
	UpdateReport(ctx context.Context, r *Report) error
	// Report finds one. Codes: not_found.
	Report(ctx context.Context, id string) (Report, error)
	// Reports lists by filter, the one due first first.
	Reports(ctx context.Context, f ReportFilter) ([]Report, error)
	InsertReportFile(ctx context.Context, report string, f File) error
	ReportFiles(ctx context.Context, report string) ([]File, error)
}

// ReportFilter chooses reports; zero fields do not filter.
type ReportFilter struct {
	Org     ident.CreditCode
	Case    string
	States  []ReportState
	Overdue clock.Date // those that the organisation owes since before this day
	Query   string     // part of its number, its case's, or the organisation's name
	After   []string
	Limit   int
}
