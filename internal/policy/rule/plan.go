package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
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
	citations sync.Map         // ClauseRef -> *Citation
	joins     int              // how many ways to join facts to objects there are
}

// planned is one measure ready to run.
type planned struct {
	m          *Measure // the measure that results name
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

// value is a parameter in the unit that operators and conditions use.
type value struct {
	kind  string
	n     int64 // fen, count, or 10⁻¹² of a rate
	rate  money.Rate
	given bool
	text  string
}

func parseValue(p Parameter, text string) (value, error) {
	v := value{kind: p.Kind, text: text, given: text != ""}
	if text == "" {
		return v, nil
	}
	switch p.Kind {
	case "rate":
		r, err := money.ParseRate(text)
		if err != nil {
			return v, err
		}
		n, ok := parseDecimal(text)
		if !ok || n >= maxMagnitude {
			return v, fault.Newf(fault.Invalid, "比例 %s 超出范围。", "The rate %s is out of range.", text)
		}
		v.rate, v.n = r, n
	case "money":
		fen, err := money.ParseYuan(text)
		if err != nil {
			return v, err
		}
		if fen < 0 || fen >= maxMagnitude {
			return v, fault.Newf(fault.Invalid, "金额 %s 超出范围。", "The amount %s is out of range.", text)
		}
		v.n = int64(fen)
	case "count":
		n, ok := parseInt(text)
		if !ok || n < 0 {
			return v, fault.Newf(fault.Invalid, "“%s”不是个数。", "%q is no count.", text)
		}
		v.n = n
	default:
		return v, fault.Newf(fault.Invalid, "参数类型“%s”应为 rate、money 或 count。", "The parameter kind %q should be rate, money or count.", p.Kind)
	}
	return v, nil
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

// compiler is the state of one compilation.
type compiler struct {
	*Plan
	b         *builder
	overrides map[string]map[string]string // measure -> path -> value
	rulings   map[string]string
	sourceKey map[string]int32
	columnKey map[string]int32
	openKey   map[string]int32
	joinKey   map[string]int
	unlowered map[string][]string // condition place -> expressions that stay CEL
}

func compilePlan(p *Pack, guide *Guide, year int, overrides []Override) (*Plan, error) {
	c, err := newCompiler(p, guide, year, overrides)
	if err != nil {
		return nil, err
	}
	return c.Plan, c.compile()
}

func newCompiler(p *Pack, guide *Guide, year int, overrides []Override) (*compiler, error) {
	c := &compiler{
		Plan: &Plan{Pack: p, Guide: guide, Year: year, byMeasure: map[string][]int{}},
		b:    newBuilder(), overrides: map[string]map[string]string{}, rulings: map[string]string{},
		sourceKey: map[string]int32{}, columnKey: map[string]int32{}, openKey: map[string]int32{}, joinKey: map[string]int{}, unlowered: map[string][]string{},
	}
	set := overrides
	if guide != nil {
		set = append(slices.Clone(guide.Set), overrides...)
		for _, r := range guide.Rulings {
			c.rulings[r.Question] = r.Choice
		}
	}
	for _, o := range set {
		if err := c.override(o); err != nil {
			return nil, err
		}
	}
	c.sources = []source{{kind: "subject", filter: -1, raw: -1}}
	return c, nil
}

func (c *compiler) override(o Override) error {
	m, err := c.Pack.Measure(o.Measure)
	if err != nil {
		return err
	}
	path := ParameterPath(o.Path)
	parameter, ok := m.Parameter(path)
	if !ok {
		names := make([]string, len(m.Parameters))
		for i, p := range m.Parameters {
			names[i] = p.Path
		}
		return fault.Newf(fault.Invalid, "措施 %s 没有参数“%.40s”：可设的有 %s。", "Measure %s has no parameter %.40q; it has %s.", o.Measure, o.Path, strings.Join(names, ", "))
	}
	if _, err := parseValue(parameter, o.Value); err != nil {
		return err
	}
	if c.overrides[o.Measure] == nil {
		c.overrides[o.Measure] = map[string]string{}
	}
	c.overrides[o.Measure][path] = o.Value
	return nil
}

func (c *compiler) compile() error {
	var bad fault.Collector
	for _, m := range c.Pack.Measures {
		bodies := []*Measure{m}
		if m.Type == Reference {
			bodies = bodies[:0]
			for _, id := range m.Imports {
				if imported := c.Pack.measures[id]; imported != nil && imported.Type == Payable {
					bodies = append(bodies, imported)
				}
			}
		}
		for _, body := range bodies {
			if err := c.measure(m, body); err != nil {
				bad.Merge("", err)
			}
		}
	}
	c.nodes, c.tests, c.leaves = c.b.nodes, c.b.tests, c.b.leaves
	return bad.Err()
}

func (c *compiler) measure(m, body *Measure) error {
	pl := planned{m: m, rules: body, period: c.Pack.Document(m.Document), object: body.Object, who: c.b.constant(true), parameters: map[string]value{}}
	defer func() {
		pl.joins = c.joinsOf(&pl)
		c.byMeasure[m.ID] = append(c.byMeasure[m.ID], len(c.planned))
		c.planned = append(c.planned, pl)
	}()
	if !m.Type.Pays() && m.Type != Gate {
		return nil
	}
	var bad fault.Collector
	owners := c.owners(m, body)
	if body.Who != nil {
		col := c.column(0, "subject.kind", "kind", textValue)
		pl.who = c.b.text(col, slices.Clone(body.Who.Kinds)...)
	}
	pl.holds = pl.who
	for _, owner := range owners {
		l, err := c.lowering(owner, body)
		if err != nil {
			bad.Merge("", err)
			continue
		}
		if owner == body {
			pl.parameters = c.values(body)
		}
		for i := range owner.Conditions {
			condition := &owner.Conditions[i]
			n, err := l.lower(condition.When)
			if err != nil {
				bad.Merge(fmt.Sprintf("%s#%s", owner.file, condition.ID), err)
				continue
			}
			pl.conditions = append(pl.conditions, plannedCondition{condition, owner, n})
			pl.holds = c.b.and(pl.holds, n)
		}
		for _, u := range owner.Facts {
			s, err := c.source(owner, u.Kind)
			if err != nil {
				bad.Merge(fmt.Sprintf("%s#facts.%s", owner.file, u.Kind), err)
				continue
			}
			if !slices.Contains(pl.sources, s) {
				pl.sources = append(pl.sources, s)
			}
		}
		if len(l.unlowered) > 0 {
			c.unlowered[owner.file] = l.unlowered
		}
	}
	pl.payable = pl.holds
	for _, q := range blocking(m, body) {
		if _, ruled := c.rulings[q]; !ruled {
			n := c.b.add(node{op: opOpen, k: int64(c.openQuestion(q))})
			pl.blocks = append(pl.blocks, n)
			pl.payable = c.b.and(pl.payable, n)
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	pipeline, err := c.pipeline(&pl, body, body.Amount)
	if err != nil {
		return err
	}
	pl.pipeline = pipeline
	return nil
}

// joinsOf numbers the ways in which measures find their objects.
func (c *compiler) joinsOf(pl *planned) int {
	key := pl.object
	for _, s := range pl.sources {
		if u := c.sources[s].use; u.Per != "" && u.Absent != "zero" {
			key += fmt.Sprintf(" %d", s)
		}
	}
	n, known := c.joinKey[key]
	if !known {
		n = c.joins
		c.joinKey[key] = n
		c.joins++
	}
	return n
}

// blocking lists the questions of a measure, those of a reference first.
func blocking(m, body *Measure) []string {
	if m == body {
		return m.Questions
	}
	all := slices.Clone(m.Questions)
	for _, q := range body.Questions {
		if !slices.Contains(all, q) {
			all = append(all, q)
		}
	}
	return all
}

// owners are the measures whose conditions hold: gates first, then the body,
// then the reference that imports it.
func (c *compiler) owners(m, body *Measure) []*Measure {
	var out []*Measure
	for _, g := range body.Gates {
		if gate := c.Pack.measures[g]; gate != nil {
			out = append(out, gate)
		}
	}
	out = append(out, body)
	if m != body {
		out = append(out, m)
	}
	return out
}

// values are a measure's parameters with what a guide or a what-if sets.
func (c *compiler) values(m *Measure) map[string]value {
	out := map[string]value{}
	for _, p := range m.Parameters {
		text := p.Value
		if set, ok := c.overrides[m.ID][p.Path]; ok {
			text = set
		}
		v, err := parseValue(p, text)
		if err == nil {
			out[p.Path] = v
		}
	}
	return out
}

// lowering prepares the names that a measure's conditions may use.
func (c *compiler) lowering(owner, body *Measure) (*lowering, error) {
	constants := map[string]ref.Val{"year": types.Int(c.Year)}
	var options []cel.EnvOption
	for path, v := range c.values(owner) {
		options = append(options, cel.Variable("param."+path, cel.IntType))
		if v.given {
			constants["param."+path] = types.Int(v.n)
		}
	}
	for q, choice := range c.rulings {
		constants["ruling."+q] = types.String(choice)
	}
	env := c.Pack.env.base
	if len(options) > 0 {
		extended, err := env.Extend(options...)
		if err != nil {
			return nil, fault.Newf(fault.Invalid, "参数名称不能用：%s。", "A parameter's name cannot be used: %s.", err)
		}
		env = extended
	}
	return &lowering{
		b: c.b, env: env, e: c.Pack.env, constants: constants,
		column: func(name string) (int32, bool) { return c.find(owner, body, name) },
		typeOf: func(col int32) valueType { return c.columns[col].typ },
		open:   func(q string) int32 { return c.openQuestion(q) },
	}, nil
}

func (c *compiler) openQuestion(q string) int32 {
	if i, ok := c.openKey[q]; ok {
		return i
	}
	i := int32(len(c.open))
	c.open = append(c.open, q)
	c.openKey[q] = i
	return i
}

// find resolves kind.attribute as a measure reads it: by its own facts, else
// by the body's that it gates or imports.
func (c *compiler) find(owner, body *Measure, name string) (int32, bool) {
	if name == "subject.kind" {
		return c.column(0, name, "kind", textValue), true
	}
	typ, known := c.Pack.env.provider.columns[name]
	cut := strings.LastIndexByte(name, '.')
	if !known || cut < 0 {
		return 0, false
	}
	kind, attr := name[:cut], name[cut+1:]
	for _, m := range []*Measure{owner, body} {
		if s, err := c.source(m, kind); err == nil && s >= 0 {
			return c.column(s, name, attr, typ), true
		}
	}
	return 0, false
}

// source is how a measure reads a kind; -1 when it does not.
func (c *compiler) source(m *Measure, kind string) (int32, error) {
	i := slices.IndexFunc(m.Facts, func(u FactUse) bool { return u.Kind == kind })
	if i < 0 {
		return -1, nil
	}
	u := &m.Facts[i]
	var judged []string
	own := ""
	for _, condition := range m.Conditions {
		if condition.Each == kind {
			judged = append(judged, condition.When)
			if strings.Contains(condition.When, "param.") {
				own = m.ID
			}
		}
	}
	if strings.Contains(u.Only, "param.") {
		own = m.ID
	}
	key := fmt.Sprintf("%s|%v|%s|%s|%v|%s|%s|%q|%s", u.Kind, u.By, u.Per, u.Take, u.Yearly, u.Absent, u.Only, judged, own)
	if s, ok := c.sourceKey[key]; ok {
		return s, nil
	}
	raw := int32(-1)
	if u.Only != "" {
		raw = c.addSource(source{use: u, kind: kind, filter: -1, raw: -1})
	}
	s := c.addSource(source{use: u, kind: kind, filter: -1, raw: raw})
	c.sourceKey[key] = s
	if u.Only != "" {
		n, err := c.perFact(m, raw, u.Only, true)
		if err != nil {
			return -1, err
		}
		c.sources[s].filter = n
	}
	for _, when := range judged {
		n, err := c.perFact(m, s, when, false)
		if err != nil {
			return -1, err
		}
		c.sources[s].each = append(c.sources[s].each, n)
	}
	return s, nil
}

func (c *compiler) addSource(s source) int32 {
	c.sources = append(c.sources, s)
	return int32(len(c.sources) - 1)
}

// perFact lowers an expression over one fact: it may read that source, the
// subject, parameters and rulings, and no other fact.
func (c *compiler) perFact(m *Measure, s int32, when string, filter bool) (int32, error) {
	l, err := c.lowering(m, m)
	if err != nil {
		return 0, err
	}
	l.settled = filter
	kind := c.sources[s].kind
	l.column = func(name string) (int32, bool) {
		if name == "subject.kind" {
			return c.column(0, name, "kind", textValue), true
		}
		attr, mine := strings.CutPrefix(name, kind+".")
		typ, known := c.Pack.env.provider.columns[name]
		if !mine || !known {
			return 0, false
		}
		return c.column(s, name, attr, typ), true
	}
	n, err := l.lower(when)
	if err == nil && len(l.unlowered) > 0 {
		c.unlowered[m.file] = append(c.unlowered[m.file], l.unlowered...)
	}
	return n, err
}

func (c *compiler) column(s int32, name, attr string, typ valueType) int32 {
	key := fmt.Sprintf("%d|%s", s, attr)
	if col, ok := c.columnKey[key]; ok {
		return col
	}
	col := int32(len(c.columns))
	zero := s > 0 && attr == quantity && c.sources[s].use.Absent == "zero"
	c.columns = append(c.columns, column{source: s, name: name, attr: attr, typ: typ, zero: zero})
	c.sources[s].columns = append(c.sources[s].columns, col)
	c.columnKey[key] = col
	return col
}

// Measures lists the ids that the plan covers, in order.
func (p *Plan) Measures() []string {
	return slices.SortedFunc(maps.Keys(p.byMeasure), compareIDs)
}
