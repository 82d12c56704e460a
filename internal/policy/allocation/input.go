// Package allocation turns a frozen snapshot into awards: ranks, quotas,
// budgets, one payment a matter. It is a pure function: no clock, no store, no
// randomness, no floats; equal snapshots give equal bytes, in whatever order
// they list things. README.md states what it guarantees.
package allocation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Input is a frozen snapshot: what was called for, who stands for it, and what
// was granted case by case.
type Input struct {
	Calls        []Call // one a measure
	Applications []Application
	Exceptions   []Exception
	SameMatter   SameMatter
}

// SameMatter is the ruling on what makes two applications of one applicant one
// matter (A6). Without a ruling either does.
type SameMatter string

// The rulings.
const (
	SameObject   SameMatter = "same_object"   // the same matter key; shared papers are shown and do not bind
	SameEvidence SameMatter = "same_evidence" // the same invoice, contract or filing number
)

// Application is one applicant's claim under one call. Who it is and whether it
// is eligible was settled before: codes are keys here and nothing more.
type Application struct {
	ID        string
	Number    string // what people quote of it, in reasons; empty: its id
	Code      string // the applicant
	Measure   string // may be empty where the snapshot has one call
	Amount    *money.Fen
	Scores    []Score
	Submitted time.Time // zero: not known, behind all that are
	Priority  bool      // green lane (绿色通道): first in the queue among equals, never past a quota or a bar
	Matter    string    // what it is for (同一事项); empty: none stated
	Papers    []evidence.Paper
	Level     string    // such as city, province; shown
	Paid      money.Fen // what the matter was paid before, counted as the ruling on A7 says
}

// score is what the application has in a factor; it looks at a place first
// where the score may be, both lists being sorted.
func (a *Application) score(factor string, hint int) Number {
	if hint < len(a.Scores) && a.Scores[hint].Factor == factor {
		return a.Scores[hint].Value
	}
	return a.Scores[slices.IndexFunc(a.Scores, func(s Score) bool { return s.Factor == factor })].Value
}

// Score is what an application has in one factor.
type Score struct {
	Factor string
	Value  Number
}

// Exception is an award case by case (一事一议, document 002 clause 8(4)):
// outside the formula, inside the budget, never part of a ranking. What it pays
// for a matter or a paper counts as paid to its applicant's other claims on it.
type Exception struct {
	ID        string
	Code      string
	Measure   string // whose budget it takes; may be empty where the snapshot has one call
	Amount    money.Fen
	Approvers []string
	Matter    string
	Papers    []evidence.Paper
}

// PaperKinds are the attributes of papers that may show one cost claimed twice.
func PaperKinds() []string { return []string{"invoice", "contract", "number"} }

// maxFaults is how many faults of a snapshot are told at once, maxPapers how
// many papers one application stands on.
const (
	maxFaults = 100
	maxPapers = 1000
)

