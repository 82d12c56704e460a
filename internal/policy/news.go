package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/watch"
)

// News implements watch.Crowd.
//
// Codes: unavailable.
func (s *Service) News(ctx context.Context, since watch.Mark) (watch.News, error) {
	c := &s.crowd
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := s.refresh(ctx); err != nil {
		return watch.News{}, err
	}
	news := watch.News{Now: watch.Mark{Facts: c.extent.Facts, Last: c.extent.Last, Rules: c.rules}}
	if since.Rules != c.rules {
		news.All = true
		return news, nil
	}
	changed, all, err := s.written(ctx, evidence.Extent{Facts: since.Facts, Last: since.Last}, c.extent)
	news.Orgs, news.All = slices.Sorted(maps.Keys(changed)), all
	return news, err
}

// rulesDigest stands for all that answers depend on beside facts: the rules, a
// year's guide, and what is in force on a day.
func (s *Service) rulesDigest(survey *rule.Survey, day clock.Date) (string, error) {
	plan := survey.Plan()
	in := struct {
		Measures  []*rule.Measure
		Questions []rule.Question
		Guide     *rule.Guide
		Year      int
		Standing  []rule.Outcome
	}{s.Pack.Measures, s.Pack.Questions, plan.Guide, plan.Year, nil}
	for m := range survey.Measures() {
		in.Standing = append(in.Standing, survey.Outcome(m, rule.FitsVerdict, day))
	}
	text, err := json.Marshal(in)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Organisations implements watch.Crowd. The crowd is as News left it, or newer.
func (s *Service) Organisations(context.Context) ([]ident.CreditCode, error) {
	c := &s.crowd
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.members)), nil
}

// Stands implements watch.Crowd. The crowd is as News left it, or newer: no
// fact is read, so that it may be asked in a transaction.
//
// Codes: too_large (an amount past the range of money).
func (s *Service) Stands(_ context.Context, org ident.CreditCode) (watch.Stands, error) {
	c := &s.crowd
	c.mu.Lock()
	m, day, plan, answers := c.members[org], c.day, c.plan, c.watch.Measures(org, c.day)
	c.mu.Unlock()
	if m.code != "" && len(answers) == 0 {
		return nil, fault.Newf(fault.TooLarge, "%s 的事实里有金额超出范围。", "An amount among the facts of %s is out of range.", string(org))
	}
	stands := watch.Stands{}
	var lacking []string
	for _, a := range answers {
		told := a.Outcome == rule.Eligible || a.Outcome == rule.Undecided || a.Outcome == rule.Lacking
		if !told || s.draftOf(a.Measure) {
			continue
		}
		stands[a.Measure] = watch.Stand{Outcome: a.Outcome, Count: a.Count}
		if a.Outcome == rule.Lacking {
			lacking = append(lacking, a.Measure)
		}
	}
	if len(lacking) == 0 {
		return stands, nil
	}
	in := m.input(day)
	in.Measures = lacking
	results, err := plan.Assess(in)
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		if r.Outcome != rule.Lacking {
			continue
		}
		stand := stands[r.Measure]
		for _, l := range r.Lacking {
			if !slices.Contains(stand.Lacking, l) {
				stand.Lacking = append(stand.Lacking, l)
			}
		}
		slices.Sort(stand.Lacking)
		stands[r.Measure] = stand
	}
	return stands, nil
}

// draftOf reports whether a measure stands in a draft, which promises nothing.
func (s *Service) draftOf(measure string) bool {
	m, err := s.Pack.Measure(measure)
	if err != nil {
		return true
	}
	d := s.Pack.Document(m.Document)
	return d != nil && d.Status == rule.Draft
}
