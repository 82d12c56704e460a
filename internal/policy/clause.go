package policy

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Standing is what becomes of a rule's money today, the shape beside a clause.
type Standing string

// The standings, the strongest first.
const (
	StandsPayable    Standing = "payable"    // a rule pays from facts
	StandsUndecided  Standing = "undecided"  // an open question keeps it from paying
	StandsSimulation Standing = "simulation" // a draft's rule: it computes and never pays
	StandsNone       Standing = "none"       // no rule, or one that pays nobody
)

// Standings lists the closed set, the strongest first.
func Standings() []Standing {
	return []Standing{StandsPayable, StandsUndecided, StandsSimulation, StandsNone}
}

// LegalStatus is where a document stands in law on a day.
type LegalStatus string

// The statuses. In the days that two readings of a period leave open (A1) a
// document still counts as in force; its rules are then undecided.
const (
	LawInForce    LegalStatus = "in_force"
	LawDraft      LegalStatus = "draft"
	LawNotInForce LegalStatus = "not_in_force"
	LawExpired    LegalStatus = "expired"
)

// statusOn tells a document's status on a day from its possible starts and ends.
func statusOn(d *rule.Document, on clock.Date) LegalStatus {
	switch v := d.Validity; {
	case d.Status == rule.Draft:
		return LawDraft
	case len(v.Starts) > 0 && on < slices.Min(v.Starts):
		return LawNotInForce
	case len(v.Ends) > 0 && on > slices.Max(v.Ends):
		return LawExpired
	}
	return LawInForce
}

// guideToday is the guide of the business day, nil when none was issued.
func (s *Service) guideToday() *rule.Guide {
	guide, _ := s.Pack.Guide(s.guideYear(s.Clock.Today())) // guideYear names one that exists, or 0
	return guide
}

// yearOf is a guide's year, 0 for no guide.
func yearOf(g *rule.Guide) int {
	if g == nil {
		return 0
	}
	return g.Year
}

// choiceName is a ruling's choice in words.
func (s *Service) choiceName(r rule.Ruling) i18n.Text {
	if q := s.Pack.Question(r.Question); q != nil {
		for _, c := range q.Choices {
			if c.ID == r.Choice {
				return c.Name
			}
		}
	}
	return i18n.Text{ZH: r.Choice, EN: r.Choice}
}

// standing tells what becomes of a measure's money under a guide.
func (s *Service) standing(m *rule.Measure, guide *rule.Guide) Standing {
	switch d := s.Pack.Document(m.Document); {
	case !m.Type.Pays():
		return StandsNone
	case d != nil && d.Status == rule.Draft:
		return StandsSimulation
	case slices.ContainsFunc(m.Amount, func(step rule.Step) bool { return step.Op == "manual" }):
		return StandsUndecided // the text gives no figure
	case slices.ContainsFunc(m.Questions, func(q string) bool { _, ruled := guide.Ruling(q); return !ruled }):
		return StandsUndecided
	}
	return StandsPayable
}

// cite makes a clause reference with the label that people read.
func (s *Service) cite(ref rule.ClauseRef) rule.Citation {
	return rule.Citation{Document: ref.Document, Path: ref.Path, Label: s.Pack.Label(ref)}
}

// measuresAt lists the measures that rest on a clause: the one that the
// document's file names first, then those that name the clause themselves.
func (s *Service) measuresAt(document string, c *rule.Clause) []*rule.Measure {
	var out []*rule.Measure
	for _, m := range s.Pack.Measures {
		if m.ID == c.Rule {
			out = slices.Insert(out, 0, m)
		} else if m.Document == document && m.Clause == c.Path {
			out = append(out, m)
		}
	}
	return out
}

// depths tells how many clauses of the list each clause stands within. Clauses
// come in the order of the text, parents before children.
func depths(clauses []rule.Clause) []int {
	out := make([]int, len(clauses))
	var ends []int
	for i, c := range clauses {
		for len(ends) > 0 && c.Start >= ends[len(ends)-1] {
			ends = ends[:len(ends)-1]
		}
		out[i] = len(ends)
		ends = append(ends, c.End)
	}
	return out
}
