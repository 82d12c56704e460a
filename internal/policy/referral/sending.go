package referral

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Sending (推送) is a project's file on its way to a source: what is asked, on
// which cost lines, and what came back.
type Sending struct {
	ID      string
	Project string
	Source  string
	Amount  money.Fen
	Lines   []Bound // cost lines that this source is to bear, none of them another's
	Digest  string  // SHA-256 of the file as it was sent
	Edition int64   // version of the project that was sent; 0 for one from before editions were kept
	State   State
	By      string // who sent it
	ByName  string
	At      time.Time
	Answers []Answer // in their order, never changed
	Version int64
}

// Bound is a cost line with the invoice that it stands on.
type Bound struct {
	Line    string `json:"line"`
	Invoice string `json:"invoice"` // SHA-256 of its file; "" before there is one
}

// State is where a sending stands.
type State string

// The states. After sent they are what the source answered, or that the
// organisation took it back. Money has two hands here as everywhere: what the
// office reports is invested once finance has seen it too.
const (
	Sent      State = "sent"
	AskedBack State = "asked_back" // 要求补充
	Meeting   State = "meeting"    // 约谈、尽调
	Declined  State = "declined"   // 不投
	Reported  State = "reported"   // 主管部门报已出资，待财政核对
	Disputed  State = "disputed"   // 财政核对不符，待重报
	Invested  State = "invested"   // 已投、已拨、已贷，两人核对过
	Withdrawn State = "withdrawn"  // 企业撤回
)

// Live reports whether its cost lines are taken.
func (s State) Live() bool { return s != Declined && s != Withdrawn }

// over reports whether nothing follows any more.
func (s State) over() bool { return s == Declined || s == Withdrawn || s == Invested }

// Answer is what a source said, as the office heard it, or the organisation's
// own step. It is never changed.
type Answer struct {
	State  State
	On     clock.Date // when it was given; of an investment, when the money was
	Amount money.Fen  // reported and invested: how much; zero otherwise
	Note   string
	Person string
	Name   string
	At     time.Time
}

