package rule

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/parser"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// lowering turns one measure's checked CEL into nodes.
type lowering struct {
	b   *builder
	env *cel.Env
	e   *environment
	// column finds the column of kind.attribute as this measure reads it.
	column    func(name string) (int32, bool)
	typeOf    func(col int32) valueType
	open      func(question string) int32 // index of an open question
	constants map[string]ref.Val          // param.x, year, ruled rulings
	// settled makes tests of open rulings true: in a fact's filter a fact counts
	// until a ruling leaves it out.
	settled bool
	info    *ast.SourceInfo
	// unlowered gathers the expressions that stay CEL; region check refuses them.
	unlowered []string
}

// lower compiles an expression to a node.
//
// Codes: invalid.
func (l *lowering) lower(expression string) (int32, error) {
	checked, err := l.e.compile(l.env, expression, cel.BoolType)
	if err != nil {
		return 0, err
	}
	native := checked.NativeRep()
	l.info = native.SourceInfo()
	return l.boolean(native.Expr())
}

// boolean lowers an expression of type bool.
func (l *lowering) boolean(e ast.Expr) (int32, error) {
	switch e.Kind() {
	case ast.LiteralKind:
		if v, ok := e.AsLiteral().(types.Bool); ok {
			return l.b.constant(bool(v)), nil
		}
	case ast.SelectKind:
		name, ok := dotted(e)
		if !ok {
			break
		}
		col, known := l.column(name)
		switch {
		case !known:
			return 0, undeclared(name)
		case e.AsSelect().IsTestOnly():
			return l.b.add(node{op: opHas, a: col}), nil
		default:
			return l.b.add(node{op: opBool, a: col}), nil
		}
	case ast.CallKind:
		return l.call(e)
	}
	return l.rest(e)
}

func (l *lowering) call(e ast.Expr) (int32, error) {
	c := e.AsCall()
	switch c.FunctionName() {
	case operators.LogicalNot:
		a, err := l.boolean(c.Args()[0])
		if err != nil {
			return 0, err
		}
		return l.b.not(a), nil
	case operators.LogicalAnd, operators.LogicalOr:
		return l.logic(c)
	case operators.Conditional:
		var parts [3]int32
		for i, arg := range c.Args() {
			n, err := l.boolean(arg)
			if err != nil {
				return 0, err
			}
			parts[i] = n
		}
		return l.b.choose(parts[0], parts[1], parts[2]), nil
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		if n, done, err := l.compare(c); done || err != nil {
			return n, err
		}
	case operators.In:
		if n, done, err := l.member(c); done || err != nil {
			return n, err
		}
	}
	return l.rest(e)
}

func (l *lowering) logic(c ast.CallExpr) (int32, error) {
	join := l.b.and
	if c.FunctionName() == operators.LogicalOr {
		join = l.b.or
	}
	whole := int32(-1)
	for _, arg := range c.Args() {
		n, err := l.boolean(arg)
		if err != nil {
			return 0, err
		}
		if whole < 0 {
			whole = n
		} else {
			whole = join(whole, n)
		}
	}
	return whole, nil
}

// operand is one side of a comparison: a column, a constant, or an open ruling.
type operand struct {
	col   int32
	value ref.Val
	open  string
	kind  byte // 'c' column, 'v' value, 'o' open, 0 anything else
}

func (l *lowering) operand(e ast.Expr) (operand, error) {
	switch e.Kind() {
	case ast.LiteralKind:
		return operand{kind: 'v', value: e.AsLiteral()}, nil
	case ast.IdentKind, ast.SelectKind:
		name, ok := dotted(e)
		if !ok || (e.Kind() == ast.SelectKind && e.AsSelect().IsTestOnly()) {
			return operand{}, nil
		}
		if v, ok := l.constants[name]; ok {
			return operand{kind: 'v', value: v}, nil
		}
		if q, isRuling := strings.CutPrefix(name, "ruling."); isRuling {
			return operand{kind: 'o', open: q}, nil
		}
		col, known := l.column(name)
		if !known {
			return operand{}, undeclared(name)
		}
		return operand{kind: 'c', col: col}, nil
	}
	return operand{}, nil
}

