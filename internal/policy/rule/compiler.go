package rule

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

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
	forms     map[string]*operatorForm
	only      string // compile this measure alone; empty for all
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
		forms: map[string]*operatorForm{},
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
		var bad fault.Collector
		bad.Merge(o.Measure+":"+path, err)
		return bad.Err()
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
		if c.only != "" && m.ID != c.only {
			continue
		}
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
	c.ids = slices.SortedFunc(maps.Keys(c.byMeasure), compareIDs)
	return bad.Err()
}

func (c *compiler) measure(m, body *Measure) error {
	pl := planned{m: m, rules: body, pays: m.Type.Pays(), period: c.Pack.Document(m.Document), object: body.Object, who: c.b.constant(true), parameters: map[string]value{}}
	defer func() {
		pl.joins = c.joinsOf(&pl)
		c.byMeasure[m.ID] = append(c.byMeasure[m.ID], len(c.planned))
		c.planned = append(c.planned, pl)
	}()
	if !pl.pays && m.Type != Gate {
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
		find := l.column
		l.column = func(name string) (int32, bool) {
			col, known := find(name)
			if known {
				pl.reads = append(pl.reads, col)
			}
			return col, known
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