// Digest is a SHA-256 over a project's file, in hex.
func (f *File) Digest() string {
	text, _ := json.Marshal(f) // strings and integers always marshal
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// bind takes the named cost lines for a source: each of them only once, no more
// than they cost, and with all other sources no more than the project costs.
// name says what a source is called.
//
// Codes: invalid at lines[i] or amount_fen, naming the place.
func bind(p *Project, source string, amount money.Fen, lines []string, others []Sending, name func(source string) i18n.Text) ([]Bound, error) {
	var bad fault.Collector
	var bound []Bound
	covered := money.Fen(0)
	for i, id := range lines {
		at := fmt.Sprintf("lines[%d]", i)
		line, known := p.File.Line(id)
		switch {
		case !known:
			bad.Add(at, "项目 %[1]s 没有成本项 %.20[2]s。", "Project %[1]s has no cost line %.20[2]s.", p.Number, id)
			continue
		case slices.Contains(lines[:i], id):
			bad.Add(at, "成本项 %s 写了两次。", "Cost line %s stands here twice.", id)
			continue
		}
		for _, o := range others {
			if o.State.Live() && slices.ContainsFunc(o.Lines, func(b Bound) bool { return b.Line == id }) {
				bad.Add(at, "成本项“%[1]s”已由%[2]s承担：一笔成本只由一处出钱。", "Cost line %[1]q is borne by %[3]s already: one cost is paid once.", line.Name, name(o.Source).ZH, name(o.Source).EN)
			}
		}
		bound = append(bound, Bound{Line: id, Invoice: line.Invoice})
		covered += line.Amount
	}
	taken := money.Fen(0)
	for _, o := range others {
		if !o.State.Live() {
			continue
		}
		taken += o.Amount
		if o.Source == source {
			bad.Add("source", "已向%[1]s推送过，正在办理。", "It was sent to %[2]s already and is under way.", name(source).ZH, name(source).EN)
		}
	}
	cost, err := p.File.Cost()
	switch {
	case err != nil:
		return nil, err
	case len(lines) == 0:
		bad.Add("lines", "请选这笔钱用于哪些成本项。", "Choose the cost lines that the money is for.")
	case amount <= 0:
		bad.Add("amount_fen", "金额要大于 0。", "The amount is above 0.")
	case amount > covered:
		bad.Add("amount_fen", "所选成本项合计 %s 元，不能要得更多。", "The chosen cost lines come to %s yuan; no more can be asked.", covered.Grouped())
	case amount > cost-taken:
		bad.Add("amount_fen", "各处资金合计超过项目成本：成本 %[1]s 元，已向别处要 %[2]s 元。", "All sources together would exceed the project's cost: %[1]s yuan, of which %[2]s are asked elsewhere.", cost.Grouped(), taken.Grouped())
	}
	return bound, bad.Err()
}

// answer adds what a source said, or that the organisation takes it back.
//
// Codes: conflict when nothing follows any more, or money that was reported
// waits for its second person.
func (s *Sending) answer(a Answer) error {
	switch {
	case s.State.over():
		return fault.Newf(fault.Conflict, "这次推送已经办结，本次没有写入：请刷新。", "This sending is settled (%[1]s) and nothing was written: reload.", string(s.State))
	case s.State == Reported:
		return fault.Newf(fault.Conflict, "出资 %[1]s 元正待财政核对，核对前不能再登记，也不能撤回。", "The %[1]s yuan reported wait for finance to check them; until then nothing is recorded and nothing withdrawn.", s.reported().Amount.Grouped())
	}
	s.State = a.State
	s.Answers = append(s.Answers, a)
	return nil
}

// judge adds the second person's word on reported money: it stands as it was
// reported, or is to be reported again.
//
// Codes: conflict when no reported money waits; forbidden for who reported it.
func (s *Sending) judge(agrees bool, a Answer) error {
	if s.State != Reported {
		return fault.Newf(fault.Conflict, "这次推送没有待核对的出资，本次没有写入：请刷新。", "No reported money of this sending waits to be checked and nothing was written: reload.")
	}
	was := s.reported()
	if a.Person == was.Person {
		return fault.Newf(fault.Forbidden, "核对须由另一人：这笔出资是您自己登记的。", "A second person checks it: you reported this money yourself.")
	}
	a.State, a.On = Disputed, was.On
	if agrees {
		a.State, a.Amount = Invested, was.Amount
	}
	s.State = a.State
	s.Answers = append(s.Answers, a)
	return nil
}

// reported is the report that waits for its second person.
func (s *Sending) reported() *Answer { return &s.Answers[len(s.Answers)-1] }

// keepsBound refuses an edit that changes a cost line which a source is to bear.
//
// Codes: conflict, naming line and source.
func keepsBound(was, now *File, sendings []Sending, name func(source string) i18n.Text) error {
	for _, s := range sendings {
		if !s.State.Live() {
			continue
		}
		for _, b := range s.Lines {
			before, _ := was.Line(b.Line)
			after, still := now.Line(b.Line)
			if !still || after != before {
				return fault.Newf(fault.Conflict, "成本项“%[1]s”已由%[2]s承担，不能改动：请先撤回那次推送。", "Cost line %[1]q is borne by %[3]s and cannot change: withdraw that sending first.", before.Name, name(s.Source).ZH, name(s.Source).EN)
			}
		}
	}
	return nil
}

// AnswerInput is what the office heard of a source.
type AnswerInput struct {
	ID      string
	Version int64
	State   State
	On      clock.Date
	Amount  money.Fen
	Note    string
}

// validate reports every fault of the input.
//
// Codes: invalid.
func (in AnswerInput) validate(today clock.Date) error {
	var c fault.Collector
	if !slices.Contains([]State{AskedBack, Meeting, Declined, Reported}, in.State) {
		c.Add("state", "应为 asked_back、meeting、declined 或 reported。", "asked_back, meeting, declined or reported.")
	}
	if (in.State == Reported) != (in.Amount > 0) {
		c.Add("amount_fen", "已出资的要写明金额，其他的不写。", "Say how much was invested, and only then.")
	}
	if _, err := clock.ParseDate(string(in.On)); err != nil || in.On > today {
		c.Add("on", "请写答复日期，不晚于今天。", "Give the day of the answer, today at the latest.")
	}
	if !said(in.Note) {
		c.Add("note", "请写明答复内容，最多 2000 字。", "Say what was answered, 2,000 characters at most.")
	}
	return c.Err()
}

// JudgeInput is finance's word on money that the office reported.
type JudgeInput struct {
	ID      string
	Version int64
	Agrees  bool
	Note    string // what it was checked against, or what is wrong
}

// validate reports every fault of the input.
//
// Codes: invalid.
func (in JudgeInput) validate() error {
	var c fault.Collector
	if !said(in.Note) {
		c.Add("note", "请写明核对了什么，最多 2000 字。", "Say what you checked it against, 2,000 characters at most.")
	}
	return c.Err()
}

// said tells whether a text is there and within bounds.
func said(text string) bool {
	n := len([]rune(strings.TrimSpace(text)))
	return n > 0 && n <= 2000
}
