package exception

import (
	"slices"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
)

// Opinion is what one seat says of an exception. It is never changed.
type Opinion struct {
	Seat    Seat
	Person  string
	Name    string
	Verdict Verdict
	Reason  string
	At      time.Time
}

// Seat is one of the two chairs that an exception has to pass, in any order.
type Seat string

// The seats, each a role of the region.
const (
	OfficeSeat  Seat = "office"  // 主管部门负责人
	FinanceSeat Seat = "finance" // 财政
)

// Seats lists the seats that must approve.
func Seats() []Seat { return []Seat{OfficeSeat, FinanceSeat} }

// seatOf is the seat that a role sits on, "" for none.
func seatOf(role string) Seat {
	switch httpapi.Role(role) {
	case party.Office:
		return OfficeSeat
	case party.Finance:
		return FinanceSeat
	}
	return ""
}

// Verdict is what an opinion comes to.
type Verdict string

// The verdicts.
const (
	Approve Verdict = "approve"
	Refuse  Verdict = "refuse"
)

// mayJudge refuses an opinion of somebody who proposed the exception, who gave
// one already in whatever role, or whose seat has spoken.
//
// Codes: forbidden, conflict.
func (x *Exception) mayJudge(by Actor) error {
	seat := seatOf(by.Role)
	spoken := func(o Opinion) bool { return o.Seat == seat }
	switch {
	case by.Person == "" || seat == "":
		return fault.Newf(fault.Forbidden, "一事一议由主管部门和财政审批。", "The programme office and finance decide on exceptions.")
	case by.Person == x.ProposedBy:
		return fault.Newf(fault.Forbidden, "提出人不能审批：这一件是您自己提出的。", "Whoever proposes does not decide: you proposed this exception yourself.")
	case slices.ContainsFunc(x.Opinions, func(o Opinion) bool { return o.Person == by.Person }):
		return fault.Newf(fault.Forbidden, "您已对 %s 表达意见：另一席须由另一人审批。", "You gave your opinion on %s already: the other seat is another person's.", x.Number)
	case x.State != Proposed:
		return x.overtaken()
	case slices.ContainsFunc(x.Opinions, spoken):
		o := x.Opinions[slices.IndexFunc(x.Opinions, spoken)]
		return fault.Newf(fault.Conflict, "%[2]s 已代表这一席审批 %[1]s，本次没有写入：请刷新。", "%[2]s spoke for this seat on %[1]s already and nothing was written: reload.", x.Number, o.Name)
	}
	return nil
}

// JudgeInput is an opinion as somebody writes it.
type JudgeInput struct {
	ID      string
	Version int64 // that was read
	Verdict Verdict
	Reason  string
}

// Validate reports every fault of the input.
//
// Codes: invalid.
func (in JudgeInput) Validate() error {
	var c fault.Collector
	if !slices.Contains([]Verdict{Approve, Refuse}, in.Verdict) {
		c.Add("verdict", "应为 approve 或 refuse。", "approve or refuse.")
	}
	checkReason(&c, "reason", in.Reason)
	if in.Version <= 0 {
		c.Add("revision", "缺少所依据的版本：请刷新页面。", "The revision that you read is missing: reload the page.")
	}
	return c.Err()
}

// give adds an opinion, which settles the exception when it refuses or when it
// is the last approval that was waited for.
func (x *Exception) give(by Actor, in JudgeInput, at time.Time) Opinion {
	o := Opinion{Seat: seatOf(by.Role), Person: by.Person, Name: by.Name, Verdict: in.Verdict, Reason: strings.TrimSpace(in.Reason), At: at}
	x.Opinions = append(x.Opinions, o)
	switch {
	case o.Verdict == Refuse:
		x.State = Refused
	case len(x.Waits()) == 0:
		x.State = Approved
	}
	return o
}
