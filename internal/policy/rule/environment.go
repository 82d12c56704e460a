package rule

import (
	"math"
	"strconv"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Bounds of one condition. The costliest real one is below 100.
const (
	maxExpression = 2_000 // characters
	maxExprDepth  = 40
	maxCost       = 20_000
	maxRegex      = 1_000 // instructions of a compiled pattern
	textBound     = 200   // evidence bounds an attribute's text
)

// quantity is the name by which conditions read a fact's quantity.
const quantity = "quantity"

// valueType is what a column holds.
type valueType uint8

const (
	textValue valueType = iota
	boolValue
	intValue // fen, a count, a year
	decimalValue
)

// decimalScale is how decimals become int64: in units of 10⁻¹², saturating at
// a million. They only meet comparisons, and bounds are far below.
const decimalScale = 1_000_000_000_000

// maxMagnitude bounds every int64 that a plan compares or multiplies:
// ten thousand trillion yuan in fen.
const maxMagnitude = 1_000_000_000_000_000_000

// attributeType says how a plan holds an attribute.
func attributeType(a evidence.AttributeType) valueType {
	switch a {
	case evidence.TypeBool:
		return boolValue
	case evidence.TypeInteger, evidence.TypeYear:
		return intValue
	case evidence.TypeDecimal:
		return decimalValue
	}
	return textValue
}

func quantityType(unit string) valueType {
	if unit == evidence.UnitCNY || unit == evidence.UnitCount {
		return intValue
	}
	return decimalValue
}

// environment is the CEL environment of a pack: every fact kind is a nested
// object (org.registration.place), so has() works and a misspelt attribute
// does not compile. It knows the vocabulary and the open questions.
type environment struct {
	base       *cel.Env
	provider   *factTypes
	vocabulary *evidence.Vocabulary
}

// factTypes gives CEL the object types of the vocabulary.
type factTypes struct {
	*types.Registry
	objects map[string]map[string]*types.FieldType // type name -> field -> type
	columns map[string]valueType                   // kind.attribute
}

const factPrefix = "fact."

func newEnvironment(v *evidence.Vocabulary, questions []Question) *environment {
	registry, err := types.NewRegistry()
	if err != nil {
		panic("cel: " + err.Error()) // no input of ours reaches it
	}
	p := &factTypes{Registry: registry, objects: map[string]map[string]*types.FieldType{}, columns: map[string]valueType{}}
	roots := map[string]bool{}
	for _, k := range v.Kinds {
		root, _, _ := strings.Cut(k.Name, ".")
		roots[root] = true
		p.add(k.Name, quantity, quantityType(k.Unit))
		for _, a := range k.Attributes {
			p.add(k.Name, a.Name, attributeType(a.Type))
		}
	}
	options := []cel.EnvOption{
		cel.CustomTypeProvider(p), cel.CustomTypeAdapter(p),
		cel.ClearMacros(), cel.Macros(cel.HasMacro),
		cel.ParserExpressionSizeLimit(maxExpression), cel.ParserRecursionLimit(maxExprDepth),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateRegexProgramSizeLimit(maxRegex)),
		cel.Variable("subject.kind", cel.StringType), cel.Variable("year", cel.IntType),
	}
	for root := range roots {
		options = append(options, cel.Variable(root, cel.ObjectType(factPrefix+root)))
	}
	for _, q := range questions {
		options = append(options, cel.Variable("ruling."+q.ID, cel.StringType))
	}
	base, err := cel.NewEnv(options...)
	if err != nil {
		panic("cel: " + err.Error())
	}
	return &environment{base: base, provider: p, vocabulary: v}
}

// add makes org.registration.place out of objects org -> registration -> place.
func (p *factTypes) add(kind, attribute string, t valueType) {
	p.columns[kind+"."+attribute] = t
	path := strings.Split(kind, ".")
	for i := 1; i < len(path); i++ {
		p.field(strings.Join(path[:i], "."), path[i], cel.ObjectType(factPrefix+strings.Join(path[:i+1], ".")))
	}
	celType := map[valueType]*types.Type{textValue: types.StringType, boolValue: types.BoolType, intValue: types.IntType, decimalValue: types.IntType}[t]
	p.field(kind, attribute, celType)
}

func (p *factTypes) field(object, name string, t *types.Type) {
	fields := p.objects[factPrefix+object]
	if fields == nil {
		fields = map[string]*types.FieldType{}
		p.objects[factPrefix+object] = fields
	}
	path := object + "." + name
	fields[name] = &types.FieldType{
		Type:    t,
		IsSet:   func(target any) bool { return target.(*celObject).has(path) },
		GetFrom: func(target any) (any, error) { return target.(*celObject).get(path), nil },
	}
}

