package policy

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// SimulationInput is a what-if (推演): a measure, a year of real facts, and
// other figures, written as in Parameter: money in decimal yuan.
type SimulationInput struct {
	Measure   string            `json:"measure" minLength:"1" maxLength:"40" example:"002-6"`
	Year      int               `json:"year,omitempty" doc:"0 or absent: the business day's year"`
	Set       map[string]string `json:"set,omitempty" maxProperties:"20" doc:"Parameter path to its other value: decimal yuan (300000.00), a fraction (0.015) or a count"`
	WhenShort shortage.Way      `json:"when_short,omitempty" enum:"pro_rata,cut_off,carry_over" doc:"How rows share out a short budget; absent: they show what is due before sharing"`
}

// Validate reports every fault of the input that the pack need not be asked for.
func (in SimulationInput) Validate(today clock.Date) error {
	var c fault.Collector
	if in.Year < 2000 || in.Year > today.Year() {
		c.Add("body.year", "请给出 2000 年到今年之间的年份：推演用的是已有的事实。", "Give a year from 2000 to this one: a what-if runs on facts that exist.")
	}
	if in.WhenShort != "" && !slices.Contains(shortage.Ways(), in.WhenShort) {
		c.Add("body.when_short", "应为 pro_rata、cut_off 或 carry_over。", "One of pro_rata, cut_off or carry_over.")
	}
	return c.Err()
}

// Simulation is a what-if's answer. Nothing was written and nobody was told.
type Simulation struct {
	Measure        string          `json:"measure"`
	Name           i18n.Text       `json:"name"`
	Clause         rule.Citation   `json:"clause"`
	Year           int             `json:"year"`
	On             clock.Date      `json:"on" doc:"Facts up to this day count"`
	Guide          *int            `json:"guide" doc:"Year of the guide whose rulings hold; null without one"`
	Population     Population      `json:"population"`
	Before         Side            `json:"before"`
	After          Side            `json:"after"`
	Rows           []SimulationRow `json:"rows" doc:"Organisations that get something before or after, the largest base first"`
	Gainers        int             `json:"gainers"`
	Newcomers      int             `json:"newcomers" doc:"Gainers that had nothing before"`
	Losers         int             `json:"losers"`
	Gained         money.Fen       `json:"gained_fen"`
	Lost           money.Fen       `json:"lost_fen"`
	Choices        []Choice        `json:"choices" doc:"Ways to share out a budget that is too small; empty when it is not"`
	Provisional    bool            `json:"provisional" doc:"Some amounts rest on safe defaults, since questions are open; no promise"`
	Questions      []string        `json:"questions" doc:"Open questions that some amounts rest on"`
	NeedsAmendment bool            `json:"needs_amendment" doc:"A changed figure stands in the text: no guide may set it"`
	Changed        []ChangedFigure `json:"changed"`
	Written        bool            `json:"written" doc:"Always false"`
}

// Population says whose facts were used.
type Population struct {
	Organisations int  `json:"organisations" doc:"All that facts speak of"`
	Sampled       bool `json:"sampled" doc:"Always false: every organisation was assessed"`
}

// Side is one side of the comparison.
type Side struct {
	Total         money.Fen  `json:"total_fen"`
	Organisations int        `json:"organisations" doc:"That get something"`
	Budget        *money.Fen `json:"budget_fen" doc:"The year's money; null when neither text nor guide gives any"`
	Over          money.Fen  `json:"over_fen" doc:"By how much the total exceeds the budget"`
	TopTwo        money.Fen  `json:"top_two_fen" doc:"What the two largest get together"`
}

// SimulationRow is one organisation before and after.
type SimulationRow struct {
	Org    OrgRef     `json:"org"`
	Base   *money.Fen `json:"base_fen" doc:"What the amounts are computed from"`
	Before money.Fen  `json:"before_fen"`
	After  money.Fen  `json:"after_fen" doc:"Due, before a short budget is shared out"`
	Paid   *money.Fen `json:"paid_fen" doc:"After sharing out, when when_short was given and the budget is short"`
	New    bool       `json:"new"`
}

