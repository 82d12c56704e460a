// Package recovery is where money that was paid and should not have stayed
// comes back (追缴): the case with its authority, proof, hearing and decision,
// what is owed and received for each purse, the list of excluded organisations,
// and suggestions after a fact was corrected. README.md has the states and
// invariants.
package recovery

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Case is one recovery from one organisation (追缴案).
type Case struct {
	ID       string // opaque
	Number   string // what people quote: ZC-2025-001
	Org      ident.CreditCode
	OrgName  string // as it was when the case was opened
	Ground   Ground
	State    State
	Version  int64 // counts changes; a writer names the one it read
	Reason   string
	Proposal string // the suggestion that was taken up; "" for none

	Authority Authority
	Facts     []string // ids of the facts that prove it
	Papers    []Paper
	Finding   string // what is proven, in words

	Notice    *Notice // what the party was told; nil before
	Known     bool    // the party was told of the case, and sees it from then on
	Statement *Statement
	Reply     string // how the statement was weighed, or that none came

	Decision  *Decision  // nil before; it holds once Confirmed
	Remission *Remission // part of the claim that shall be written off and waits for a second person

	Parts  []Part
	Plan   Plan
	Letter *Letter // of the confirmed decision; nil before it was issued

	OpenedBy string
	Opened   time.Time
	Updated  int64 // microseconds; set by the store
}

// Ground is why money is asked back.
type Ground string

// The grounds.
const (
	Fraud        Ground = "fraud"         // got by false papers or concealment (骗取)
	Overpaid     Ground = "overpaid"      // a fact was corrected after the payment (多付)
	NotPerformed Ground = "not_performed" // what it was paid for was not done (未履约)
	Voluntary    Ground = "voluntary"     // the party gives it back of its own accord (自愿退回)
)

// Grounds lists the closed set.
func Grounds() []Ground { return []Ground{Fraud, Overpaid, NotPerformed, Voluntary} }

// State is where a case stands.
type State string

// The states, in the order of a smooth run.
const (
	Opened     State = "opened"     // the office inquires
	Proven     State = "proven"     // facts and papers carry the finding
	Notified   State = "notified"   // the party was told and may speak
	Heard      State = "heard"      // it has spoken, or its time is over
	Decided    State = "decided"    // one person decided; a second one confirms
	Recovering State = "recovering" // the money is asked back
	Closed     State = "closed"     // nothing is owed any more: received, or written off by a decision
	Dropped    State = "dropped"    // not proven
	Revoked    State = "revoked"    // the decision was taken back
)

// States lists every state, in the order of a smooth run.
func States() []State {
	return []State{Opened, Proven, Notified, Heard, Decided, Recovering, Closed, Dropped, Revoked}
}

// Live reports whether the case still claims its payments, so that no other
// case may.
func (s State) Live() bool { return !slices.Contains([]State{Closed, Dropped, Revoked}, s) }

// WaitsFor names who must act next: "office", "party", "finance", or "".
func (s State) WaitsFor() string {
	switch s {
	case Opened, Proven, Heard:
		return "office"
	case Notified, Recovering:
		return "party"
	case Decided:
		return "finance"
	}
	return ""
}

// Action is what somebody did to a case, or what the ledger answered.
type Action string

// The actions.
const (
	ActionOpen    Action = "open"
	ActionCite    Action = "cite"  // name the authority
	ActionProve   Action = "add"   // add a fact or a paper
	ActionFind    Action = "prove" // say what is proven
	ActionNotify  Action = "notify"
	ActionState   Action = "state" // the party speaks
	ActionHear    Action = "hear"
	ActionDecide  Action = "decide"
	ActionConfirm Action = "confirm"
	ActionReturn  Action = "send_back"
	ActionPlan    Action = "reschedule"
	ActionReceive Action = "receive"
	ActionReverse Action = "reverse" // a receipt was recorded wrongly, or the bank took it back
	ActionRemit   Action = "remit"   // propose to write part of it off
	ActionReopen  Action = "reopen"  // back to the inquiry
	ActionDrop    Action = "drop"
	ActionRevoke  Action = "revoke"
	ActionLift    Action = "lift"   // the exclusion ends before its term
	ActionLetter  Action = "letter" // the decision's letter went out

	ActionBooked     Action = "booked"
	ActionNotBooked  Action = "not_booked"
	ActionReversed   Action = "reversed"
	ActionUnreversed Action = "not_reversed"
	ActionClose      Action = "close" // nothing is owed any more
)

