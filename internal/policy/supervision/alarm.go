package supervision

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Alarm (预警) is a finding put before people. It ends in a decision: dismissed
// with a reason, or confirmed with what follows. One that its facts no longer
// support lapses by itself.
type Alarm struct {
	ID          string
	Key         string // of the finding: the same is never raised twice
	Rule        string
	RuleVersion int
	Severity    Severity
	State       State
	Version     int64 // counts changes; a writer names the one it read
	Reason      i18n.Text
	Cases       []CaseRef // by id
	Facts       []string  // ids, sorted
	Trades      []Trade
	Follow      Follow // of a confirmed one
	ProposedBy  string // who proposed the dismissal; may not consent to it
	Raised      time.Time
	Updated     int64 // microseconds; set by the store
}

// CaseRef is an application that an alarm is about.
type CaseRef struct {
	ID      string
	Number  string
	Org     ident.CreditCode
	Measure string
}

// State is where an alarm stands.
type State string

// The states.
//
//	open ──propose──► proposed ──consent──► dismissed        (stop: two people)
//	  │ ▲                └──object──► open
//	  │ └── returns ◄── lapsed ◄── lapses (open, proposed, confirmed)
//	  ├──dismiss──► dismissed                                 (look: one person)
//	  └──confirm──► confirmed                                 (also from proposed)
const (
	Open      State = "open"
	Proposed  State = "proposed" // the office would dismiss a stop; a second person must agree
	Dismissed State = "dismissed"
	Confirmed State = "confirmed"
	Lapsed    State = "lapsed" // its facts no longer bear it out
)

// States lists every state.
func States() []State { return []State{Open, Proposed, Dismissed, Confirmed, Lapsed} }

// Follow is what follows from a confirmed alarm.
type Follow string

// What may follow.
const (
	Refuse  Follow = "refuse"  // the application is refused
	Recover Follow = "recover" // what was paid is recovered (追缴)
	Correct Follow = "correct" // a fact is corrected, whereupon the alarm lapses
)

// Follows lists the closed set.
func Follows() []Follow { return []Follow{Refuse, Recover, Correct} }

// Action is what moves an alarm.
type Action string

// What people do, and below what the facts do.
const (
	ActionDismiss Action = "dismiss"
	ActionPropose Action = "propose"
	ActionConsent Action = "consent"
	ActionObject  Action = "object"
	ActionConfirm Action = "confirm"

	ActionRaise  Action = "raise"
	ActionJoin   Action = "join" // another case stands on the same facts
	ActionLapse  Action = "lapse"
	ActionReturn Action = "return"
)

// steps is the whole state machine.
var steps = map[Action]struct {
	from []State
	to   State
}{
	ActionDismiss: {from: []State{Open}, to: Dismissed},
	ActionPropose: {from: []State{Open}, to: Proposed},
	ActionConsent: {from: []State{Proposed}, to: Dismissed},
	ActionObject:  {from: []State{Proposed}, to: Open},
	ActionConfirm: {from: []State{Open, Proposed}, to: Confirmed},
	ActionJoin:    {from: []State{Open, Proposed, Dismissed, Confirmed}},
	ActionLapse:   {from: []State{Open, Proposed, Confirmed}, to: Lapsed},
	ActionReturn:  {from: []State{Lapsed}, to: Open},
}

// Can reports whether the action is possible in the present state.
func (a *Alarm) Can(act Action) bool {
	step, known := steps[act]
	return known && slices.Contains(step.from, a.State) && (act != ActionDismiss || a.Severity == Look) && (act != ActionPropose || a.Severity == Stop)
}

// Move takes the action. A dismissed alarm that another case joins is open
// again: who dismissed it did not know of that case.
//
// Codes: conflict when the state does not allow it.
func (a *Alarm) Move(act Action) error {
	if !a.Can(act) {
		return fault.Newf(fault.Conflict, "预警 %s 现在是“%s”，不能“%s”：可能已有人处理，请刷新。",
			"Alarm %s is %s and cannot take %s: somebody may have acted already; reload.", a.ID, string(a.State), string(act))
	}
	switch to := steps[act].to; {
	case to != "":
		a.State = to
	case act == ActionJoin && a.State != Confirmed:
		a.State = Open
	}
	return nil
}

// Blocks reports whether the alarm bars a payment: a stop that is neither
// dismissed nor lapsed.
func (a *Alarm) Blocks() bool {
	return a.Severity == Stop && a.State != Dismissed && a.State != Lapsed
}

// WaitsFor names who must act next: "office", "second" or "".
func (a *Alarm) WaitsFor() string {
	switch a.State {
	case Open:
		return "office"
	case Proposed:
		return "second"
	}
	return ""
}

// CheckSecondPerson refuses the consent of whoever proposed the dismissal.
//
// Codes: forbidden.
func (a *Alarm) CheckSecondPerson(person string) error {
	if person == a.ProposedBy {
		return fault.Newf(fault.Forbidden, "排除须由另一人同意：这是您自己提出的。", "A second person must agree: you proposed this yourself.")
	}
	return nil
}

// Event is one entry of an alarm's trail. Events are never changed.
type Event struct {
	Seq    int64
	At     time.Time
	Person string // "" when the facts did it
	Name   string
	Role   string
	Action Action
	To     State
	Note   i18n.Text
}

// Cursor is where a list that ended with this alarm goes on.
func (a Alarm) Cursor() string { return strconv.FormatInt(a.Updated, 10) + "/" + a.ID }

// ref is a case as an alarm names it.
func (c *Case) ref() CaseRef {
	return CaseRef{ID: c.ID, Number: c.Number, Org: c.Org, Measure: c.Measure}
}

// reasonLimit bounds what people type as a reason.
const reasonLimit = 2000

// DisposeInput is a person's decision on an alarm.
type DisposeInput struct {
	ID      string
	Version int64  // the one that was read
	Reason  string // kept in the trail
	Follow  Follow // of a confirmation
	Agree   bool   // of a second person's answer
}

// validate reports every fault; confirming needs what follows.
func (in DisposeInput) validate(confirming bool) error {
	var bad fault.Collector
	switch n := len([]rune(strings.TrimSpace(in.Reason))); {
	case n == 0:
		bad.Add("reason", "请写明理由。", "Give a reason.")
	case n > reasonLimit:
		bad.Add("reason", "理由超过 %d 字。", "The reason is longer than %d characters.", reasonLimit)
	}
	if in.Version <= 0 {
		bad.Add("revision", "缺少所依据的版本：请刷新页面。", "The revision that you read is missing: reload the page.")
	}
	if confirming && !slices.Contains(Follows(), in.Follow) {
		bad.Add("follow", "请选择后续处理：不予支持、追缴或更正事实。", "Choose what follows: refuse, recover or correct.")
	}
	return bad.Err()
}

// Precision is how one rule has fared: what share of its decided alarms were
// confirmed. The office tunes thresholds by it.
type Precision struct {
	Rule      string
	Open      int64 // proposed ones among them
	Dismissed int64
	Confirmed int64
	Lapsed    int64
}

// Filter chooses alarms; zero fields do not restrict.
type Filter struct {
	Rule    string
	States  []State
	Measure string
	Org     ident.CreditCode
	Text    string // part of an application's number, of the reason, or a whole alarm or fact id
	Before  string // cursor: "updated/id" of the last row seen
	Limit   int
}
