package rule

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// filling is how one source was filled for one object: which facts count and
// which are only shown, for the trace and for saying what is lacking.
type filling struct {
	counted []*evidence.Fact // accepted, about the object, and in the sum or the one taken
	shown   []*evidence.Fact // about the object, but not by somebody whose word counts
	found   bool             // some accepted fact is about the object for certain
	object  string           // the object
	done    bool             // it is filled for the object
}

// filler turns facts into the columns of a row.
type filler struct {
	*evaluator
	on       clock.Date
	paidBy   clock.Date // for sources of our own books
	byKind   map[string][]*evidence.Fact
	fillings []filling  // by source
	found    [][]string // objects by way of joining, empty where not yet looked for
	named    []named    // by source
	asked    []string   // objects that are answered for whatever the facts speak of
	faults   fault.Collector

	candidates []candidate // room for one filling
}

// named is the objects that facts of one source speak of.
type named struct {
	objects []string
	done    bool // they were looked for
}

func newFiller(p *Plan) *filler {
	return &filler{evaluator: newEvaluator(p), byKind: map[string][]*evidence.Fact{}, fillings: make([]filling, len(p.sources)), found: make([][]string, p.joins), named: make([]named, len(p.sources))}
}

// start forgets the facts before and takes an organisation's.
func (f *filler) start(in Input) {
	f.on, f.paidBy, f.asked, f.faults = in.On, cmp.Or(in.PaidBy, in.On), in.Objects, fault.Collector{}
	f.blank()
	for kind := range f.byKind {
		f.byKind[kind] = f.byKind[kind][:0]
	}
	for s := range f.fillings {
		f.fillings[s].empty()
	}
	for join := range f.found {
		f.found[join] = f.found[join][:0]
	}
	for s := range f.named {
		f.named[s] = named{objects: f.named[s].objects[:0]}
	}
	facts := credible(f.plan.Pack.Vocabulary, in.Facts)
	for i := range facts {
		f.byKind[facts[i].Kind] = append(f.byKind[facts[i].Kind], &facts[i])
	}
	for _, col := range f.plan.sources[0].columns {
		f.known[col], f.texts[col] = in.Subject.Kind != "", string(in.Subject.Kind)
	}
}

// empty keeps a filling's memory for the next.
func (f *filling) empty() { *f = filling{counted: f.counted[:0], shown: f.shown[:0]} }

// credible applies corrections, but not one by somebody whose word does not
// count against the word of somebody whose does: an applicant cannot unsay what
// a department said.
func credible(v *evidence.Vocabulary, facts []evidence.Fact) []evidence.Fact {
	if !slices.ContainsFunc(facts, func(f evidence.Fact) bool { return f.Corrects != "" }) {
		return facts
	}
	byID := make(map[string]*evidence.Fact, len(facts))
	for i := range facts {
		byID[facts[i].ID] = &facts[i]
	}
	kept := make([]evidence.Fact, 0, len(facts))
	for _, f := range facts {
		original := byID[f.Corrects]
		if f.Corrects != "" && original != nil {
			kind, err := v.Kind(f.Kind)
			if err == nil && kind.Counts(original.Attestor) && !kind.Counts(f.Attestor) {
				continue
			}
		}
		kept = append(kept, f)
	}
	return evidence.Effective(kept)
}

// objectOf is what a fact is about, for a join on an attribute.
func objectOf(f *evidence.Fact, per string) string {
	if v := f.Attributes[per]; v != "" {
		return v
	}
	return f.Object
}

// objects lists what a measure's facts are about, in order; one empty name
// when there is nothing to join on.
func (f *filler) objects(pl *planned) []string {
	if len(f.found[pl.joins]) == 0 {
		f.found[pl.joins] = f.findObjects(pl, f.found[pl.joins])
	}
	return f.found[pl.joins]
}