func (l *lowering) compare(c ast.CallExpr) (n int32, done bool, err error) {
	x, err := l.operand(c.Args()[0])
	if err != nil {
		return 0, false, err
	}
	y, err := l.operand(c.Args()[1])
	if err != nil {
		return 0, false, err
	}
	fn := c.FunctionName()
	if x.kind == 'v' && (y.kind == 'c' || y.kind == 'o') {
		x, y, fn = y, x, mirrored[fn]
	}
	switch {
	case x.kind == 'v' && y.kind == 'v':
		v, ok := constantCompare(fn, x.value, y.value)
		return l.b.constant(v), ok, nil
	case x.kind == 'o' && y.kind == 'v':
		return l.ruling(x.open), true, nil
	case x.kind == 'c' && y.kind == 'v':
		return l.against(fn, x.col, y.value)
	}
	return 0, false, nil
}

var mirrored = map[string]string{
	operators.Equals: operators.Equals, operators.NotEquals: operators.NotEquals,
	operators.Less: operators.Greater, operators.Greater: operators.Less,
	operators.LessEquals: operators.GreaterEquals, operators.GreaterEquals: operators.LessEquals,
}

// ruling is a test of a ruling that is still open.
func (l *lowering) ruling(question string) int32 {
	if l.settled {
		return l.b.constant(true)
	}
	return l.b.add(node{op: opOpen, k: int64(l.open(question))})
}

// against lowers column ∘ constant. Every comparison of integers becomes "< k"
// or its negation.
func (l *lowering) against(fn string, col int32, v ref.Val) (int32, bool, error) {
	switch v := v.(type) {
	case types.Bool:
		n := l.b.add(node{op: opBool, a: col})
		if bool(v) == (fn == operators.NotEquals) {
			n = l.b.not(n)
		}
		return n, fn == operators.Equals || fn == operators.NotEquals, nil
	case types.String:
		if fn != operators.Equals && fn != operators.NotEquals {
			return 0, false, nil // an order of texts runs as CEL on the dictionary
		}
		n := l.b.text(col, string(v))
		if fn == operators.NotEquals {
			n = l.b.not(n)
		}
		return n, true, nil
	case types.Int:
		k := int64(v)
		if k >= maxMagnitude || k <= -maxMagnitude {
			return 0, false, fault.Newf(fault.Invalid, "常数 %d 超出范围。", "The constant %d is out of range.", k)
		}
		below, upTo := l.b.less(col, k), func() int32 { return l.b.less(col, k+1) }
		switch fn {
		case operators.Less:
			return below, true, nil
		case operators.LessEquals:
			return upTo(), true, nil
		case operators.Greater:
			return l.b.not(upTo()), true, nil
		case operators.GreaterEquals:
			return l.b.not(below), true, nil
		case operators.Equals:
			return l.b.and(upTo(), l.b.not(below)), true, nil
		default:
			return l.b.not(l.b.and(upTo(), l.b.not(below))), true, nil
		}
	}
	return 0, false, nil
}

func constantCompare(fn string, x, y ref.Val) (result, ok bool) {
	switch fn {
	case operators.Equals:
		return x.Equal(y) == types.True, true
	case operators.NotEquals:
		return x.Equal(y) != types.True, true
	}
	a, isInt := x.(types.Int)
	b, bothInt := y.(types.Int)
	if !isInt || !bothInt {
		return false, false
	}
	switch fn {
	case operators.Less:
		return a < b, true
	case operators.LessEquals:
		return a <= b, true
	case operators.Greater:
		return a > b, true
	default:
		return a >= b, true
	}
}

// member lowers x in [constants].
func (l *lowering) member(c ast.CallExpr) (int32, bool, error) {
	x, err := l.operand(c.Args()[0])
	if err != nil {
		return 0, false, err
	}
	list := c.Args()[1]
	if list.Kind() != ast.ListKind || x.kind == 0 {
		return 0, false, nil
	}
	var values []ref.Val
	for _, item := range list.AsList().Elements() {
		v, err := l.operand(item)
		if err != nil {
			return 0, false, err
		}
		if v.kind != 'v' {
			return 0, false, nil
		}
		values = append(values, v.value)
	}
	switch x.kind {
	case 'o':
		return l.ruling(x.open), true, nil
	case 'v':
		return l.b.constant(slices.ContainsFunc(values, func(v ref.Val) bool { return v.Equal(x.value) == types.True })), true, nil
	}
	return l.columnIn(x.col, values)
}

