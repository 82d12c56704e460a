package rule

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types/ref"
)

// nodeOp is what a node of a plan does.
type nodeOp uint8

// The operators of conditions. Leaves read one column; the rest combine.
// Three values everywhere: true, false, undecided.
const (
	opConst nodeOp = iota // k: 1 true, 0 false
	opOpen                // an open question: undecided everywhere; k indexes Plan.open
	opHas                 // column a is known; never undecided
	opBool                // column a
	opLess                // column a < k
	opText                // test b of column a
	opCEL                 // leaf k runs a CEL program: what does not lower
	opNot                 // a
	opAnd                 // a, b
	opOr                  // a, b
	opIf                  // a ? b : c
)

// node is one step of a plan; a, b and c are earlier nodes, or a column.
// Nodes are comparable, so equal ones are one (hash-consing).
type node struct {
	op      nodeOp
	a, b, c int32
	k       int64
}

// textTest is a test of one text: membership in a set, or any CEL expression
// over that text alone.
type textTest struct {
	set  []string
	leaf *celLeaf

	decided sync.Map // text -> int8, so that CEL runs once a text
	size    atomic.Int32
}

// maxDecided bounds how many texts a test remembers: places, fields and levels
// are few, and hostile facts must not fill the memory.
const maxDecided = 1 << 12

// holds is 1, -1, or 0 when the expression fails on the text.
func (t *textTest) holds(s string) int8 {
	if t.leaf == nil {
		return truth(slices.Contains(t.set, s))
	}
	if v, ok := t.decided.Load(s); ok {
		return v.(int8)
	}
	v := t.leaf.text(s)
	if t.size.Add(1) <= maxDecided {
		t.decided.Store(s, v)
	}
	return v
}

// celLeaf is an expression that stays CEL.
type celLeaf struct {
	source    string
	program   cel.Program
	columns   map[string]int32 // kind.attribute -> column
	constants map[string]ref.Val
	types     *factTypes
}

func truth(b bool) int8 {
	if b {
		return 1
	}
	return -1
}

// builder makes nodes, each once, and folds constants.
type builder struct {
	nodes   []node
	index   map[node]int32
	tests   []*textTest
	testKey map[string]int32
	leaves  []*celLeaf
	leafKey map[string]int32
}

func newBuilder() *builder {
	return &builder{index: map[node]int32{}, testKey: map[string]int32{}, leafKey: map[string]int32{}}
}

func (b *builder) add(n node) int32 {
	if i, ok := b.index[n]; ok {
		return i
	}
	i := int32(len(b.nodes))
	b.nodes = append(b.nodes, n)
	b.index[n] = i
	return i
}

func (b *builder) constant(v bool) int32 {
	if v {
		return b.add(node{op: opConst, k: 1})
	}
	return b.add(node{op: opConst})
}

// isConst reports a constant node's value.
func (b *builder) isConst(i int32) (value, constant bool) {
	n := b.nodes[i]
	return n.k == 1, n.op == opConst
}

func (b *builder) not(a int32) int32 {
	if v, ok := b.isConst(a); ok {
		return b.constant(!v)
	}
	if n := b.nodes[a]; n.op == opNot {
		return n.a
	}
	return b.add(node{op: opNot, a: a})
}

func (b *builder) and(x, y int32) int32 {
	if v, ok := b.isConst(x); ok {
		if v {
			return y
		}
		return x
	}
	if v, ok := b.isConst(y); ok {
		if v {
			return x
		}
		return y
	}
	if x == y {
		return x
	}
	return b.add(node{op: opAnd, a: min(x, y), b: max(x, y)})
}

func (b *builder) or(x, y int32) int32 { return b.not(b.and(b.not(x), b.not(y))) }

// choose is CEL's ternary: undecided as soon as its condition is, even when
// both branches agree.
func (b *builder) choose(cond, yes, no int32) int32 {
	if v, ok := b.isConst(cond); ok {
		if v {
			return yes
		}
		return no
	}
	return b.add(node{op: opIf, a: cond, b: yes, c: no})
}

// less is column < k.
func (b *builder) less(col int32, k int64) int32 { return b.add(node{op: opLess, a: col, k: k}) }

// text tests membership of a text column in a set.
func (b *builder) text(col int32, set ...string) int32 {
	slices.Sort(set)
	set = slices.Compact(set)
	return b.add(node{op: opText, a: col, b: b.test("set\x00"+strings.Join(set, "\x00"), &textTest{set: set})})
}

func (b *builder) test(key string, t *textTest) int32 {
	if i, ok := b.testKey[key]; ok {
		return i
	}
	i := int32(len(b.tests))
	b.tests = append(b.tests, t)
	b.testKey[key] = i
	return i
}

// leaf is an expression that stays CEL.
func (b *builder) leaf(key string, make func() *celLeaf) int32 {
	i, ok := b.leafKey[key]
	if !ok {
		i = int32(len(b.leaves))
		b.leaves = append(b.leaves, make())
		b.leafKey[key] = i
	}
	return b.add(node{op: opCEL, k: int64(i)})
}
