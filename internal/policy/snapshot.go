package policy

import (
	"context"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Reviews is what this domain asks of the room of review.
type Reviews interface {
	// Score is what a case's panel came to, as a decimal. Codes: conflict, saying
	// what is missing, while the panel is not complete.
	Score(ctx context.Context, application string) (string, error)
	// Blocks says why a case must not be decided as yet, given the steps that its
	// call wants; nothing when nothing does.
	Blocks(ctx context.Context, application string, steps call.Review) ([]i18n.Text, error)
}

// freezeCall gathers everybody who stands for a call's common allocation.
//
// Codes: conflict, naming what is not ready.
func (s *Service) freezeCall(ctx context.Context, c *call.Call) (allocation.Input, error) {
	in := allocation.Input{SameMatter: s.sameMatter(c.Guide)}
	for i := range c.Offers {
		offer := &c.Offers[i]
		if !offer.Together {
			continue
		}
		terms, err := s.competition(ctx, c, offer)
		if err != nil {
			return in, err
		}
		in.Calls = append(in.Calls, terms)
		if err := s.freezeOffer(ctx, c, offer, &in); err != nil {
			return in, err
		}
		if err := s.freezeExceptions(ctx, offer, &in); err != nil {
			return in, err
		}
	}
	if len(in.Calls) == 0 {
		return in, fault.Newf(fault.Conflict, "批次 %s 没有需要统一分配的措施：请逐件决定。", "Call %s has no measure to allocate together: decide case by case.", c.Number)
	}
	if len(in.Applications) == 0 {
		return in, fault.Newf(fault.Conflict, "批次 %s 没有已受理的申报，无从分配。", "Call %s has no accepted application to allocate to.", c.Number)
	}
	return in, nil
}

// competition is an offer as the engine knows it. What was promised out of its
// budget year before comes off first (carry-over, A3).
//
// Codes: conflict when nothing is left.
func (s *Service) competition(ctx context.Context, c *call.Call, offer *call.Offer) (allocation.Call, error) {
	carried, err := s.Store.CarriedInto(ctx, offer.Measure, offer.Years.Budget, c.ID)
	if err != nil {
		return allocation.Call{}, err
	}
	budget := offer.Budget - carried
	if budget <= 0 {
		return allocation.Call{}, fault.Newf(fault.Conflict, "措施 %[1]s 本年的预算已被上年结转的 %[2]s 元用完。", "The %[2]s yuan carried over from last year use up this year's budget of measure %[1]s.", offer.Measure, carried.Grouped())
	}
	terms := allocation.Call{Measure: offer.Measure, Year: c.Guide, Budget: &budget, WhenShort: offer.WhenShort}
	if offer.Quota > 0 {
		terms.Quota = &offer.Quota
	}
	if offer.Share != "" {
		terms.Share = &allocation.Share{How: allocation.How(offer.Share)}
	}
	if r := offer.Rank; r != nil {
		rank := &allocation.Rank{Normalise: allocation.Normalise(r.Normalise), Ties: allocation.Ties(r.Ties)}
		for _, w := range r.By {
			weight, err := allocation.ParseNumber(w.Weight)
			if err != nil {
				return terms, err
			}
			rank.By = append(rank.By, allocation.Factor{Name: w.Factor, Weight: allocation.Exactly(weight)})
		}
		if r.Bar != "" {
			bar, err := allocation.ParseNumber(r.Bar)
			if err != nil {
				return terms, err
			}
			rank.Bar = &bar
		}
		terms.Rank = rank
	}
	return terms, terms.Complete(s.Pack)
}

// sameMatter is the guide's ruling on what makes two applications one matter (A6).
func (s *Service) sameMatter(year int) allocation.SameMatter {
	guide, err := s.Pack.Guide(year)
	if err != nil {
		return ""
	}
	if r, ruled := guide.Ruling("A6"); ruled && r.Choice == byObject {
		return allocation.SameObject
	}
	return ""
}

// freezeOffer adds the accepted applications of one offer. Nobody is left
// behind: one that waits for the office stops the allocation. What an earlier
// allocation of the call gave away, before an objection sent cases back, is
// taken off the places and the budget.
func (s *Service) freezeOffer(ctx context.Context, c *call.Call, offer *call.Offer, in *allocation.Input) error {
	terms := &in.Calls[len(in.Calls)-1]
	var waiting []i18n.Text
	const page = 500
	for after := ""; ; {
		list, err := s.Store.OfCall(ctx, c.ID, offer.Measure, after, page)
		if err != nil {
			return err
		}
		for i := range list {
			a := &list[i]
			after = a.ID
			if a.Exception != "" { // it stands apart: freezeExceptions
				continue
			}
			switch a.State {
			case Accepted:
			case Submitted, Returned:
				waiting = append(waiting, i18n.T("申报 %s 还没有受理：先受理、退回或不予支持，再分配。", "Application %s is not accepted yet: accept, return or refuse it before you allocate.", a.Number))
				continue
			case Proposed, Approved, Held, Paying, Paid:
				if err := take(terms, a); err != nil {
					return err
				}
				continue
			default:
				continue
			}
			entry, err := s.freezeCase(ctx, a, offer, terms.Rank)
			switch {
			case fault.Is(err, fault.Conflict):
				waiting = append(waiting, fault.From(err).Message)
			case err != nil:
				return err
			default:
				in.Applications = append(in.Applications, entry)
			}
		}
		if len(waiting) >= mostWaiting || len(list) < page {
			return notReady(waiting)
		}
	}
}

// mostWaiting is after how many cases that are not ready no more are looked for
// beyond their page; mostNamed is how many of them a person is told at once.
const (
	mostWaiting = 100
	mostNamed   = 5
)

// notReady says which cases stop an allocation, so that they can be dealt with
// together.
//
// Codes: conflict.
func notReady(waiting []i18n.Text) error {
	if len(waiting) == 0 {
		return nil
	}
	var zh, en []string
	for _, w := range waiting[:min(len(waiting), mostNamed)] {
		zh, en = append(zh, w.ZH), append(en, w.EN)
	}
	if len(waiting) == 1 {
		return fault.Newf(fault.Conflict, "%[1]s", "%[2]s", zh[0], en[0])
	}
	return fault.Newf(fault.Conflict, "有 %[1]d 件申报还不能参加分配。%[2]s", "%[1]d applications cannot stand for the allocation as yet. %[3]s", len(waiting), strings.Join(zh, ""), strings.Join(en, " "))
}

// take books an award that stands already against what is left.
//
// Codes: conflict when nothing is left.
func take(terms *allocation.Call, a *Application) error {
	left := *terms.Budget - a.Amount
	terms.Budget = &left
	if terms.Quota != nil {
		places := *terms.Quota - 1
		terms.Quota = &places
	}
	if left <= 0 || terms.Quota != nil && *terms.Quota <= 0 {
		return fault.Newf(fault.Conflict, "措施 %s 的名额或预算已分完，没有可再分配的。", "The places or the budget of measure %s are all given away; there is nothing left to allocate.", terms.Measure)
	}
	return nil
}

// freezeCase is one application as the engine knows it: what the rule gives
// it, or would if it were selected, its figures, its matter and papers.
func (s *Service) freezeCase(ctx context.Context, a *Application, offer *call.Offer, rank *allocation.Rank) (allocation.Application, error) {
	entry := allocation.Application{ID: a.ID, Number: a.Number, Code: string(a.Org), Measure: a.Measure, Submitted: a.Submitted.Time(), Matter: a.Matter()}
	if err := s.reviewed(ctx, a, offer); err != nil {
		return entry, err
	}
	b := a.basisOn(a.Submitted)
	selected, err := s.selection(a)
	if err != nil {
		return entry, err
	}
	if selected != nil {
		b.supposing = append(b.supposing, *selected)
	}
	found, err := s.assess(ctx, a.Org, a.Measure, a.Object, b)
	if err != nil {
		return entry, err
	}
	if found.Outcome != rule.Eligible {
		why := found.why()
		return entry, fault.Newf(fault.Conflict, "申报 %[1]s 的试算结论是“%[2]s”，不能参加分配：请退回补正或不予支持。", "Application %[1]s cannot stand for the allocation (%[3]s): return or refuse it.", a.Number, why.ZH, why.EN)
	}
	if offer.Share == "" {
		amount := found.Amount
		entry.Amount = &amount
	}
	entry.Papers = papersOf(&found.Result)
	return entry, s.figures(ctx, a, &entry, rank)
}

// reviewed refuses a case whose review is not over. An exception was judged by
// its own approvers.
func (s *Service) reviewed(ctx context.Context, a *Application, offer *call.Offer) error {
	if a.Exception != "" {
		return nil
	}
	blocks, err := s.Reviews.Blocks(ctx, a.ID, offer.Review)
	if err != nil || len(blocks) == 0 {
		return err
	}
	zh, en := []string{}, []string{}
	for _, b := range blocks {
		zh, en = append(zh, b.ZH), append(en, b.EN)
	}
	return fault.Newf(fault.Conflict, "申报 %[1]s 还没有评审完：%[2]s", "The review of application %[1]s is not over: %[3]s", a.Number, strings.Join(zh, "；"), strings.Join(en, "; "))
}

// figures are what an application is ranked by: the panel's mean, and numbers
// of the facts that its measure reads.
func (s *Service) figures(ctx context.Context, a *Application, entry *allocation.Application, rank *allocation.Rank) error {
	if rank == nil {
		return nil
	}
	facts, err := s.Facts.Known(ctx, a.Org, a.Submitted)
	if err != nil {
		return err
	}
	for _, factor := range rank.By {
		text, err := s.figure(ctx, a, facts, factor.Name)
		if err != nil {
			return err
		}
		value, err := allocation.ParseNumber(text)
		if err != nil {
			return err
		}
		entry.Scores = append(entry.Scores, allocation.Score{Factor: factor.Name, Value: value})
	}
	return nil
}

func (s *Service) figure(ctx context.Context, a *Application, facts []evidence.Fact, factor string) (string, error) {
	if factor == call.Reviewed {
		return s.Reviews.Score(ctx, a.ID)
	}
	m, err := s.Pack.Measure(a.Measure)
	if err != nil {
		return "", err
	}
	newest := evidence.Fact{}
	for _, use := range m.Facts {
		for _, f := range facts {
			if f.Kind == use.Kind && f.Attributes[factor] != "" && slices.Contains(use.By, string(f.Attestor)) && f.Occurred > newest.Occurred {
				newest = f
			}
		}
	}
	if newest.Occurred == "" {
		return "", fault.Newf(fault.Conflict, "申报 %[1]s 缺少排名要用的“%[2]s”：请数据出具方补记，或退回。", "Application %[1]s lacks %[2]s, by which it is ranked: have its attestor record it, or return the case.", a.Number, factor)
	}
	return newest.Attributes[factor], nil
}
