package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

// Assessment is one result of the rules engine with what a decision freezes.
type Assessment struct {
	rule.Result
	Guide    int // 0 when the pack has no guide for the year
	Amount   money.Fen
	City     money.Fen
	District money.Fen
	Hash     string          // SHA-256 of JSON: equal facts and rules give equal bytes
	JSON     json.RawMessage // the result with its trace
}

// basis is what an assessment rests on beside rules and facts.
type basis struct {
	on    clock.Date // facts count up to this day
	guide int        // whose rulings hold; 0 for none
	year  int        // whose deals and costs count; 0: the guide's, else the day's (A13)
	// supposing are facts that are not recorded yet: what a selection would find.
	supposing []evidence.Fact
	// object is what an application is for, though no fact may speak of it yet.
	object string
}

// basisOn is what the application is assessed on as of a day.
func (a *Application) basisOn(day clock.Date) basis {
	return basis{on: day, guide: a.Guide, year: a.Years.Transaction, object: a.Object}
}

// assessCase answers an application's own question as of a day.
//
// Codes: not_found for an unknown organisation, measure or object; those of
// excepted.
func (s *Service) assessCase(ctx context.Context, a *Application, day clock.Date) (Assessment, error) {
	if a.Exception != "" {
		return s.excepted(ctx, a, day)
	}
	return s.assess(ctx, a.Org, a.Measure, a.Object, a.basisOn(day))
}

// guideYear is the guide year that holds on a day, 0 when none was issued.
func (s *Service) guideYear(on clock.Date) int {
	if _, err := s.Pack.Guide(on.Year()); err != nil {
		return 0
	}
	return on.Year()
}

// assess answers one measure for one object from the facts that are known.
//
// Codes: not_found for an unknown organisation, measure or object.
func (s *Service) assess(ctx context.Context, org ident.CreditCode, measure, object string, b basis) (Assessment, error) {
	results, err := s.assessAll(ctx, org, b, measure)
	if err != nil {
		return Assessment{}, err
	}
	for _, r := range results {
		if r.Object == object {
			return freezeResult(r, b.guide)
		}
	}
	return Assessment{}, fault.Newf(fault.NotFound, "没有关于“%.60s”的事实：请先由部门或审计方记录。", "No fact is about %.60q: a department or an auditor must record one first.", object)
}

// assessAll answers measures (all of the pack when none is named) for every
// object that the organisation's facts speak of. Facts count up to the day
// on; what the programme itself records, payments and selections, counts up to
// today, or what was paid for the matter after an application was submitted
// would be paid again (document 002 clause 8(3)).
func (s *Service) assessAll(ctx context.Context, org ident.CreditCode, b basis, measures ...string) ([]rule.Result, error) {
	applicant, err := s.Registry.Organisation(ctx, org)
	if err != nil {
		return nil, err
	}
	paidBy := max(b.on, s.Clock.Today())
	facts, err := s.Facts.Known(ctx, org, paidBy)
	if err != nil {
		return nil, err
	}
	facts = slices.DeleteFunc(facts, func(f evidence.Fact) bool { return f.Occurred > b.on && !ours(f.Kind) })
	facts = append(facts, b.supposing...)
	subject := evidence.Subject{Code: org, Kind: evidence.SubjectKind(applicant.Kind)}
	in := rule.Input{Subject: subject, Facts: facts, On: b.on, PaidBy: paidBy, Guide: b.guide, Year: b.year, Measures: measures}
	if b.object != "" {
		in.Objects = []string{b.object}
	}
	return s.Pack.Assess(in)
}

// ours reports whether the programme itself records facts of a kind: that it
// paid, and whom it selected.
func ours(kind string) bool { return kind == kindPaid || strings.HasSuffix(kind, ".selected") }

func freezeResult(r rule.Result, guide int) (Assessment, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return Assessment{}, err
	}
	sum := sha256.Sum256(text)
	a := Assessment{Result: r, Guide: guide, Hash: hex.EncodeToString(sum[:]), JSON: text}
	if r.Amount != nil && r.Split != nil {
		a.Amount, a.City, a.District = *r.Amount, r.Split.City, r.Split.District
	}
	return a, nil
}

// closed says why nobody can apply under the result, or nothing.
func (a Assessment) closed() i18n.Text {
	switch a.Outcome {
	case rule.NotInForce:
		return i18n.T("这条措施尚未生效，现在不受理申报。", "This measure is not in force yet; it takes no applications now.")
	case rule.Expired:
		return i18n.T("这条措施已过有效期，不再受理申报。", "This measure has expired; it takes no applications any more.")
	case rule.NotPayable:
		return i18n.T("这一条不按规则付款，不受理申报。", "This clause pays nobody by rule; there is nothing to apply for.")
	case rule.SimulationOnly:
		return i18n.T("这份文件还是征求意见稿，只能试算，不受理申报。", "The document is a draft: it can be simulated only and takes no applications.")
	case rule.NotEligible:
		zh, en := a.failures()
		return i18n.T("现有事实不符合这条措施：%[1]s。如事实有误，请请出具方更正。", "Known facts do not meet this measure: %[2]s. If a fact is wrong, ask whoever attested it for a correction.", zh, en)
	}
	return i18n.Text{}
}

func (a Assessment) failures() (zh, en string) {
	var zhs, ens []string
	for _, r := range a.Reasons {
		if r.OK != nil && !*r.OK {
			zhs, ens = append(zhs, r.ZH), append(ens, r.EN)
		}
	}
	return strings.Join(zhs, "；"), strings.Join(ens, "; ")
}

// why says in words what a result came to, with the first reason that is not met.
func (a *Assessment) why() i18n.Text {
	words := a.Outcome.Words()
	for _, reason := range a.Result.Reasons {
		if reason.OK == nil || !*reason.OK {
			return i18n.T("%[1]s：%[2]s", "%[3]s: %[4]s", words.ZH, strings.TrimSuffix(reason.ZH, "。"), words.EN, strings.TrimSuffix(reason.EN, "."))
		}
	}
	return words
}
