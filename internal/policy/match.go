package policy

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Matches is what one organisation may get under every measure that pays.
type Matches struct {
	On          clock.Date `json:"on"`
	Guide       *int       `json:"guide" doc:"Year of the guide whose rulings hold; null without one"`
	Facts       int        `json:"facts" doc:"How many facts are known and count on the day"`
	SumEligible money.Fen  `json:"sum_eligible_fen" doc:"Eligible amounts only, without what no call takes today; supports of one matter that do not add up count once, the largest"`
	Payee       bool       `json:"payee" doc:"A countersigned payee account stands; without one nothing can be submitted"`
	Results     []Match    `json:"results"`
}

// Match is one measure judged for one object.
type Match struct {
	Key         string         `json:"key"`
	Measure     string         `json:"measure"`
	Version     int            `json:"version"`
	Name        i18n.Text      `json:"name"`
	Clause      rule.Citation  `json:"clause"`
	Object      string         `json:"object" doc:"The model, project or platform; empty for one result a firm and year"`
	Class       string         `json:"class" doc:"What the object is"`
	Outcome     rule.Outcome   `json:"outcome" enum:"not_in_force,expired,not_payable,not_eligible,lacking,simulation_only,undecided,eligible"`
	Amount      *money.Fen     `json:"amount_fen" doc:"Set for eligible and simulation_only, unless allocation settles it"`
	Provisional *money.Fen     `json:"provisional_fen" doc:"Under the safe defaults while a question is open; no promise, never due"`
	Range       *rule.Range    `json:"range_fen" doc:"The least and the most that it can come to, whatever the open questions are answered; null where an answer gives no figure"`
	Split       *rule.Split    `json:"split_fen"`
	SplitNote   *i18n.Text     `json:"split_note"`
	How         *i18n.Text     `json:"how" doc:"The calculation in one line"`
	Reasons     []MatchReason  `json:"reasons"`
	Lacking     []Lack         `json:"lacking"`
	Questions   []OpenQuestion `json:"questions"`
	Application *string        `json:"application" doc:"Id of an application that is open or was paid for it"`
	CanApply    bool           `json:"can_apply"`
	WhyNot      *i18n.Text     `json:"why_not"`
}

// MatchReason is one condition's answer with the facts under it.
type MatchReason struct {
	ID     string        `json:"id"`
	Kind   rule.Support  `json:"kind" enum:"clause,fact,compute,ruling"`
	OK     *bool         `json:"ok" doc:"Null while it cannot be told"`
	Text   i18n.Text     `json:"text"`
	Clause rule.Citation `json:"clause"`
	Facts  []FactRef     `json:"facts"`
}

// FactRef points at a fact and says whose word it is.
type FactRef struct {
	ID         string            `json:"id"`
	Kind       string            `json:"kind"`
	Label      i18n.Text         `json:"label"`
	Object     string            `json:"object"`
	Amount     *money.Fen        `json:"amount_fen,omitempty"`
	Occurred   clock.Date        `json:"occurred"`
	AttestedBy evidence.Attestor `json:"attested_by" enum:"meter,operator,department,auditor,applicant"`
	Attestor   i18n.Text         `json:"attestor"`
}

// Lack is a fact that is missing, and whose word is needed.
type Lack struct {
	FactKind  string    `json:"fact_kind"`
	Attribute string    `json:"attribute,omitempty"`
	Text      i18n.Text `json:"text"`
	Where     i18n.Text `json:"where"`
	Attestor  i18n.Text `json:"attestor"`
	Shown     []string  `json:"shown" doc:"Facts that are there but whose attestor does not count"`
	Step      Step      `json:"step" doc:"What to do about it"`
}

// OpenQuestion is a question that keeps an amount from being due.
type OpenQuestion struct {
	ID   string    `json:"id" example:"A2"`
	Text i18n.Text `json:"text"`
	Who  i18n.Text `json:"who" doc:"Whose ruling settles it"`
}

// Matches answers every measure that pays, for every object that the facts of
// an organisation speak of: what is due first, then what lacks a fact, waits
// for a ruling, or is a draft's.
//
// Codes: not_found for an unknown organisation; unavailable.
func (s *Service) Matches(ctx context.Context, org ident.CreditCode) (Matches, error) {
	organisation, err := s.Registry.Organisation(ctx, org)
	if err != nil {
		return Matches{}, err
	}
	today, guide := s.Clock.Today(), s.guideToday()
	facts, err := s.Facts.Known(ctx, org, today)
	if err != nil {
		return Matches{}, err
	}
	subject := evidence.Subject{Code: org, Kind: evidence.SubjectKind(organisation.Kind)}
	results, err := s.Pack.Assess(rule.Input{Subject: subject, Facts: facts, On: today, Guide: yearOf(guide), Measures: s.paying()})
	if err != nil {
		return Matches{}, err
	}
	open, err := s.applicationsOf(ctx, org, yearOf(guide))
	if err != nil {
		return Matches{}, err
	}
	out := Matches{On: today, Facts: len(facts), Results: make([]Match, len(results))}
	if guide != nil {
		out.Guide = &guide.Year
	}
	if _, out.Payee, err = s.Registry.Payee(ctx, org); err != nil {
		return Matches{}, err
	}
	known := factRefs(facts)
	for i := range results {
		out.Results[i] = s.match(&results[i], known, open)
	}
	closed, err := s.closeUncalled(ctx, out.Results, today)
	if err != nil {
		return Matches{}, err
	}
	out.SumEligible = s.sumEligible(results, closed)
	slices.SortStableFunc(out.Results, compareMatches)
	return out, nil
}

