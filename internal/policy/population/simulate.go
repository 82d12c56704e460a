package population

import (
	"cmp"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Simulation is what a change of figures does to a population. Nothing is
// written anywhere.
type Simulation struct {
	On       clock.Date          `json:"on"`
	Guide    int                 `json:"guide,omitempty"`
	Rows     int64               `json:"rows"`
	Set      []Setting           `json:"set"`
	Measures []MeasureSimulation `json:"measures"`
	Before   money.Fen           `json:"before_fen"`
	After    money.Fen           `json:"after_fen"`
	Written  bool                `json:"written"` // always false
}

// Setting is one figure that the what-if changes, and whose word could.
type Setting struct {
	Measure string         `json:"measure"`
	Path    string         `json:"path"`
	From    string         `json:"from"`
	To      string         `json:"to"`
	Clause  rule.ClauseRef `json:"clause"`
	Amend   bool           `json:"needs_amendment"` // only an amended text changes it; else a year's guide may
}

// MeasureSimulation is one measure before and after. It counts rows that meet
// every condition and have an amount; while questions block the measure the
// amounts are those of the safe defaults, and Questions says so.
type MeasureSimulation struct {
	Measure   string     `json:"measure"`
	Imports   string     `json:"imports,omitempty"`
	Draft     bool       `json:"draft"` // simulated, never paid
	Questions []string   `json:"questions"`
	Before    Cost       `json:"before"`
	After     Cost       `json:"after"`
	Gainers   int64      `json:"gainers"`
	Losers    int64      `json:"losers"`
	Gain      money.Fen  `json:"gain_fen"`
	Loss      money.Fen  `json:"loss_fen"`
	Changes   []Change   `json:"rows"` // the largest first
	More      int64      `json:"more"` // changes past the limit
	Choices   []Shortage `json:"choices"`
}

// Cost is what a measure comes to.
type Cost struct {
	Rows     int64      `json:"rows"` // that get an amount
	Total    money.Fen  `json:"total_fen"`
	City     money.Fen  `json:"city_fen"`
	District money.Fen  `json:"district_fen"`
	Budget   *money.Fen `json:"budget_fen"` // null when neither text nor guide gives one
	Over     money.Fen  `json:"over_fen"`
}

// Change is one row that gains or loses.
type Change struct {
	Row    int64     `json:"row"`
	Code   string    `json:"code"`
	Object string    `json:"object"`
	Before money.Fen `json:"before_fen"`
	After  money.Fen `json:"after_fen"`
}

func (c Change) difference() money.Fen { return max(c.After-c.Before, c.Before-c.After) }

// Simulate compares the figures as they are with the query's, and lists at
// most limit changed rows a measure (0: all). Measures out of their period are
// simulated too.
//
// Codes: invalid, not_found, too_large.
func Simulate(p *Population, q Query, limit int) (*Simulation, error) {
	q.Simulate = true
	s, err := newSimulator(q, limit)
	if err != nil {
		return nil, err
	}
	ps, id := p.newPass(s.before)
	s.id, s.columns = id, ps.first
	if s.order, err = sameColumns(s.before, s.after); err != nil {
		return nil, err
	}
	if s.groups, err = newGroups(p, s.entries); err != nil {
		return nil, err
	}
	if err := each(ps, s.state, s.piece, s.collect); err != nil {
		return nil, err
	}
	return s.out, s.finish()
}

type simulator struct {
	query         Query
	before, after *rule.Scan
	entries       []rule.Entry
	order         []int // place of the after scan's columns among the before scan's
	id            identity
	columns       int
	groups        *groups
	out           *Simulation
	paid          [][]claim // by measure, for those with a budget
	limit         int
}

func newSimulator(q Query, limit int) (*simulator, error) {
	plain, err := q.plan(nil)
	if err != nil {
		return nil, err
	}
	changed, err := q.plan(q.Set)
	if err != nil {
		return nil, err
	}
	s := &simulator{query: q, limit: limit, out: &Simulation{On: q.On, Guide: q.Guide, Set: []Setting{}, Measures: []MeasureSimulation{}}}
	if s.before, err = plain.Scan(q.Measures); err != nil {
		return nil, err
	}
	if s.after, err = changed.Scan(q.Measures); err != nil {
		return nil, err
	}
	s.entries = s.before.Entries()
	s.paid = make([][]claim, len(s.entries))
	for _, e := range s.entries {
		s.out.Measures = append(s.out.Measures, MeasureSimulation{Measure: e.Measure, Imports: e.Imports, Draft: e.Draft, Questions: notNil(e.Questions), Changes: []Change{}, Choices: []Shortage{}})
	}
	for _, o := range q.Set {
		m, err := q.Pack.Measure(o.Measure)
		if err != nil {
			return nil, err
		}
		if parameter, ok := m.Parameter(rule.ParameterPath(o.Path)); ok {
			s.out.Set = append(s.out.Set, Setting{Measure: m.ID, Path: parameter.Path, From: parameter.Value, To: o.Value, Clause: m.Ref(parameter.Clause), Amend: parameter.SetBy != "guide"})
		}
	}
	return s, nil
}

// sameColumns maps the columns of one scan to those of another.
func sameColumns(before, after *rule.Scan) ([]int, error) {
	order := make([]int, 0, len(after.Columns()))
	for _, c := range after.Columns() {
		at := slices.IndexFunc(before.Columns(), func(b rule.ScanColumn) bool { return b.Name == c.Name })
		if at < 0 {
			return nil, fault.Newf(fault.Invalid, "改动后的规则读取新的列 %s，不能和原来比较。", "The changed rules read the new column %s and cannot be compared.", c.Name)
		}
		order = append(order, at)
	}
	return order, nil
}

type simulateState struct {
	before, after               *rule.Worker
	beforeAnswers, afterAnswers []rule.Answers
	columns                     []*rule.Column
}

func (s *simulator) state() *simulateState {
	return &simulateState{before: s.before.Worker(), after: s.after.Worker(), beforeAnswers: make([]rule.Answers, len(s.entries)), afterAnswers: make([]rule.Answers, len(s.entries))}
}

// simulated is one piece's answer.
type simulated struct {
	rows  int
	parts []simulatedPart
	group []groupRow
}

type simulatedPart struct {
	before, after Cost
	changes       []Change
	claims        []claim
}

func (s *simulator) piece(st *simulateState, c *chunk) (*simulated, error) {
	if err := s.id.check(c); err != nil {
		return nil, err
	}
	if err := st.before.Run(c.batch(s.columns), st.beforeAnswers); err != nil {
		return nil, err
	}
	st.columns = st.columns[:0]
	for _, at := range s.order {
		st.columns = append(st.columns, c.columns[at])
	}
	if err := st.after.Run(&rule.Batch{Rows: c.rows, Columns: st.columns}, st.afterAnswers); err != nil {
		return nil, err
	}
	out := &simulated{rows: c.rows, parts: make([]simulatedPart, len(s.entries)), group: s.groups.take(s.before, c, s.columns, s.id.code)}
	for i := range s.entries {
		s.entry(c, i, &st.beforeAnswers[i], &st.afterAnswers[i], &out.parts[i])
	}
	return out, nil
}

func (s *simulator) entry(c *chunk, entry int, before, after *rule.Answers, out *simulatedPart) {
	e := &s.entries[entry]
	grouped := e.Yearly && len(s.groups.doubled) > 0
	for word := range before.Holds {
		gets, then := before.Holds[word]&before.Known[word], after.Holds[word]&after.Known[word]
		if gets|then == 0 {
			continue
		}
		for bit := range 64 {
			row := word*64 + bit
			was, is := gets>>bit&1 == 1, then>>bit&1 == 1
			if !was && !is || (grouped && s.groups.has(c, s.id.code, row)) {
				continue
			}
			code, _ := c.cellBytes(s.id.code, row)
			out.add(Change{Row: c.first + int64(row), Code: string(code), Before: money.Fen(before.Amount[row]), After: money.Fen(after.Amount[row])},
				was, is, cityOf(before, row), cityOf(after, row), func() string { return s.id.object(c, e.Class, row) })
		}
	}
}

func cityOf(a *rule.Answers, row int) money.Fen {
	if a.City == nil {
		return 0
	}
	return money.Fen(a.City[row])
}

func (out *simulatedPart) add(ch Change, was, is bool, cityBefore, cityAfter money.Fen, object func() string) {
	if was {
		out.before.add(ch.Before, cityBefore)
	}
	if is {
		out.after.add(ch.After, cityAfter)
		out.claims = append(out.claims, claim{row: ch.Row, code: ch.Code, amount: ch.After})
	}
	if ch.Before != ch.After {
		ch.Object = object()
		out.changes = append(out.changes, ch)
	}
}

func (c *Cost) add(amount, city money.Fen) {
	c.Rows++
	c.Total += amount
	c.City += city
	c.District += amount - city
}

func (c *Cost) merge(d Cost) {
	c.Rows += d.Rows
	c.Total += d.Total
	c.City += d.City
	c.District += d.District
}

func (s *simulator) collect(part *simulated) {
	s.out.Rows += int64(part.rows)
	s.groups.rows = append(s.groups.rows, part.group...)
	for i := range part.parts {
		s.part(i, &part.parts[i])
	}
}

func (s *simulator) part(entry int, part *simulatedPart) {
	m := &s.out.Measures[entry]
	m.Before.merge(part.before)
	m.After.merge(part.after)
	s.paid[entry] = append(s.paid[entry], part.claims...)
	for _, ch := range part.changes {
		if ch.After > ch.Before {
			m.Gainers, m.Gain = m.Gainers+1, m.Gain+ch.difference()
		} else {
			m.Losers, m.Loss = m.Losers+1, m.Loss+ch.difference()
		}
	}
	m.Changes = append(m.Changes, part.changes...)
}

// finish judges firms whose rows add up, then budgets, shortages and order.
func (s *simulator) finish() error {
	for i := range s.entries {
		if s.entries[i].Yearly && len(s.groups.doubled) > 0 {
			if err := s.group(i); err != nil {
				return err
			}
		}
		m := &s.out.Measures[i]
		slices.SortStableFunc(m.Changes, func(a, b Change) int {
			return cmp.Or(cmp.Compare(b.difference(), a.difference()), cmp.Compare(a.Row, b.Row))
		})
		if s.limit > 0 && len(m.Changes) > s.limit {
			m.More = int64(len(m.Changes) - s.limit)
			m.Changes = m.Changes[:s.limit]
		}
		s.budget(i, m)
		s.out.Before += m.Before.Total
		s.out.After += m.After.Total
		if m.Before.Total < 0 || m.After.Total < 0 || s.out.Before < 0 || s.out.After < 0 {
			return fault.Newf(fault.TooLarge, "措施 %s 的合计超出范围。", "The total of measure %s is out of range.", m.Measure)
		}
	}
	return nil
}

// group runs both plans on firms with several rows.
func (s *simulator) group(entry int) error {
	type pair struct {
		first         groupRow
		before, after rule.Judgement
	}
	var pairs []pair
	err := s.groups.judge(s.query, s.before, entry, func(first groupRow, j rule.Judgement) { pairs = append(pairs, pair{first: first, before: j}) })
	if err != nil {
		return err
	}
	at := 0
	err = s.groups.judge(s.query, s.after, entry, func(_ groupRow, j rule.Judgement) { pairs[at].after = j; at++ })
	if err != nil {
		return err
	}
	part := simulatedPart{}
	for _, p := range pairs {
		was, is := gets(p.before), gets(p.after)
		if !was && !is {
			continue
		}
		ch := Change{Row: p.first.row, Code: p.first.code}
		if was {
			ch.Before = p.before.Amount
		}
		if is {
			ch.After = p.after.Amount
		}
		part.add(ch, was, is, s.before.City(entry, ch.Before), s.after.City(entry, ch.After), func() string { return "" })
	}
	s.part(entry, &part)
	return nil
}

// gets reports whether a firm would get an amount, questions aside.
func gets(j rule.Judgement) bool {
	return j.Computed && (j.Outcome == rule.Eligible || j.Outcome == rule.SimulationOnly || j.Outcome == rule.Undecided) && len(j.Lacking) == 0
}

// budget sets a measure's yearly money and, where it does not suffice, shows
// the three ways out (open question A3).
func (s *simulator) budget(entry int, m *MeasureSimulation) {
	m.Before.limit(budgetOf(s.query, s.before, entry, m.Measure))
	budget := budgetOf(s.query, s.after, entry, m.Measure)
	m.After.limit(budget)
	if budget != nil && m.After.Over > 0 {
		m.Choices = shortages(*budget, s.paid[entry])
	}
}

func (c *Cost) limit(budget *money.Fen) {
	c.Budget = budget
	if budget != nil {
		c.Over = max(0, c.Total-*budget)
	}
}

// budgetOf is the guide's budget, else the text's; a what-if on the budget
// parameter wins over both.
func budgetOf(q Query, scan *rule.Scan, entry int, measure string) *money.Fen {
	m, err := q.Pack.Measure(measure)
	if err != nil {
		return nil
	}
	parameter := ""
	if m.Budget != nil {
		parameter = m.Budget.Parameter
	}
	guide, _ := q.Pack.Guide(q.Guide)
	changed := slices.ContainsFunc(q.Set, func(o rule.Override) bool {
		return parameter != "" && o.Measure == measure && rule.ParameterPath(o.Path) == parameter
	})
	if guide != nil && !changed {
		for _, b := range guide.Budgets {
			if fen, err := b.Fen(); b.Measure == measure && err == nil {
				return &fen
			}
		}
	}
	if n, ok := scan.Parameter(entry, parameter); ok {
		fen := money.Fen(n)
		return &fen
	}
	return nil
}
