package rule

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Judge answers rows one by one: what bulk leaves undecided, and why. It has
// state of its own; each worker makes one.
type Judge struct {
	row   *batchRow
	judge judge
	on    clock.Date
	what  bool // ignore the period
}

// Judgement is a row's outcome under one measure.
type Judgement struct {
	Outcome   Outcome
	Amount    money.Fen // eligible and simulation_only; provisional for undecided
	Computed  bool
	Lacking   []string
	Questions []string
}

// Judge makes a judge for a day; simulate ignores the measures' periods.
func (s *Scan) Judge(on clock.Date, simulate bool) *Judge {
	row := newBatchRow(s)
	return &Judge{row: row, judge: newJudge(row.evaluator), on: on, what: simulate}
}

// Row judges one row of a batch for one entry of the scan.
func (j *Judge) Row(batch *Batch, row, entry int) Judgement {
	s := j.row.scan
	pl := s.planned(s.chosen[entry])
	stands := within
	if !j.what {
		stands = s.plan.periodOn(pl.period, j.on)
	}
	switch stands {
	case before:
		return Judgement{Outcome: NotInForce}
	case after:
		return Judgement{Outcome: Expired}
	}
	j.row.load(batch, row)
	if j.row.eval(pl.holds) < 0 {
		return Judgement{Outcome: NotEligible}
	}
	amount := rowAmount{evaluator: j.row.evaluator}
	amount.run(pl.pipeline)
	outcome := j.judge.decide(pl, stands, amount.state)
	out := Judgement{Outcome: outcome, Amount: money.Fen(amount.fen), Computed: amount.state == computed, Questions: j.judge.questions(pl, stands)}
	seen := map[string]bool{}
	for col := range s.plan.columns {
		if !j.judge.lacking.has(int32(col)) {
			continue
		}
		c := &s.plan.columns[col]
		name := c.name
		if c.source > 0 && !j.row.found(c.source) {
			name = s.plan.sources[c.source].kind
		} else if c.source > 0 && c.attr == quantity {
			name = s.plan.sources[c.source].kind
		}
		if !seen[name] {
			out.Lacking = append(out.Lacking, name)
		}
		seen[name] = true
	}
	return out
}

// batchRow is an evaluator whose columns come from a row of a batch.
type batchRow struct {
	*evaluator
	scan    *Scan
	sources []int32 // that have a filter
}

func newBatchRow(s *Scan) *batchRow {
	r := &batchRow{evaluator: newEvaluator(s.plan), scan: s}
	for i := range s.plan.sources {
		if s.plan.sources[i].filter >= 0 && !s.filled {
			r.sources = append(r.sources, int32(i))
		}
	}
	return r
}

// load sets every used column from a row. Sources without a filter come first,
// since filters read them.
func (r *batchRow) load(b *Batch, row int) {
	for col := range r.scan.place {
		if at := r.scan.place[col]; at >= 0 {
			r.cell(int32(col), b.Columns[at], row)
		}
	}
	r.changed()
	for _, s := range r.sources {
		src := &r.scan.plan.sources[s]
		used := slices.ContainsFunc(src.columns, func(col int32) bool { return r.scan.place[col] >= 0 })
		if !used {
			continue
		}
		about := r.eval(src.filter)
		for _, col := range src.columns {
			if r.scan.place[col] < 0 {
				continue
			}
			there := r.known[col]
			c := &r.scan.plan.columns[col]
			r.known[col] = there && about == 1
			if c.zero && (!there || about == -1) {
				r.known[col], r.ints[col] = true, 0
			}
		}
	}
	r.changed()
}

func (r *batchRow) cell(col int32, c *Column, row int) {
	r.known[col] = c != nil && c.Known[row>>6]>>(row&63)&1 == 1
	switch {
	case !r.known[col]:
		if r.scan.zero(col) && r.scan.filter(col) < 0 {
			r.known[col], r.ints[col] = true, 0
		}
	case c.Ints != nil || c.Few != nil:
		r.ints[col] = c.Int(row)
	case c.Bits != nil:
		r.bools[col] = c.Bits[row>>6]>>(row&63)&1 == 1
	default:
		r.texts[col] = c.Dict[c.code(row)]
	}
}

// found reports whether the row has anything of a source.
func (r *batchRow) found(s int32) bool {
	for _, col := range r.scan.plan.sources[s].columns {
		if r.scan.place[col] >= 0 && r.known[col] && !r.scan.plan.columns[col].zero {
			return true
		}
	}
	return false
}
