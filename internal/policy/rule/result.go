package rule

import (
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Outcome is what an assessment of one measure comes to.
type Outcome string

// The outcomes, in the order in which the first that applies wins.
const (
	NotInForce     Outcome = "not_in_force"
	Expired        Outcome = "expired"
	NotPayable     Outcome = "not_payable" // the rule pays nobody; RuleType says what it does
	NotEligible    Outcome = "not_eligible"
	Lacking        Outcome = "lacking"
	SimulationOnly Outcome = "simulation_only"
	Undecided      Outcome = "undecided"
	Eligible       Outcome = "eligible"
)

// Outcomes lists every outcome, in their order.
func Outcomes() []Outcome {
	return []Outcome{NotInForce, Expired, NotPayable, NotEligible, Lacking, SimulationOnly, Undecided, Eligible}
}

// Result is the assessment of one measure for one object.
type Result struct {
	Measure  string    `json:"measure"`
	Version  int       `json:"version"`
	Imports  string    `json:"imports,omitempty"` // the measure that a reference rule applies by analogy
	Name     i18n.Text `json:"name"`
	RuleType RuleType  `json:"rule_type"`
	Clause   Citation  `json:"clause"`
	Object   string    `json:"object"`          // the model, project or platform; "" for one result a firm and year
	Class    string    `json:"class,omitempty"` // what the object is
	Outcome  Outcome   `json:"outcome"`

	// Amount is set for eligible and simulation_only, unless allocation or a
	// person settles it; Provisional for undecided, under the safe defaults.
	Amount      *money.Fen `json:"amount_fen"`
	Provisional *money.Fen `json:"provisional_fen"`
	Range       *Range     `json:"range_fen"` // while questions are open and every answer gives a figure
	Split       *Split     `json:"split_fen"`
	Purse       string     `json:"purse,omitempty"` // place code of the district that pays its half

	Lacking   []string    `json:"lacking"`   // fact kinds, or kind.attribute where only that is missing
	Needs     []Need      `json:"needs"`     // the same with who must attest and what is there already
	Questions []string    `json:"questions"` // open questions, A1 … A25
	Reasons   []Reason    `json:"reasons"`
	Trace     []TraceStep `json:"trace"`
	Note      *i18n.Text  `json:"note,omitempty"`
}

// Split is the two halves of an amount: the city takes the floor, the district
// the rest.
type Split struct {
	City     money.Fen `json:"city"`
	District money.Fen `json:"district"`
}

// Citation is a clause with the label that people read.
type Citation struct {
	Document string    `json:"document"`
	Path     string    `json:"path"`
	Label    i18n.Text `json:"label"`
}

// Need is a fact that is missing, whose word would count, and what was shown
// by somebody whose word does not.
type Need struct {
	Fact      string    `json:"fact"`
	Attribute string    `json:"attribute,omitempty"`
	By        []string  `json:"by"`    // attestors whose word counts
	Shown     []string  `json:"shown"` // ids of facts that are there but do not count
	ZH        string    `json:"zh"`
	EN        string    `json:"en"`
	Where     i18n.Text `json:"where"`
}

// Reason is one condition's answer; OK is null while it is undecided.
type Reason struct {
	ID     string   `json:"id"`
	OK     *bool    `json:"ok"`
	ZH     string   `json:"zh"`
	EN     string   `json:"en"`
	Clause Citation `json:"clause"`
	Facts  []string `json:"facts"`
}

// Support says what a step of a trace rests on.
type Support string

// The four supports (条 实 算 裁).
const (
	ByClause  Support = "clause"  // 条: the text
	ByFact    Support = "fact"    // 实: a fact and who attests it
	ByCompute Support = "compute" // 算: arithmetic
	ByRuling  Support = "ruling"  // 裁: a ruling, or the question that still lacks one
)

// Mark is the support's one character.
func (s Support) Mark() string {
	return map[Support]string{ByClause: "条", ByFact: "实", ByCompute: "算", ByRuling: "裁"}[s]
}

// TraceStep is one line of how an outcome came about, as a person reads it, an
// auditor replays it and a notice cites it.
type TraceStep struct {
	Kind     Support    `json:"kind"`
	Clause   *Citation  `json:"clause"`
	Text     i18n.Text  `json:"text"`
	Note     *i18n.Text `json:"note,omitempty"`
	OK       *bool      `json:"ok,omitempty"`       // conditions only
	Operator string     `json:"operator,omitempty"` // times, min, max, minus, sum
	Operand  string     `json:"operand,omitempty"`  // 30%, 5,000,000.00
	Line     *money.Fen `json:"line_fen,omitempty"` // what the operator added or took
	Amount   *money.Fen `json:"amount_fen"`         // the running amount after the step
	Role     string     `json:"role"`               // line, subtotal, result, split
	Question string     `json:"question,omitempty"`
	Facts    []FactLine `json:"facts"`
}

// FactLine is one fact under a step.
type FactLine struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind"`
	Attestor string     `json:"attested_by"`
	Occurred clock.Date `json:"occurred"`
	Amount   *money.Fen `json:"amount_fen,omitempty"`
	// Papers are the invoices, contracts and filings that the fact stands on.
	Papers []evidence.Paper `json:"papers,omitempty"`
}
