package rule

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// operator is one compiled step of an amount. Its form, row and column alike,
// is in formOf: the closed set of measures' arithmetic.
type operator struct {
	*operatorForm
	step    *Step
	owner   *Measure
	operand string // as people write it: 30%, 5,000,000.00

	base  int32 // column read, -1 none
	scale scaling
	rate  int32 // column of the measured rate of an excess, -1 none
	limit int64 // cap, flat; of an excess, in units of decimalScale
	table []tierValue
	of    [][]operator
}

type tierValue struct {
	when  string
	value int64
	given bool
}

// standing says what is known of a running amount.
type standing uint8

const (
	computed  standing = iota // a number of fen
	wanting                   // a fact is missing
	allocated                 // settled by allocation over all applicants
	judged                    // the text gives no figure: a person or a missing rule decides
	overflow                  // past the range of money
)

// operatorForm is an operator's meaning: how it compiles, what it does to one
// running amount, and what it does to a block of them. Row and column must agree
// on every input; the property tests hold them to it.
type operatorForm struct {
	name    string
	sign    string // how the trace shows it: times, min, max, minus, "" none
	compile func(c *compiler, pl *planned, op *operator) error
	row     func(op *operator, r *rowAmount)
	column  func(op *operator, b *blockAmount)
}

// formOf is the operator table.
func formOf(name string) *operatorForm {
	switch name {
	case "rate_of": // floor(base × rate) to the fen
		return &operatorForm{name, "times", compileRateOf, rowRateOf, columnRateOf}
	case "cap": // the smaller of the running amount and the maximum
		return &operatorForm{name, "min", compileLimit, rowCap, columnCap}
	case "flat": // a fixed amount
		return &operatorForm{name, "", compileLimit, rowFlat, columnFlat}
	case "tier": // a fixed amount by an attribute
		return &operatorForm{name, "", compileTier, rowTier, columnTier}
	case "best_of": // the largest alternative (从优不重复)
		return &operatorForm{name, "max", compileBestOf, rowBestOf, columnBestOf}
	case "top_up": // less what was paid for the matter, never below zero (晋级补差)
		return &operatorForm{name, "minus", compileTopUp, rowTopUp, columnTopUp}
	case "rank_take": // ranks and a quota over all applicants: no amount before allocation
		return &operatorForm{name, "", compileSetLevel, rowSetLevel, columnNoAmount}
	case "pro_rata": // a short budget may reduce the amount at allocation; until then it stands
		return &operatorForm{name, "", compileKeep, rowKeep, columnKeep}
	case "manual": // no figure in the text
		return &operatorForm{name, "", compileManual, rowManual, columnNoAmount}
	case "split": // city floor, district the rest; it keeps the amount
		return &operatorForm{name, "", compileSplit, rowKeep, columnKeep}
	}
	return nil
}

// Operators lists the operators of amounts.
func Operators() []string {
	return []string{"rate_of", "cap", "flat", "tier", "best_of", "top_up", "rank_take", "pro_rata", "split", "manual"}
}

// form is an operator's form, one for all measures of a plan: what every
// measure runs stays in the cache.
func (c *compiler) form(name string) *operatorForm {
	if f, known := c.forms[name]; known {
		return f
	}
	f := formOf(name)
	c.forms[name] = f
	return f
}

// pipeline compiles the steps of an amount.
func (c *compiler) pipeline(pl *planned, body *Measure, steps []Step) ([]operator, error) {
	var bad fault.Collector
	out := make([]operator, 0, len(steps))
	for i := range steps {
		place := fmt.Sprintf("%s#amount[%d]", body.file, i)
		op := operator{operatorForm: c.form(steps[i].Op), step: &steps[i], owner: body, base: -1, rate: -1}
		if op.operatorForm == nil {
			bad.Add(place, "没有算子“%.40s”：只有 %s。", "There is no operator %.40q; there are %s.", steps[i].Op, strings.Join(Operators(), ", "))
			continue
		}
		if err := op.compile(c, pl, &op); err != nil {
			bad.Merge(place, err)
			continue
		}
		out = append(out, op)
	}
	c.fuseCaps(out)
	return out, bad.Err()
}

