package population

import (
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Matches is which organisations measures fit.
type Matches struct {
	On       clock.Date       `json:"on"`
	Guide    int              `json:"guide,omitempty"`
	Rows     int64            `json:"rows"`
	Measures []MeasureMatches `json:"measures"`
}

// MeasureMatches is one measure over the population.
type MeasureMatches struct {
	Measure     string                 `json:"measure"`
	Imports     string                 `json:"imports,omitempty"`
	Counts      map[rule.Outcome]int64 `json:"counts"`          // rows; firms for a measure of one result a firm and year
	Total       money.Fen              `json:"total_fen"`       // of eligible rows
	Provisional money.Fen              `json:"provisional_fen"` // of undecided rows, under the safe defaults
	Simulated   money.Fen              `json:"simulated_fen"`   // of simulation_only rows
	Items       []Item                 `json:"items"`           // every row that is not out, in the file's order
	More        int64                  `json:"more"`            // items past the limit
}

// Item is one row that a measure fits, or may fit.
type Item struct {
	Row         int64        `json:"row"`
	Code        string       `json:"code"`
	Object      string       `json:"object"`
	Outcome     rule.Outcome `json:"outcome"`
	Amount      *money.Fen   `json:"amount_fen"`
	Provisional *money.Fen   `json:"provisional_fen"`
	Lacking     []string     `json:"lacking"`
	Questions   []string     `json:"questions"`
}

// sampleEvery is how often a bulk answer is computed again by the row path. A
// run with one difference is not published.
const sampleEvery = 4096

// Match runs measures over the population and lists whom they fit, at most
// limit rows a measure (0: all).
//
// Codes: invalid (the file; row and column are named), not_found (measure,
// guide), too_large, internal (bulk and row disagree).
func Match(p *Population, q Query, limit int) (*Matches, error) {
	plan, err := q.plan(q.Set)
	if err != nil {
		return nil, err
	}
	scan, err := plan.Scan(q.Measures)
	if err != nil {
		return nil, err
	}
	m := &matcher{query: q, scan: scan, entries: scan.Entries(), out: &Matches{On: q.On, Guide: q.Guide, Measures: []MeasureMatches{}}, limit: limit}
	ps, id := p.newPass(scan)
	m.id, m.columns = id, ps.first
	if m.groups, err = newGroups(p, m.entries); err != nil {
		return nil, err
	}
	for _, e := range m.entries {
		m.out.Measures = append(m.out.Measures, MeasureMatches{Measure: e.Measure, Imports: e.Imports, Counts: map[rule.Outcome]int64{}, Items: []Item{}})
	}
	if err := each(ps, m.state, m.piece, m.collect); err != nil {
		return nil, err
	}
	return m.out, m.finish()
}

type matcher struct {
	query   Query
	scan    *rule.Scan
	entries []rule.Entry
	id      identity
	columns int
	groups  *groups
	out     *Matches
	limit   int
}

// matchState is one worker's.
type matchState struct {
	worker  *rule.Worker
	judge   *rule.Judge
	answers []rule.Answers
}

func (m *matcher) state() *matchState {
	return &matchState{worker: m.scan.Worker(), judge: m.scan.Judge(m.query.On, m.query.Simulate), answers: make([]rule.Answers, len(m.entries))}
}

// matched is one piece's answer.
type matched struct {
	rows  int
	parts []MeasureMatches
	group []groupRow
}

func (m *matcher) piece(s *matchState, c *chunk) (*matched, error) {
	if err := m.id.check(c); err != nil {
		return nil, err
	}
	batch := c.batch(m.columns)
	if err := s.worker.Run(batch, s.answers); err != nil {
		return nil, err
	}
	out := &matched{rows: c.rows, parts: make([]MeasureMatches, len(m.entries)), group: m.groups.take(m.scan, c, m.columns, m.id.code)}
	for i := range m.entries {
		if err := m.entry(s, c, batch, i, &out.parts[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (m *matcher) entry(s *matchState, c *chunk, batch *rule.Batch, entry int, out *MeasureMatches) error {
	e := &m.entries[entry]
	out.Counts = map[rule.Outcome]int64{}
	standing := rule.Outcome("")
	if !m.query.Simulate {
		standing = m.scan.Standing(entry, m.query.On)
	}
	a := &s.answers[entry]
	for row := range c.rows {
		if e.Yearly && m.groups.has(c, m.id.code, row) {
			continue // judged with the firm's other rows
		}
		bit := func(plane []uint64) bool { return plane[row>>6]>>(row&63)&1 == 1 }
		j, bulk := rule.Judgement{}, true
		switch {
		case standing == rule.NotInForce || standing == rule.Expired:
			j.Outcome = standing
		case bit(a.Fails):
			j.Outcome = rule.NotEligible
		case bit(a.Holds) && bit(a.Known) && len(e.Questions) == 0 && standing == "" && !e.Draft:
			j = rule.Judgement{Outcome: rule.Eligible, Amount: money.Fen(a.Amount[row]), Computed: true}
		default:
			j, bulk = s.judge.Row(batch, row, entry), false
		}
		if bulk && (c.first+int64(row))%sampleEvery == 0 {
			if again := s.judge.Row(batch, row, entry); again.Outcome != j.Outcome || (j.Computed && again.Amount != j.Amount) {
				return fmt.Errorf("row %d, measure %s: bulk %s %d, row %s %d", c.first+int64(row), e.Measure, j.Outcome, j.Amount, again.Outcome, again.Amount)
			}
		}
		code, _ := c.cellBytes(m.id.code, row)
		out.add(j, m.limit, func() Item {
			return Item{Row: c.first + int64(row), Code: string(code), Object: m.id.object(c, e.Class, row)}
		})
	}
	return nil
}

// add counts a judgement and keeps it when it is not out.
func (out *MeasureMatches) add(j rule.Judgement, limit int, item func() Item) {
	out.Counts[j.Outcome]++
	var amount, provisional *money.Fen
	if j.Computed {
		fen := j.Amount
		switch j.Outcome {
		case rule.Eligible:
			amount, out.Total = &fen, out.Total+fen
		case rule.SimulationOnly:
			amount, out.Simulated = &fen, out.Simulated+fen
		case rule.Undecided:
			provisional, out.Provisional = &fen, out.Provisional+fen
		}
	}
	switch j.Outcome {
	case rule.NotInForce, rule.Expired, rule.NotEligible, rule.NotPayable:
		return
	}
	if limit > 0 && len(out.Items) >= limit {
		out.More++
		return
	}
	it := item()
	it.Outcome, it.Amount, it.Provisional = j.Outcome, amount, provisional
	it.Lacking, it.Questions = notNil(j.Lacking), notNil(j.Questions)
	out.Items = append(out.Items, it)
}

func notNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func (m *matcher) collect(part *matched) {
	m.out.Rows += int64(part.rows)
	m.groups.rows = append(m.groups.rows, part.group...)
	for i := range part.parts {
		m.out.Measures[i].merge(&part.parts[i], m.limit)
	}
}

func (out *MeasureMatches) merge(part *MeasureMatches, limit int) {
	for outcome, n := range part.Counts {
		out.Counts[outcome] += n
	}
	out.Total += part.Total
	out.Provisional += part.Provisional
	out.Simulated += part.Simulated
	out.More += part.More
	room := len(part.Items)
	if limit > 0 {
		room = min(room, limit-len(out.Items))
	}
	out.Items = append(out.Items, part.Items[:room]...)
	out.More += int64(len(part.Items) - room)
}

// finish judges the firms whose rows add up.
func (m *matcher) finish() error {
	for i := range m.entries {
		if !m.entries[i].Yearly {
			continue
		}
		err := m.groups.judge(m.query, m.scan, i, func(first groupRow, j rule.Judgement) {
			m.out.Measures[i].add(j, m.limit, func() Item { return Item{Row: first.row, Code: first.code} })
		})
		if err != nil {
			return err
		}
	}
	for _, measure := range m.out.Measures {
		if measure.Total < 0 || measure.Provisional < 0 || measure.Simulated < 0 {
			return fault.Newf(fault.TooLarge, "措施 %s 的合计超出范围。", "The total of measure %s is out of range.", measure.Measure)
		}
	}
	return nil
}

// cellBytes reads a key cell without copying.
func (c *chunk) cellBytes(place, row int) ([]byte, bool) {
	k := c.keys[place]
	if k == nil {
		return nil, false
	}
	return k.at(row), true
}