// ChangedFigure is one figure that the what-if changes.
type ChangedFigure struct {
	Path      string    `json:"path"`
	Label     i18n.Text `json:"label"`
	Kind      string    `json:"kind"`
	Before    string    `json:"before" doc:"In the form of the measure's parameters"`
	After     string    `json:"after"`
	ChangedBy string    `json:"changed_by" enum:"guide,text"`
}

// Simulate computes what a measure costs in a year over every organisation's
// facts, with its figures as they are and as they might be. It writes nothing.
//
// Codes: not_found; invalid for a measure that pays nobody, a figure that it
// does not have or a value that is none; too_large; unavailable.
func (s *Service) Simulate(ctx context.Context, in SimulationInput) (Simulation, error) {
	today := s.Clock.Today()
	in.Year = cmp.Or(in.Year, today.Year())
	if err := in.Validate(today); err != nil {
		return Simulation{}, err
	}
	m, err := s.payingMeasure(in.Measure)
	if err != nil {
		return Simulation{}, err
	}
	guide, _ := s.Pack.Guide(in.Year) // without one no ruling holds
	out := Simulation{Measure: m.ID, Name: m.Name, Clause: s.cite(m.Ref("")), Year: in.Year, On: min(today, clock.Date(fmt.Sprintf("%04d-12-31", in.Year)))}
	if guide != nil {
		out.Guide = &guide.Year
	}
	if out.Changed, err = changedFigures(m, guide, in.Set); err != nil {
		return Simulation{}, err
	}
	out.NeedsAmendment = slices.ContainsFunc(out.Changed, func(c ChangedFigure) bool { return c.ChangedBy != "guide" })
	everyone, err := s.everyone(ctx)
	if err != nil {
		return Simulation{}, err
	}
	out.Population.Organisations = len(everyone)
	everyone = yearAnew(everyone, m, in.Year, out.On)
	before, err := s.tally(everyone, m, guide, &out, nil)
	if err != nil {
		return Simulation{}, err
	}
	after, err := s.tally(everyone, m, guide, &out, in.Set)
	if err != nil {
		return Simulation{}, err
	}
	out.compare(before, after)
	out.Before.weigh(out.Rows, func(r *SimulationRow) money.Fen { return r.Before }, budgetOf(m, guide, nil))
	out.After.weigh(out.Rows, func(r *SimulationRow) money.Fen { return r.After }, budgetOf(m, guide, in.Set))
	out.shareOut(in.WhenShort)
	return out, nil
}

// changedFigures lists what a what-if changes, or every figure that the measure
// does not have.
func changedFigures(m *rule.Measure, guide *rule.Guide, set map[string]string) ([]ChangedFigure, error) {
	var bad fault.Collector
	var out []ChangedFigure
	for path := range set {
		if _, known := m.Parameter(path); !known {
			bad.Add("body.set."+path, "%s 没有这个参数。", "%s has no such figure.", m.ID)
		}
	}
	for _, p := range m.Parameters {
		value, given := set[p.Path]
		if was := valueOf(m, p.Path, guide); given && was != value {
			out = append(out, ChangedFigure{p.Path, p.Text, p.Kind, was, value, p.SetBy})
		}
	}
	return out, bad.Err()
}

// yearAnew gives the members the facts that the year's cost is computed from:
// those known on its last day, without what the measure itself paid in the
// year. A what-if asks what the year costs, not what is still to be paid.
func yearAnew(members []member, m *rule.Measure, year int, on clock.Date) []member {
	subtracted := map[string]bool{}
	for _, step := range m.Amount {
		subtracted[step.Paid] = step.Paid != ""
	}
	left := func(f evidence.Fact) bool {
		ownPayment := subtracted[f.Kind] && f.Attributes["measure"] == m.ID && f.Occurred.Year() == year
		return f.Occurred > on || ownPayment
	}
	out := slices.Clone(members)
	for i := range out {
		if slices.ContainsFunc(out[i].facts, left) {
			out[i].facts = slices.DeleteFunc(slices.Clone(out[i].facts), left)
		}
	}
	return out
}

// share is what an organisation gets under all objects of a measure.
type share struct {
	org    OrgRef
	base   *money.Fen
	amount money.Fen
}

