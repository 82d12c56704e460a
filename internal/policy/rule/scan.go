package rule

import (
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
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
	filled  bool // a column for each of the plan's, filled by the row path: filters are applied and zeros written
	tableOf map[tableKey]int
	tables  []tableKey
}

// tableKey is what a table decides: a test of a text column, or a number that
// those of another are compared with.
type tableKey struct {
	column, test int32
	k            int64
}

func keyOf(n *node) tableKey { return tableKey{n.a, n.b, n.k} }

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
	chosen, err := p.choose(measures, nil)
	if err != nil {
		return nil, err
	}
	return p.scan(slices.DeleteFunc(chosen, func(i int) bool { return !p.planned[i].pays }), false), nil
}

// scan prepares planned measures that pay.
func (p *Plan) scan(chosen []int, filled bool) *Scan {
	s := &Scan{plan: p, chosen: chosen, filled: filled, place: make([]int32, len(p.columns)), slot: make([]int32, len(p.nodes)), tableOf: map[tableKey]int{}}
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
	return s
}

// filter is the node that says which rows of a column are about the measure, -1
// for all.
func (s *Scan) filter(col int32) int32 {
	if s.filled {
		return -1
	}
	return s.plan.sources[s.plan.columns[col].source].filter
}

// zero says whether what is missing in a column is nothing rather than unknown.
func (s *Scan) zero(col int32) bool { return s.plan.columns[col].zero && !s.filled }

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
	case opText, opLess:
		s.needColumn(needed, nd.a)
		if key := keyOf(nd); !slices.Contains(s.tables, key) {
			s.tableOf[key] = len(s.tables)
			s.tables = append(s.tables, key)
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
	if at < 0 || s.filled {
		at = len(s.columns)
		s.columns = append(s.columns, ScanColumn{
			Name: c.name, Text: c.typ == textValue, Bool: c.typ == boolValue, Decimal: c.typ == decimalValue,
			Money: c.attr == quantity && s.plan.isMoney(c),
		})
	}
	s.place[col] = int32(at)
	if filter := s.filter(col); filter >= 0 {
		s.need(needed, filter)
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
