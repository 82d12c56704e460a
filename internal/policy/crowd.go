package policy

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/work"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/watch"
)

// crowd (全体) holds every organisation with the facts that rules read, and a
// watch over their answers, so that a question about all of them takes no query
// an organisation. Facts are only ever added, corrections among them: when there
// are new ones, the organisations that they speak of are read again and the
// measures that read facts of those kinds answered again; all else stands. On
// another business day everything is loaded. The zero value is ready.
type crowd struct {
	mu      sync.Mutex
	day     clock.Date
	plan    *rule.Plan
	rules   string          // their digest, with what is in force on the day
	extent  evidence.Extent // of the whole store when it was loaded
	loaded  bool
	members map[ident.CreditCode]member
	watch   *watch.Watch
	results map[asked][]MeasureResult // of today's guide, computed when first asked for; by code
}

// asked is whose results an office looks at.
type asked struct {
	measure string
	outcome rule.Outcome
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
	c := &s.crowd
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := s.refresh(ctx); err != nil {
		return nil, err
	}
	return slices.SortedFunc(maps.Values(c.members), func(a, b member) int { return cmp.Compare(a.code, b.code) }), nil
}

// everyonesAnswer returns how many results of each outcome a measure has today
// over every organisation and object, and, by code, those of one outcome. The
// caller must not change them.
//
// Codes: not_found, too_large, unavailable.
func (s *Service) everyonesAnswer(ctx context.Context, measure string, outcome rule.Outcome) ([]OutcomeCount, []MeasureResult, error) {
	if _, err := s.Pack.Measure(measure); err != nil {
		return nil, nil, err
	}
	c := &s.crowd
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := s.refresh(ctx); err != nil {
		return nil, nil, err
	}
	var counts []OutcomeCount
	totals := c.watch.Totals(measure, c.day)
	for _, o := range outcomeOrder {
		if t, some := totals[o]; some {
			counts = append(counts, OutcomeCount{o, t.Results, t.Organisations})
		}
	}
	key := asked{measure, outcome}
	if results, known := c.results[key]; known {
		return counts, results, nil
	}
	found, _ := c.watch.Organisations(measure, outcome, c.day, "", len(c.members))
	have := make([]member, len(found))
	for i, f := range found {
		have[i] = c.members[f.Org]
	}
	slices.SortFunc(have, func(a, b member) int { return cmp.Compare(a.code, b.code) })
	results, err := c.judged(key, have)
	if err != nil {
		return nil, nil, err
	}
	c.results[key] = results
	return counts, results, nil
}

// judged is the results of an outcome that members have.
func (c *crowd) judged(key asked, members []member) ([]MeasureResult, error) {
	results, err := judge(members, c.plan, rule.Input{On: c.day, Measures: []string{key.measure}})
	return slices.DeleteFunc(results, func(r MeasureResult) bool { return r.Outcome != key.outcome }), err
}

// refresh brings the crowd up to date; the caller holds its lock.
func (s *Service) refresh(ctx context.Context) error {
	c := &s.crowd
	day := s.Clock.Today()
	extent, err := s.Facts.Extent(ctx) // before the facts: one that comes in between is read next time
	if err != nil {
		return err
	}
	if c.loaded && c.day == day {
		if done, err := s.catchUp(ctx, extent); done || err != nil {
			return err
		}
	}
	return s.load(ctx, day, extent)
}

// load reads every fact and answers every measure.
func (s *Service) load(ctx context.Context, day clock.Date, extent evidence.Extent) error {
	plan, err := s.Pack.Plan(s.guideYear(day), day.Year())
	if err != nil {
		return err
	}
	survey := plan.Survey()
	rules, err := s.rulesDigest(survey, day)
	if err != nil {
		return err
	}
	members, err := s.loadMembers(ctx, day)
	if err != nil {
		return err
	}
	built, _ := watch.Build(survey, len(members), func(i int) rule.Input { return members[i].input(day) })
	c := &s.crowd
	c.day, c.plan, c.rules, c.extent, c.loaded, c.watch = day, plan, rules, extent, true, built
	c.members, c.results = make(map[ident.CreditCode]member, len(members)), map[asked][]MeasureResult{}
	for _, m := range members {
		c.members[m.code] = m
	}
	return nil
}

// mostNew is how many new facts are caught up with; past it all are loaded.
const mostNew = 2000

