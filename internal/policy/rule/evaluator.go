package rule

import (
	"context"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// evaluator runs a plan's nodes on one row, each at most once. It is the row
// form of the node list; block.go is the column form.
type evaluator struct {
	plan  *Plan
	known []bool // by column
	ints  []int64
	bools []bool
	texts []string

	value []int8 // by node: 1 true, -1 false, 0 undecided
	stamp []uint32
	now   uint32
}

func newEvaluator(p *Plan) *evaluator {
	return &evaluator{
		plan:  p,
		known: make([]bool, len(p.columns)), ints: make([]int64, len(p.columns)),
		bools: make([]bool, len(p.columns)), texts: make([]string, len(p.columns)),
		value: make([]int8, len(p.nodes)), stamp: make([]uint32, len(p.nodes)), now: 1,
	}
}

// changed forgets every node, after columns were set.
func (e *evaluator) changed() {
	e.now++
	if e.now == 0 { // the stamps wrapped
		clear(e.stamp)
		e.now = 1
	}
}

// blank leaves every column unknown.
func (e *evaluator) blank() {
	clear(e.known)
	e.changed()
}

func (e *evaluator) int(col int32) (int64, bool)   { return e.ints[col], e.known[col] }
func (e *evaluator) text(col int32) (string, bool) { return e.texts[col], e.known[col] }

// eval is the node's value on the present row.
func (e *evaluator) eval(i int32) int8 {
	if e.stamp[i] == e.now {
		return e.value[i]
	}
	v := e.compute(&e.plan.nodes[i])
	e.value[i], e.stamp[i] = v, e.now
	return v
}

func (e *evaluator) compute(n *node) int8 {
	switch n.op {
	case opConst:
		return truth(n.k == 1)
	case opHas:
		return truth(e.known[n.a])
	case opNot:
		return -e.eval(n.a)
	case opAnd:
		return min(e.eval(n.a), e.eval(n.b))
	case opOr:
		return max(e.eval(n.a), e.eval(n.b))
	case opIf:
		switch e.eval(n.a) {
		case 1:
			return e.eval(n.b)
		case -1:
			return e.eval(n.c)
		}
		return 0
	case opCEL:
		v, _ := e.run(e.plan.leaves[n.k])
		return v
	case opOpen:
		return 0
	}
	if !e.known[n.a] {
		return 0
	}
	switch n.op {
	case opBool:
		return truth(e.bools[n.a])
	case opLess:
		return truth(e.ints[n.a] < n.k)
	default: // opText
		return e.plan.tests[n.b].holds(e.texts[n.a])
	}
}

// causes adds to the sets why a node is undecided: the union over its
// undecided arguments, as CEL merges unknowns.
func (e *evaluator) causes(i int32, lacking columnSet, open questionSet) {
	if e.eval(i) != 0 {
		return
	}
	switch n := &e.plan.nodes[i]; n.op {
	case opNot:
		e.causes(n.a, lacking, open)
	case opAnd, opOr:
		e.causes(n.a, lacking, open)
		e.causes(n.b, lacking, open)
	case opIf:
		switch e.eval(n.a) {
		case 0:
			e.causes(n.a, lacking, open)
		case 1:
			e.causes(n.b, lacking, open)
		default:
			e.causes(n.c, lacking, open)
		}
	case opOpen:
		open.add(int32(n.k))
	case opCEL:
		e.leafCauses(e.plan.leaves[n.k], lacking, open)
	default:
		lacking.add(n.a)
	}
}

// bitset is a set of small numbers.
type bitset []uint64

type (
	columnSet   = bitset // of columns
	questionSet = bitset // of open questions
)

func newBitset(n int) bitset      { return make(bitset, (n+63)/64) }
func (s bitset) add(i int32)      { s[i>>6] |= 1 << (i & 63) }
func (s bitset) has(i int32) bool { return s[i>>6]>>(i&63)&1 == 1 }
func (s bitset) empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

// leafRow is a row as one CEL leaf sees it.
type leafRow struct {
	e    *evaluator
	leaf *celLeaf
	text *string // a dictionary value stands for the leaf's only column
}

func (r leafRow) isColumn(path string) bool {
	_, known := r.leaf.types.columns[path]
	return known
}

func (r leafRow) celValue(name string) ref.Val {
	col, ok := r.leaf.columns[name]
	if !ok {
		return nil
	}
	return r.at(col)
}

func (r leafRow) at(col int32) ref.Val {
	if r.text != nil {
		return types.String(*r.text)
	}
	if !r.e.known[col] {
		return nil
	}
	switch r.e.plan.columns[col].typ {
	case textValue:
		return types.String(r.e.texts[col])
	case boolValue:
		return types.Bool(r.e.bools[col])
	}
	return types.Int(r.e.ints[col])
}

func (r leafRow) celConstant(name string) (ref.Val, bool) {
	if v, ok := r.leaf.constants[name]; ok {
		return v, true
	}
	if name == "subject.kind" {
		col, reads := r.leaf.columns[name]
		if !reads {
			return nil, false
		}
		if v := r.at(col); v != nil {
			return v, true
		}
		return types.NewUnknown(1, types.NewAttributeTrail(name)), true
	}
	if strings.HasPrefix(name, "ruling.") || strings.HasPrefix(name, "param.") {
		return types.NewUnknown(1, types.NewAttributeTrail(name)), true
	}
	return nil, false
}

// run evaluates a CEL leaf: its value, and what it lacks when undecided.
func (e *evaluator) run(leaf *celLeaf) (int8, *types.Unknown) {
	return leaf.eval(leafRow{e: e, leaf: leaf})
}

func (l *celLeaf) eval(row leafRow) (int8, *types.Unknown) {
	out, _, err := l.program.ContextEval(context.Background(), celActivation{row})
	if err != nil {
		return 0, nil
	}
	switch v := out.(type) {
	case types.Bool:
		return truth(bool(v)), nil
	case *types.Unknown:
		return 0, v
	}
	return 0, nil
}

// text runs a leaf over one text column on a value of its dictionary.
func (l *celLeaf) text(s string) int8 {
	row := leafRow{leaf: l, text: &s}
	v, _ := l.eval(row)
	return v
}

// leafCauses reads a leaf's unknowns back as columns and questions. A leaf
// that fails to compute lacks everything that it reads.
func (e *evaluator) leafCauses(leaf *celLeaf, lacking columnSet, open questionSet) {
	_, unknown := e.run(leaf)
	if unknown == nil {
		for _, col := range leaf.columns {
			lacking.add(col)
		}
		return
	}
	for _, id := range unknown.IDs() {
		trails, _ := unknown.GetAttributeTrails(id)
		for _, t := range trails {
			name := t.Variable()
			if col, ok := leaf.columns[name]; ok {
				lacking.add(col)
			} else if q, ok := strings.CutPrefix(name, "ruling."); ok {
				for i, id := range e.plan.open {
					if id == q {
						open.add(int32(i))
					}
				}
			}
		}
	}
}

var _ cel.Activation = celActivation{}
