package policy

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Change is a paid application of which a fact was corrected since the
// decision: what was paid, and what the facts give as they are now. It decides
// nothing: a top-up or a recovery is somebody's act.
type Change struct {
	Application Application
	Facts       []string     // the corrections, in the order in which they were written
	Paid        money.Fen    // what stands of the payments for the matter under the measure
	Now         money.Fen    // what the rule gives today, before those payments are taken off
	Outcome     rule.Outcome // "" when the pack has no answer any more
}

// Corrected finds the paid applications whose decisions rest on a fact that was
// corrected after a place in the evidence log's order, 0 for the beginning, and
// tells how far it looked.
//
// Codes: unavailable.
func (s *Service) Corrected(ctx context.Context, since int64) (changes []Change, upTo int64, err error) {
	extent, err := s.Facts.Extent(ctx)
	if err != nil || extent.Last <= since {
		return nil, since, err
	}
	var changed []ident.CreditCode
	err = s.Facts.Written(ctx, since, extent.Last, func(r evidence.Record) error {
		if basisCorrected(r) && !slices.Contains(changed, r.Subject) {
			changed = append(changed, r.Subject)
		}
		return nil
	})
	if err != nil {
		return nil, since, err
	}
	for _, org := range changed {
		found, err := s.changedOf(ctx, org, since, extent.Last)
		if err != nil {
			return nil, since, err
		}
		changes = append(changes, found...)
	}
	return changes, extent.Last, nil
}

// basisCorrected reports whether a fact corrects one that a decision can rest
// on: our own records of payments and decisions are none.
func basisCorrected(r evidence.Record) bool {
	return r.Corrects != "" && r.Kind != kindPaid && r.Kind != kindDecided
}

// corrections lists what was corrected of an organisation, in the order in which
// it was written.
func (s *Service) corrections(ctx context.Context, org ident.CreditCode, upTo int64) (out []evidence.Record, err error) {
	for q := (evidence.Query{Subject: org, Corrections: true, Limit: evidence.MaxList}); ; {
		records, next, err := s.Facts.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if basisCorrected(r) && r.Seal.Seq <= upTo {
				out = append(out, r)
			}
		}
		if next == nil {
			slices.SortFunc(out, func(x, y evidence.Record) int { return cmp.Compare(x.Seal.Seq, y.Seal.Seq) })
			return out, nil
		}
		q.After = next
	}
}

// changedOf compares an organisation's paid applications with all that was
// corrected of it, for a correction may correct an earlier one.
func (s *Service) changedOf(ctx context.Context, org ident.CreditCode, since, upTo int64) (out []Change, err error) {
	corrections, err := s.corrections(ctx, org, upTo)
	if err != nil {
		return nil, err
	}
	const most = 1000
	paid, err := s.Store.Applications(ctx, ApplicationFilter{Org: org, States: []State{Paid}, Limit: most})
	if err != nil {
		return nil, err
	}
	for _, a := range paid {
		if a.Exception != "" { // two people settled it, no fact did
			continue
		}
		frozen, err := s.Store.Assessment(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		var result *rule.Result
		if err := json.Unmarshal(frozen, &result); err != nil {
			return nil, err
		}
		if result == nil {
			continue
		}
		c := Change{Application: a}
		found := touching(result, corrections)
		if len(found) == 0 || found[len(found)-1].Seal.Seq <= since {
			continue
		}
		for _, r := range found {
			c.Facts = append(c.Facts, r.ID)
		}
		if err := s.reassess(ctx, &c); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// touching are the corrections of facts that a trace names, and the
// corrections of those.
func touching(result *rule.Result, corrections []evidence.Record) (found []evidence.Record) {
	named := map[string]bool{}
	for _, step := range result.Trace {
		for _, f := range step.Facts {
			named[f.ID] = true
		}
	}
	for _, c := range corrections { // in the order in which they were written
		if named[c.Corrects] {
			named[c.ID] = true
			found = append(found, c)
		}
	}
	return found
}

// reassess computes a paid application again as of its submission, from the
// facts as they were corrected since, as if its own payments were not there.
func (s *Service) reassess(ctx context.Context, c *Change) error {
	a := &c.Application
	applicant, err := s.Registry.Organisation(ctx, a.Org)
	if err != nil {
		return err
	}
	b, today := a.basisOn(a.Submitted), s.Clock.Today()
	facts, err := s.Facts.Known(ctx, a.Org, today)
	if err != nil {
		return err
	}
	own := func(f evidence.Fact) bool {
		return f.Kind == kindPaid && f.Attributes["matter"] == a.Matter() && f.Attributes["measure"] == a.Measure
	}
	for _, f := range facts {
		if !own(f) {
			continue
		}
		amount, err := f.Fen()
		if err != nil {
			return err
		}
		c.Paid += amount
	}
	facts = slices.DeleteFunc(facts, func(f evidence.Fact) bool {
		return own(f) || f.Occurred > b.on && f.Kind != kindPaid && f.Corrects == ""
	})
	for i := range facts { // what corrects a fact counts for it, whatever day it is dated
		if facts[i].Corrects != "" && facts[i].Kind != kindPaid {
			facts[i].Occurred = min(facts[i].Occurred, b.on)
		}
	}
	subject := evidence.Subject{Code: a.Org, Kind: evidence.SubjectKind(applicant.Kind)}
	results, err := s.Pack.Assess(rule.Input{Subject: subject, Facts: facts, On: b.on, PaidBy: today, Guide: b.guide, Year: b.year, Measures: []string{a.Measure}})
	if fault.Is(err, fault.NotFound) { // the measure left the pack: nobody can say what it gives
		return nil
	}
	if err != nil {
		return err
	}
	for _, r := range results {
		if r.Object != a.Object {
			continue
		}
		c.Outcome = r.Outcome
		if r.Outcome == rule.Eligible && r.Amount != nil {
			c.Now = *r.Amount
		}
	}
	return nil
}
