package rule

import (
	"github.com/qianmo/qianmo/internal/evidence"
)

// Record is an assessment with its whole trace as numbers: each condition's
// verdict, each step of the arithmetic, the facts that count, what is lacking
// and open. Sentences, clauses and labels stand in the plan and are looked up
// when a result is read (Result). Where one organisation meets hundreds of
// measures this is what is computed and kept; a Record may be used again.
type Record struct {
	plan     *Plan
	in       Input
	entries  []recorded
	verdicts []int8
	steps    []recordedStep
	facts    []*evidence.Fact
	causes   []uint64 // lacking columns, then open questions, as bits; none where nothing is lacking or open

	assessor *assessor // kept with its memory for the next organisation
	chosen   []int
	amount   rowAmount
}

// recorded is one measure and object; spans are places in the record's slices.
type recorded struct {
	planned                        int32
	object                         string
	outcome                        Outcome
	amount                         int64
	state                          standing
	verdicts, steps, facts, causes [2]int32
}

// recordedStep is one operator at work.
type recordedStep struct {
	op                     *operator
	before, operand, after int64
}

// Record assesses as Assess does, without writing sentences. A record that is
// given is emptied and its memory used again: from the second organisation on
// next to nothing is allocated.
//
// Codes: not_found (measure), too_large.
func (p *Plan) Record(in Input, reuse *Record) (*Record, error) {
	r := reuse
	if r == nil {
		r = &Record{}
	}
	chosen, err := p.choose(in.Measures, r.chosen[:0])
	if err != nil {
		return nil, err
	}
	r.start(p, in)
	r.chosen = chosen
	a := r.assessor
	for _, i := range chosen {
		pl := &p.planned[i]
		for _, object := range a.objects(pl) {
			r.one(a, int32(i), pl, object)
		}
	}
	if a.faults.Len() > 0 {
		return nil, tooLarge(&a.faults)
	}
	return r, nil
}

// start empties the record for another organisation.
func (r *Record) start(p *Plan, in Input) {
	if r.plan != p {
		r.assessor = newAssessor(p)
	}
	r.plan, r.in = p, in
	r.entries, r.verdicts, r.steps, r.facts, r.causes = r.entries[:0], r.verdicts[:0], r.steps[:0], r.facts[:0], r.causes[:0]
	r.assessor.start(in)
}

func (r *Record) one(a *assessor, at int32, pl *planned, object string) {
	e := recorded{planned: at, object: object}
	outcome, stands := a.standing(pl)
	e.outcome = outcome
	e.verdicts[0], e.steps[0], e.facts[0], e.causes[0] = int32(len(r.verdicts)), int32(len(r.steps)), int32(len(r.facts)), int32(len(r.causes))
	if outcome == "" {
		r.judge(a, pl, &e, stands)
	}
	e.verdicts[1], e.steps[1], e.facts[1], e.causes[1] = int32(len(r.verdicts)), int32(len(r.steps)), int32(len(r.facts)), int32(len(r.causes))
	r.entries = append(r.entries, e)
}

func (r *Record) judge(a *assessor, pl *planned, e *recorded, stands period) {
	for _, s := range pl.sources {
		a.fill(s, e.object)
		r.facts = append(r.facts, a.fillings[s].counted...)
	}
	for i := range pl.conditions {
		r.verdicts = append(r.verdicts, a.eval(pl.conditions[i].node))
	}
	if a.eval(pl.holds) < 0 {
		e.outcome = NotEligible
		return
	}
	amount := &r.amount
	*amount = rowAmount{evaluator: a.evaluator, steps: r}
	amount.run(pl.pipeline)
	e.outcome = a.judge.decide(pl, stands, amount.state)
	e.amount, e.state = amount.fen, amount.state
	if amount.state == overflow {
		a.faults.Add(pl.m.ID, "金额超出 64 位分的范围。", "The amount exceeds 64-bit fen.")
	}
	if !a.judge.lacking.empty() || !a.judge.open.empty() {
		r.causes = append(append(r.causes, a.judge.lacking...), a.judge.open...)
	}
}

// step records one operator at work.
func (r *Record) step(op *operator, before, operand, after int64, _ standing) {
	r.steps = append(r.steps, recordedStep{op, before, operand, after})
}

// Len is how many results the record holds.
func (r *Record) Len() int { return len(r.entries) }

// Measure is the measure of one result.
func (r *Record) Measure(i int) string { return r.plan.planned[r.entries[i].planned].m.ID }

// Outcome is the outcome of one result.
func (r *Record) Outcome(i int) Outcome { return r.entries[i].outcome }

// Result writes one result out in words. It runs the same engine on the same
// input again, so what is read is what was recorded.
func (r *Record) Result(i int) Result {
	e := &r.entries[i]
	a := newAssessor(r.plan)
	a.start(r.in)
	return a.assess(&r.plan.planned[e.planned], e.object)
}