// catchUp reads the organisations again of which facts were written since. It
// is not done when they cannot be told.
func (s *Service) catchUp(ctx context.Context, extent evidence.Extent) (done bool, err error) {
	c := &s.crowd
	changed, all, err := s.written(ctx, c.extent, extent)
	if err != nil || all {
		return false, err
	}
	for code, kinds := range changed {
		if err := s.readAgain(ctx, code, kinds); err != nil {
			c.loaded = false // half of it may be new
			return false, err
		}
	}
	c.extent = extent
	return true, nil
}

// written names the organisations of which facts were written between two
// extents, and the kinds. It is all of them when there are too many, or when the
// new facts do not add up: on PostgreSQL an earlier place may be committed
// after a later one was seen.
func (s *Service) written(ctx context.Context, from, to evidence.Extent) (changed map[ident.CreditCode][]string, all bool, err error) {
	changed = map[ident.CreditCode][]string{}
	written := to.Facts - from.Facts
	if from == to || written > mostNew {
		return changed, from != to, nil
	}
	err = s.Facts.Written(ctx, from.Last, to.Last, func(r evidence.Record) error {
		written--
		if kinds := changed[r.Subject]; !slices.Contains(kinds, r.Kind) {
			changed[r.Subject] = append(kinds, r.Kind)
		}
		return nil
	})
	return changed, written != 0, err
}

// readAgain replaces one organisation, of which facts of some kinds were
// written, and its answers.
func (s *Service) readAgain(ctx context.Context, code ident.CreditCode, changed []string) error {
	c := &s.crowd
	kinds := s.factKinds()
	facts, err := s.Facts.Known(ctx, code, c.day)
	if err != nil {
		return err
	}
	facts = slices.DeleteFunc(facts, func(f evidence.Fact) bool { return !slices.Contains(kinds, f.Kind) })
	var one []member // none when no fact that a rule reads is left
	if len(facts) > 0 {
		m := stranger(code, facts)
		switch org, err := s.Registry.Organisation(ctx, code); {
		case err == nil:
			m = memberOf(org, facts)
		case !fault.Is(err, fault.NotFound):
			return err
		}
		if c.members[code].kind != m.kind { // it joined, or became something else: every measure may ask what it is
			changed = nil
		}
		one = append(one, m)
		c.members[code] = m
		_, err = c.watch.Changed(m.input(c.day), changed...)
		if fault.Is(err, fault.TooLarge) {
			one = nil // it has no answers, like one whose amounts are too large from the first
		}
	} else {
		delete(c.members, code)
		c.watch.Forget(code)
	}
	survey := c.watch.Survey()
	concerned := survey.Reading(changed...)
	for key, results := range c.results {
		if at, watched := survey.Place(key.measure); !watched || !slices.Contains(concerned, at) {
			continue
		}
		fresh, err := c.judged(key, one)
		if err != nil {
			return err
		}
		c.results[key] = replaced(results, fresh, code)
	}
	return nil
}

// replaced is a list of results with one organisation's exchanged. The list
// itself is shared and stays.
func replaced(list, part []MeasureResult, code ident.CreditCode) []MeasureResult {
	by := func(r MeasureResult, code ident.CreditCode) int { return cmp.Compare(r.Org.Code, code) }
	from, _ := slices.BinarySearchFunc(list, code, by)
	to := from
	for to < len(list) && list[to].Org.Code == code {
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
		work.GiveWay(ctx)
	}
	members := make([]member, 0, len(bySubject))
	const page = 1000
	for f := (party.OrganisationFilter{Limit: page}); ; {
		orgs, err := s.Registry.Organisations(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, org := range orgs {
			if facts, some := bySubject[org.Code]; some {
				members = append(members, memberOf(org, facts))
				delete(bySubject, org.Code)
			}
			f.After = org.Code
		}
		if len(orgs) < page {
			break
		}
	}
	for code, facts := range bySubject {
		members = append(members, stranger(code, facts))
	}
	return members, nil
}

func memberOf(org party.Organisation, facts []evidence.Fact) member {
	return member{code: org.Code, name: org.Name, kind: evidence.SubjectKind(org.Kind), facts: facts}
}

// stranger never joined: facts speak of it, and what it is is unknown.
func stranger(code ident.CreditCode, facts []evidence.Fact) member {
	return member{code: code, name: string(code), facts: facts}
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

// input is the member with what is known of it on a day.
func (m member) input(day clock.Date) rule.Input {
	return rule.Input{Subject: m.subject(), Facts: m.facts, On: day}
}