// closeUncalled says of what is due, and of which nobody can apply today, when
// its call takes applications; closed has their keys.
func (s *Service) closeUncalled(ctx context.Context, matches []Match, today clock.Date) (closed map[string]bool, err error) {
	closed = map[string]bool{}
	refusals := map[string]error{}
	for i := range matches {
		m := &matches[i]
		if m.Outcome != rule.Eligible || !m.CanApply {
			continue
		}
		if _, asked := refusals[m.Measure]; !asked {
			_, _, err := s.taking(ctx, m.Measure, today)
			if err != nil && !fault.Is(err, fault.Conflict) {
				return nil, err
			}
			refusals[m.Measure] = err
		}
		if err := refusals[m.Measure]; err != nil {
			m.CanApply, m.WhyNot = false, &fault.From(err).Message
			closed[caseKey(m.Measure, m.Object)] = true
		}
	}
	return closed, nil
}

// paying lists the measures that compute money.
func (s *Service) paying() []string {
	var ids []string
	for _, m := range s.Pack.Measures {
		if m.Type.Pays() {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// caseKey names what one application is for: a matter may have several.
func caseKey(measure, object string) string { return measure + "/" + object }

// applicationsOf finds the organisation's applications of a year that stand in
// the way of another for the same matter.
func (s *Service) applicationsOf(ctx context.Context, org ident.CreditCode, year int) (map[string]string, error) {
	const most = 1000
	list, err := s.Store.Applications(ctx, ApplicationFilter{Org: org, Guide: year, Drafts: true, Limit: most})
	if err != nil {
		return nil, err
	}
	open := make(map[string]string, len(list))
	for _, a := range list {
		if a.State != Refused && a.State != Withdrawn {
			open[caseKey(a.Measure, a.Object)] = a.ID
		}
	}
	return open, nil
}

func (s *Service) match(r *rule.Result, known map[string]FactRef, open map[string]string) Match {
	m := Match{Key: caseKey(r.Measure, r.Object), Measure: r.Measure, Version: r.Version, Name: r.Name, Clause: r.Clause, Object: r.Object, Class: r.Class,
		Outcome: r.Outcome, Amount: r.Amount, Provisional: r.Provisional, Range: r.Range, Split: r.Split, How: how(r)}
	if r.Imports != "" {
		m.Key += "/" + r.Imports
	}
	if r.Split != nil {
		m.SplitNote = &i18n.Text{ZH: "市 " + r.Split.City.Grouped() + "，区 " + r.Split.District.Grouped(), EN: "City " + r.Split.City.Grouped() + ", district " + r.Split.District.Grouped()}
	}
	for _, reason := range r.Reasons {
		m.Reasons = append(m.Reasons, matchReason(reason, known))
	}
	for _, need := range r.Needs {
		m.Lacking = append(m.Lacking, lackOf(need, known))
	}
	for _, id := range r.Questions {
		q := OpenQuestion{ID: id}
		if found := s.Pack.Question(id); found != nil {
			q.Text, q.Who = found.Title, found.Who
		}
		m.Questions = append(m.Questions, q)
	}
	if id, there := open[caseKey(r.Measure, r.Object)]; there {
		m.Application = &id
		m.WhyNot = &i18n.Text{ZH: "这一事项今年已有申报。", EN: "This matter has an application this year already."}
	} else if reason := s.closedTo(r); !reason.IsZero() {
		m.WhyNot = &reason
	} else if r.Amount != nil && *r.Amount == 0 {
		m.WhyNot = &i18n.Text{ZH: "算下来是 0 元：这一事项已领足，或没有可计的金额。", EN: "It comes to nothing: the matter was paid in full, or there is no amount to count."}
	}
	m.CanApply = m.WhyNot == nil
	return m
}

func lackOf(need rule.Need, known map[string]FactRef) Lack {
	return Lack{FactKind: need.Fact, Attribute: need.Attribute, Text: i18n.Text{ZH: need.ZH, EN: need.EN}, Where: need.Where, Attestor: attestorsOf(need.By), Shown: need.Shown, Step: stepTo(need, known)}
}

// closedTo says why nobody can apply under a result, or nothing. A draft takes
// no applications whatever the facts say.
func (s *Service) closedTo(r *rule.Result) i18n.Text {
	a := Assessment{Result: *r}
	if d := s.Pack.Document(r.Clause.Document); d != nil && d.Status == rule.Draft {
		a.Outcome = rule.SimulationOnly
	}
	return a.closed()
}

func matchReason(r rule.Reason, known map[string]FactRef) MatchReason {
	out := MatchReason{ID: r.ID, Kind: rule.ByFact, OK: r.OK, Text: i18n.Text{ZH: r.ZH, EN: r.EN}, Clause: r.Clause}
	if len(r.Facts) == 0 {
		out.Kind = rule.ByClause
	}
	for _, id := range r.Facts {
		if ref, there := known[id]; there {
			out.Facts = append(out.Facts, ref)
		}
	}
	return out
}

func factRefs(facts []evidence.Fact) map[string]FactRef {
	refs := make(map[string]FactRef, len(facts))
	for _, f := range facts {
		ref := FactRef{ID: f.ID, Kind: f.Kind, Label: i18n.Text{ZH: f.Kind, EN: f.Kind}, Object: f.Object, Occurred: f.Occurred, AttestedBy: f.Attestor, Attestor: attestorsOf([]string{string(f.Attestor)})}
		if kind, err := evidence.CurrentVocabulary().Kind(f.Kind); err == nil {
			ref.Label = kind.Text
		}
		if fen, err := f.Fen(); err == nil {
			ref.Amount = &fen
		}
		refs[f.ID] = ref
	}
	return refs
}

// how writes the arithmetic of a trace in one line: 审计确认的成本 18,204,500.00
// × 30%，封顶 5,000,000.00. It is nothing where no amount was computed.
func how(r *rule.Result) *i18n.Text {
	if r.Amount == nil && r.Provisional == nil {
		return nil
	}
	var zh, en strings.Builder
	for _, step := range r.Trace {
		switch {
		case step.Role == "subtotal" && step.Amount != nil:
			zh.WriteString(step.Text.ZH + " " + step.Amount.Grouped())
			en.WriteString(step.Text.EN + " " + step.Amount.Grouped())
		case step.Role != "line" || step.Operator == "" || step.Amount == nil:
		case step.Operator == "times":
			zh.WriteString(" × " + step.Operand)
			en.WriteString(" × " + step.Operand)
		case step.Operator == "min":
			zh.WriteString("，封顶 " + step.Operand)
			en.WriteString(", capped at " + step.Operand)
		case step.Operator == "minus" && step.Line != nil:
			zh.WriteString("，减已得 " + step.Line.Grouped())
			en.WriteString(", less " + step.Line.Grouped() + " paid before")
		case step.Operator == "max":
			zh.WriteString("，取高")
			en.WriteString(", the larger")
		}
	}
	if zh.Len() == 0 {
		return nil
	}
	return &i18n.Text{ZH: zh.String(), EN: en.String()}
}

// sumEligible adds what is eligible and not closed. Of supports for one matter of which only
// the best is paid (从优不重复: document 002 clause 8(3)), the largest counts.
func (s *Service) sumEligible(results []rule.Result, closed map[string]bool) money.Fen {
	best := map[string]money.Fen{} // by matter
	var sum money.Fen
	for _, r := range results {
		if r.Outcome != rule.Eligible || r.Amount == nil || closed[caseKey(r.Measure, r.Object)] {
			continue
		}
		if r.Object == "" || s.stackingOf(r.Measure) == nil {
			sum += *r.Amount
			continue
		}
		best[r.Object] = max(best[r.Object], *r.Amount)
	}
	for _, amount := range best {
		sum += amount
	}
	return sum
}

// outcomeOrder is the order of the groups that people read.
var outcomeOrder = []rule.Outcome{rule.Eligible, rule.Lacking, rule.Undecided, rule.SimulationOnly, rule.NotEligible, rule.NotInForce, rule.Expired, rule.NotPayable}

func compareMatches(a, b Match) int {
	return cmp.Or(
		cmp.Compare(slices.Index(outcomeOrder, a.Outcome), slices.Index(outcomeOrder, b.Outcome)),
		cmp.Compare(value(b.Amount), value(a.Amount)),
	)
}

// value orders amounts; one that is not known comes last.
func value(amount *money.Fen) money.Fen {
	if amount == nil {
		return -1
	}
	return *amount
}

// attestorsOf says whose word counts, in words.
func attestorsOf(by []string) i18n.Text {
	var zh, en []string
	for _, b := range by {
		name := attestorNames[evidence.Attestor(b)]
		zh, en = append(zh, name.ZH), append(en, name.EN)
	}
	return i18n.Text{ZH: strings.Join(zh, "或"), EN: strings.Join(en, " or ")}
}

var attestorNames = map[evidence.Attestor]i18n.Text{
	evidence.Meter:      {ZH: "计量设备", EN: "a meter"},
	evidence.Operator:   {ZH: "运营方", EN: "the operator"},
	evidence.Department: {ZH: "主管部门", EN: "a department"},
	evidence.Auditor:    {ZH: "审计机构", EN: "an auditor"},
	evidence.Applicant:  {ZH: "申报单位", EN: "the applicant"},
}
