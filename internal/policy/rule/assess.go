package rule

import (
	"cmp"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Input is what an assessment is made from.
type Input struct {
	Subject  evidence.Subject
	Facts    []evidence.Fact // normalised
	On       clock.Date
	PaidBy   clock.Date // payments of our own books count up to this day; On when empty
	Guide    int        // year of the guide; 0: no ruling holds
	Year     int        // whose deals and costs count; 0: the guide's year, else On's (A13)
	Measures []string   // empty: all
	Objects  []string   // to answer for though no fact speaks of them yet
	Simulate bool       // what-if: measures out of their period are computed too
	Set      []Override // what-if: other parameters
}

// Assess answers each measure for each object that the facts speak of, in the
// order of measures and objects. Equal input gives equal output.
//
// Codes: not_found (measure, guide), invalid (the date, an override), too_large
// (an amount past the range of money).
func (p *Pack) Assess(in Input) ([]Result, error) {
	if _, err := clock.ParseDate(string(in.On)); err != nil {
		return nil, err
	}
	year := cmp.Or(in.Year, in.Guide, in.On.Year())
	plan, err := p.Plan(in.Guide, year, in.Set...)
	if err != nil {
		return nil, err
	}
	results, err := plan.Assess(in)
	if err != nil {
		return nil, err
	}
	return results, p.ranges(in, plan, results)
}

// Assess is Pack.Assess on a plan that is already compiled; it ignores the
// input's guide and overrides, which are the plan's, and computes no ranges.
//
// Codes: not_found (measure), too_large.
func (p *Plan) Assess(in Input) ([]Result, error) {
	chosen, err := p.choose(in.Measures, nil)
	if err != nil {
		return nil, err
	}
	a := newAssessor(p)
	a.start(in)
	results := make([]Result, 0, len(chosen))
	for _, i := range chosen {
		pl := &p.planned[i]
		for _, object := range a.objects(pl) {
			results = append(results, a.assess(pl, object))
		}
	}
	if a.faults.Len() > 0 {
		return nil, tooLarge(&a.faults)
	}
	return results, nil
}

// assessor assesses one organisation at a time. It may be started again.
type assessor struct {
	*filler
	judge judge
	in    Input

	standsFor *Document // whose period was looked up last: measures of one document stand together
	stands    period
}

func newAssessor(p *Plan) *assessor {
	f := newFiller(p)
	return &assessor{filler: f, judge: newJudge(f.evaluator)}
}

// start forgets the organisation before and takes another's facts.
func (a *assessor) start(in Input) {
	a.filler.start(in)
	a.in, a.standsFor, a.stands = in, nil, within
}

// period is where a day stands in a document's validity.
type period uint8

const (
	within period = iota
	before
	after
	between // the days that two readings of the period leave open
)

func (p *Plan) periodOn(d *Document, on clock.Date) period {
	if d == nil || d.Status == Draft {
		return within
	}
	v := d.Validity
	outside := func(i int) period {
		switch {
		case i < len(v.Starts) && on < v.Starts[i]:
			return before
		case i < len(v.Ends) && on > v.Ends[i]:
			return after
		}
		return within
	}
	readings := max(len(v.Starts), len(v.Ends))
	if readings == 0 {
		return within
	}
	if p.Guide != nil {
		for _, r := range p.Guide.Rulings {
			if i := slices.Index(v.Choices, r.Choice); r.Question == v.Question && i >= 0 {
				return outside(i)
			}
		}
	}
	first := outside(0)
	for i := 1; i < readings; i++ {
		if outside(i) != first {
			return between
		}
	}
	return first
}

// standing settles what needs no facts: the period, and rules that pay nobody.
func (a *assessor) standing(pl *planned) (Outcome, period) {
	stands := within
	if !a.in.Simulate {
		if pl.period != a.standsFor {
			a.standsFor, a.stands = pl.period, a.plan.periodOn(pl.period, a.in.On)
		}
		stands = a.stands
	}
	switch {
	case stands == before:
		return NotInForce, stands
	case stands == after:
		return Expired, stands
	case !pl.pays:
		return NotPayable, stands
	}
	return "", stands
}

// assess answers one measure for one object.
func (a *assessor) assess(pl *planned, object string) Result {
	r := Result{
		Measure: pl.m.ID, Version: pl.m.Version, Name: pl.m.Name, RuleType: pl.m.Type,
		Clause: *a.plan.cite(pl.m.Ref("")), Object: object, Class: pl.object,
		Lacking: []string{}, Needs: []Need{}, Questions: []string{}, Reasons: []Reason{}, Trace: []TraceStep{},
	}
	if pl.m != pl.rules {
		r.Imports = pl.rules.ID
	}
	outcome, stands := a.standing(pl)
	if outcome != "" {
		if r.Outcome = outcome; outcome == NotPayable {
			r.Note = pl.m.Leads
		}
		return r
	}
	for _, s := range pl.sources {
		a.fill(s, object)
	}
	t := trace{assessor: a, pl: pl, result: &r}
	t.conditions()
	if a.eval(pl.holds) < 0 {
		r.Outcome = NotEligible
		return r
	}
	t.rulings(stands)
	amount := t.amount()
	a.settle(pl, &r, stands, amount)
	t.finish(amount)
	return r
}

// judge settles outcomes on a row, and says what is lacking and open.
type judge struct {
	*evaluator
	lacking columnSet
	open    questionSet
}

func newJudge(e *evaluator) judge {
	return judge{e, newBitset(len(e.plan.columns)), newBitset(len(e.plan.open))}
}

// decide settles the outcome of a measure of which no condition fails.
func (j *judge) decide(pl *planned, stands period, amount standing) Outcome {
	clear(j.lacking)
	clear(j.open)
	j.causes(pl.holds, j.lacking, j.open)
	for _, col := range pl.base {
		if !j.known[col] {
			j.lacking.add(col)
		}
	}
	for _, n := range pl.blocks {
		j.causes(n, j.lacking, j.open)
	}
	switch draft := pl.period != nil && pl.period.Status == Draft; {
	case draft && amount == computed:
		return SimulationOnly
	case !j.lacking.empty():
		return Lacking
	case !j.open.empty() || stands == between || amount == judged || draft:
		return Undecided
	}
	return Eligible
}

// questions lists the open questions in the order of their numbers.
func (j *judge) questions(pl *planned, stands period) []string {
	out := []string{}
	for i, q := range j.plan.open {
		if j.open.has(int32(i)) {
			out = append(out, q)
		}
	}
	if stands == between {
		if q := pl.period.Validity.Question; q != "" && !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	slices.SortFunc(out, compareIDs)
	return out
}

// settle writes the outcome of a measure of which no condition fails.
func (a *assessor) settle(pl *planned, r *Result, stands period, amount rowAmount) {
	r.Outcome = a.judge.decide(pl, stands, amount.state)
	a.nameLacking(r)
	r.Questions = a.judge.questions(pl, stands)
	if amount.state == overflow {
		a.faults.Add(pl.m.ID, "金额超出 64 位分的范围。", "The amount exceeds 64-bit fen.")
	}
	if amount.state == computed {
		fen := money.Fen(amount.fen)
		switch r.Outcome {
		case Eligible, SimulationOnly:
			r.Amount = &fen
		case Undecided:
			r.Provisional = &fen
		}
	}
	r.Purse = a.purse(pl)
}

// nameLacking lists the missing facts and who must attest them.
func (a *assessor) nameLacking(r *Result) {
	for col := range a.plan.columns {
		if !a.judge.lacking.has(int32(col)) {
			continue
		}
		c := &a.plan.columns[col]
		if c.source == 0 {
			r.Lacking = append(r.Lacking, c.name)
			continue
		}
		need := a.need(c)
		name := need.Fact
		if need.Attribute != "" {
			name += "." + need.Attribute
		}
		if !slices.Contains(r.Lacking, name) {
			r.Lacking = append(r.Lacking, name)
			r.Needs = append(r.Needs, need)
		}
	}
}

func (a *assessor) need(c *column) Need {
	src, filled := &a.plan.sources[c.source], &a.fillings[c.source]
	need := Need{Fact: src.kind, By: src.use.By, Shown: []string{}, Where: src.use.Where}
	what := src.use.Text
	if filled.found {
		need.Attribute = c.attr
		if c.attr == quantity {
			need.Attribute = ""
		}
		what = a.plan.attributeText(src.kind, c.attr, what)
	}
	for _, f := range filled.shown {
		need.Shown = append(need.Shown, f.ID)
	}
	by := attestorNames(src.use.By)
	need.ZH = "缺少“" + what.ZH + "”，须由" + by.ZH + "出具。"
	need.EN = "“" + what.EN + "” is missing; it must be attested by " + by.EN + "."
	if len(filled.shown) > 0 {
		need.ZH = "“" + what.ZH + "”只有本单位自报或来自不被采信的一方，须由" + by.ZH + "出具。"
		need.EN = "“" + what.EN + "” was only entered by the applicant or another whose word does not count here; it must be attested by " + by.EN + "."
	}
	return need
}

// purse is the district that pays: the first known place that the measure
// lists, a district before the city as a whole.
func (a *assessor) purse(pl *planned) string {
	found := ""
	for _, name := range pl.rules.Purse {
		for _, s := range pl.sources {
			for _, col := range a.plan.sources[s].columns {
				if c := &a.plan.columns[col]; c.name == name && a.known[col] && (found == "" || a.plan.Pack.wholeCity(found)) {
					found = a.texts[col]
				}
			}
		}
	}
	return found
}

// wholeCity reports whether a place code is a prefecture-level city, which
// names no district: GB/T 2260 codes of cities end in 00.
func (p *Pack) wholeCity(code string) bool {
	return len(code) == 6 && code[4:] == "00"
}