func (l *lowering) columnIn(col int32, values []ref.Val) (int32, bool, error) {
	if l.typeOf(col) == textValue {
		set := make([]string, 0, len(values))
		for _, v := range values {
			set = append(set, string(v.(types.String)))
		}
		return l.b.text(col, set...), true, nil
	}
	any := l.b.constant(false)
	for _, v := range values {
		n, done, err := l.against(operators.Equals, col, v)
		if !done || err != nil {
			return 0, false, err
		}
		any = l.b.or(any, n)
	}
	if len(values) == 0 { // x in [] is undecided while x is, as CEL has it
		return 0, false, nil
	}
	return any, true, nil
}

// rest keeps an expression as CEL: over one text column it runs once a
// dictionary value, else once a row.
func (l *lowering) rest(e ast.Expr) (int32, error) {
	text, err := parser.Unparse(e, l.info)
	if err != nil {
		return 0, fault.Newf(fault.Invalid, "条件含有不支持的写法。", "The condition uses something unsupported.").Because(err)
	}
	columns, open := map[string]int32{}, false
	if err := l.reads(e, columns, &open); err != nil {
		return 0, err
	}
	var failed error
	make := func() *celLeaf {
		compiled, err := l.e.compile(l.env, text, cel.BoolType)
		if err != nil {
			failed = err
			return nil
		}
		p, err := program(l.env, compiled)
		if err != nil {
			failed = fault.Newf(fault.Invalid, "条件不能执行。", "The condition cannot be run.").Because(err)
			return nil
		}
		return &celLeaf{source: text, program: p, columns: columns, constants: l.constants, types: l.e.provider}
	}
	key := text + "\x00" + constantsKey(text, l.constants)
	if col, ok := onlyText(columns, l.typeOf); ok && !open {
		leaf := make()
		if failed != nil {
			return 0, failed
		}
		return l.b.add(node{op: opText, a: col, b: l.b.test("cel\x00"+key, &textTest{leaf: leaf})}), nil
	}
	l.unlowered = append(l.unlowered, text)
	n := l.b.leaf(key+"\x00"+columnsKey(columns), make)
	return n, failed
}

func columnsKey(columns map[string]int32) string {
	parts := make([]string, 0, len(columns))
	for name, col := range columns {
		parts = append(parts, fmt.Sprintf("%s=%d", name, col))
	}
	sort.Strings(parts)
	return strings.Join(parts, ",")
}

func constantsKey(text string, constants map[string]ref.Val) string {
	var parts []string
	for name, v := range constants {
		if strings.Contains(text, name) {
			parts = append(parts, fmt.Sprintf("%s=%v", name, v.Value()))
		}
	}
	sort.Strings(parts)
	return strings.Join(parts, ",")
}

func onlyText(columns map[string]int32, typeOf func(int32) valueType) (int32, bool) {
	if len(columns) != 1 {
		return 0, false
	}
	for _, col := range columns {
		return col, typeOf(col) == textValue
	}
	return 0, false
}

// reads gathers the columns below an expression, and whether it asks for the
// presence of one or for an open ruling.
func (l *lowering) reads(e ast.Expr, columns map[string]int32, open *bool) error {
	var failed error
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.SelectKind && e.Kind() != ast.IdentKind {
			return
		}
		name, ok := dotted(e)
		if !ok || l.constants[name] != nil {
			return
		}
		if e.Kind() == ast.SelectKind && e.AsSelect().IsTestOnly() {
			*open = true
		}
		if strings.HasPrefix(name, "ruling.") {
			*open = true
			return
		}
		if _, isColumn := l.e.provider.columns[name]; !isColumn && name != "subject.kind" {
			return // a root or an inner object on the way to a column
		}
		col, known := l.column(name)
		if !known {
			failed = undeclared(name)
			return
		}
		columns[name] = col
	}))
	return failed
}

// dotted reads a.b.c as a name.
func dotted(e ast.Expr) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), true
	case ast.SelectKind:
		s := e.AsSelect()
		base, ok := dotted(s.Operand())
		return base + "." + s.FieldName(), ok
	}
	return "", false
}

func undeclared(name string) error {
	return fault.Newf(fault.Invalid, "条件读取 %s，但措施的 facts 没有列出它。", "The condition reads %s, which the measure's facts do not list.", name)
}