// FindStructType implements types.Provider.
func (p *factTypes) FindStructType(name string) (*types.Type, bool) {
	if _, ok := p.objects[name]; ok {
		return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
	}
	return p.Registry.FindStructType(name)
}

// FindStructFieldNames implements types.Provider.
func (p *factTypes) FindStructFieldNames(name string) ([]string, bool) {
	if fields, ok := p.objects[name]; ok {
		names := make([]string, 0, len(fields))
		for n := range fields {
			names = append(names, n)
		}
		return names, true
	}
	return p.Registry.FindStructFieldNames(name)
}

// FindStructFieldType implements types.Provider.
func (p *factTypes) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if fields, ok := p.objects[name]; ok {
		f, ok := fields[field]
		return f, ok
	}
	return p.Registry.FindStructFieldType(name, field)
}

// celObject is what CEL sees of a row below a dotted path.
type celObject struct {
	row  celRow
	path string
}

// celRow reads a row by column name.
type celRow interface {
	// celValue returns the value of kind.attribute, nil when it is missing.
	celValue(column string) ref.Val
	// celConstant returns the value of subject.kind, year, param.x or
	// ruling.A1: an Unknown for an open question.
	celConstant(name string) (ref.Val, bool)
	isColumn(path string) bool
}

func (o *celObject) has(path string) bool {
	return !o.row.isColumn(path) || o.row.celValue(path) != nil
}

func (o *celObject) get(path string) any {
	if !o.row.isColumn(path) {
		return &celObject{o.row, path}
	}
	if v := o.row.celValue(path); v != nil {
		return v
	}
	return types.NewUnknown(1, types.NewAttributeTrail(path))
}

// celActivation is a row as CEL's variables.
type celActivation struct{ celRow }

// ResolveName implements cel.Activation.
func (a celActivation) ResolveName(name string) (any, bool) {
	if v, ok := a.celConstant(name); ok {
		return v, true
	}
	if strings.Contains(name, ".") {
		return nil, false
	}
	return &celObject{a.celRow, name}, true
}

// Parent implements cel.Activation.
func (a celActivation) Parent() cel.Activation { return nil }

// compile checks an expression and bounds its cost.
//
// Codes: invalid.
func (e *environment) compile(env *cel.Env, expression string, want *cel.Type) (*cel.Ast, error) {
	ast, issues := env.Compile(expression)
	if err := issues.Err(); err != nil {
		first := issues.Errors()[0]
		return nil, complaint(first.Message, first.Location.Line(), first.Location.Column()+1)
	}
	if !ast.OutputType().IsEquivalentType(want) {
		return nil, fault.Newf(fault.Invalid, "条件的结果应是 %s，不是 %s。", "The condition should give %s, not %s.", want, ast.OutputType())
	}
	estimate, err := env.EstimateCost(ast, sizes{})
	if err != nil || estimate.Max > maxCost {
		return nil, fault.Newf(fault.Invalid, "条件的计算量估计为 %d，超过 %d 的上限。", "The condition's cost is estimated at %d, above the bound of %d.", estimate.Max, maxCost)
	}
	return ast, nil
}

// sizes tells the cost estimator how long texts may be.
type sizes struct{}

// EstimateSize implements cost.Estimator.
func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if len(n.Path()) == 0 || n.Type() != types.StringType {
		return nil
	}
	return &cost.SizeEstimate{Min: 0, Max: textBound}
}

// EstimateCallCost implements cost.Estimator.
func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// program makes a compiled expression runnable under the runtime bound.
func program(env *cel.Env, ast *cel.Ast) (cel.Program, error) {
	return env.Program(ast, cel.EvalOptions(cel.OptPartialEval), cel.CostLimit(maxCost))
}

// parseDecimal reads a plain decimal in units of 10⁻¹², saturating at a million.
func parseDecimal(s string) (int64, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	whole = strings.TrimLeft(whole, "0")
	if len(fraction) > 12 {
		return 0, false
	}
	if len(whole) > 6 {
		return maxMagnitude, true
	}
	n, err := strconv.ParseInt("0"+whole+fraction+strings.Repeat("0", 12-len(fraction)), 10, 64)
	return n, err == nil
}

func parseInt(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n < maxMagnitude && n > math.MinInt64
}
