// Package voucher is where a measure is given as a voucher (券) instead of
// money: a year's pool, what an organisation claims of it, each voucher with its
// validity and scope, what is held and used of it, and what comes back. All
// sums are the ledger's; this room keeps who, why and until when. README.md has
// the states and invariants.
package voucher

import (
	"encoding/json"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Voucher is one voucher (一张券) of one organisation, from its request on. It
// is not cash and nobody else's.
type Voucher struct {
	ID        string // opaque
	Number    string // what people quote: SQ-2025-00001
	Programme string // the measure: 002-1
	Year      int    // of the pool
	Org       ident.CreditCode
	OrgName   string // as it was when it was asked for
	State     State
	Version   int64 // counts changes; a writer names the one it read

	Asked money.Fen  // the face value that was asked for
	Face  money.Fen  // what was issued; 0 before
	From  clock.Date // first day; "" before it was issued
	Until clock.Date // last day

	Terms      rule.VoucherTerms // as ruled on the day of the claim
	Outcome    rule.Outcome      // of the assessment on that day
	Assessment json.RawMessage   // with its trace
	Hash       string            // SHA-256 of it

	Pending *Pending  // what the ledger is asked; nil for nothing
	Back    Back      // what of it came back
	Why     i18n.Text // why it was declined or refused
	At      time.Time // of the claim
}

// Pending is what the ledger was asked and has not answered.
type Pending struct {
	Intent string
	Action Action // ActionReturn, ActionRecall or ActionExpire; ActionClaim for the issue
	Amount money.Fen
}

// Back is what came back of a voucher.
type Back struct {
	Returned money.Fen // given back by its holder, or recalled
	Expired  money.Fen
}

// State is where a voucher stands. What is held and used of a live one, the
// ledger says.
type State string

// The states.
const (
	Requested State = "requested" // waits for the office or for the allocation
	Issuing   State = "issuing"   // the ledger is asked for the money
	Live      State = "live"
	Ending    State = "ending"    // the ledger is asked to take back what is free
	Spent     State = "spent"     // used to the last fen
	Returned  State = "returned"  // the rest was given back or recalled
	Expired   State = "expired"   // the rest was not used in time
	Declined  State = "declined"  // by the office, with a reason
	Withdrawn State = "withdrawn" // by who asked
	Refused   State = "refused"   // the pool or a limit had no room
)

// States lists every state.
func States() []State {
	return []State{Requested, Issuing, Live, Ending, Spent, Returned, Expired, Declined, Withdrawn, Refused}
}

// Action is what happens to a voucher.
type Action string

// The actions.
const (
	ActionRequest   Action = "request"
	ActionClaim     Action = "claim" // issued on claim: the ledger is asked at once
	ActionApprove   Action = "approve"
	ActionAllocate  Action = "allocate"
	ActionDecline   Action = "decline"
	ActionWithdraw  Action = "withdraw"
	ActionIssued    Action = "issued"
	ActionNotIssued Action = "not_issued"
	ActionReturn    Action = "return"
	ActionRecall    Action = "recall"
	ActionExpire    Action = "expire"
	ActionEnded     Action = "ended"     // what was free came back, and nothing is held
	ActionReduced   Action = "reduced"   // what was free came back; a part is still held
	ActionNotEnded  Action = "not_ended" // a hold came first
	ActionSpend     Action = "spend"
	ActionRevive    Action = "revive" // a deduction was given back to it
)

// moves are the steps that lead from state to state.
var moves = map[Action]struct {
	from []State
	to   State
}{
	ActionApprove:   {[]State{Requested}, Issuing},
	ActionAllocate:  {[]State{Requested}, Issuing},
	ActionDecline:   {[]State{Requested}, Declined},
	ActionWithdraw:  {[]State{Requested}, Withdrawn},
	ActionIssued:    {[]State{Issuing}, Live},
	ActionNotIssued: {[]State{Issuing}, Refused},
	ActionReturn:    {[]State{Live}, Ending},
	ActionRecall:    {[]State{Live}, Ending},
	ActionExpire:    {[]State{Live}, Ending},
	ActionReduced:   {[]State{Ending}, Live},
	ActionNotEnded:  {[]State{Ending}, Live},
	ActionSpend:     {[]State{Live}, Spent},
	ActionRevive:    {[]State{Spent, Returned, Expired}, Live},
}

// Can reports whether an action is possible in the voucher's state.
func (v *Voucher) Can(act Action) bool {
	for _, from := range moves[act].from {
		if v.State == from {
			return true
		}
	}
	return act == ActionEnded && v.State == Ending
}

// Move takes an action. ActionEnded leads to what the voucher was asked for.
//
// Codes: conflict.
func (v *Voucher) Move(act Action) error {
	if !v.Can(act) {
		return fault.Newf(fault.Conflict, "券 %s 现在不能这样处理：请刷新看它的状态。", "Voucher %s cannot be acted on like that now: reload to see where it stands.", v.Number)
	}
	v.State = moves[act].to
	if act == ActionEnded {
		v.State = Returned
		if v.Pending.Action == ActionExpire {
			v.State = Expired
		}
	}
	return nil
}

// books are the accounts of the voucher's programme and year.
func (v *Voucher) books() ledger.Vouchers {
	return ledger.Vouchers{Programme: v.Programme, Year: v.Year}
}

func (v *Voucher) wallet() string { return v.books().Wallet(v.ID) }

// ref is how the ledger's entries name the voucher.
func (v *Voucher) ref() string { return "voucher/" + v.ID }

// validFrom sets the days on which the voucher is good: so many days from the
// day of issue, and none after the ruling's latest.
func (v *Voucher) validFrom(day clock.Date) {
	v.From, v.Until = day, day.AddDays(v.Terms.ValidDays-1)
	if v.Terms.Latest != "" {
		v.Until = min(v.Until, v.Terms.Latest)
	}
}

// Event is one step of a voucher's history; nothing is taken out of it.
type Event struct {
	Seq    int64
	At     time.Time
	Person string // "" for the ledger and the clock
	Name   string
	Role   string
	Action Action
	To     State
	Amount money.Fen
	Note   i18n.Text
}

// Use is what one bill holds of one voucher. The ledger has the money; this
// says which bill it is for, so that a bill never takes two programmes (open
// question A10) nor more than the ruled discount.
type Use struct {
	Bill      string
	Hold      string // id of the hold in the ledger
	Voucher   string
	Programme string
	Held      money.Fen
	Settled   money.Fen // 0 before it was settled
	Post      string    // id of the settlement in the ledger; "" before
	Released  bool      // whole, so that the bill holds nothing here
}
