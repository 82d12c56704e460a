package payment

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Order (支付指令) tells one purse to pay one amount to one account, once. Its
// id derives from case, round, instalment, level and attempt, so that issuing
// twice is once. What it says never changes; only its state moves, and each
// move leaves an event.
type Order struct {
	ID         string
	Number     string // what people and the bank quote: ZF-2025-0001
	Case       string
	CaseNumber string
	Round      int
	Instalment int // n
	Of         int // of m
	Attempt    int // from 1; each later one replaces the one before
	Replaces   string

	Org       ident.CreditCode
	OrgName   string
	Measure   string
	Year      int
	Purse     ledger.Purse
	PurseName i18n.Text
	Payee     Payee
	Amount    money.Fen
	Purpose   string
	Due       clock.Date
	Consenter string // who countersigned the case; may not release the order
	Created   time.Time

	State     OrderState
	Version   int64
	File      string     // the one live bank file that it is in
	Reference string     // the bank's, once it answered
	Settled   clock.Date // the bank's day
	Why       string     // why the bank did not pay
	Before    money.Fen  // paid on this half before this order was, once it is paid
	AskedBy   string     // who asked to cancel it; another person answers
}

// OrderState is where an order stands.
type OrderState string

// The states. Paid, replaced and cancelled are final: what comes after is a
// new entry of its own.
const (
	Waiting    OrderState = "waiting"    // for a bank file
	Exported   OrderState = "exported"   // in a bank file, for the bank's answer
	Paid       OrderState = "paid"       // the bank paid
	Failed     OrderState = "failed"     // the bank did not: reissue or cancel
	Replaced   OrderState = "replaced"   // failed, and a new order stands for it
	Cancelling OrderState = "cancelling" // a second person is asked
	Cancelled  OrderState = "cancelled"  // will not be paid
)

// OrderStates lists every state.
func OrderStates() []OrderState {
	return []OrderState{Waiting, Exported, Paid, Failed, Replaced, Cancelling, Cancelled}
}

// Live reports whether the order still stands for its part of the award.
func (s OrderState) Live() bool { return s != Replaced && s != Cancelled }

// Action is what moves an order.
type Action string

// What people do, and what the bank's answer does.
const (
	ActionIssue        Action = "issue"
	ActionExport       Action = "export"
	ActionUnfile       Action = "unfile" // its file was withdrawn before it was released
	ActionPaid         Action = "paid"
	ActionFailed       Action = "failed"
	ActionReissue      Action = "reissue"
	ActionAskCancel    Action = "ask_cancel"
	ActionCancel       Action = "cancel"
	ActionRefuseCancel Action = "refuse_cancel"
)

// steps is the whole state machine.
var steps = map[Action]struct {
	from []OrderState
	to   OrderState
}{
	ActionExport:       {[]OrderState{Waiting}, Exported},
	ActionUnfile:       {[]OrderState{Exported}, Waiting},
	ActionPaid:         {[]OrderState{Exported}, Paid},
	ActionFailed:       {[]OrderState{Exported}, Failed},
	ActionReissue:      {[]OrderState{Failed}, Replaced},
	ActionAskCancel:    {[]OrderState{Waiting, Failed}, Cancelling},
	ActionCancel:       {[]OrderState{Cancelling}, Cancelled},
	ActionRefuseCancel: {[]OrderState{Cancelling}, Waiting},
}

// Can reports whether the action is possible in the present state.
func (o *Order) Can(act Action) bool { return slices.Contains(steps[act].from, o.State) }

// Move takes the action. A refused cancellation leads back to where the order
// was: failed if the bank had answered.
//
// Codes: conflict when the state does not allow it.
func (o *Order) Move(act Action) error {
	if !o.Can(act) {
		return fault.Newf(fault.Conflict, "指令 %s 现在是“%s”，不能“%s”：可能已有人处理，请刷新。",
			"Order %s is %s and cannot take %s: somebody may have acted already; reload.", o.Number, string(o.State), string(act))
	}
	o.State = steps[act].to
	if act == ActionRefuseCancel && o.Settled != "" {
		o.State = Failed
	}
	return nil
}

// orderID derives an order's id.
func orderID(a Award, instalment int, level ledger.Level, attempt int) string {
	return fmt.Sprintf("po-%s-%d-%d-%s-%d", a.Case, a.Round, instalment, level, attempt)
}

// newOrder is the order for one half of one part of an award.
func newOrder(a Award, part Part, of int, level ledger.Level, attempt int) Order {
	h := a.half(level)
	return Order{
		ID: orderID(a, part.N, level, attempt), Case: a.Case, CaseNumber: a.Number, Round: a.Round, Instalment: part.N, Of: of, Attempt: attempt,
		Org: a.Org, OrgName: a.OrgName, Measure: a.Measure, Year: a.Year, Purse: h.Purse, PurseName: h.Name, Payee: a.Payee,
		Amount: part.half(level), Purpose: a.purpose(part.N, of), Due: a.Due, Consenter: a.Consenter, State: Waiting, Version: 1,
	}
}

// OrderEvent is one step of an order. Events are only ever added.
type OrderEvent struct {
	Seq    int64
	At     time.Time
	Person string
	Name   string
	Role   string
	Action Action
	To     OrderState
	Note   string // the reason given, or the file or return behind the step
}

// noteLimit bounds what people type.
const noteLimit = 2000

// checkNote refuses an empty or endless reason.
func checkNote(c *fault.Collector, path, text string) {
	switch n := len([]rune(strings.TrimSpace(text))); {
	case n == 0:
		c.Add(path, "请写明理由。", "Give a reason.")
	case n > noteLimit:
		c.Add(path, "超过 %d 字。", "Longer than %d characters.", noteLimit)
	}
}
