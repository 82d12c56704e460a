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
// a question about all of them takes no query an organisation. Facts are only
// ever added, corrections among them: when there are new ones, the
// organisations that they speak of are read again and their answers computed
// again, the others stand. On another business day all are. The zero value is
// ready.
type crowd struct {
	mu      sync.Mutex
	day     clock.Date
	extent  evidence.Extent // of the whole store when it was loaded
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
	answer, err := s.answerOf(members, c.day, measure)
	if err != nil {
		return nil, err
	}
	c.answers[measure] = answer
	return answer, nil
}

// answerOf computes what a measure comes to for members on a day.
func (s *Service) answerOf(members []member, day clock.Date, measure string) ([]MeasureResult, error) {
	plan, err := s.Pack.Plan(s.guideYear(day), day.Year())
	if err != nil {
		return nil, err
	}
	return judge(members, plan, rule.Input{On: day, Measures: []string{measure}})
}

// refresh brings the crowd up to date; the caller holds its lock.
func (s *Service) refresh(ctx context.Context) ([]member, error) {
	c := &s.crowd
	day := s.Clock.Today()
	extent, err := s.Facts.Extent(ctx) // before the facts: one that comes in between is read next time
	if err != nil {
		return nil, err
	}
	if c.loaded && c.day == day {
		if done, err := s.catchUp(ctx, extent); done || err != nil {
			return c.members, err
		}
	}
	members, err := s.loadMembers(ctx, day)
	if err != nil {
		return nil, err
	}
	c.day, c.extent, c.loaded, c.members, c.answers = day, extent, true, members, map[string][]MeasureResult{}
	return members, nil
}

// mostNew is how many new facts are caught up with; past it all are loaded.
const mostNew = 2000

// catchUp reads the organisations again of which facts were written since. It
// is not done when there are too many, or when the new facts do not add up:
// on PostgreSQL an earlier place may be committed after a later one was seen.
func (s *Service) catchUp(ctx context.Context, extent evidence.Extent) (done bool, err error) {
	c := &s.crowd
	if extent == c.extent {
		return true, nil
	}
	written := extent.Facts - c.extent.Facts
	if written > mostNew {
		return false, nil
	}
	changed := map[ident.CreditCode]bool{}
	for q := (evidence.Query{Since: c.extent.Last, Limit: evidence.MaxList}); ; {
		records, next, err := s.Facts.List(ctx, q)
		if err != nil {
			return false, err
		}
		for _, r := range records {
			if r.Seal.Seq <= extent.Last {
				changed[r.Subject] = true
				written--
			}
		}
		if next == nil {
			break
		}
		q.After = next
	}
	if written != 0 {
		return false, nil
	}
	for code := range changed {
		if err := s.readAgain(ctx, code); err != nil {
			c.loaded = false // half of it may be new
			return false, err
		}
	}
	c.extent = extent
	return true, nil
}

// readAgain replaces one organisation and its answers.
func (s *Service) readAgain(ctx context.Context, code ident.CreditCode) error {
	c := &s.crowd
	kinds := s.factKinds()
	facts, err := s.Facts.Known(ctx, code, c.day)
	if err != nil {
		return err
	}
	facts = slices.DeleteFunc(facts, func(f evidence.Fact) bool { return !slices.Contains(kinds, f.Kind) })
	var one []member // none when no fact that a rule reads is left
	if len(facts) > 0 {
		m, err := s.memberOf(ctx, code, facts)
		if err != nil {
			return err
		}
		one = append(one, m)
	}
	for measure, answer := range c.answers {
		fresh, err := s.answerOf(one, c.day, measure)
		if err != nil {
			return err
		}
		c.answers[measure] = replaced(answer, fresh, func(r MeasureResult) int { return cmp.Compare(r.Org.Code, code) })
	}
	c.members = replaced(c.members, one, func(m member) int { return cmp.Compare(m.code, code) })
	return nil
}

// replaced is a list in order with the part at a place exchanged. The list
// itself is shared and stays.
func replaced[T any](list, part []T, at func(T) int) []T {
	from, _ := slices.BinarySearchFunc(list, 0, func(x T, _ int) int { return at(x) })
	to := from
	for to < len(list) && at(list[to]) == 0 {
		to++
	}
	return slices.Concat(list[:from], part, list[to:])
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
		m, err := s.memberOf(ctx, code, facts)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	slices.SortFunc(members, func(a, b member) int { return cmp.Compare(a.code, b.code) })
	return members, nil
}

// memberOf is an organisation with its facts; they may speak of one that never
// joined, and what it is is then unknown.
func (s *Service) memberOf(ctx context.Context, code ident.CreditCode, facts []evidence.Fact) (member, error) {
	m := member{code: code, name: string(code), facts: facts}
	org, err := s.Registry.Organisation(ctx, code)
	switch {
	case err == nil:
		m.name, m.kind = org.Name, evidence.SubjectKind(org.Kind)
	case !fault.Is(err, fault.NotFound):
		return m, err
	}
	return m, nil
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
