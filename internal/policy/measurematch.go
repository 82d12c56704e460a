package policy

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// MatchQuery asks which organisations a measure fits.
type MatchQuery struct {
	Measure string
	Outcome rule.Outcome // "" for what the measure can come to at best: eligible, or simulation_only in a draft
	Name    string       // part of a name or code
	After   MatchPosition
	Limit   int
}

// MatchPosition is where a page ended; the zero value is the beginning.
type MatchPosition struct {
	Amount money.Fen // -1 where there is none
	Code   ident.CreditCode
	Object string
}

// MeasureMatches is one page of the organisations that a measure fits.
type MeasureMatches struct {
	On            clock.Date      `json:"on"`
	Guide         *int            `json:"guide"`
	Measure       string          `json:"measure"`
	Name          i18n.Text       `json:"name"`
	Clause        rule.Citation   `json:"clause"`
	Outcome       rule.Outcome    `json:"outcome" doc:"The outcome that is listed"`
	Organisations int             `json:"organisations" doc:"How many organisations have it"`
	Total         money.Fen       `json:"total_fen" doc:"Sum of the amounts with this outcome; provisional ones are never in it"`
	Counts        []OutcomeCount  `json:"counts" doc:"Every outcome of the measure over all organisations"`
	Items         []MeasureResult `json:"items"`
	Next          string          `json:"next" doc:"The cursor of the next page; empty on the last one"`
}

// OutcomeCount counts results and the organisations that have them.
type OutcomeCount struct {
	Outcome       rule.Outcome `json:"outcome"`
	Results       int          `json:"results"`
	Organisations int          `json:"organisations"`
}

// MeasureResult is the measure's answer for one organisation and object.
type MeasureResult struct {
	Org         OrgRef       `json:"org"`
	Object      string       `json:"object"`
	Outcome     rule.Outcome `json:"outcome"`
	Base        *money.Fen   `json:"base_fen" doc:"What the amount is computed from"`
	Amount      *money.Fen   `json:"amount_fen"`
	Provisional *money.Fen   `json:"provisional_fen" doc:"No promise, never due"`
	Lacking     []string     `json:"lacking"`
	Questions   []string     `json:"questions"`
}

// MeasureMatches answers one measure for every organisation that facts speak
// of, the largest amounts first.
//
// Codes: not_found; invalid for a measure that pays nobody or an unknown
// outcome; unavailable.
func (s *Service) MeasureMatches(ctx context.Context, q MatchQuery) (MeasureMatches, error) {
	m, err := s.payingMeasure(q.Measure)
	if err != nil {
		return MeasureMatches{}, err
	}
	guide := s.guideToday()
	out := MeasureMatches{On: s.Clock.Today(), Measure: m.ID, Name: m.Name, Clause: s.cite(m.Ref("")), Outcome: q.Outcome}
	if guide != nil {
		out.Guide = &guide.Year
	}
	if out.Outcome == "" {
		out.Outcome = rule.Eligible
		if s.standing(m, guide) == StandsSimulation {
			out.Outcome = rule.SimulationOnly
		}
	}
	if !slices.Contains(rule.Outcomes(), out.Outcome) {
		var c fault.Collector
		c.Add("query.outcome", "没有这种结论。", "There is no such outcome.")
		return MeasureMatches{}, c.Err()
	}
	counts, all, err := s.everyonesAnswer(ctx, m.ID, out.Outcome)
	if err != nil {
		return MeasureMatches{}, err
	}
	out.Counts = counts
	var fits []MeasureResult
	for _, r := range all {
		if named(r.Org, q.Name) {
			fits = append(fits, r)
		}
	}
	slices.SortFunc(fits, compareResults)
	out.Organisations = organisations(fits)
	for _, r := range fits {
		out.Total += max(value(r.Amount), 0)
	}
	out.page(fits, q)
	return out, nil
}

// payingMeasure finds a measure that computes money.
func (s *Service) payingMeasure(id string) (*rule.Measure, error) {
	m, err := s.Pack.Measure(id)
	if err != nil {
		return nil, err
	}
	if !m.Type.Pays() {
		return nil, fault.Newf(fault.Invalid, "%s 不按规则付款，没有可算的金额。", "%s pays nobody by rule; there is no amount to compute.", m.ID)
	}
	return m, nil
}

// judge assesses every member; like carries all but who is assessed.
func judge(members []member, plan *rule.Plan, like rule.Input) ([]MeasureResult, error) {
	out := make([]MeasureResult, 0, len(members))
	for _, member := range members {
		like.Subject, like.Facts = member.subject(), member.facts
		results, err := plan.Assess(like)
		if err != nil {
			return nil, err
		}
		for i := range results {
			r := &results[i]
			out = append(out, MeasureResult{Org: OrgRef{member.code, member.name}, Object: r.Object, Outcome: r.Outcome, Base: baseOf(r),
				Amount: r.Amount, Provisional: r.Provisional, Lacking: r.Lacking, Questions: r.Questions})
		}
	}
	return out, nil
}

// baseOf is the sum that a rate applies to, as the trace shows it.
func baseOf(r *rule.Result) *money.Fen {
	for _, step := range r.Trace {
		if step.Role == "subtotal" && step.Kind == rule.ByFact {
			return step.Amount
		}
	}
	return nil
}

func organisations(results []MeasureResult) int {
	codes := make(map[ident.CreditCode]bool, len(results))
	for _, r := range results {
		codes[r.Org.Code] = true
	}
	return len(codes)
}

func named(o OrgRef, part string) bool {
	return strings.Contains(o.Name, part) || strings.Contains(string(o.Code), strings.ToUpper(part))
}

func compareResults(a, b MeasureResult) int {
	return cmp.Or(cmp.Compare(value(b.Amount), value(a.Amount)), cmp.Compare(a.Org.Code, b.Org.Code), cmp.Compare(a.Object, b.Object))
}

// page cuts the part behind the query's position.
func (m *MeasureMatches) page(fits []MeasureResult, q MatchQuery) {
	if q.After.Code != "" {
		last := MeasureResult{Org: OrgRef{Code: q.After.Code}, Object: q.After.Object, Amount: &q.After.Amount}
		fits = slices.DeleteFunc(fits, func(r MeasureResult) bool { return compareResults(r, last) <= 0 })
	}
	if len(fits) > q.Limit {
		fits = fits[:q.Limit]
		end := fits[q.Limit-1]
		m.Next = MatchPosition{value(end.Amount), end.Org.Code, end.Object}.cursor()
	}
	m.Items = fits
}

func (p MatchPosition) cursor() string {
	return httpapi.Cursor(strconv.FormatInt(int64(p.Amount), 10), string(p.Code), p.Object)
}

// matchPosition reads a cursor that cursor wrote.
//
// Codes: invalid.
func matchPosition(cursor string) (MatchPosition, error) {
	key, err := httpapi.After(cursor, 3)
	if err != nil || key[1] == "" {
		return MatchPosition{}, err
	}
	amount, err := money.ParseFen(key[0])
	return MatchPosition{amount, ident.CreditCode(key[1]), key[2]}, err
}
