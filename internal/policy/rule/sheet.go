package rule

import (
	"math/bits"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// SheetRoom is how many organisations a sheet holds: their rows and answers
// stay in the processor's cache.
const SheetRoom = 1024

// maxDict is how many texts a sheet's column remembers from one filling to the
// next; where people write freely they would never end.
const maxDict = 1 << 10

// Sheet (表) gathers organisations' facts as columns, a row an organisation and
// object, and answers all measures for all of them at a time, 64 rows a word.
// What columns leave undecided the row path answers from the same cells. A sheet
// has state of its own; each goroutine makes one.
type Sheet struct {
	survey  *Survey
	a       *assessor
	forms   []form
	objects []string // of the organisation that is being added
	held    int
	tallies []Tally // measure by measure, SheetRoom each
	failed  map[int]error
}

// form is the part of a sheet for measures about one class of objects.
type form struct {
	class   *surveyClass
	entries []formEntry // of all groups, in the order of the scan
	sources []int32
	worker  *Worker
	row     *batchRow
	judge   judge
	batch   Batch
	columns []formColumn
	owner   []int32    // organisation of each row
	mine    [][]uint64 // by group: the rows that are objects of its measures
}

// formEntry is an entry, its group, and the rows of a block that columns leave
// undecided.
type formEntry struct {
	surveyEntry
	group int
	rest  [blockWords]uint64
}

// formColumn is a column that is filled cell by cell.
type formColumn struct {
	Column
	from  int32 // of the plan
	typ   valueType
	index map[string]uint32 // place of each text in Dict
}

// Sheet makes an empty sheet.
func (s *Survey) Sheet() *Sheet {
	sheet := &Sheet{survey: s, a: newAssessor(s.plan), tallies: make([]Tally, len(s.measures)*SheetRoom), failed: map[int]error{}}
	classes := s.reading[""].classes
	for i := range classes {
		sheet.forms = append(sheet.forms, newForm(s.plan, &classes[i]))
	}
	return sheet
}

func newForm(p *Plan, c *surveyClass) form {
	f := form{class: c, mine: make([][]uint64, len(c.groups))}
	var chosen []int
	for group, entries := range c.groups {
		for _, e := range entries {
			f.entries = append(f.entries, formEntry{surveyEntry: e, group: group})
			chosen = append(chosen, e.at)
			for _, source := range e.sources {
				if !slices.Contains(f.sources, source) {
					f.sources = append(f.sources, source)
				}
			}
		}
	}
	scan := p.scan(chosen, true)
	f.worker, f.row = scan.Worker(), newBatchRow(scan)
	f.judge = newJudge(f.row.evaluator)
	f.columns = make([]formColumn, len(scan.columns))
	f.batch.Columns = make([]*Column, len(scan.columns))
	for col, at := range scan.place {
		if at >= 0 {
			f.columns[at] = formColumn{from: int32(col), typ: p.columns[col].typ, index: map[string]uint32{}}
			f.batch.Columns[at] = &f.columns[at].Column
		}
	}
	return f
}

// Held is how many organisations the sheet holds.
func (s *Sheet) Held() int { return s.held }

// Add writes an organisation into the sheet, which holds SheetRoom of them. The
// input's measures, guide and overrides are not read.
func (s *Sheet) Add(in Input) {
	org := s.held
	s.held++
	s.a.start(in)
	for i := range s.forms {
		f := &s.forms[i]
		s.objects = f.class.objects(s.a.filler, s.objects[:0])
		for _, object := range s.objects {
			for _, source := range f.sources {
				s.a.fill(source, object)
			}
			f.write(s.a, org, object)
		}
	}
	if s.a.faults.Len() > 0 {
		s.failed[org] = tooLarge(&s.a.faults)
	}
}

// write adds a row of what the assessor has.
func (f *form) write(a *assessor, org int, object string) {
	row := f.batch.Rows
	f.batch.Rows++
	f.owner = append(f.owner, int32(org))
	for i, g := range f.class.groups {
		if row&63 == 0 {
			f.mine[i] = append(f.mine[i], 0)
		}
		if slices.Contains(g.objects(a.filler), object) {
			f.mine[i][row>>6] |= 1 << (row & 63)
		}
	}
	e := a.evaluator
	for i := range f.columns {
		c := &f.columns[i]
		if row&63 == 0 {
			c.more()
		}
		if !e.known[c.from] {
			continue
		}
		c.Known[row>>6] |= 1 << (row & 63)
		switch c.typ {
		case textValue:
			c.Codes[row] = c.code(e.texts[c.from])
		case boolValue:
			if e.bools[c.from] {
				c.Bits[row>>6] |= 1 << (row & 63)
			}
		default:
			c.Ints[row] = e.ints[c.from]
		}
	}
}

// more makes room for 64 rows of which nothing is known.
func (c *formColumn) more() {
	c.Known = append(c.Known, 0)
	switch c.typ {
	case textValue:
		c.Codes = append(c.Codes, make([]uint32, 64)...)
	case boolValue:
		c.Bits = append(c.Bits, 0)
	default:
		c.Ints = append(c.Ints, make([]int64, 64)...)
	}
}

// code is the place of a text in the dictionary.
func (c *formColumn) code(text string) uint32 {
	code, known := c.index[text]
	if !known {
		code = uint32(len(c.Dict))
		c.Dict = append(c.Dict, text)
		c.index[text] = code
	}
	return code
}

// Answers answers every measure for the organisations that the sheet holds, in
// the order in which they were added, and empties it. Tallies are valid during
// the call of keep. Of an organisation with an amount past the range of money
// they are zero, and failed says why.
func (s *Sheet) Answers(keep func(measure int, tallies []Tally)) (failed map[int]error) {
	clear(s.tallies)
	for i := range s.forms {
		s.forms[i].answer(s)
		s.forms[i].empty()
	}
	failed, s.failed = s.failed, map[int]error{}
	for m := range s.survey.measures {
		tallies := s.tallies[m*SheetRoom:][:s.held]
		for org := range failed {
			tallies[org] = Tally{}
		}
		keep(m, tallies)
	}
	s.held = 0
	return failed
}

// tally is where results of an entry count for a row.
func (f *form) tally(s *Sheet, e *formEntry, row int) *Tally {
	return &s.tallies[e.measure*SheetRoom+int(f.owner[row])]
}

// answer runs the form's measures over its rows, a block at a time. A block in
// which an amount passes the range of money is left to the row path, which says
// whose it is, and so are those after it.
func (f *form) answer(s *Sheet) {
	for i := range f.columns {
		f.columns[i].pack()
	}
	done := 0
	_ = f.worker.Blocks(&f.batch, 0, 1, func(from, rows int, answers []BlockAnswers) {
		for i := range answers {
			f.settled(s, &f.entries[i], from, &answers[i])
		}
		f.undecided(s, from, len(answers[0].Holds))
		done = from + rows
	})
	for from := done; from < f.batch.Rows; from += 64 {
		for i := range f.entries {
			e := &f.entries[i]
			e.rest[0] = f.mine[e.group][from/64]
		}
		f.undecided(s, from, 1)
	}
}

// settled counts what a block's columns decide of one entry.
func (f *form) settled(s *Sheet, e *formEntry, from int, a *BlockAnswers) {
	holds := FitsVerdict
	if draft := e.period != nil && e.period.Status == Draft; len(e.blocks) > 0 && !draft {
		holds = OpenVerdict
	}
	for w := range a.Holds {
		mine := f.mine[e.group][from/64+w]
		fails, known := a.Fails[w]&mine, a.Holds[w]&a.Known[w]&mine
		e.rest[w] = mine &^ (fails | known)
		for ; fails != 0; fails &= fails - 1 {
			f.tally(s, e, from+w*64+bits.TrailingZeros64(fails))[OutVerdict]++
		}
		for ; known != 0; known &= known - 1 {
			f.tally(s, e, from+w*64+bits.TrailingZeros64(known))[holds]++
		}
	}
}

// undecided answers the rest of so many words of a block row by row.
func (f *form) undecided(s *Sheet, from, words int) {
	for w := range words {
		var some uint64
		for i := range f.entries {
			some |= f.entries[i].rest[w]
		}
		for ; some != 0; some &= some - 1 {
			bit := bits.TrailingZeros64(some)
			row := from + w*64 + bit
			f.row.load(&f.batch, row)
			for i := range f.entries {
				if f.entries[i].rest[w]>>bit&1 == 1 {
					f.judged(s, &f.entries[i], row)
				}
			}
		}
	}
}

// judged counts one entry on the row that is loaded.
func (f *form) judged(s *Sheet, e *formEntry, row int) {
	verdict, inRange := f.judge.verdict(e.planned)
	if !inRange {
		var bad fault.Collector
		bad.Add(e.m.ID, "金额超出 64 位分的范围。", "The amount exceeds 64-bit fen.")
		s.failed[int(f.owner[row])] = tooLarge(&bad)
	}
	f.tally(s, e, row)[verdict]++
}

// pack narrows the codes of a column of few texts: eight fit into a word.
func (c *formColumn) pack() {
	if c.Bytes = c.Bytes[:0]; c.typ != textValue || len(c.Dict) > 256 {
		c.Bytes = nil
		return
	}
	c.Bytes = slices.Grow(c.Bytes, len(c.Codes))
	for _, code := range c.Codes {
		c.Bytes = append(c.Bytes, uint8(code))
	}
}

// empty forgets the rows and keeps the memory.
func (f *form) empty() {
	f.batch.Rows, f.owner = 0, f.owner[:0]
	for i := range f.mine {
		f.mine[i] = f.mine[i][:0]
	}
	for i := range f.columns {
		c := &f.columns[i]
		c.Known, c.Ints, c.Bits, c.Codes = c.Known[:0], c.Ints[:0], c.Bits[:0], c.Codes[:0]
		if len(c.Dict) > maxDict {
			c.Dict = nil
			clear(c.index)
		}
	}
}
