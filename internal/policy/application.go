package policy

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Application is one organisation's request under one measure for one object
// (申报). Its amount is never typed in: it is computed from facts, shown, and
// frozen when an officer decides.
type Application struct {
	ID      string // opaque
	Number  string // what people quote: QM-2025-0387
	Org     ident.CreditCode
	Measure string // a payable measure of the region pack, 002-2
	Object  string // the model, project or platform it is for; "" for yearly totals
	Guide   int    // the year's guide whose rulings hold (申报指南)
	State   State
	Version int64 // counts changes; a writer names the one it read

	Statement string // the applicant's own words
	Payee     string // id of a countersigned payee account

	// The computed part, zero until the first submission.
	Amount   money.Fen
	City     money.Fen // 1:1 halves, document 002 clause 8(1); the odd fen is the district's
	District money.Fen
	Purse    string // place code of the district purse
	// CityPaid and DistrictPaid are the days on which each half was paid. Each
	// side has its own record: one that is late holds up no record of the other.
	CityPaid, DistrictPaid clock.Date
	Outstanding            int    // halves that the ledger was asked to pay and has not answered
	Hash                   string // SHA-256 over rule version, guide and facts: what an officer saw

	CreatedBy string
	Created   time.Time
	Submitted clock.Date // business day of the last submission
	DecidedBy string     // may not countersign
	Round     int        // how often it was approved; part of the ledger's ids
	Hindrance i18n.Text  // why the last step did not go through, shown to the officer
	Updated   int64      // microseconds; set by the store
}

// State is where an application stands.
type State string

// The states, in the order of a smooth run.
const (
	Draft     State = "draft"     // the organisation is filling it in
	Submitted State = "submitted" // the office decides
	Returned  State = "returned"  // the organisation supplements (补正)
	Approved  State = "approved"  // the ledger is asked to hold the money
	Held      State = "held"      // a second person countersigns (复核)
	Paying    State = "paying"    // the ledger is asked to post both halves
	Paid      State = "paid"      // both halves are posted and the fact is recorded
	Refused   State = "refused"   // not supported, with a reason
	Withdrawn State = "withdrawn" // taken back by the organisation
)

// States lists every state, in the order of a smooth run.
func States() []State {
	return []State{Draft, Submitted, Returned, Approved, Held, Paying, Paid, Refused, Withdrawn}
}

// Open reports whether the application still may lead to a payment.
func (s State) Open() bool { return s != Paid && s != Refused && s != Withdrawn }

// WaitsFor names who must act next: "organisation", "office", "finance",
// "ledger", or "" when nobody.
func (s State) WaitsFor() string {
	switch s {
	case Draft, Returned:
		return "organisation"
	case Submitted:
		return "office"
	case Held:
		return "finance"
	case Approved, Paying:
		return "ledger"
	}
	return ""
}

// Action is what moves an application from one state to another.
type Action string

// What people do, and, below, what the ledger answers.
const (
	ActionOpen        Action = "open"
	ActionEdit        Action = "edit"
	ActionAttach      Action = "attach"
	ActionDetach      Action = "detach"
	ActionSubmit      Action = "submit"
	ActionWithdraw    Action = "withdraw"
	ActionReturn      Action = "return"
	ActionRefuse      Action = "refuse"
	ActionApprove     Action = "approve"
	ActionRecompute   Action = "recompute"
	ActionCountersign Action = "countersign"
	ActionSendBack    Action = "send_back" // the countersigner disagrees; the hold is released

	ActionHeld        Action = "held"
	ActionHoldRefused Action = "hold_refused"
	ActionPaid        Action = "paid"
	ActionPayRefused  Action = "pay_refused"
)

// steps is the whole state machine: which action leads where, from where.
var steps = map[Action]struct {
	from []State
	to   State // "" keeps the state
}{
	ActionEdit:        {from: []State{Draft, Returned}},
	ActionAttach:      {from: []State{Draft, Returned}},
	ActionDetach:      {from: []State{Draft, Returned}},
	ActionSubmit:      {from: []State{Draft, Returned}, to: Submitted},
	ActionWithdraw:    {from: []State{Draft, Returned, Submitted}, to: Withdrawn},
	ActionReturn:      {from: []State{Submitted}, to: Returned},
	ActionRefuse:      {from: []State{Submitted}, to: Refused},
	ActionRecompute:   {from: []State{Submitted}},
	ActionApprove:     {from: []State{Submitted}, to: Approved},
	ActionHeld:        {from: []State{Approved}, to: Held},
	ActionHoldRefused: {from: []State{Approved}, to: Submitted},
	ActionCountersign: {from: []State{Held}, to: Paying},
	ActionSendBack:    {from: []State{Held}, to: Submitted},
	ActionPaid:        {from: []State{Paying}, to: Paid},
	ActionPayRefused:  {from: []State{Paying}, to: Held},
}

// Can reports whether the action is possible in the present state.
func (a *Application) Can(act Action) bool {
	step, known := steps[act]
	return known && slices.Contains(step.from, a.State)
}

// Move takes the action.
//
// Codes: conflict when the state does not allow it.
func (a *Application) Move(act Action) error {
	if !a.Can(act) {
		return fault.Newf(fault.Conflict, "申报 %s 现在是“%s”，不能“%s”：可能已有人处理，请刷新。",
			"Application %s is %s and cannot take %s: somebody may have acted already; reload.", a.Number, string(a.State), string(act))
	}
	if to := steps[act].to; to != "" {
		a.State = to
	}
	return nil
}

// CheckSecondPerson refuses a countersigner who took the decision.
//
// Codes: forbidden.
func (a *Application) CheckSecondPerson(person string) error {
	if person == a.DecidedBy {
		return fault.Newf(fault.Forbidden, "复核须由另一人：这笔是您自己决定的。", "A second person must countersign: you took this decision yourself.")
	}
	return nil
}

// Attachment is one uploaded file; the bytes are a blob under its digest.
type Attachment struct {
	ID       string
	Name     string // cleaned of paths
	Type     string // media type found by looking at the bytes
	Size     int64
	SHA256   string // hex
	Uploader string
	At       time.Time
}

// Event is one entry of an application's timeline. Events are never changed.
type Event struct {
	Seq    int64
	At     time.Time
	Person string // "" when the ledger answered
	Name   string
	Role   string
	Action Action
	To     State
	Note   i18n.Text // the reason given, or the ledger's answer
}

// reasonLimit bounds what people type as a reason or statement.
const reasonLimit = 2000

// checkReason refuses an empty or endless reason.
func checkReason(c *fault.Collector, path, reason string) {
	switch n := len([]rune(strings.TrimSpace(reason))); {
	case n == 0:
		c.Add(path, "请写明理由。", "Give a reason.")
	case n > reasonLimit:
		c.Add(path, "理由超过 %d 字。", "The reason is longer than %d characters.", reasonLimit)
	}
}

// Cursor is where a list that ended with this application goes on.
func (a Application) Cursor() string { return strconv.FormatInt(a.Updated, 10) + "/" + a.ID }
