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
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/form"
)

// Application is one organisation's request under one measure for one object
// (申报). Its amount is never typed in: it is computed from facts, shown, and
// frozen when an officer decides. The one exception is an exception, whose
// amount two people approved (excepted.go).
type Application struct {
	ID      string // opaque
	Number  string // what people quote: QM-2025-0387
	Org     ident.CreditCode
	Measure string // a payable measure of the region pack, 002-2
	Object  string // the model, project or platform it is for; "" for yearly totals
	Guide   int    // the year's guide whose rulings hold (申报指南)
	State   State
	Version int64 // counts changes; a writer names the one it read

	// The terms it was opened under, fixed from then on; only instalments turn a
	// direct channel into bank files.
	Call    string     // id of the call; "" outside one
	Years   call.Years // whose deals count, when one applies, awards and pays (A13)
	Channel call.Channel
	Late    bool // submitted after the call's last day, while late ones were taken
	Promise Promise
	// ByProposal: the call allocates together or gives public notice, so that a
	// decision needs a proposal first.
	ByProposal bool

	Statement string       // the applicant's own words
	Declared  form.Answers // what it states of itself; facts on its own word once submitted
	Payee     string       // id of a countersigned payee account

	// The computed part, zero until the first submission.
	Entitled money.Fen // what the rule gives
	Amount   money.Fen // what is decided on: the same, unless an allocation gave less
	// Carried is promised out of next year's money (结转, A3); once that year pays
	// it, it is the amount and CarriedIn says so.
	Carried   money.Fen
	CarriedIn bool
	City      money.Fen // 1:1 halves, document 002 clause 8(1); the odd fen is the district's
	District  money.Fen
	Purse     string // place code of the district purse
	// CityPaid and DistrictPaid are the days on which each half was paid. Each
	// side has its own record: one that is late holds up no record of the other.
	CityPaid, DistrictPaid clock.Date
	Outstanding            int    // halves that the ledger was asked to pay and has not answered
	Lane                   Lane   // whether it goes ahead in the lists of who works on it
	Hash                   string // SHA-256 over rule version, guide and facts: what an officer saw
	Allocation             string // id of the allocation that gave the amount; "" for none
	Exception              string // id of the exception that gave the amount (一事一议); "" for the formula's

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
	Offered   State = "offered"   // every fact is vouched for; the organisation confirms with one click (免申即享)
	Draft     State = "draft"     // the organisation is filling it in
	Submitted State = "submitted" // the office checks whether it is complete, or decides
	Returned  State = "returned"  // the organisation supplements (补正)
	Accepted  State = "accepted"  // complete (受理); reviewed, and waiting for the allocation
	Proposed  State = "proposed"  // an allocation gave it an amount (拟支持); on public notice
	Approved  State = "approved"  // the ledger is asked to hold the money
	Held      State = "held"      // a second person countersigns (复核)
	Paying    State = "paying"    // the ledger is asked to post both halves
	Paid      State = "paid"      // both halves are posted and the fact is recorded
	Refused   State = "refused"   // not supported, with a reason
	Unchosen  State = "unchosen"  // the places or the budget ended before it (未入选)
	Withdrawn State = "withdrawn" // taken back by the organisation
)

// States lists every state, in the order of a smooth run.
func States() []State {
	return []State{Offered, Draft, Submitted, Returned, Accepted, Proposed, Approved, Held, Paying, Paid, Refused, Unchosen, Withdrawn}
}

// Open reports whether the application still may lead to a payment.
func (s State) Open() bool { return !slices.Contains([]State{Paid, Refused, Unchosen, Withdrawn}, s) }

// WaitsFor names who must act next: "organisation", "office", "public" while
// it is on notice, "finance", "ledger", or "" when nobody.
func (s State) WaitsFor() string {
	switch s {
	case Offered, Draft, Returned:
		return "organisation"
	case Submitted, Accepted:
		return "office"
	case Proposed:
		return "public"
	case Held:
		return "finance"
	case Approved, Paying:
		return "ledger"
	}
	return ""
}

// WaitsFor names who must act next, as its state says, or the bank while
// payment orders are out.
func (a *Application) WaitsFor() string {
	if a.State == Paying && a.Channel == call.BankFile {
		return "bank"
	}
	return a.State.WaitsFor()
}

// Action is what moves an application from one state to another.
type Action string

