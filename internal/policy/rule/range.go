package rule

import (
	"cmp"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/money"
)

// Range (区间) is the least and the most that an amount with open questions can
// come to on the facts as they stand, whatever is ruled. It is no promise.
type Range struct {
	Least money.Fen `json:"least"`
	Most  money.Fen `json:"most"`
	Over  []string  `json:"over"`  // the questions whose answers were computed
	Apart []string  `json:"apart"` // those whose answer may call for other facts or another way: not in the range
}

// Effect is what the answer to a question does to one amount.
type Effect string

// The effects.
const (
	InRules    Effect = "rule"       // the rules read the ruling: each answer is computed
	OnPayer    Effect = "payer"      // who pays, not how much (A5)
	OnCapScope Effect = "cap_scope"  // whether one cap covers an object or the firm (A4)
	Allocated  Effect = "allocation" // over all applicants: it may leave nothing (A2, A3)
	Beyond     Effect = "beyond"     // other facts or another way of counting, which no rule computes (A12)
)

// Effects lists every effect; an empty one in a pack is InRules.
func Effects() []Effect { return []Effect{InRules, OnPayer, OnCapScope, Allocated, Beyond} }

// maxAnswers bounds how many combinations of answers are computed for a range.
const maxAnswers = 64

// ranges fills in the ranges of results that have an amount and open questions.
func (p *Pack) ranges(in Input, plan *Plan, results []Result) error {
	for i := range results {
		r := &results[i]
		if len(r.Questions) == 0 || (r.Provisional == nil && (r.Amount == nil || r.Outcome != SimulationOnly)) {
			continue
		}
		var err error
		if r.Range, err = p.rangeOf(in, plan, r, results); err != nil {
			return err
		}
	}
	return nil
}

// rangeOf computes one result under every combination of answers; nil when an
// answer gives no figure, or there are too many.
func (p *Pack) rangeOf(in Input, plan *Plan, r *Result, all []Result) (*Range, error) {
	out := &Range{Over: []string{}, Apart: []string{}}
	answers := [][]Ruling{{}}
	allocated, capped := false, false
	for _, id := range r.Questions {
		q := p.Question(id)
		if q == nil {
			return nil, nil
		}
		switch q.Effect {
		case OnPayer:
			continue
		case Beyond:
			out.Apart = append(out.Apart, id)
			continue
		case Allocated:
			allocated = true
		case OnCapScope:
			capped = true
		default:
			if answers = combine(answers, q); len(answers) > maxAnswers {
				return nil, nil
			}
		}
		out.Over = append(out.Over, id)
	}
	for i, rulings := range answers {
		fen, known, err := p.under(in, plan, r, rulings)
		if err != nil || !known {
			return nil, err
		}
		if i == 0 {
			out.Least = fen
		}
		out.Least, out.Most = min(out.Least, fen), max(out.Most, fen)
	}
	if capped {
		out.Least = max(0, out.Least-oneCapForAll(plan, r, all))
	}
	if allocated {
		out.Least = 0
	}
	return out, nil
}

// combine adds every answer of a question to every combination.
func combine(answers [][]Ruling, q *Question) [][]Ruling {
	var out [][]Ruling
	for _, so := range answers {
		for _, c := range q.Choices {
			out = append(out, append(slices.Clone(so), Ruling{Question: q.ID, Choice: c.ID}))
		}
	}
	return out
}

// under is what a result comes to when questions are ruled so. Who is out under
// a ruling gets nothing; known is false when no figure comes out.
func (p *Pack) under(in Input, plan *Plan, r *Result, rulings []Ruling) (fen money.Fen, known bool, err error) {
	if len(rulings) == 0 {
		return *cmp.Or(r.Amount, r.Provisional), true, nil
	}
	ruled, err := p.planUnder(plan, in.Set, r.Measure, rulings)
	if err != nil {
		return 0, false, err
	}
	in.Measures = []string{r.Measure}
	results, err := ruled.Assess(in)
	if err != nil {
		return 0, false, err
	}
	i := slices.IndexFunc(results, func(x Result) bool { return x.Object == r.Object && x.Imports == r.Imports })
	if i < 0 {
		return 0, false, nil
	}
	switch x := results[i]; {
	case x.Outcome == NotEligible, x.Outcome == NotInForce, x.Outcome == Expired:
		return 0, true, nil
	case x.Amount != nil:
		return *x.Amount, true, nil
	case x.Provisional != nil:
		return *x.Provisional, true, nil
	}
	return 0, false, nil
}

type ruledKey struct {
	planKey
	measure, rulings string
}

// planUnder is one measure of a plan under further rulings. Plans without
// overrides are kept.
func (p *Pack) planUnder(plan *Plan, set []Override, measure string, rulings []Ruling) (*Plan, error) {
	guide := Guide{}
	if plan.Guide != nil {
		guide = *plan.Guide
	}
	key := ruledKey{planKey: planKey{guide.Year, plan.Year}, measure: measure}
	var said strings.Builder
	for _, r := range rulings {
		said.WriteString(r.Question + "=" + r.Choice + " ")
	}
	key.rulings = said.String()
	if kept, ok := p.plans.Load(key); ok && len(set) == 0 {
		return kept.(*Plan), nil
	}
	guide.Rulings = append(slices.Clone(guide.Rulings), rulings...)
	c, err := newCompiler(p, &guide, plan.Year, set)
	if err != nil {
		return nil, err
	}
	c.only = measure
	if err := c.compile(); err != nil {
		return nil, err
	}
	if len(set) == 0 {
		p.plans.Store(key, c.Plan)
	}
	return c.Plan, nil
}

// oneCapForAll is what a result may lose if one cap covers all objects of the
// firm (A4) and the others come first: what all of them reach above the cap.
func oneCapForAll(plan *Plan, r *Result, all []Result) money.Fen {
	limit := money.Fen(-1)
	for _, i := range plan.byMeasure[r.Measure] {
		for _, op := range plan.planned[i].pipeline {
			if op.name == "cap" {
				limit = money.Fen(op.limit)
			}
		}
	}
	if limit < 0 {
		return 0
	}
	var reached money.Fen
	for i := range all {
		x := &all[i]
		if x.Measure != r.Measure || x.Imports != r.Imports || (x.Amount == nil && x.Provisional == nil) {
			continue
		}
		for _, step := range x.Trace {
			if step.Operator == "min" && step.Amount != nil {
				reached += *step.Amount
			}
		}
	}
	return max(0, reached-limit)
}