// fuseCaps lets a rate know the cap right behind it, so that it can clamp its
// base and stay in 64 bits.
func (c *compiler) fuseCaps(pipeline []operator) {
	for i := range pipeline {
		if pipeline[i].name != "rate_of" || pipeline[i].rate >= 0 || i+1 == len(pipeline) || pipeline[i+1].name != "cap" || pipeline[i+1].limit < 0 {
			continue
		}
		rate := money.Rate{Num: int64(pipeline[i].scale.num), Den: int64(pipeline[i].scale.den)}
		pipeline[i].scale = newScaling(rate, pipeline[i+1].limit)
	}
}

// parameter reads a parameter of the measure in a kind; ok is false when the
// text gives no figure, which makes the amount a matter of judgement.
func (op *operator) parameter(pl *planned, path, kind string) (v value, err error) {
	v, known := pl.parameters[path]
	if !known || v.kind != kind {
		return v, fault.Newf(fault.Invalid, "算子 %[1]s 要一个 %[3]s 类型的参数，没有“%[2]s”。", "Operator %[1]s needs a parameter of kind %[3]s; there is no %[2]q.", op.name, path, kind)
	}
	if !v.given {
		pl.manual = true
	}
	return v, nil
}

// read declares the column that the operator works on.
func (op *operator) read(c *compiler, pl *planned, name string, want valueType) (err error) {
	op.base, err = op.declare(c, pl, name, want)
	return err
}

// declare finds a column and has the plan know it before there is an amount.
func (op *operator) declare(c *compiler, pl *planned, name string, want valueType) (int32, error) {
	col, ok := c.find(op.owner, op.owner, name)
	if !ok {
		return -1, fault.Newf(fault.Invalid, "算子 %s 读取 %s，但措施的 facts 没有列出它。", "Operator %s reads %s, which the measure's facts do not list.", op.name, name)
	}
	if c.columns[col].typ != want {
		return -1, fault.Newf(fault.Invalid, "算子 %s 不能用 %s：类型不对。", "Operator %s cannot use %s: wrong type.", op.name, name)
	}
	if !slices.Contains(pl.base, col) {
		pl.base = append(pl.base, col)
	}
	return col, nil
}

func compileRateOf(c *compiler, pl *planned, op *operator) error {
	if err := op.read(c, pl, op.step.Base+"."+quantity, intValue); err != nil {
		return err
	}
	v, err := op.parameter(pl, op.step.Rate, "rate")
	if err != nil {
		return err
	}
	op.scale, op.operand = newScaling(max1(v.rate), -1), v.rate.Percent()
	if op.step.Excess == nil {
		return nil
	}
	limit, err := op.parameter(pl, op.step.Excess.Above, "rate")
	if err != nil {
		return err
	}
	op.limit = limit.n
	op.rate, err = op.declare(c, pl, op.step.Excess.Of, decimalValue)
	return err
}

// max1 keeps the zero Rate of a missing parameter from dividing by zero.
func max1(r money.Rate) money.Rate {
	if r.Den == 0 {
		r.Den = 1
	}
	return r
}

func compileLimit(c *compiler, pl *planned, op *operator) error {
	path := op.step.Max
	if op.name == "flat" {
		path = op.step.Value
	}
	v, err := op.parameter(pl, path, "money")
	if err != nil {
		return err
	}
	op.limit, op.operand = v.n, money.Fen(v.n).Grouped()
	return nil
}

func compileTier(c *compiler, pl *planned, op *operator) error {
	if err := op.read(c, pl, op.step.By, textValue); err != nil {
		return err
	}
	for _, t := range op.step.Table {
		v, known := pl.parameters[t.Value]
		if !known || v.kind != "money" {
			return fault.Newf(fault.Invalid, "档位“%s”要一个 money 类型的参数，没有“%s”。", "Tier %q needs a parameter of kind money; there is no %q.", t.When, t.Value)
		}
		op.table = append(op.table, tierValue{t.When, v.n, v.given})
	}
	return nil
}

func compileBestOf(c *compiler, pl *planned, op *operator) error {
	for _, alternative := range op.step.Of {
		p, err := c.pipeline(pl, op.owner, alternative)
		if err != nil {
			return err
		}
		op.of = append(op.of, p)
	}
	if len(op.of) < 2 {
		return fault.Newf(fault.Invalid, "best_of 至少要两个方案。", "best_of needs two alternatives at least.")
	}
	return nil
}

