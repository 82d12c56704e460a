package policy

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// crowd (全体) holds every organisation with the facts that rules read, so that
// a question about all of them takes no query an organisation. It is loaded
// again when the business day or the number of facts has changed: facts are
// only ever added, corrections among them. The zero value is ready.
type crowd struct {
	mu      sync.Mutex
	day     clock.Date
	facts   int64 // in the whole store when it was loaded
	loaded  bool
	members []member
	answers map[string][]MeasureResult // of today's guide by measure, computed when first asked for
}

// member is one organisation of a crowd. Members are shared and never changed.
type member struct {
	code  ident.CreditCode
	name  string
	kind  evidence.SubjectKind
	facts []evidence.Fact // effective on the crowd's day
}

// everyone returns all organisations that facts speak of, by code.
//
// Codes: unavailable.
func (s *Service) everyone(ctx context.Context) ([]member, error) {
	s.crowd.mu.Lock()
	defer s.crowd.mu.Unlock()
	return s.refresh(ctx)
}

// everyonesAnswer returns what a measure comes to today for every organisation
// and object, by code. The caller must not change it.
//
// Codes: not_found, too_large, unavailable.
func (s *Service) everyonesAnswer(ctx context.Context, measure string) ([]MeasureResult, error) {
	c := &s.crowd
	c.mu.Lock()
	defer c.mu.Unlock()
	members, err := s.refresh(ctx)
	if err != nil {
		return nil, err
	}
	if answer, known := c.answers[measure]; known {
		return answer, nil
	}
	plan, err := s.Pack.Plan(s.guideYear(c.day), c.day.Year())
	if err != nil {
		return nil, err
	}
	answer, err := judge(members, plan, rule.Input{On: c.day, Measures: []string{measure}})
	if err != nil {
		return nil, err
	}
	c.answers[measure] = answer
	return answer, nil
}

// refresh loads the crowd anew when it is out of date; the caller holds its lock.
func (s *Service) refresh(ctx context.Context) ([]member, error) {
	c := &s.crowd
	day := s.Clock.Today()
	count, err := s.Facts.Count(ctx) // before the facts: one that comes in between loads again next time
	if err != nil {
		return nil, err
	}
	if c.loaded && c.day == day && c.facts == count {
		return c.members, nil
	}
	members, err := s.loadMembers(ctx, day)
	if err != nil {
		return nil, err
	}
	c.day, c.facts, c.loaded, c.members, c.answers = day, count, true, members, map[string][]MeasureResult{}
	return members, nil
}

func (s *Service) loadMembers(ctx context.Context, day clock.Date) ([]member, error) {
	bySubject := map[ident.CreditCode][]evidence.Fact{}
	q := evidence.Query{Kinds: s.factKinds(), To: day, Effective: true, Limit: evidence.MaxList}
	for {
		records, next, err := s.Facts.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			bySubject[r.Subject] = append(bySubject[r.Subject], r.Fact)
		}
		if next == nil {
			break
		}
		q.After = next
	}
	members := make([]member, 0, len(bySubject))
	for code, facts := range bySubject {
		m := member{code: code, name: string(code), facts: facts}
		org, err := s.Registry.Organisation(ctx, code)
		switch {
		case err == nil:
			m.name, m.kind = org.Name, evidence.SubjectKind(org.Kind)
		case !fault.Is(err, fault.NotFound): // facts may speak of who never joined; what they are is then unknown
			return nil, err
		}
		members = append(members, m)
	}
	slices.SortFunc(members, func(a, b member) int { return cmp.Compare(a.code, b.code) })
	return members, nil
}

// factKinds lists the kinds that any measure of the pack reads.
func (s *Service) factKinds() []string {
	var kinds []string
	for _, m := range s.Pack.Measures {
		for _, u := range m.Facts {
			if !slices.Contains(kinds, u.Kind) {
				kinds = append(kinds, u.Kind)
			}
		}
	}
	slices.Sort(kinds)
	return kinds
}

// subject is the member as the engine sees it.
func (m member) subject() evidence.Subject { return evidence.Subject{Code: m.code, Kind: m.kind} }
