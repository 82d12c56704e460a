// Package exception is the room of what is settled case by case (一事一议,
// document 002 clause 8(4)): support for a key enterprise or a major project that
// no formula gives. An exception is proposed by one officer and approved by two
// others, one of the programme office and one of finance. Only then does it open
// a case, which carries its amount to a payment like any other.
package exception

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Exception is one departure from the formula, with all that it was decided on.
type Exception struct {
	ID     string // opaque
	Number string // what people quote: TY-2025-001
	Org    ident.CreditCode
	Kind   Kind
	Proposal
	ProposedBy   string // may not approve
	ProposedName string
	Proposed     time.Time

	State    State
	Opinions []Opinion // in the order in which they were given
	Closing  *Closing  // once it was withdrawn

	Application string // id of the case that it opened
	Version     int64  // counts changes; a writer names the one it read
	Updated     int64  // microseconds; set by the store
}

// Proposal is what an officer asks for. It never changes.
type Proposal struct {
	Rule      string    `json:"rule"`    // the clause that allows exceptions, 002-8.4
	Measure   string    `json:"measure"` // whose formula it departs from and whose budget it takes; "" for none
	Departure Departure `json:"departure"`
	Matter    string    `json:"matter"` // the model, project or platform; "" for a measure's year
	Call      string    `json:"call"`   // id of the call whose notice shows it; "" outside one
	Amount    money.Fen `json:"amount"` // in all, what the matter was paid before included
	Reason    string    `json:"reason"`
	Papers    []Paper   `json:"papers"`
}

// Kind is whom the clause names.
type Kind string

// The two grounds of document 002 clause 8(4).
const (
	KeyEnterprise Kind = "key_enterprise" // 重点企业
	MajorProject  Kind = "major_project"  // 重大项目
)

// Departure is how an exception leaves the formula.
type Departure string

// The departures. Whatever it is, the amount is stated and approved.
const (
	OtherAmount     Departure = "amount"     // another amount than the measure's formula gives
	WaivedCondition Departure = "condition"  // a condition of the measure does not hold
	NoMeasure       Departure = "no_measure" // no measure covers the matter
)

// State is where an exception stands.
type State string

// The states.
const (
	Proposed  State = "proposed"  // waits for opinions
	Approved  State = "approved"  // by both seats; its case is open
	Refused   State = "refused"   // by either
	Withdrawn State = "withdrawn" // by whoever proposed it, before it was decided
)

// States lists every state.
func States() []State { return []State{Proposed, Approved, Refused, Withdrawn} }

// Paper is a file that an exception rests on; its bytes are a blob.
type Paper struct {
	Name   string `json:"name"`
	Type   string `json:"media_type"`
	Size   int64  `json:"size" doc:"Bytes"`
	SHA256 string `json:"sha256"`
}