// Validate reports what is wrong with the snapshot, every place at once (the
// first hundred).
//
// Codes: invalid; too_large (more applications than MaxApplications, or sums
// beyond 64-bit fen).
func (in *Input) Validate() error {
	if len(in.Applications) > MaxApplications {
		return fault.Newf(fault.TooLarge, "申报超过 %d 件：请按措施分开分配。", "More than %d applications: allocate measure by measure.", MaxApplications)
	}
	var bad fault.Collector
	in.validateCalls(&bad)
	c := newChecker(&bad, in)
	for i := range in.Applications {
		if bad.Len() >= maxFaults {
			return bad.Err()
		}
		c.application(&in.Applications[i], place{"applications", i})
	}
	for i := range in.Exceptions {
		c.exception(&in.Exceptions[i], place{"exceptions", i})
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return in.validateSums()
}

func (in *Input) validateCalls(bad *fault.Collector) {
	if len(in.Calls) == 0 || len(in.Calls) > MaxCalls {
		bad.Add("calls", "批次里要有 1 到 %d 条措施。", "There are 1 to %d calls.", MaxCalls)
	}
	if !slices.Contains([]SameMatter{"", SameObject, SameEvidence}, in.SameMatter) {
		bad.Add("same_matter", "“%.40s”不是同一事项的裁定：只能是 same_object、same_evidence。", "%.40q is no ruling on what one matter is: same_object or same_evidence.", in.SameMatter)
	}
	seen := map[string]bool{}
	for i := range in.Calls {
		path := ""
		if len(in.Calls) > 1 {
			path = fmt.Sprintf("calls[%d].", i)
		}
		in.Calls[i].validate(bad, path)
		if seen[in.Calls[i].Measure] {
			bad.Add(path+"measure", "措施 %s 写了两次：一份快照里一条措施只写一次。", "Measure %s stands here twice: a snapshot has one call a measure.", clip(in.Calls[i].Measure))
		}
		seen[in.Calls[i].Measure] = true
	}
}

// place is where an entry stands; its paths are made only when a fault is told.
type place struct {
	list string
	i    int
}

func (p place) at(field string) string { return fmt.Sprintf("%s[%d].%s", p.list, p.i, field) }

// checker looks at what refers to calls.
type checker struct {
	bad    *fault.Collector
	in     *Input
	calls  map[string]*Call
	priced map[*Call]bool   // some application under it brings an amount
	ids    map[string]place // that has it
}

func newChecker(bad *fault.Collector, in *Input) *checker {
	c := &checker{bad: bad, in: in, calls: map[string]*Call{}, priced: map[*Call]bool{}, ids: make(map[string]place, len(in.Applications))}
	for i := range in.Calls {
		c.calls[in.Calls[i].Measure] = &in.Calls[i]
	}
	for i := range in.Applications {
		if a := &in.Applications[i]; a.Amount != nil {
			c.priced[c.find(a.Measure)] = true
		}
	}
	return c
}

// find is whose call an entry stands for, or nil.
func (c *checker) find(measure string) *Call {
	if measure == "" && len(c.in.Calls) == 1 {
		return &c.in.Calls[0]
	}
	return c.calls[measure]
}

func (c *checker) application(a *Application, p place) {
	c.entry(p, a.ID, a.Code, a.Measure, a.Matter, a.Papers)
	if a.Number != "" && !tidy(a.Number) {
		name(c.bad, p.at("number"), a.Number)
	}
	if a.Level != "" && !tidy(a.Level) {
		name(c.bad, p.at("level"), a.Level)
	}
	if a.Paid < 0 {
		c.bad.Add(p.at("paid_fen"), "已付金额不能为负。", "What was paid is not negative.")
	}
	call := c.find(a.Measure)
	if call == nil {
		return
	}
	c.amount(a.Amount, p, call)
	c.scores(a.Scores, p, call)
}

// amount wants what the application claims, unless the call shares its money by
// place, or may: one that ranks, and where nobody brings an amount, is held
// until somebody rules what a rank gives (A2).
func (c *checker) amount(amount *money.Fen, p place, call *Call) {
	switch {
	case amount != nil && *amount < 0:
		c.bad.Add(p.at("amount_fen"), "金额不能为负。", "An amount is not negative.")
	case amount != nil && call.Share != nil:
		c.bad.Add(p.at("amount_fen"), "这条措施按名次分钱（share），申报不带金额：请删去这一项。", "The call shares its money by place (share), applications bring no amount: leave it out.")
	case amount == nil && call.Share == nil && (call.Rank == nil || c.priced[call]):
		c.bad.Add(p.at("amount_fen"), "缺少金额：以分为单位的整数，写在引号里。", "The amount is missing: whole fen, in quotes.")
	}
}

// entry checks what applications and exceptions have in common.
func (c *checker) entry(p place, id, code, measure, matter string, papers []evidence.Paper) {
	if !tidy(id) {
		name(c.bad, p.at("id"), id)
	} else if first, double := c.ids[id]; double {
		c.bad.Add(p.at("id"), "编号 %[1]s 与 %[2]s[%[3]d] 重复。", "The id %[1]s is that of %[2]s[%[3]d].", clip(id), first.list, first.i)
	} else {
		c.ids[id] = p
	}
	if !tidy(code) {
		name(c.bad, p.at("code"), code)
	}
	switch {
	case c.find(measure) != nil:
	case measure == "":
		c.bad.Add(p.at("measure"), "批次里有几条措施：请写明申报的是哪一条。", "There are several calls: say which measure it is for.")
	default:
		c.bad.Add(p.at("measure"), "批次里没有措施 %s。", "There is no call for the measure %s.", clip(measure))
	}
	if matter != "" && !tidy(matter) {
		name(c.bad, p.at("matter"), matter)
	}
	if len(papers) > maxPapers {
		c.bad.Add(p.at("papers"), "凭证超过 %d 份。", "More than %d papers.", maxPapers)
		return
	}
	for i, paper := range papers {
		if !slices.Contains(PaperKinds(), paper.Attribute) {
			c.bad.Add(p.at(fmt.Sprintf("papers[%d].attribute", i)), "“%.40s”不是凭证种类：只能是 invoice（发票）、contract（合同）、number（备案号）。", "%.40q is no kind of paper: invoice, contract or number.", paper.Attribute)
		}
		if !tidy(paper.Number) {
			name(c.bad, p.at(fmt.Sprintf("papers[%d].number", i)), paper.Number)
		}
	}
}

// scores wants a score in every factor that the call ranks by: a missing one is
// neither zero nor a reason to drop somebody.
func (c *checker) scores(scores []Score, p place, call *Call) {
	if len(scores) > 2*MaxFactors {
		c.bad.Add(p.at("scores"), "得分超过 %d 项。", "More than %d scores.", 2*MaxFactors)
		return
	}
	for i, s := range scores {
		if slices.ContainsFunc(scores[:i], func(o Score) bool { return o.Factor == s.Factor }) {
			c.bad.Add(p.at("scores."+clip(s.Factor)), "这个因素写了两次。", "The factor stands here twice.")
		}
	}
	if call.Rank == nil {
		return
	}
	for _, f := range call.Rank.By {
		if !slices.ContainsFunc(scores, func(s Score) bool { return s.Factor == f.Name }) {
			c.bad.Add(p.at("scores."+clip(f.Name)), "缺少排名要用的得分：缺的不算 0 分。", "A score that ranks is missing: what is missing is not zero.")
		}
	}
}

func (c *checker) exception(x *Exception, p place) {
	c.entry(p, x.ID, x.Code, x.Measure, x.Matter, x.Papers)
	if x.Amount <= 0 {
		c.bad.Add(p.at("amount_fen"), "一事一议的金额要大于 0。", "The amount of an exception is above 0.")
	}
	if len(x.Approvers) == 0 {
		c.bad.Add(p.at("approvers"), "一事一议要写明谁批准：它在公式之外，须有自己的审批。", "Say who approved the exception: it is outside the formula and has an approval of its own.")
	}
	for i, who := range x.Approvers {
		name(c.bad, p.at(fmt.Sprintf("approvers[%d]", i)), who)
		if slices.Contains(x.Approvers[:i], who) {
			c.bad.Add(p.at(fmt.Sprintf("approvers[%d]", i)), "批准人写了两次。", "The approver stands here twice.")
		}
	}
}

// tidy reports what name would find nothing wrong with.
func tidy(s string) bool {
	ascii := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return false
		}
		ascii = ascii && s[i] < utf8.RuneSelf
	}
	return s != "" && len(s) <= maxText && (ascii || utf8.ValidString(s))
}