// findObjects looks the objects up into out, which is empty.
func (f *filler) findObjects(pl *planned, out []string) []string {
	if pl.object == "" {
		return append(out, "")
	}
	for _, s := range pl.sources {
		src := &f.plan.sources[s]
		if src.use.Per == "" || src.use.Absent == "zero" {
			continue
		}
		out = append(out, f.objectsOf(s)...)
	}
	out = append(out, f.asked...)
	slices.Sort(out)
	if out = slices.Compact(out); len(out) == 0 {
		return append(out, "")
	}
	return out
}

// objectsOf lists what facts of one source are about, each once.
func (f *filler) objectsOf(s int32) []string {
	n := &f.named[s]
	if n.done {
		return n.objects
	}
	n.done = true
	src := &f.plan.sources[s]
	for _, fact := range f.byKind[src.kind] {
		if src.filter >= 0 && f.test(src.raw, fact, src.filter) < 0 {
			continue
		}
		if object := objectOf(fact, src.use.Per); !slices.Contains(n.objects, object) {
			n.objects = append(n.objects, object)
		}
	}
	return n.objects
}

// test sets a source's columns from one fact alone and evaluates a node.
func (f *filler) test(s int32, fact *evidence.Fact, node int32) int8 {
	f.set(s, fact)
	f.changed()
	return f.eval(node)
}

// candidate is a fact that may count, and how it fares with the tests that
// judge facts one by one.
type candidate struct {
	fact *evidence.Fact
	rank int8
}

// fill sets the columns of a source for an object, unless they are set already.
func (f *filler) fill(s int32, object string) {
	src := &f.plan.sources[s]
	if src.use.Per == "" {
		object = ""
	}
	filled := &f.fillings[s]
	if filled.done && filled.object == object {
		return
	}
	filled.empty()
	filled.object, filled.done = object, true
	until := f.on
	if src.use.Absent == "zero" {
		until = f.paidBy
	}
	candidates := f.candidates[:0]
	unclear := false // a fact of which it is not known whether it is about the measure
	for _, fact := range f.byKind[src.kind] {
		if src.use.Per != "" && objectOf(fact, src.use.Per) != object {
			if src.use.Absent == "zero" && objectOf(fact, src.use.Per) == "" {
				unclear = true // paid for something that nobody named (A6)
			}
			continue
		}
		if src.use.Yearly && (yearOf(fact) != f.plan.Year || fact.Occurred > until) {
			continue
		}
		about := int8(1)
		if src.filter >= 0 {
			if about = f.test(src.raw, fact, src.filter); about < 0 {
				continue
			}
		}
		if !slices.Contains(src.use.By, string(fact.Attestor)) {
			filled.shown = append(filled.shown, fact)
			continue
		}
		unclear = unclear || about == 0
		if about == 1 {
			filled.found = true
			candidates = append(candidates, candidate{fact, f.rank(s, fact)})
		}
	}
	if src.use.Take == "sum" {
		f.total(s, filled, candidates, unclear)
	} else {
		f.latest(s, filled, candidates)
	}
	f.candidates = candidates
	f.changed()
}

// yearOf is the year that a fact counts for: the one that a payment's matter
// names, as in "002-6/2025", since a year's money is often paid in the next;
// else the year in which it occurred (open question A13).
func yearOf(fact *evidence.Fact) int {
	if year, named := strings.CutPrefix(fact.Attributes["matter"], fact.Attributes["measure"]+"/"); named && len(year) == 4 {
		if n, err := strconv.Atoi(year); err == nil {
			return n
		}
	}
	return fact.Occurred.Year()
}

// rank is 1 when a fact passes every test, -1 when it fails one, else 0.
func (f *filler) rank(s int32, fact *evidence.Fact) int8 {
	rank := int8(1)
	for _, n := range f.plan.sources[s].each {
		rank = min(rank, f.test(s, fact, n))
	}
	return rank
}

