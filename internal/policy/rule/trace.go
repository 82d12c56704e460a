package rule

import (
	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// trace writes down how one result comes about, while it comes about: the
// clause behind each test, the facts under it, each step of the arithmetic,
// and the rulings. It shows every step that the engine takes and no other.
type trace struct {
	*assessor
	pl     *planned
	result *Result
}

func (t *trace) add(s TraceStep) {
	if s.Role == "" {
		s.Role = "line"
	}
	if s.Facts == nil {
		s.Facts = []FactLine{}
	}
	t.result.Trace = append(t.result.Trace, s)
}

// conditions gives each condition its reason, each gate one step for all of
// its conditions, and each other condition a step.
func (t *trace) conditions() {
	if who := t.pl.rules.Who; who != nil {
		ref := t.plan.cite(t.pl.rules.Ref(who.Clause))
		ok := verdict(t.eval(t.pl.who))
		t.result.Reasons = append(t.result.Reasons, Reason{ID: "who", OK: ok, ZH: who.Text.ZH, EN: who.Text.EN, Clause: *ref, Facts: []string{}})
		t.add(TraceStep{Kind: ByClause, Clause: ref, Text: who.Text, OK: ok})
	}
	var gate *Measure
	var gathered []FactLine
	for i := range t.pl.conditions {
		c := &t.pl.conditions[i]
		v := t.eval(c.node)
		ref := t.plan.cite(c.owner.Ref(c.Clause))
		lines := t.factsUnder(c.node)
		t.result.Reasons = append(t.result.Reasons, Reason{ID: c.ID, OK: verdict(v), ZH: c.Text.ZH, EN: c.Text.EN, Clause: *ref, Facts: ids(lines)})
		if c.owner.Type != Gate {
			kind := ByFact
			if len(lines) == 0 {
				kind = ByClause
			}
			t.add(TraceStep{Kind: kind, Clause: ref, Text: c.Text, OK: verdict(v), Question: c.Question, Facts: lines})
			continue
		}
		if gate != c.owner {
			gate, gathered = c.owner, nil
			whole := t.plan.cite(gate.Ref(""))
			t.add(TraceStep{Kind: ByClause, Clause: whole, Text: gate.Name, OK: verdict(1)})
		}
		gathered = appendNew(gathered, lines)
		step := &t.result.Trace[len(t.result.Trace)-1]
		step.Facts, step.OK = append([]FactLine{}, gathered...), worse(step.OK, v)
	}
}

func appendNew(lines, more []FactLine) []FactLine {
next:
	for _, m := range more {
		for _, l := range lines {
			if l.ID == m.ID {
				continue next
			}
		}
		lines = append(lines, m)
	}
	return lines
}

func verdict(v int8) *bool {
	yes, no := true, false
	switch v {
	case 1:
		return &yes
	case -1:
		return &no
	}
	return nil
}

// worse joins verdicts as AND does.
func worse(so *bool, v int8) *bool {
	if v < 0 || (so != nil && !*so) {
		return verdict(-1)
	}
	if so == nil {
		return nil
	}
	return verdict(v)
}

// factsUnder are the facts whose columns a node reads.
func (t *trace) factsUnder(n int32) []FactLine {
	var lines []FactLine
	t.plan.eachColumn(n, func(col int32) {
		c := &t.plan.columns[col]
		if c.source == 0 {
			return
		}
		for _, f := range t.fillings[c.source].counted {
			lines = appendNew(lines, []FactLine{factLine(f)})
		}
	})
	return lines
}

// eachColumn visits the columns below a node.
func (p *Plan) eachColumn(n int32, visit func(col int32)) {
	switch nd := &p.nodes[n]; nd.op {
	case opConst, opOpen:
	case opNot:
		p.eachColumn(nd.a, visit)
	case opAnd, opOr:
		p.eachColumn(nd.a, visit)
		p.eachColumn(nd.b, visit)
	case opIf:
		p.eachColumn(nd.a, visit)
		p.eachColumn(nd.b, visit)
		p.eachColumn(nd.c, visit)
	case opCEL:
		for _, col := range p.leaves[nd.k].columns {
			visit(col)
		}
	default:
		visit(nd.a)
	}
}

func factLine(f *evidence.Fact) FactLine {
	line := FactLine{ID: f.ID, Kind: f.Kind, Attestor: string(f.Attestor), Occurred: f.Occurred}
	if kind, err := evidence.CurrentVocabulary().Kind(f.Kind); err == nil {
		line.Papers = kind.Papers(f)
	}
	if fen, err := f.Fen(); err == nil {
		line.Amount = &fen
	}
	return line
}

func ids(lines []FactLine) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = l.ID
	}
	return out
}

// rulings shows the questions that block the measure: how each was ruled, or
// that it is open. Questions that a step of the amount names stand there.
func (t *trace) rulings(stands period) {
	onStep := map[string]bool{}
	for _, s := range t.pl.rules.Amount {
		onStep[s.Question] = true
	}
	questions := blocking(t.pl.m, t.pl.rules)
	if stands == between && t.pl.period.Validity.Question != "" {
		questions = append([]string{t.pl.period.Validity.Question}, questions...)
	}
	for _, q := range questions {
		if !onStep[q] {
			t.add(TraceStep{Kind: ByRuling, Text: t.plan.questionTitle(q), Note: t.plan.rulingNote(q), Question: q})
		}
	}
}