// validateSums makes sure that no sum of the engine can overflow, and that
// exceptions stay inside their budgets.
func (in *Input) validateSums() error {
	total := money.Fen(0)
	add := func(f money.Fen) (err error) {
		total, err = total.Add(f)
		return err
	}
	for i := range in.Applications {
		a := &in.Applications[i]
		if a.Amount != nil {
			if err := add(*a.Amount); err != nil {
				return err
			}
		}
		if err := add(a.Paid); err != nil {
			return err
		}
	}
	for _, c := range in.Calls {
		granted := money.Fen(0)
		for _, x := range in.Exceptions {
			if x.Measure == c.Measure || x.Measure == "" {
				if err := add(x.Amount); err != nil {
					return err
				}
				granted += x.Amount
			}
		}
		if c.Budget == nil {
			continue
		}
		if err := add(*c.Budget); err != nil {
			return err
		}
		if granted > *c.Budget {
			return fault.New(fault.Invalid, fault.Newf(fault.Invalid, "措施 %[1]s 的一事一议共 %[2]s 元，超过预算 %[3]s 元：请先调整预算或一事一议。",
				"The exceptions of measure %[1]s come to %[2]s yuan, more than the budget of %[3]s: change one of them first.", c.Measure, granted.Grouped(), c.Budget.Grouped()).Message)
		}
	}
	return nil
}

// frozen is the snapshot in canonical order, with measures named and texts of
// papers sorted. The input itself stays as it is.
func (in *Input) frozen() *Input {
	out := &Input{Calls: slices.Clone(in.Calls), Applications: byID(in.Applications), Exceptions: slices.Clone(in.Exceptions), SameMatter: in.SameMatter}
	slices.SortFunc(out.Calls, func(a, b Call) int { return cmp.Compare(a.Measure, b.Measure) })
	for i := range out.Calls {
		if r := out.Calls[i].Rank; r != nil {
			sorted := *r
			sorted.By = slices.Clone(r.By)
			slices.SortFunc(sorted.By, func(a, b Factor) int { return cmp.Compare(a.Name, b.Name) })
			out.Calls[i].Rank = &sorted
		}
	}
	only := out.Calls[0].Measure
	for i := range out.Applications {
		a := &out.Applications[i]
		a.Measure = cmp.Or(a.Measure, only)
		a.Papers = sortedPapers(a.Papers)
		a.Scores = sortedScores(a.Scores)
	}
	for i := range out.Exceptions {
		x := &out.Exceptions[i]
		x.Measure = cmp.Or(x.Measure, only)
		x.Papers = sortedPapers(x.Papers)
		x.Approvers = slices.Clone(x.Approvers)
	}
	slices.SortFunc(out.Exceptions, func(a, b Exception) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// byID is a copy in the order of ids. Places are sorted, since applications are
// large.
func byID(apps []Application) []Application {
	order := make([]int32, len(apps))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return strings.Compare(apps[a].ID, apps[b].ID) })
	out := make([]Application, len(apps))
	for k, i := range order {
		out[k] = apps[i]
	}
	return out
}

func sortedPapers(papers []evidence.Paper) []evidence.Paper {
	if len(papers) < 2 {
		return papers
	}
	papers = slices.Clone(papers)
	slices.SortFunc(papers, comparePapers)
	return slices.Compact(papers)
}

func comparePapers(a, b evidence.Paper) int {
	return cmp.Or(cmp.Compare(a.Attribute, b.Attribute), cmp.Compare(a.Number, b.Number))
}

func sortedScores(scores []Score) []Score {
	byFactor := func(a, b Score) int { return cmp.Compare(a.Factor, b.Factor) }
	if slices.IsSortedFunc(scores, byFactor) {
		return scores
	}
	scores = slices.Clone(scores)
	slices.SortFunc(scores, byFactor)
	return scores
}