// latest takes the newest of the facts that fare best.
func (f *filler) latest(s int32, filled *filling, candidates []candidate) {
	if len(candidates) == 0 {
		f.absent(s, filled)
		return
	}
	best := candidates[0]
	for _, c := range candidates[1:] {
		if order := cmp.Or(cmp.Compare(c.rank, best.rank), cmp.Compare(c.fact.Occurred, best.fact.Occurred), c.fact.Recorded.Compare(best.fact.Recorded)); order >= 0 {
			best = c
		}
	}
	f.set(s, best.fact)
	filled.counted = append(filled.counted, best.fact)
}

// total adds the facts that pass. One that cannot be judged stands for the
// whole, which is then undecided with a sum that is an upper bound; when all
// fail, the newest of them stands for the failure.
func (f *filler) total(s int32, filled *filling, candidates []candidate, unclear bool) {
	if len(candidates) == 0 || unclear {
		f.absent(s, filled)
		if unclear {
			f.forget(s)
		}
		return
	}
	rank := int8(-1)
	for _, c := range candidates {
		if c.rank == 0 {
			rank = 0
			break
		}
		rank = max(rank, c.rank)
	}
	var sum int64
	var stands *evidence.Fact
	for _, c := range candidates {
		if c.rank != rank {
			if rank == 0 && c.rank == 1 {
				sum = f.plus(s, sum, filled, c.fact)
			}
			continue
		}
		if stands == nil || c.fact.Occurred >= stands.Occurred {
			stands = c.fact
		}
		sum = f.plus(s, sum, filled, c.fact)
	}
	f.set(s, stands)
	for _, col := range f.plan.sources[s].columns {
		if f.plan.columns[col].attr == quantity {
			f.ints[col] = sum
		}
	}
}

// plus counts a fact into a sum.
func (f *filler) plus(s int32, sum int64, filled *filling, fact *evidence.Fact) int64 {
	filled.counted = append(filled.counted, fact)
	n, _ := f.quantity(s, fact)
	if sum += n; sum > maxMagnitude {
		f.faults.Add(fact.ID, "%s 的合计超出金额范围。", "The sum of %s is out of the range of money.", fact.Kind)
		return maxMagnitude
	}
	return sum
}

// absent leaves a source unknown, or at zero when our own books record such
// events and nobody claims one.
func (f *filler) absent(s int32, filled *filling) {
	f.forget(s)
	if len(filled.shown) > 0 {
		return
	}
	for _, col := range f.plan.sources[s].columns {
		if f.plan.columns[col].zero {
			f.known[col], f.ints[col] = true, 0
		}
	}
}

func (f *filler) forget(s int32) {
	for _, col := range f.plan.sources[s].columns {
		f.known[col] = false
	}
}

// set copies one fact into a source's columns.
func (f *filler) set(s int32, fact *evidence.Fact) {
	for _, col := range f.plan.sources[s].columns {
		c := &f.plan.columns[col]
		if c.attr == quantity {
			f.ints[col], f.known[col] = f.quantity(s, fact)
			continue
		}
		text, given := fact.Attributes[c.attr]
		f.known[col] = given
		if !given {
			continue
		}
		switch c.typ {
		case textValue:
			f.texts[col] = text
		case boolValue:
			f.bools[col] = text == "true"
		case intValue:
			f.ints[col], f.known[col] = parseInt(text)
		case decimalValue:
			f.ints[col], f.known[col] = parseDecimal(text)
		}
	}
}

// quantity reads a fact's quantity: fen, a count, or 10⁻¹² of anything else.
func (f *filler) quantity(s int32, fact *evidence.Fact) (int64, bool) {
	if fact.Unit != evidence.UnitCNY {
		if fact.Unit == evidence.UnitCount {
			return parseInt(fact.Quantity)
		}
		return parseDecimal(fact.Quantity)
	}
	fen, err := fact.Fen()
	if err != nil || int64(fen) >= maxMagnitude {
		f.faults.Add(fact.ID, "金额 %s 超出范围：一条事实须小于一亿亿元。", "The amount %s is out of range: a fact stays below ten quadrillion yuan.", fact.Quantity)
		return 0, false
	}
	return int64(fen), true
}
