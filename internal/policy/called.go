package policy

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/notice"
)

// What the rooms of calls and of notices ask of the cases: call.Cases,
// notice.Cases.

// Notices is what this domain asks of the room of notices; *notice.Service fits.
type Notices interface {
	// Clear refuses a decision on a case before its notice is over. Codes: conflict.
	Clear(ctx context.Context, application string) error
	// Shown reports whether a notice shows a case, drafts included, and it was
	// not taken off.
	Shown(ctx context.Context, application string) (bool, error)
	// Period is the number and the days of the newest published notice that shows
	// a case; "" for none.
	Period(ctx context.Context, application string) (number string, from, to clock.Date, err error)
}

// Pending implements call.Cases.
func (s *Service) Pending(ctx context.Context, id string) (n int64, err error) {
	counts, err := s.Store.CountByState(ctx, "", id)
	for state, count := range counts {
		if state.Open() && state != Draft { // a draft that was never handed in holds up nothing
			n += count
		}
	}
	return n, err
}

// Funnel implements call.Cases.
func (s *Service) Funnel(ctx context.Context, id string) (map[string]int64, error) {
	counts, err := s.Store.CountByState(ctx, "", id)
	out := make(map[string]int64, len(counts))
	for state, n := range counts {
		out[string(state)] = n
	}
	return out, err
}

// Revised implements call.Cases: the timeline of every case that may still be
// paid says what changed.
func (s *Service) Revised(ctx context.Context, c call.Call, reason i18n.Text) error {
	note := i18n.Text{ZH: "批次 " + c.Number + " 有修订：" + reason.ZH, EN: "Call " + c.Number + " was revised: " + reason.EN}
	const page = 200
	for after := ""; ; {
		list, err := s.Store.OfCall(ctx, c.ID, "", after, page)
		if err != nil {
			return err
		}
		for i := range list {
			after = list[i].ID
			if !list[i].State.Open() {
				continue
			}
			e := Event{At: s.Clock.Now(), Role: "office", Action: ActionRevised, To: list[i].State, Note: note}
			if err := s.Store.AppendEvent(ctx, list[i].ID, e); err != nil {
				return err
			}
			if err := s.tell(ctx, &list[i], ActionRevised, c.Version, note); err != nil {
				return err
			}
		}
		if len(list) < page {
			return nil
		}
	}
}

// Propose puts a case that is decided alone up for support, with what the rule
// gives it, so that a notice can show it.
//
// Codes: invalid, not_found; conflict, also for a case that an allocation
// decides, or whose review is not over.
func (s *Service) Propose(ctx context.Context, by Actor, in DecisionInput) (Application, error) {
	if err := in.Validate(); err != nil {
		return Application{}, err
	}
	return s.change(ctx, by, in.ID, in.Version, ActionPropose, said(in.Opinion), func(ctx context.Context, a *Application) error {
		c, err := s.Calls.Call(ctx, a.Call)
		if err != nil {
			return err
		}
		offer, _ := c.Offer(a.Measure)
		if offer.Together && a.Exception == "" || !a.ByProposal {
			return fault.Newf(fault.Conflict, "申报 %s 不能单独列为拟支持：它由统一分配或直接决定。", "Application %s cannot be proposed alone: an allocation decides on it, or you do at once.", a.Number)
		}
		if err := s.otherThanProposer(ctx, a, by); err != nil {
			return err
		}
		fresh, err := s.assessCase(ctx, a, a.Submitted)
		if err != nil {
			return err
		}
		if fresh.Hash != a.Hash {
			return fault.Newf(fault.Conflict, "事实在提交之后有变化，原试算作废：请按“重新试算”后再决定。", "Facts changed since the submission and the result no longer stands: recompute before you decide.")
		}
		if err := s.payable(fresh, a); err != nil {
			return err
		}
		return s.reviewed(ctx, a, &offer)
	})
}

// Proposed implements notice.Cases: the proposed awards of a call that no
// notice shows yet, in the order of their ranks.
func (s *Service) Proposed(ctx context.Context, id string) ([]notice.Row, error) {
	if _, err := s.Calls.Call(ctx, id); err != nil {
		return nil, err
	}
	ranks, err := s.ranksOf(ctx, id)
	if err != nil {
		return nil, err
	}
	var rows []notice.Row
	var codes []ident.CreditCode
	const page = 500
	for after := ""; ; {
		list, err := s.Store.OfCall(ctx, id, "", after, page)
		if err != nil {
			return nil, err
		}
		for i := range list {
			a := &list[i]
			after = a.ID
			if a.State != Proposed {
				continue
			}
			shown, err := s.Notices.Shown(ctx, a.ID)
			if err != nil {
				return nil, err
			}
			if shown {
				continue
			}
			number, err := s.exceptionNumber(ctx, a)
			if err != nil {
				return nil, err
			}
			codes = append(codes, a.Org)
			rows = append(rows, notice.Row{Exception: number, Application: a.ID, Number: a.Number, Org: a.Org, Measure: a.Measure, Object: a.Object, Amount: a.Amount, Place: ranks[a.ID]})
		}
		if len(list) < page {
			break
		}
	}
	names, err := s.Registry.Names(ctx, codes)
	for i := range rows {
		rows[i].Name = names[rows[i].Org]
	}
	slices.SortStableFunc(rows, func(a, b notice.Row) int {
		return cmp.Or(cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Number, b.Number))
	})
	return rows, err
}

// ranksOf are the ranks of a call's settled allocation, by application.
func (s *Service) ranksOf(ctx context.Context, id string) (map[string]int, error) {
	runs, err := s.Store.Allotments(ctx, id)
	if err != nil {
		return nil, err
	}
	ranks := map[string]int{}
	for _, run := range runs {
		if run.State != SettledRun {
			continue
		}
		if run, err = s.Store.Allotment(ctx, run.ID); err != nil {
			return nil, err
		}
		var result allocation.Result
		if err := json.Unmarshal(run.Result, &result); err != nil {
			return nil, err
		}
		for _, award := range result.Awards {
			ranks[award.ID] = award.Rank
		}
	}
	return ranks, nil
}

// Reopen implements notice.Cases: an objection was upheld, and the case goes
// back to review.
func (s *Service) Reopen(ctx context.Context, id, reason string) error {
	a, err := s.Store.Application(ctx, id)
	if err != nil {
		return err
	}
	return s.advance(ctx, party.ActorOf(ctx), &a, ActionReopen, said(reason), nil)
}
