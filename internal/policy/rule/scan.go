package rule

import (
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Scan is the part of a plan that some measures need, ready to run over the
// batches of a population. It is immutable and safe for concurrent use; each
// worker has its own Worker.
type Scan struct {
	plan    *Plan
	chosen  []int
	columns []ScanColumn
	place   []int32 // plan column -> place in columns, -1 unused
	order   []int32 // needed nodes, arguments first
	slot    []int32 // node -> place of its planes
	slots   int
	tableOf []map[int32]int // plan column -> test -> table
	tables  []tableKey
}

type tableKey struct{ column, test int32 }

// ScanColumn is a column that a scan reads: subject.kind, kind.attribute or
// kind.quantity.
type ScanColumn struct {
	Name    string
	Text    bool
	Bool    bool
	Money   bool // decimal yuan in files, fen in the batch
	Decimal bool // decimal in files, 10⁻¹² in the batch
}

// Scan prepares measures to run over columns.
//
// Codes: not_found.
func (p *Plan) Scan(measures []string) (*Scan, error) {
	chosen, err := p.choose(measures)
	if err != nil {
		return nil, err
	}
	chosen = slices.DeleteFunc(chosen, func(i int) bool { return !p.planned[i].m.Type.Pays() })
	s := &Scan{plan: p, chosen: chosen, place: make([]int32, len(p.columns)), slot: make([]int32, len(p.nodes)), tableOf: make([]map[int32]int, len(p.columns))}
	for i := range s.place {
		s.place[i] = -1
	}
	needed := make([]bool, len(p.nodes))
	for _, i := range chosen {
		pl := &p.planned[i]
		s.need(needed, pl.holds)
		for _, col := range pl.base {
			s.needColumn(needed, col)
		}
	}
	for i, n := range needed {
		if n {
			s.slot[i] = int32(s.slots)
			s.slots++
			s.order = append(s.order, int32(i))
		}
	}
	return s, nil
}

func (s *Scan) need(needed []bool, n int32) {
	if needed[n] {
		return
	}
	needed[n] = true
	switch nd := &s.plan.nodes[n]; nd.op {
	case opConst, opOpen:
	case opNot:
		s.need(needed, nd.a)
	case opAnd, opOr:
		s.need(needed, nd.a)
		s.need(needed, nd.b)
	case opIf:
		s.need(needed, nd.a)
		s.need(needed, nd.b)
		s.need(needed, nd.c)
	case opCEL:
		for _, col := range s.plan.leaves[nd.k].columns {
			s.needColumn(needed, col)
		}
	case opText:
		s.needColumn(needed, nd.a)
		if s.tableOf[nd.a] == nil {
			s.tableOf[nd.a] = map[int32]int{}
		}
		if _, there := s.tableOf[nd.a][nd.b]; !there {
			s.tableOf[nd.a][nd.b] = len(s.tables)
			s.tables = append(s.tables, tableKey{nd.a, nd.b})
		}
	default:
		s.needColumn(needed, nd.a)
	}
}

// needColumn gives a plan column its file column; columns that read the same
// attribute by different sources share one.
func (s *Scan) needColumn(needed []bool, col int32) {
	if s.place[col] >= 0 {
		return
	}
	c := &s.plan.columns[col]
	at := slices.IndexFunc(s.columns, func(f ScanColumn) bool { return f.Name == c.name })
	if at < 0 {
		at = len(s.columns)
		s.columns = append(s.columns, ScanColumn{
			Name: c.name, Text: c.typ == textValue, Bool: c.typ == boolValue, Decimal: c.typ == decimalValue,
			Money: c.attr == quantity && s.plan.isMoney(c),
		})
	}
	s.place[col] = int32(at)
	src := &s.plan.sources[c.source]
	if src.filter >= 0 {
		s.need(needed, src.filter)
	}
}

func (p *Plan) isMoney(c *column) bool {
	k, err := p.Pack.Vocabulary.Kind(p.sources[c.source].kind)
	return err == nil && k.Unit == "CNY"
}

// Columns lists what a population must offer, in the order of Batch.Columns.
func (s *Scan) Columns() []ScanColumn { return s.columns }

// Entries names the results of a scan, in order: a measure each, and for a
// reference one for each measure that it imports.
func (s *Scan) Entries() []Entry {
	out := make([]Entry, len(s.chosen))
	for i, c := range s.chosen {
		pl := &s.plan.planned[c]
		out[i] = Entry{Measure: pl.m.ID, Class: pl.object, Draft: pl.period != nil && pl.period.Status == Draft, Allocated: pl.setLevel, Yearly: pl.object == ""}
		if pl.m != pl.rules {
			out[i].Imports = pl.rules.ID
		}
		for _, n := range pl.blocks {
			out[i].Questions = append(out[i].Questions, s.plan.open[s.plan.nodes[n].k])
		}
	}
	return out
}

// Entry describes one measure of a scan.
type Entry struct {
	Measure   string
	Imports   string
	Class     string   // what a row is about
	Draft     bool     // simulated, never paid
	Allocated bool     // no amount before allocation
	Yearly    bool     // one result a firm and year: rows of one firm add up
	Questions []string // open questions that block every row
}

func (s *Scan) column(b *Batch, col int32) *Column { return b.Columns[s.place[col]] }

// buffer is room for the best of alternatives.
func (s *Scan) buffer(b *blockAmount) []int64 {
	if n := len(b.buffers); n > 0 {
		last := b.buffers[n-1]
		b.buffers = b.buffers[:n-1]
		return last[:b.n*64]
	}
	return make([]int64, blockWords*64)[:b.n*64]
}

// Answers are one measure's results over a batch, a bit or a value a row.
type Answers struct {
	Holds  []uint64 // every condition is true
	Fails  []uint64 // some condition is false
	Known  []uint64 // the amount is computed
	Amount []int64  // fen where Holds and Known, else 0
	City   []int64  // the city's part; nil when the measure does not split
}

// Worker runs a scan over batches, one at a time, with buffers of its own.
type Worker struct {
	scan   *Scan
	amount blockAmount
}

// Worker makes a worker.
func (s *Scan) Worker() *Worker {
	b := &block{scan: s, planes: make([]planes, s.slots), row: newBatchRow(s), scratch: make([]int64, blockWords*64)}
	return &Worker{scan: s, amount: blockAmount{block: b, fen: make([]int64, blockWords*64)}}
}

// Run evaluates every measure on a batch. It fills out, which has one entry a
// measure, growing its arrays where they are too small.
//
// Codes: too_large (an amount past the range of money; the row is named).
func (w *Worker) Run(batch *Batch, out []Answers) error {
	b := w.amount.block
	b.batch = batch
	b.tables = b.tables[:0]
	for _, key := range w.scan.tables {
		var dict []string
		if c := w.scan.column(batch, key.column); c != nil {
			dict = c.Dict
		}
		b.tables = append(b.tables, tableFor(w.scan.plan.tests[key.test], dict))
	}
	words := batch.words()
	for i := range out {
		out[i].grow(words, w.scan.splits(i))
	}
	for b.lo = 0; b.lo < words; b.lo += blockWords {
		b.n = min(blockWords, words-b.lo)
		b.run()
		for i, c := range w.scan.chosen {
			if err := w.measure(&w.scan.planned(c).pipeline, c, &out[i]); err != nil {
				return err
			}
		}
	}
	last := words - 1
	if tail := batch.Rows & 63; tail != 0 {
		for i := range out {
			mask := uint64(1)<<tail - 1
			out[i].Holds[last] &= mask
			out[i].Fails[last] &= mask
			out[i].Known[last] &= mask
		}
	}
	return nil
}

func (s *Scan) planned(i int) *planned { return &s.plan.planned[i] }

// splits returns the split operator of an entry, nil when it has none.
func (s *Scan) splits(entry int) *operator {
	pipeline := s.plan.planned[s.chosen[entry]].pipeline
	for i := range pipeline {
		if pipeline[i].name == "split" {
			return &pipeline[i]
		}
	}
	return nil
}

func (w *Worker) measure(pipeline *[]operator, chosen int, out *Answers) error {
	a := &w.amount
	b := a.block
	holds := b.of(w.scan.plan.planned[chosen].holds)
	copy(out.Holds[b.lo:], holds.t[:b.n])
	copy(out.Fails[b.lo:], holds.f[:b.n])
	a.overflow = -1
	a.knownEverywhere()
	a.run(*pipeline)
	if a.overflow >= 0 {
		return fault.Newf(fault.TooLarge, "第 %d 行的金额超出范围。", "The amount of row %d is out of range.", a.overflow+1)
	}
	copy(out.Known[b.lo:], a.known[:b.n])
	fen := out.Amount[b.lo*64 : (b.lo+b.n)*64]
	for word := range b.n {
		mask := holds.t[word] & a.known[word]
		from, to := a.fen[word*64:word*64+64], fen[word*64:word*64+64]
		switch mask {
		case 0:
			clear(to)
		case ^uint64(0):
			copy(to, from)
		default:
			for i, v := range from {
				to[i] = v & -int64(mask>>i&1)
			}
		}
	}
	if out.City != nil {
		for i := range *pipeline {
			if (*pipeline)[i].name == "split" {
				(*pipeline)[i].scale.column(out.City[b.lo*64:(b.lo+b.n)*64], fen)
			}
		}
	}
	return nil
}

func (o *Answers) grow(words int, split *operator) {
	o.Holds, o.Fails, o.Known = room(o.Holds, words), room(o.Fails, words), room(o.Known, words)
	o.Amount = room(o.Amount, words*64)
	if split != nil {
		o.City = room(o.City, words*64)
	}
}

func room[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

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
	outcome := j.judge.decide(pl, stands, amount)
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
		if s.plan.sources[i].filter >= 0 {
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
		if pc := &r.scan.plan.columns[col]; pc.zero && r.scan.plan.sources[pc.source].filter < 0 {
			r.known[col], r.ints[col] = true, 0
		}
	case c.Ints != nil:
		r.ints[col] = c.Ints[row]
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

// Plan returns the plan that the scan runs.
func (s *Scan) Plan() *Plan { return s.plan }

// Attestor is one whose word a measure takes for a kind of fact, "" when the
// measure does not read the kind. A population file says nothing of attestors:
// its cells count as attested.
func (s *Scan) Attestor(entry int, kind string) string {
	for _, i := range s.planned(s.chosen[entry]).sources {
		if src := &s.plan.sources[i]; src.kind == kind {
			return src.use.By[0]
		}
	}
	return ""
}

// Parameter is a money or count parameter of an entry's measure as the plan
// holds it, in fen for money; false when it is not given.
func (s *Scan) Parameter(entry int, path string) (int64, bool) {
	v, ok := s.planned(s.chosen[entry]).parameters[path]
	return v.n, ok && v.given
}

// Standing says where a day stands in an entry's validity: "" within, or the
// outcome not_in_force, expired or undecided that every row then has at best.
func (s *Scan) Standing(entry int, on clock.Date) Outcome {
	switch s.plan.periodOn(s.planned(s.chosen[entry]).period, on) {
	case before:
		return NotInForce
	case after:
		return Expired
	case between:
		return Undecided
	}
	return ""
}

// City is the city's part of an amount of an entry; 0 when it does not split.
func (s *Scan) City(entry int, amount money.Fen) money.Fen {
	op := s.splits(entry)
	if op == nil {
		return 0
	}
	city, _ := op.scale.of(int64(amount))
	return money.Fen(city)
}

// ParameterPath is a parameter's name as people may write it: cap, amount.cap
// and parameters.cap are the same.
func ParameterPath(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, "amount."), "parameters.")
}