func (p *Plan) questionTitle(id string) i18n.Text {
	if q := p.Pack.Question(id); q != nil {
		return q.Title
	}
	return i18n.Text{ZH: id, EN: id}
}

// rulingNote says how a question was ruled and by whom, or that it is open.
func (p *Plan) rulingNote(id string) *i18n.Text {
	q := p.Pack.Question(id)
	if p.Guide != nil && q != nil {
		for _, r := range p.Guide.Rulings {
			if r.Question != id {
				continue
			}
			for _, c := range q.Choices {
				if c.ID == r.Choice {
					return &i18n.Text{ZH: "裁定：" + c.Name.ZH + "（" + r.By.ZH + "，" + string(r.On) + "）", EN: "Ruled: " + c.Name.EN + " (" + r.By.EN + ", " + string(r.On) + ")"}
				}
			}
		}
	}
	return &i18n.Text{ZH: "尚无裁定", EN: "no ruling yet"}
}

// amount runs the pipeline and writes its steps.
func (t *trace) amount() rowAmount {
	for _, col := range t.pl.base {
		c := &t.plan.columns[col]
		if c.attr == quantity && !c.zero && t.known[col] {
			t.baseStep(col)
		}
	}
	r := rowAmount{evaluator: t.evaluator, steps: t}
	r.run(t.pl.pipeline)
	return r
}

// baseStep shows the sum that a rate applies to, fact by fact.
func (t *trace) baseStep(col int32) {
	c := &t.plan.columns[col]
	src := &t.plan.sources[c.source]
	fen := money.Fen(t.ints[col])
	step := TraceStep{Kind: ByFact, Text: src.use.Text, Amount: &fen, Role: "subtotal"}
	for _, f := range t.fillings[c.source].counted {
		step.Facts = append(step.Facts, factLine(f))
	}
	if len(step.Facts) > 1 {
		step.Operator = "sum"
	}
	t.add(step)
}

// step writes one operator's line. A subtraction of nothing is not shown.
func (t *trace) step(op *operator, before, operand, after int64, state standing) {
	if op.name == "top_up" && operand == 0 && state == computed {
		return
	}
	ref := t.plan.cite(op.owner.Ref(op.step.Clause))
	s := TraceStep{Kind: ByClause, Clause: ref, Text: op.step.Text, Operator: op.sign, Operand: op.operand, Question: op.step.Question}
	if q := op.step.Question; q != "" {
		s.Note = t.plan.rulingNote(q)
	}
	if state == computed {
		fen := money.Fen(after)
		if op.rate >= 0 && t.ints[op.rate] > op.limit {
			s.Operand += " × " + percent(op.limit) + " ÷ " + percent(t.ints[op.rate])
		} else if op.name == "rate_of" {
			fen = t.product(op, fen)
		}
		s.Amount = &fen
	}
	if op.name == "top_up" {
		line := money.Fen(operand)
		s.Kind, s.Line = ByRuling, &line
		for _, f := range t.fillings[t.plan.columns[op.base].source].counted {
			s.Facts = append(s.Facts, factLine(f))
		}
	}
	t.add(s)
}

// percent writes a rate in units of decimalScale as people do: 4%.
func percent(n int64) string { return money.Rate{Num: n, Den: decimalScale}.Percent() }

// product is what the rate makes of the whole base. A rate with a cap behind it
// clamps its base, which the result never shows but this line would; past the
// range of money the clamped product stands.
func (t *trace) product(op *operator, clamped money.Fen) money.Fen {
	whole, err := money.Fen(t.ints[op.base]).MulFloor(money.Rate{Num: int64(op.scale.num), Den: int64(op.scale.den)})
	if err != nil {
		return clamped
	}
	return whole
}

// finish closes the trace with the result and its two halves.
func (t *trace) finish(amount rowAmount) {
	r := t.result
	fen := r.Amount
	text := i18n.Text{ZH: "应付", EN: "Payable"}
	switch {
	case r.Outcome == SimulationOnly:
		text = i18n.Text{ZH: "仅模拟，不作兑付", EN: "Simulation only; nothing is payable"}
	case r.Provisional != nil:
		fen, text = r.Provisional, i18n.Text{ZH: "待裁定，暂按稳妥口径计，不作承诺", EN: "Undecided; provisional under the safe default, no promise"}
	}
	if fen == nil {
		return
	}
	total := *fen
	t.add(TraceStep{Kind: ByCompute, Text: text, Note: &i18n.Text{ZH: total.Capitals(), EN: "CNY " + total.Grouped()}, Amount: &total, Role: "result"})
	for i := range t.pl.pipeline {
		op := &t.pl.pipeline[i]
		if op.name != "split" {
			continue
		}
		city, _ := op.scale.of(int64(total))
		halves := Split{City: money.Fen(city), District: total - money.Fen(city)}
		if r.Amount != nil {
			r.Split = &halves
		}
		ref := t.plan.cite(op.owner.Ref(op.step.Clause))
		note := t.plan.rulingNote(op.step.Question)
		t.add(TraceStep{Kind: ByClause, Clause: ref, Text: i18n.Text{ZH: "市级财政，取整到分", EN: "City purse, floored to the fen"}, Note: note, Operator: "times", Operand: op.operand, Amount: &halves.City, Role: "split", Question: op.step.Question})
		t.add(TraceStep{Kind: ByCompute, Clause: ref, Text: i18n.Text{ZH: "区级财政，其余归此", EN: "District purse, the rest"}, Operator: "minus", Line: &halves.City, Amount: &halves.District, Role: "split"})
	}
}
