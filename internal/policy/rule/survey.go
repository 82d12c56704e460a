package rule

import (
	"cmp"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Verdict is what one result of a measure comes to when the day is left aside:
// whether the document is in force is the same for everybody (Survey.Outcome).
type Verdict uint8

// The verdicts, from worst to best.
const (
	OutVerdict     Verdict = iota // a condition fails
	LackingVerdict                // a fact is missing
	OpenVerdict                   // a question is open, or a person decides
	FitsVerdict                   // eligible; in a draft its amount is computed

	Verdicts = 4
)

// Tally counts the results of one organisation under one measure by verdict:
// one an object, and for a reference one for each measure that it imports. The
// zero value says that there is no answer.
type Tally [Verdicts]uint32

// Best is the best verdict of a tally that has one.
func (t Tally) Best() Verdict {
	best := FitsVerdict
	for best > OutVerdict && t[best] == 0 {
		best--
	}
	return best
}

// Survey (普查) is a plan's measures that pay, ready to be answered for every
// organisation: in bulk through columns (Sheet), or again for one whose facts
// changed (Surveyor). Both run the plan's one list of nodes. It is immutable and
// safe for concurrent use.
type Survey struct {
	plan     *Plan
	measures []surveyed
	place    map[string]int
	reading  map[string]reading // by kind of fact; "" for all
}

// surveyed is one measure of a survey.
type surveyed struct {
	id      string
	entries []int // places in Plan.planned
	reads   Reads
}

// Reads is what a measure reads.
type Reads struct {
	Kinds   []string // of facts, by name
	Columns []string // kind.attribute, kind.quantity and subject.kind, by name
	Tests   int      // different tests of one column each: shared ones are run once
}

// reading is whom a changed fact of a kind concerns.
type reading struct {
	measures []int // places in Survey.measures
	classes  []surveyClass
}

// surveyClass is what concerned measures are about: models, platforms, or the
// firm itself.
type surveyClass struct{ groups []surveyGroup }

// surveyGroup is measures that have the same objects.
type surveyGroup []surveyEntry

// surveyEntry is a planned measure, and whose answer it counts for.
type surveyEntry struct {
	*planned
	at, measure int
}

// objects are the first entry's: all have the same.
func (g surveyGroup) objects(f *filler) []string { return f.objects(g[0].planned) }

// Survey prepares every measure that pays.
func (p *Plan) Survey() *Survey {
	s := &Survey{plan: p, place: map[string]int{}, reading: map[string]reading{}}
	for _, id := range p.ids {
		entries := slices.DeleteFunc(slices.Clone(p.byMeasure[id]), func(at int) bool { return !p.planned[at].pays })
		if len(entries) > 0 {
			s.place[id] = len(s.measures)
			s.measures = append(s.measures, surveyed{id, entries, p.reads(entries)})
		}
	}
	s.reading[""] = s.readingOf(func(*surveyed) bool { return true })
	for _, kind := range p.Pack.Vocabulary.Kinds {
		s.reading[kind.Name] = s.readingOf(func(m *surveyed) bool { return slices.Contains(m.reads.Kinds, kind.Name) })
	}
	return s
}

// readingOf gathers some measures by what they are about.
func (s *Survey) readingOf(is func(*surveyed) bool) (r reading) {
	var entries []surveyEntry
	for i := range s.measures {
		if m := &s.measures[i]; is(m) {
			r.measures = append(r.measures, i)
			for _, at := range m.entries {
				entries = append(entries, surveyEntry{&s.plan.planned[at], at, i})
			}
		}
	}
	slices.SortStableFunc(entries, func(a, b surveyEntry) int {
		return cmp.Or(cmp.Compare(a.object, b.object), cmp.Compare(a.joins, b.joins))
	})
	for i, e := range entries {
		if i == 0 || e.object != entries[i-1].object {
			r.classes = append(r.classes, surveyClass{})
		}
		c := &r.classes[len(r.classes)-1]
		if len(c.groups) == 0 || e.joins != entries[i-1].joins {
			c.groups = append(c.groups, nil)
		}
		last := len(c.groups) - 1
		c.groups[last] = append(c.groups[last], e)
	}
	return r
}

// objects adds the objects of a class's groups to out, each once.
func (c surveyClass) objects(f *filler, out []string) []string {
	for _, g := range c.groups {
		for _, object := range g.objects(f) {
			if !slices.Contains(out, object) {
				out = append(out, object)
			}
		}
	}
	return out
}

// reads gathers what entries of one measure read.
func (p *Plan) reads(entries []int) (r Reads) {
	s := p.scan(entries, false)
	for _, c := range s.columns {
		r.Columns = append(r.Columns, c.Name)
	}
	for _, at := range entries {
		for _, source := range p.planned[at].sources {
			r.Kinds = append(r.Kinds, p.sources[source].kind)
		}
	}
	for _, n := range s.order {
		switch p.nodes[n].op {
		case opHas, opBool, opLess, opText, opCEL:
			r.Tests++
		}
	}
	slices.Sort(r.Columns)
	slices.Sort(r.Kinds)
	r.Kinds = slices.Compact(r.Kinds)
	return r
}

// Plan is the plan that the survey runs.
func (s *Survey) Plan() *Plan { return s.plan }

// Measures lists the measures; their places are what the other methods speak of.
func (s *Survey) Measures() []string {
	ids := make([]string, len(s.measures))
	for i := range s.measures {
		ids[i] = s.measures[i].id
	}
	return ids
}

// Measure is the id of the measure at a place.
func (s *Survey) Measure(at int) string { return s.measures[at].id }

// Place finds a measure; false for one that pays nobody or does not exist.
func (s *Survey) Place(id string) (int, bool) {
	at, known := s.place[id]
	return at, known
}

// Reads is what a measure reads.
func (s *Survey) Reads(measure int) Reads { return s.measures[measure].reads }

// Reading lists the measures that read any of the kinds, no kinds being all: no
// other's answer can change when such facts do.
func (s *Survey) Reading(kinds ...string) []int { return s.concerned(kinds).measures }

func (s *Survey) concerned(kinds []string) reading {
	switch len(kinds) {
	case 0:
		return s.reading[""]
	case 1:
		return s.reading[kinds[0]]
	}
	return s.readingOf(func(m *surveyed) bool {
		return slices.ContainsFunc(kinds, func(k string) bool { return slices.Contains(m.reads.Kinds, k) })
	})
}

// Outcome is what a verdict comes to on a day.
func (s *Survey) Outcome(measure int, v Verdict, on clock.Date) Outcome {
	d := s.plan.planned[s.measures[measure].entries[0]].period
	stands := s.plan.periodOn(d, on)
	switch {
	case stands == before:
		return NotInForce
	case stands == after:
		return Expired
	case v == OutVerdict:
		return NotEligible
	case v == LackingVerdict:
		return Lacking
	case v == OpenVerdict, stands == between:
		return Undecided
	case d != nil && d.Status == Draft:
		return SimulationOnly
	}
	return Eligible
}

// verdict settles a measure on the present row; false when its amount passes
// the range of money.
func (j *judge) verdict(pl *planned) (v Verdict, inRange bool) {
	if j.eval(pl.holds) < 0 {
		return OutVerdict, true
	}
	amount := rowAmount{evaluator: j.evaluator}
	amount.run(pl.pipeline)
	switch j.decide(pl, within, amount.state) {
	case Lacking:
		v = LackingVerdict
	case Undecided:
		v = OpenVerdict
	default:
		v = FitsVerdict
	}
	return v, amount.state != overflow
}

// Surveyor answers one organisation at a time. It has state of its own; each
// goroutine makes one.
type Surveyor struct {
	survey  *Survey
	a       *assessor
	tallies []Tally
	objects []string
}

// Surveyor makes a surveyor.
func (s *Survey) Surveyor() *Surveyor {
	return &Surveyor{survey: s, a: newAssessor(s.plan), tallies: make([]Tally, len(s.measures))}
}

// Answer answers the measures that read any of the kinds, no kinds being all,
// and hands each answer to keep. The input's measures, guide and overrides are
// not read.
//
// Codes: too_large (an amount past the range of money; keep was not called).
func (v *Surveyor) Answer(in Input, kinds []string, keep func(measure int, t Tally)) error {
	concerned := v.survey.concerned(kinds)
	v.a.start(in)
	clear(v.tallies)
	for _, c := range concerned.classes {
		v.objects = c.objects(v.a.filler, v.objects[:0])
		for _, object := range v.objects { // object by object: what is filled for one serves all groups
			for _, g := range c.groups {
				if slices.Contains(g.objects(v.a.filler), object) {
					for _, e := range g {
						v.one(e, object)
					}
				}
			}
		}
	}
	if v.a.faults.Len() > 0 {
		return tooLarge(&v.a.faults)
	}
	for _, m := range concerned.measures {
		keep(m, v.tallies[m])
	}
	return nil
}

func (v *Surveyor) one(e surveyEntry, object string) {
	for _, source := range e.sources {
		v.a.fill(source, object)
	}
	verdict, fits := v.a.judge.verdict(e.planned)
	if !fits {
		v.a.faults.Add(e.m.ID, "金额超出 64 位分的范围。", "The amount exceeds 64-bit fen.")
	}
	v.tallies[e.measure][verdict]++
}

func tooLarge(faults *fault.Collector) error {
	return fault.New(fault.TooLarge, i18n.T("有金额超出范围。", "An amount is out of range."), fault.From(faults.Err()).Fields...)
}