// tally adds up each organisation's amounts. An undecided one counts with its
// safe default, which the answer says.
func (s *Service) tally(members []member, m *rule.Measure, guide *rule.Guide, out *Simulation, set map[string]string) (map[ident.CreditCode]share, error) {
	overrides := make([]rule.Override, 0, len(set))
	for path, value := range set {
		overrides = append(overrides, rule.Override{Measure: m.ID, Path: path, Value: value})
	}
	plan, err := s.Pack.Plan(yearOf(guide), out.Year, overrides...)
	if err != nil {
		return nil, err
	}
	results, err := judge(members, plan, rule.Input{On: out.On, Measures: []string{m.ID}, Simulate: true})
	if err != nil {
		return nil, err
	}
	shares := make(map[ident.CreditCode]share, len(members))
	for _, r := range results {
		got := shares[r.Org.Code]
		got.org = r.Org
		if r.Base != nil {
			sum := *r.Base
			if got.base != nil {
				sum += *got.base
			}
			got.base = &sum
		}
		switch {
		case r.Amount != nil:
			got.amount += *r.Amount
		case r.Provisional != nil:
			got.amount += *r.Provisional
			out.Provisional = true
			for _, q := range r.Questions {
				if !slices.Contains(out.Questions, q) {
					out.Questions = append(out.Questions, q)
				}
			}
		}
		shares[r.Org.Code] = got
	}
	return shares, nil
}

// compare makes the rows and counts who gains and who loses.
func (s *Simulation) compare(before, after map[ident.CreditCode]share) {
	for code, is := range after {
		was := before[code]
		if was.amount == 0 && is.amount == 0 {
			continue
		}
		row := SimulationRow{Org: is.org, Base: is.base, Before: was.amount, After: is.amount, New: was.amount == 0}
		switch {
		case row.After > row.Before:
			s.Gainers++
			s.Gained += row.After - row.Before
			if row.New {
				s.Newcomers++
			}
		case row.After < row.Before:
			s.Losers++
			s.Lost += row.Before - row.After
		}
		s.Rows = append(s.Rows, row)
	}
	slices.SortFunc(s.Rows, func(a, b SimulationRow) int {
		return cmp.Or(cmp.Compare(value(b.Base), value(a.Base)), cmp.Compare(b.After, a.After), cmp.Compare(a.Org.Code, b.Org.Code))
	})
}

// weigh adds up one side.
func (side *Side) weigh(rows []SimulationRow, amount func(*SimulationRow) money.Fen, budget *money.Fen) {
	var first, second money.Fen
	for i := range rows {
		a := amount(&rows[i])
		if a == 0 {
			continue
		}
		side.Total += a
		side.Organisations++
		if a > first {
			first, second = a, first
		} else {
			second = max(second, a)
		}
	}
	side.TopTwo, side.Budget = first+second, budget
	if budget != nil {
		side.Over = max(side.Total-*budget, 0)
	}
}

// budgetOf is the year's money: what the what-if sets, else the guide's
// budget, else what the text gives. It is nil when none gives any.
func budgetOf(m *rule.Measure, guide *rule.Guide, set map[string]string) *money.Fen {
	text := ""
	if m.Budget != nil && m.Budget.Parameter != "" {
		text = valueOf(m, m.Budget.Parameter, guide)
	}
	if guide != nil {
		for _, b := range guide.Budgets {
			if b.Measure == m.ID {
				text = b.Amount
			}
		}
	}
	if m.Budget != nil && set[m.Budget.Parameter] != "" {
		text = set[m.Budget.Parameter]
	}
	fen, err := money.ParseYuan(text)
	if err != nil {
		return nil
	}
	return &fen
}

// shareOut computes the three ways to share out a short budget, and shows one
// of them in the rows. The ranks are those of the rows: by base.
func (s *Simulation) shareOut(chosen shortage.Way) {
	if s.After.Over == 0 {
		return
	}
	var due []money.Fen
	var ranked []*SimulationRow
	for i := range s.Rows {
		if s.Rows[i].After > 0 {
			due, ranked = append(due, s.Rows[i].After), append(ranked, &s.Rows[i])
		}
	}
	for _, way := range shortage.Ways() {
		got := way.Share(due, *s.After.Budget)
		s.Choices = append(s.Choices, choiceOf(way, due, got))
		if way == chosen {
			for i, row := range ranked {
				row.Paid = &got[i]
			}
		}
	}
}