// steps is the whole state machine: which action leads where, from where.
var steps = map[Action]struct {
	from []State
	to   State // "" keeps the state
}{
	ActionCite:       {from: []State{Opened, Proven, Notified, Heard}},
	ActionProve:      {from: []State{Opened, Proven, Notified, Heard}},
	ActionFind:       {from: []State{Opened}, to: Proven},
	ActionNotify:     {from: []State{Proven}, to: Notified},
	ActionState:      {from: []State{Notified}},
	ActionHear:       {from: []State{Notified}, to: Heard},
	ActionDecide:     {from: []State{Heard}, to: Decided},
	ActionReturn:     {from: []State{Decided, Recovering}}, // a decision back to Heard, a remission to nothing
	ActionConfirm:    {from: []State{Decided, Recovering}, to: Recovering},
	ActionPlan:       {from: []State{Recovering}},
	ActionReceive:    {from: []State{Recovering}},
	ActionBooked:     {from: []State{Recovering}},
	ActionNotBooked:  {from: []State{Recovering}},
	ActionReverse:    {from: []State{Recovering, Closed}, to: Recovering},
	ActionReversed:   {from: []State{Recovering}},
	ActionUnreversed: {from: []State{Recovering}},
	ActionRemit:      {from: []State{Recovering}},
	ActionClose:      {from: []State{Recovering}, to: Closed},
	ActionReopen:     {from: []State{Proven, Notified, Heard, Dropped}, to: Opened},
	ActionDrop:       {from: []State{Opened, Proven, Notified, Heard}, to: Dropped},
	ActionRevoke:     {from: []State{Recovering}, to: Revoked},
	ActionLetter:     {from: []State{Recovering, Closed}},
}

// Can reports whether the action is possible in the present state.
func (c *Case) Can(act Action) bool { return slices.Contains(steps[act].from, c.State) }

// Move takes the action.
//
// Codes: conflict when the state does not allow it.
func (c *Case) Move(act Action) error {
	if !c.Can(act) {
		return fault.Newf(fault.Conflict, "追缴案 %s 现在是“%s”，不能“%s”：可能已有人处理，请刷新。",
			"Recovery %s is %s and cannot take %s: somebody may have acted already; reload.", c.Number, string(c.State), string(act))
	}
	if to := steps[act].to; to != "" {
		c.State = to
	}
	return nil
}

// Paper is an uploaded file; the bytes are a blob under its digest.
type Paper struct {
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Type   string    `json:"type" doc:"Media type, found by looking at the bytes"`
	Size   int64     `json:"size"`
	SHA256 string    `json:"sha256"`
	Party  bool      `json:"party" doc:"The organisation brought it"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Event is one entry of a case's history. Entries are never changed: what was
// done by mistake is undone by another one.
type Event struct {
	Seq    int64
	At     time.Time
	Person string // "" when the ledger answered
	Name   string
	Role   string
	Action Action
	To     State
	Note   i18n.Text       // the reason given, or the ledger's answer
	Detail json.RawMessage // what the entry said, as it stood then; null for nothing more
}

// Cursor is where a list that ended with this case goes on.
func (c Case) Cursor() string { return strconv.FormatInt(c.Updated, 10) + "/" + c.ID }

// Notice is what the party was told (告知): what is found, what is intended,
// and until when it may speak.
type Notice struct {
	On       clock.Date `json:"on"`
	Days     int        `json:"days" doc:"Working days to answer"`
	Deadline clock.Date `json:"deadline" doc:"Last day"`
	Text     string     `json:"text"`
	Listing  bool       `json:"listing" doc:"It was told that it may be excluded from applying"`
	By       string     `json:"by"`
}

// Statement is what the party said (陈述、申辩).
type Statement struct {
	Text   string    `json:"text"`
	Waived bool      `json:"waived" doc:"It has nothing to object"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}
