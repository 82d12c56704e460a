package rule

import (
	"slices"
	"sync"
)

// Plan is a pack's measures compiled under one guide: one list of nodes for
// all conditions, shared between measures, and one pipeline of operators a
// measure. The same lists run over columns and over one row; nothing else
// decides. A plan is immutable and safe for concurrent use.
type Plan struct {
	Pack  *Pack
	Guide *Guide // nil: no ruling holds
	Year  int    // the assessed year

	sources   []source
	columns   []column
	nodes     []node
	tests     []*textTest
	leaves    []*celLeaf
	open      []string // questions that no ruling settles
	planned   []planned
	byMeasure map[string][]int // reference rules plan one entry for each measure they import
	ids       []string         // of all measures, in order
	citations sync.Map         // ClauseRef -> *Citation
	joins     int              // how many ways to join facts to objects there are
}

// planned is one measure ready to run.
type planned struct {
	m          *Measure // the measure that results name
	pays       bool
	rules      *Measure // whose conditions and amount run: m itself, or what m imports
	period     *Document
	who        int32
	conditions []plannedCondition
	blocks     []int32 // question nodes that stand for nothing but themselves
	holds      int32   // who and all conditions
	payable    int32   // holds and no blocking question
	pipeline   []operator
	setLevel   bool    // the amount is settled by allocation
	manual     bool    // the amount is not computable from the text
	base       []int32 // columns that the amount reads
	reads      []int32 // columns that the conditions read; one may stand twice
	object     string  // class
	sources    []int32
	joins      int // measures with equal joins have the same objects
	parameters map[string]value
}

type plannedCondition struct {
	*Condition
	owner *Measure
	node  int32
}

type planKey struct{ guide, year int }

// Plan compiles the pack under a guide's rulings for an assessed year. Plans
// without overrides are kept and shared.
//
// Codes: not_found (no such guide), invalid (an override names no parameter, or
// its value is wrong).
func (p *Pack) Plan(guideYear, year int, overrides ...Override) (*Plan, error) {
	key := planKey{guideYear, year}
	if len(overrides) == 0 {
		if plan, ok := p.plans.Load(key); ok {
			return plan.(*Plan), nil
		}
	}
	guide, err := p.Guide(guideYear)
	if err != nil {
		return nil, err
	}
	plan, err := compilePlan(p, guide, year, overrides)
	if err != nil {
		return nil, err
	}
	if len(overrides) == 0 {
		kept, _ := p.plans.LoadOrStore(key, plan)
		plan = kept.(*Plan)
	}
	return plan, nil
}

// Measures lists the ids that the plan covers, in order.
func (p *Plan) Measures() []string { return slices.Clone(p.ids) }

// choose adds the plan's entries of measure ids to chosen; no ids are all.
func (p *Plan) choose(ids []string, chosen []int) ([]int, error) {
	if len(ids) == 0 {
		ids = p.ids
	}
	for _, id := range ids {
		entries, known := p.byMeasure[id]
		if !known {
			if _, err := p.Pack.Measure(id); err != nil {
				return nil, err
			}
		}
		chosen = append(chosen, entries...)
	}
	return chosen, nil
}