// What people do, and, below, what the ledger answers.
const (
	ActionOpen        Action = "open"
	ActionEdit        Action = "edit"
	ActionAttach      Action = "attach"
	ActionDetach      Action = "detach"
	ActionOffer       Action = "offer"   // the office proposes what needs no application
	ActionConfirm     Action = "confirm" // the organisation takes the offer
	ActionSubmit      Action = "submit"
	ActionRecall      Action = "recall" // the organisation takes it back to correct it
	ActionWithdraw    Action = "withdraw"
	ActionReturn      Action = "return"
	ActionAccept      Action = "accept"
	ActionRefuse      Action = "refuse"
	ActionPropose     Action = "propose" // an allocation was settled
	ActionPassOver    Action = "pass_over"
	ActionReopen      Action = "reopen" // an objection was upheld
	ActionCarry       Action = "carry"  // next year's money is due
	ActionApprove     Action = "approve"
	ActionRecompute   Action = "recompute"
	ActionCountersign Action = "countersign"
	ActionSendBack    Action = "send_back" // the countersigner disagrees; the hold is released

	ActionLetter  Action = "letter"  // the letter of the decision was issued
	ActionLane    Action = "lane"    // a step of the green lane; the case stays where it is
	ActionStop    Action = "stop"    // fraud was decided: every open application of the party ends
	ActionRevised Action = "revised" // its call's terms or rulings changed; the case stays where it is

	ActionHeld        Action = "held"
	ActionHoldRefused Action = "hold_refused"
	ActionPaid        Action = "paid"
	ActionPayRefused  Action = "pay_refused"
)

// steps is the whole state machine: which action leads where, from where.
var steps = map[Action]struct {
	from []State
	to   State // "" keeps the state, back takes it to where it was decided
}{
	ActionEdit:        {from: []State{Draft, Returned}},
	ActionAttach:      {from: []State{Draft, Returned}},
	ActionDetach:      {from: []State{Draft, Returned}},
	ActionConfirm:     {from: []State{Offered}, to: Submitted},
	ActionSubmit:      {from: []State{Draft, Returned}, to: Submitted},
	ActionRecall:      {from: []State{Submitted}, to: Returned},
	ActionWithdraw:    {from: []State{Offered, Draft, Returned, Submitted, Accepted, Proposed}, to: Withdrawn},
	ActionReturn:      {from: []State{Submitted, Accepted}, to: Returned},
	ActionAccept:      {from: []State{Submitted}, to: Accepted},
	ActionRefuse:      {from: []State{Submitted, Accepted, Proposed}, to: Refused},
	ActionStop:        {from: stoppable, to: Refused},
	ActionRecompute:   {from: []State{Submitted, Accepted}},
	ActionPropose:     {from: []State{Accepted}, to: Proposed},
	ActionPassOver:    {from: []State{Accepted}, to: Unchosen},
	ActionReopen:      {from: []State{Proposed, Unchosen}, to: Accepted},
	ActionLane:        {from: []State{Submitted, Accepted, Proposed, Held}},
	ActionLetter:      {from: []State{Paying, Paid, Refused, Unchosen}},
	ActionCarry:       {from: []State{Paid}, to: Proposed},
	ActionApprove:     {from: []State{Submitted, Accepted, Proposed}, to: Approved},
	ActionHeld:        {from: []State{Approved}, to: Held},
	ActionHoldRefused: {from: []State{Approved}, to: back},
	ActionCountersign: {from: []State{Held}, to: Paying},
	ActionSendBack:    {from: []State{Held}, to: back},
	ActionPaid:        {from: []State{Paying}, to: Paid},
	ActionPayRefused:  {from: []State{Paying}, to: Held},
}

// back stands for the state in which a case was decided.
const back State = "back"

// decidedIn is the state in which the office decides on the case.
func (a *Application) decidedIn() State {
	switch {
	case a.ByProposal:
		return Proposed
	case a.Call != "":
		return Accepted
	}
	return Submitted
}

// Can reports whether the action is possible in the present state.
func (a *Application) Can(act Action) bool {
	step, known := steps[act]
	if !known || !slices.Contains(step.from, a.State) {
		return false
	}
	switch act {
	case ActionAccept, ActionPropose: // steps of a call
		return a.Call != ""
	case ActionApprove:
		return a.ByProposal == (a.State == Proposed)
	case ActionCarry:
		return a.Carried > 0
	}
	return true
}

// Move takes the action.
//
// Codes: conflict when the state does not allow it.
func (a *Application) Move(act Action) error {
	if !a.Can(act) {
		return fault.Newf(fault.Conflict, "申报 %s 现在是“%s”，不能“%s”：可能已有人处理，请刷新。",
			"Application %s is %s and cannot take %s: somebody may have acted already; reload.", a.Number, string(a.State), string(act))
	}
	switch to := steps[act].to; to {
	case "":
	case back:
		a.State = a.decidedIn()
	default:
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
	Evidence string // which of the call's papers it is; "" for any other
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
