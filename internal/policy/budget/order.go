// Package budget is how a year's money comes into purses and programmes (预算指标):
// a budget order that one person of finance writes and another confirms, what the
// ledger booked for it, and what a year left over. README.md has the states and
// invariants.
package budget

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Order is one budget order (指标单). Nothing of it changes after it was written
// but its state: what is wrong is undone by another order.
type Order struct {
	ID      string // opaque
	Number  string // what people quote: YS-2025-0001, counted by budget year
	Year    int    // budget year
	Basis   string // number and words of the document that decides it (文号)
	Day     clock.Date
	Lines   []Line
	State   State
	Version int64 // counts changes; a writer names the one it read

	Person string // who wrote it
	Name   string
	At     time.Time

	Second     string // who confirms or confirmed it; "" before
	SecondName string
	Confirmed  clock.Date // on which; "" before
	Asked      string     // the ledger intent of the last confirmation
	Refusal    i18n.Text  // why the ledger did not book it, the last time that it did not

	Updated int64 // microseconds; set by the store
}

// Line is what an order does to one programme: a positive amount is
// appropriated to the purse's annual budget and allotted to the programme, and
// its ceiling rises by as much; a negative one is taken back the same way.
type Line struct {
	Purse   ledger.Purse
	Measure string
	Amount  money.Fen
	Cap     *money.Fen // most one party gets of it in the year from now on; nil leaves that as it is
	Takes   []Taking   // where a negative line took from; set by the confirmation
}

// Taking is how much a line takes back of an earlier one.
type Taking struct {
	Entry  string // the beginning of the ids of that line's transfers
	Order  string // its order
	Number string
	Amount money.Fen // positive
}

// Programme is what the line is about, in a budget year.
func (l Line) Programme(year int) ledger.Programme {
	return ledger.Programme{Purse: l.Purse, Measure: l.Measure, Year: year}
}

// State is where an order stands.
type State string

// The states.
const (
	Proposed  State = "proposed"  // waits for a second person
	Booking   State = "booking"   // confirmed; the ledger is asked
	Confirmed State = "confirmed" // in the books
	Refused   State = "refused"   // the second person said no
	Withdrawn State = "withdrawn" // its writer took it back
)

// States lists every state.
func States() []State { return []State{Proposed, Booking, Confirmed, Refused, Withdrawn} }

// Action is what somebody did to an order, or what the ledger answered.
type Action string

// The actions.
const (
	ActionPropose   Action = "propose"
	ActionConfirm   Action = "confirm"
	ActionRefuse    Action = "refuse"
	ActionWithdraw  Action = "withdraw"
	ActionBooked    Action = "booked"
	ActionNotBooked Action = "not_booked"
)

// moves are the states in which an action may be taken, and where it leads.
var moves = map[Action]struct{ from, to State }{
	ActionConfirm:   {Proposed, Booking},
	ActionRefuse:    {Proposed, Refused},
	ActionWithdraw:  {Proposed, Withdrawn},
	ActionBooked:    {Booking, Confirmed},
	ActionNotBooked: {Booking, Proposed},
}

// Move takes an action.
//
// Codes: conflict.
func (o *Order) Move(act Action) error {
	m := moves[act]
	if o.State != m.from {
		return fault.Newf(fault.Conflict, "指标单 %s 现为“%s”，不能这样处理：请刷新。", "Budget order %[1]s is %[3]s, so this cannot be done: reload.", o.Number, stateNames[o.State].ZH, stateNames[o.State].EN)
	}
	o.State = m.to
	return nil
}

var stateNames = map[State]i18n.Text{
	Proposed: {ZH: "待复核", EN: "waiting for a second person"}, Booking: {ZH: "记账中", EN: "being booked"}, Confirmed: {ZH: "已下达", EN: "confirmed"},
	Refused: {ZH: "已退回", EN: "refused"}, Withdrawn: {ZH: "已撤回", EN: "withdrawn"},
}

// Cursor is where an order stands in the list.
func (o *Order) Cursor() string { return fmt.Sprintf("%d/%s", o.Updated, o.ID) }

// byProgramme are the numbers of the lines in the order of their programmes, in
// which all that touches several goes: two orders never wait for one another.
func (o *Order) byProgramme() []int {
	all := make([]int, len(o.Lines))
	for i := range all {
		all[i] = i
	}
	slices.SortFunc(all, func(a, b int) int {
		return strings.Compare(o.Lines[a].Programme(o.Year).Account(), o.Lines[b].Programme(o.Year).Account())
	})
	return all
}

// Totals are the sums of the positive and of the negative lines.
func (o *Order) Totals() (given, taken money.Fen) {
	for _, l := range o.Lines {
		if l.Amount > 0 {
			given += l.Amount
		} else {
			taken -= l.Amount
		}
	}
	return given, taken
}

// Event is one entry of an order's history.
type Event struct {
	At     time.Time
	Person string // "" for the ledger
	Name   string
	Role   string
	Action Action
	To     State
	Note   i18n.Text
}
