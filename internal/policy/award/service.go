package award

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Cases is what this room asks of applications; the case plugs itself in.
type Cases interface {
	// Awarded lists decided cases, the newest number first.
	Awarded(ctx context.Context, f CaseFilter) ([]Case, error)
	// AwardedTotals adds up decided cases by measure and budget year, all but
	// what came back and what was granted.
	AwardedTotals(ctx context.Context) ([]Total, error)
	// AwardRecords lists the ids of the facts that seal a case: of its decision,
	// and those that may record its payments.
	AwardRecords(ctx context.Context, id string) ([]string, error)
}

// Facts is what this room asks of evidence; *evidence.Service fits.
type Facts interface {
	// Find returns the records of those ids that exist.
	Find(ctx context.Context, ids []string) (map[string]evidence.Record, error)
}

// Registry knows organisations by name.
type Registry interface {
	// Names returns the names of organisations; unknown codes are left out.
	Names(ctx context.Context, codes []ident.CreditCode) (map[ident.CreditCode]string, error)
	// Named lists up to limit organisations with a part of a name, or a code.
	Named(ctx context.Context, part string, limit int) ([]ident.CreditCode, error)
}

// Recoveries knows what came back.
type Recoveries interface {
	// Recovered lists the principal that came back to each purse.
	Recovered(ctx context.Context) ([]Returned, error)
}

// Returned is principal that came back of an application.
type Returned struct {
	Application string // id
	Measure     string
	Year        int // budget year out of which it had been paid
	Amount      money.Fen
}

// Notices knows on which public notice a case stood.
type Notices interface {
	// ShownOn finds the published notices of applications, by application.
	ShownOn(ctx context.Context, applications []string) (map[string]NoticeRef, error)
}

// Grant is what was set aside for a measure in a budget year.
type Grant struct {
	Measure string
	Year    int
	Amount  money.Fen
}

// Books knows what was set aside.
type Books interface {
	Granted(ctx context.Context) ([]Grant, error)
}

// Service is the room's use cases. All fields must be set.
type Service struct {
	Cases      Cases
	Facts      Facts
	Log        evidence.Log
	Registry   Registry
	Recoveries Recoveries
	Notices    Notices
	Books      Books
	Pack       *rule.Pack
	// Redact strikes out what is personal in a text that people typed.
	Redact func(text string) string
}

// List pages through the awards, the newest number first. A query looks into
// names and numbers only: what people typed of their project could hold
// something personal, and a search would tell.
//
// Codes: invalid, also for a part of a name that means too many; unavailable.
func (s *Service) List(ctx context.Context, f Filter) ([]Award, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	cases := CaseFilter{Number: f.Number, Measure: f.Measure, Year: f.Year, Before: f.Before, Limit: f.Limit}
	switch query := strings.TrimSpace(f.Query); {
	case query == "":
	case asksNumber(query):
		cases.Part = query
	default:
		orgs, err := s.Registry.Named(ctx, query, widest+1)
		if err != nil || len(orgs) == 0 {
			return nil, err
		}
		if len(orgs) > widest {
			var bad fault.Collector
			bad.Add("query.q", "超过 %d 家单位的名称里有这些字：请多写几个字。", "More than %d organisations have these characters in their names: write more of the name.", widest)
			return nil, bad.Err()
		}
		cases.Orgs = orgs
	}
	found, err := s.Cases.Awarded(ctx, cases)
	if err != nil {
		return nil, err
	}
	return s.awards(ctx, found)
}

// Get finds one award by its number.
//
// Codes: not_found; unavailable.
func (s *Service) Get(ctx context.Context, number string) (Award, error) {
	c, err := s.get(ctx, number)
	if err != nil {
		return Award{}, err
	}
	all, err := s.awards(ctx, []Case{c})
	if err != nil {
		return Award{}, err
	}
	return all[0], nil
}

func (s *Service) get(ctx context.Context, number string) (Case, error) {
	found, err := s.Cases.Awarded(ctx, CaseFilter{Number: number, Limit: 1})
	if err == nil && (number == "" || len(found) == 0) {
		err = fault.Newf(fault.NotFound, "没有编号为“%.40s”的支持结果：未决定的申报不公开。", "There is no award %.40q: applications are not public before they are decided.", number)
	}
	if err != nil {
		return Case{}, err
	}
	return found[0], nil
}

// awards gathers what the public may know of some cases, in a fixed number of
// questions to the other rooms however many they are.
func (s *Service) awards(ctx context.Context, cases []Case) ([]Award, error) {
	var facts, ids []string
	var orgs []ident.CreditCode
	for _, c := range cases {
		facts = append(append(facts, c.Decision), c.Instalments...)
		ids, orgs = append(ids, c.ID), append(orgs, c.Org)
	}
	records, err := s.Facts.Find(ctx, facts)
	if err != nil {
		return nil, err
	}
	names, err := s.Registry.Names(ctx, orgs)
	if err != nil {
		return nil, err
	}
	notices, err := s.Notices.ShownOn(ctx, ids)
	if err != nil {
		return nil, err
	}
	returned, err := s.Recoveries.Recovered(ctx)
	if err != nil {
		return nil, err
	}
	recovered := map[string]money.Fen{}
	for _, r := range returned {
		recovered[r.Application] += r.Amount
	}
	out := make([]Award, len(cases))
	for i, c := range cases {
		a := Award{Number: c.Number, Code: string(c.Org), Name: cmp.Or(names[c.Org], string(c.Org)), Measure: c.Measure, Object: s.Redact(c.Object), Year: c.Year,
			State: c.State, Amount: c.Amount, City: c.City, District: c.District, Paid: c.Settled, PaidOn: c.SettledOn, Recovered: recovered[c.ID], Call: c.Call}
		a.MeasureName, a.Clause = s.measure(c.Measure)
		a.DecidedOn = records[c.Decision].Occurred
		for _, id := range c.Instalments {
			r, there := records[id]
			if !there {
				continue
			}
			amount, err := r.Fen()
			if err != nil {
				return nil, err
			}
			a.Paid, a.PaidOn = a.Paid+amount, max(a.PaidOn, r.Occurred)
		}
		if n, shown := notices[c.ID]; shown {
			a.Notice = &n
		}
		out[i] = a
	}
	return out, nil
}

func (s *Service) measure(id string) (i18n.Text, rule.Citation) {
	m, err := s.Pack.Measure(id)
	if err != nil { // of a pack before this one
		return i18n.Text{ZH: id, EN: id}, rule.Citation{}
	}
	ref := m.Ref("")
	return m.Name, rule.Citation{Document: ref.Document, Path: ref.Path, Label: s.Pack.Label(ref)}
}

// Totals adds up where the money is, the newest budget year first.
//
// Codes: unavailable.
func (s *Service) Totals(ctx context.Context) ([]Total, error) {
	totals, err := s.Cases.AwardedTotals(ctx)
	if err != nil {
		return nil, err
	}
	granted, err := s.Books.Granted(ctx)
	if err != nil {
		return nil, err
	}
	at := func(measure string, year int) *Total {
		i := slices.IndexFunc(totals, func(t Total) bool { return t.Measure == measure && t.Year == year })
		if i < 0 {
			i, totals = len(totals), append(totals, Total{Measure: measure, Year: year})
		}
		return &totals[i]
	}
	for _, g := range granted {
		at(g.Measure, g.Year).Granted += g.Amount
	}
	returned, err := s.Recoveries.Recovered(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range returned {
		at(r.Measure, r.Year).Recovered += r.Amount
	}
	slices.SortFunc(totals, func(a, b Total) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(a.Measure, b.Measure))
	})
	return totals, nil
}