func compileTopUp(c *compiler, pl *planned, op *operator) error {
	return op.read(c, pl, op.step.Paid+"."+quantity, intValue)
}

func compileSetLevel(_ *compiler, pl *planned, op *operator) error {
	pl.setLevel = true
	return nil
}

func compileKeep(*compiler, *planned, *operator) error { return nil }

func compileManual(_ *compiler, pl *planned, op *operator) error {
	pl.manual = true
	return nil
}

func compileSplit(_ *compiler, pl *planned, op *operator) error {
	v, err := op.parameter(pl, op.step.City, "rate")
	if err != nil {
		return err
	}
	if v.n > decimalScale {
		return fault.Newf(fault.Invalid, "分担比例不能超过 1。", "A share cannot exceed 1.")
	}
	op.scale, op.operand = newScaling(max1(v.rate), -1), v.rate.Percent()
	return nil
}

// rowAmount is the running amount of one row.
type rowAmount struct {
	*evaluator
	fen   int64
	state standing
	steps stepper // nil: nobody looks
}

// stepper is told of each step.
type stepper interface {
	step(op *operator, before, operand, after int64, state standing)
}

func (r *rowAmount) run(pipeline []operator) {
	for i := range pipeline {
		pipeline[i].row(&pipeline[i], r)
	}
}

// settle ends a step.
func (r *rowAmount) settle(op *operator, operand, after int64) {
	before := r.fen
	r.fen = after
	if r.steps != nil {
		r.steps.step(op, before, operand, after, r.state)
	}
}

func rowRateOf(op *operator, r *rowAmount) {
	base, known := r.int(op.base)
	if !known {
		r.state = max(r.state, wanting)
		r.settle(op, 0, 0)
		return
	}
	v, ok := op.scale.of(base)
	if op.rate >= 0 {
		measured, known := r.int(op.rate)
		if !known {
			r.state = max(r.state, wanting)
			r.settle(op, 0, 0)
			return
		}
		v, ok = op.within(base, measured)
	}
	if !ok {
		r.state = overflow
	}
	r.settle(op, base, v)
}

// within is the rate of what counts of a base whose measured rate has a limit,
// floored once; false past the range of money.
func (op *operator) within(base, measured int64) (int64, bool) {
	if measured <= op.limit {
		return op.scale.of(base)
	}
	product, whole := big.NewInt(base), new(big.Int).SetUint64(op.scale.den)
	product.Mul(product, new(big.Int).SetUint64(op.scale.num))
	product.Mul(product, big.NewInt(op.limit))
	product.Quo(product, whole.Mul(whole, big.NewInt(measured)))
	return product.Int64(), product.IsInt64() && product.Int64() <= maxMagnitude
}

func rowCap(op *operator, r *rowAmount)  { r.settle(op, op.limit, min(r.fen, op.limit)) }
func rowFlat(op *operator, r *rowAmount) { r.settle(op, op.limit, op.limit) }
func rowKeep(op *operator, r *rowAmount) {}

func rowTier(op *operator, r *rowAmount) {
	text, known := r.text(op.base)
	if !known {
		r.state = max(r.state, wanting)
		r.settle(op, 0, 0)
		return
	}
	i := slices.IndexFunc(op.table, func(t tierValue) bool { return t.when == text })
	if i < 0 || !op.table[i].given {
		r.state = max(r.state, judged)
		r.settle(op, 0, 0)
		return
	}
	r.settle(op, op.table[i].value, op.table[i].value)
}

func rowBestOf(op *operator, r *rowAmount) {
	best, before, state := int64(0), r.fen, r.state
	for _, alternative := range op.of {
		r.fen, r.state = 0, computed
		r.run(alternative)
		state = max(state, r.state)
		best = max(best, r.fen)
	}
	r.fen, r.state = before, state
	r.settle(op, best, best)
}

func rowTopUp(op *operator, r *rowAmount) {
	paid, known := r.int(op.base)
	if !known {
		r.state = max(r.state, wanting)
		r.settle(op, 0, 0)
		return
	}
	r.settle(op, paid, max(0, r.fen-paid))
}

func rowSetLevel(op *operator, r *rowAmount) {
	r.state = max(r.state, allocated)
	r.settle(op, 0, 0)
}

func rowManual(op *operator, r *rowAmount) {
	r.state = max(r.state, judged)
	r.settle(op, 0, 0)
}
