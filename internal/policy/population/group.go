package population

import (
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// groups gathers firms with several rows, for measures that give one result a
// firm and year (002-6): their rows add up. Facts that stand alike in several
// rows are one fact, since a row repeats what is known of its organisation.
type groups struct {
	doubled map[string]bool
	rows    []groupRow // in the file's order
}

// groupRow is one row of such a firm, as text.
type groupRow struct {
	row   int64
	code  string
	kind  string            // of the organisation
	cells map[string]string // kind.attribute -> text
}

// newGroups finds the codes that stand in more than one row, when a measure
// needs to know.
func newGroups(p *Population, entries []rule.Entry) (*groups, error) {
	g := &groups{}
	if !slices.ContainsFunc(entries, func(e rule.Entry) bool { return e.Yearly }) {
		return g, nil
	}
	g.doubled = map[string]bool{}
	table := newCodeSet()
	ps := &pass{population: p, want: []want{{name: "code", cell: keyCell}}}
	err := each(ps, func() struct{} { return struct{}{} }, func(_ struct{}, c *chunk) ([]byte, error) {
		return codesOf(c), nil
	}, func(codes []byte) {
		for len(codes) >= codeLength {
			code := codes[:codeLength]
			codes = codes[codeLength:]
			if table.add(code) {
				g.doubled[string(code)] = true
			}
		}
	})
	return g, err
}

const codeLength = 18

// codesOf lays a chunk's codes end to end. Codes of another length are left to
// the pass that checks them.
func codesOf(c *chunk) []byte {
	k := c.keys[0]
	if k == nil {
		return nil
	}
	out := make([]byte, 0, c.rows*codeLength)
	for row := range c.rows {
		if code := k.at(row); len(code) == codeLength {
			out = append(out, code...)
		}
	}
	return out
}

// codeSet is an open-addressed set of codes' hashes; equal hashes count as
// equal codes, which only sends a firm down the exact path.
type codeSet struct {
	seed  maphash.Seed
	slots []uint64
	used  int
}

func newCodeSet() *codeSet { return &codeSet{seed: maphash.MakeSeed(), slots: make([]uint64, 1<<12)} }

// add reports whether the code was there.
func (s *codeSet) add(code []byte) bool {
	if s.used*2 >= len(s.slots) {
		old := s.slots
		s.slots, s.used = make([]uint64, 2*len(old)), 0
		for _, h := range old {
			if h != 0 {
				s.insert(h)
			}
		}
	}
	return s.insert(maphash.Bytes(s.seed, code) | 1)
}

func (s *codeSet) insert(h uint64) bool {
	for i := h >> 1 & uint64(len(s.slots)-1); ; i = (i + 1) & uint64(len(s.slots)-1) {
		switch s.slots[i] {
		case h:
			return true
		case 0:
			s.slots[i] = h
			s.used++
			return false
		}
	}
}

func (g *groups) has(c *chunk, code, row int) bool {
	if len(g.doubled) == 0 {
		return false
	}
	b, _ := c.cellBytes(code, row)
	return g.doubled[string(b)]
}

// take copies a chunk's rows of such firms.
func (g *groups) take(scan *rule.Scan, c *chunk, columns, code int) []groupRow {
	if len(g.doubled) == 0 {
		return nil
	}
	var out []groupRow
	for row := range c.rows {
		if !g.has(c, code, row) {
			continue
		}
		b, _ := c.cellBytes(code, row)
		one := groupRow{row: c.first + int64(row), code: string(b), cells: map[string]string{}}
		for i, sc := range scan.Columns()[:columns] {
			text, there := cellText(c.columns[i], sc, row)
			switch {
			case !there:
			case sc.Name == "subject.kind":
				one.kind = text
			default:
				one.cells[sc.Name] = text
			}
		}
		out = append(out, one)
	}
	return out
}

func cellText(col *rule.Column, sc rule.ScanColumn, row int) (string, bool) {
	if col == nil || col.Known[row>>6]>>(row&63)&1 == 0 {
		return "", false
	}
	switch {
	case sc.Text && col.Bytes != nil:
		return col.Dict[col.Bytes[row]], true
	case sc.Text:
		return col.Dict[col.Codes[row]], true
	case sc.Bool:
		return strconv.FormatBool(col.Bits[row>>6]>>(row&63)&1 == 1), true
	case sc.Money:
		return money.Fen(col.Int(row)).String(), true
	case sc.Decimal:
		return decimalText(col.Int(row)), true
	}
	return strconv.FormatInt(col.Int(row), 10), true
}

func decimalText(n int64) string {
	s := fmt.Sprintf("%0*d", decimalScale+1, n)
	return s[:len(s)-decimalScale] + "." + s[len(s)-decimalScale:]
}

// judge assesses each firm on the facts of all its rows.
func (g *groups) judge(q Query, scan *rule.Scan, entry int, answer func(first groupRow, j rule.Judgement)) error {
	byCode := map[string][]groupRow{}
	var order []string
	for _, r := range g.rows {
		if byCode[r.code] == nil {
			order = append(order, r.code)
		}
		byCode[r.code] = append(byCode[r.code], r)
	}
	e := scan.Entries()[entry]
	for _, code := range order {
		rows := byCode[code]
		in := rule.Input{Subject: evidence.Subject{Code: ident.CreditCode(code)}, On: q.On, Guide: q.Guide, Measures: []string{e.Measure}, Simulate: q.Simulate}
		for _, r := range rows {
			if r.kind != "" {
				in.Subject.Kind = evidence.SubjectKind(r.kind)
			}
		}
		in.Facts = factsOf(rows, q, scan, entry)
		results, err := scan.Plan().Assess(in)
		if err != nil {
			return err
		}
		for _, r := range results {
			if r.Imports == e.Imports {
				answer(rows[0], judgement(r))
			}
		}
	}
	return nil
}

func judgement(r rule.Result) rule.Judgement {
	j := rule.Judgement{Outcome: r.Outcome, Lacking: r.Lacking, Questions: r.Questions}
	for _, fen := range []*money.Fen{r.Amount, r.Provisional} {
		if fen != nil {
			j.Amount, j.Computed = *fen, true
		}
	}
	return j
}

// factsOf turns rows back into facts, each distinct one once.
func factsOf(rows []groupRow, q Query, scan *rule.Scan, entry int) []evidence.Fact {
	year := scan.Plan().Year
	occurred := q.On
	if q.On.Year() != year {
		occurred = clock.Date(strconv.Itoa(year) + "-12-31")
	}
	var facts []evidence.Fact
	seen := map[string]bool{}
	for _, r := range rows {
		byKind := map[string]evidence.Fact{}
		for _, name := range sortedNames(r.cells) {
			cut := strings.LastIndexByte(name, '.')
			kind, attr := name[:cut], name[cut+1:]
			f, there := byKind[kind]
			if !there {
				f = evidence.Fact{Kind: kind, Occurred: occurred, Attestor: evidence.Attestor(scan.Attestor(entry, kind)), Attributes: map[string]string{}}
				if k, err := evidence.CurrentVocabulary().Kind(kind); err == nil {
					f.Unit = k.Unit
				}
			}
			if attr == "quantity" {
				f.Quantity = r.cells[name]
			} else {
				f.Attributes[attr] = r.cells[name]
			}
			byKind[kind] = f
		}
		for _, f := range byKind {
			key := fmt.Sprint(f.Kind, f.Quantity, f.Attributes)
			if seen[key] || f.Attestor == "" || (f.Quantity == "" && f.Unit == evidence.UnitCNY) {
				continue // money without its amount is no fact yet
			}
			seen[key] = true
			f.ID = fmt.Sprintf("row %d %s", r.row, f.Kind)
			facts = append(facts, f)
		}
	}
	slices.SortFunc(facts, func(a, b evidence.Fact) int { return strings.Compare(a.ID, b.ID) })
	return facts
}

func sortedNames(cells map[string]string) []string {
	names := make([]string, 0, len(cells))
	for n := range cells {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