// Closing is who withdrew an exception, when and why.
type Closing struct {
	Person string    `json:"person"`
	Name   string    `json:"name"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Waits are the seats whose opinion a proposed exception waits for.
func (x *Exception) Waits() []Seat {
	if x.State != Proposed {
		return []Seat{}
	}
	return slices.DeleteFunc(Seats(), func(s Seat) bool {
		return slices.ContainsFunc(x.Opinions, func(o Opinion) bool { return o.Seat == s })
	})
}

// CheckApproved refuses whatever was not approved by both seats, each a person
// of its own and neither the proposer. It looks at the opinions themselves and
// not only at the state: no other path pays.
//
// Codes: conflict while it is not approved; check_failed when its record says
// approved and the opinions do not.
func (x *Exception) CheckApproved() error {
	if x.State != Approved {
		return fault.Newf(fault.Conflict, "一事一议 %s 还没有由主管部门和财政各一人同意，不能据以支付。", "Exception %s is not approved by one person of the office and one of finance; nothing is paid on it.", x.Number)
	}
	people := map[string]bool{x.ProposedBy: true}
	for _, seat := range Seats() {
		i := slices.IndexFunc(x.Opinions, func(o Opinion) bool { return o.Seat == seat && o.Verdict == Approve })
		if i < 0 || x.Opinions[i].Person == "" || people[x.Opinions[i].Person] {
			return fault.Newf(fault.CheckFailed, "一事一议 %s 记为已同意，却没有两个席位各一人的同意意见：不能据以支付，请告知管理员。", "Exception %s is marked as approved without an approval of each seat by a person of its own: nothing is paid on it; tell your administrator.", x.Number)
		}
		people[x.Opinions[i].Person] = true
	}
	return nil
}

// Digest is a SHA-256 over all that the decision rests on, in hex: what was
// proposed, by whom, and every opinion. The fact that seals an approval has it.
func (x *Exception) Digest() string {
	type opinion struct {
		Seat    Seat
		Person  string
		Verdict Verdict
		Reason  string
		At      int64
	}
	sealed := struct {
		ID, Number string
		Org        ident.CreditCode
		Kind       Kind
		Proposal   Proposal
		ProposedBy string
		Proposed   int64
		Opinions   []opinion
	}{x.ID, x.Number, x.Org, x.Kind, x.Proposal, x.ProposedBy, clock.Micros(x.Proposed), nil}
	for _, o := range x.Opinions {
		sealed.Opinions = append(sealed.Opinions, opinion{o.Seat, o.Person, o.Verdict, o.Reason, clock.Micros(o.At)})
	}
	text, _ := json.Marshal(sealed) // strings and integers always marshal
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Fact is the id of the fact that seals the approval.
func (x *Exception) Fact() string { return "excepted-" + x.ID }

// Cursor is where a list that ended with this exception goes on.
func (x *Exception) Cursor() string { return strconv.FormatInt(x.Updated, 10) + "/" + x.ID }

// Folded is the text that search looks into.
func (x *Exception) Folded(name string) string {
	return strings.ToLower(x.Number + "\n" + x.Matter + "\n" + string(x.Org) + "\n" + name)
}

const (
	reasonLimit = 2000
	matterLimit = 200
	maxPapers   = 20
)

// ProposeInput asks for an exception.
type ProposeInput struct {
	Org       ident.CreditCode
	Kind      Kind
	Measure   string
	Departure Departure
	Matter    string
	Call      string
	Amount    money.Fen
	Reason    string
	Papers    []Paper // as uploaded; their bytes are there
}

// Validate reports every fault of the input.
//
// Codes: invalid.
func (in ProposeInput) Validate() error {
	var c fault.Collector
	if _, err := ident.ParseCreditCode(string(in.Org)); err != nil {
		c.Merge("org", err)
	}
	if !slices.Contains([]Kind{KeyEnterprise, MajorProject}, in.Kind) {
		c.Add("kind", "应为 key_enterprise（重点企业）或 major_project（重大项目）。", "key_enterprise or major_project.")
	}
	switch {
	case !slices.Contains([]Departure{OtherAmount, WaivedCondition, NoMeasure}, in.Departure):
		c.Add("departure", "应为 amount、condition 或 no_measure。", "amount, condition or no_measure.")
	case (in.Departure == NoMeasure) != (in.Measure == ""):
		c.Add("measure", "不涉及现有措施的不填措施；突破某条措施的要写明是哪一条。", "Name the measure that it departs from, and none where no measure covers it.")
	case in.Measure == "" && in.Call != "":
		c.Add("call", "不涉及现有措施的，不属于任何批次。", "Without a measure it belongs to no call.")
	}
	switch n := len([]rune(strings.TrimSpace(in.Matter))); {
	case n == 0 && in.Measure == "":
		c.Add("matter", "请写明是什么事项。", "Say what the matter is.")
	case n > matterLimit:
		c.Add("matter", "事项超过 %d 字。", "The matter is longer than %d characters.", matterLimit)
	}
	if in.Amount <= 0 {
		c.Add("amount_fen", "金额要大于 0。", "The amount is above 0.")
	}
	checkReason(&c, "reason", in.Reason)
	if len(in.Papers) == 0 || len(in.Papers) > maxPapers {
		c.Add("papers", "请附 1 到 %d 份材料。", "Attach 1 to %d papers.", maxPapers)
	}
	for i, p := range in.Papers {
		if slices.ContainsFunc(in.Papers[:i], func(o Paper) bool { return o.SHA256 == p.SHA256 }) {
			c.Add("papers["+strconv.Itoa(i)+"]", "同一份材料附了两次。", "The same paper is attached twice.")
		}
	}
	return c.Err()
}

func checkReason(c *fault.Collector, path, reason string) {
	switch n := len([]rune(strings.TrimSpace(reason))); {
	case n == 0:
		c.Add(path, "请写明理由。", "Give a reason.")
	case n > reasonLimit:
		c.Add(path, "理由超过 %d 字。", "The reason is longer than %d characters.", reasonLimit)
	}
}
