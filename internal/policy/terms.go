package policy

import (
	"cmp"
	"context"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/call"
)

// Calls is what this domain asks of the room of calls; *call.Service fits.
type Calls interface {
	// Call finds one. Codes: not_found.
	Call(ctx context.Context, id string) (call.Call, error)
	// Taking finds the call through which a measure takes applications on a day.
	Taking(ctx context.Context, measure string, on clock.Date) (c call.Call, found bool, err error)
	// Latest finds the last call of a measure that was published for an
	// application year, whatever its phase.
	Latest(ctx context.Context, measure string, year int) (c call.Call, found bool, err error)
}

// enter fixes the terms under which a new application is opened: those of the
// call that takes it. A measure for which the year has no call at all takes
// applications at any time.
//
// Codes: conflict when the year's call does not take any today.
func (s *Service) enter(ctx context.Context, a *Application) error {
	today := s.Clock.Today()
	c, taking, err := s.taking(ctx, a.Measure, today)
	if err != nil {
		return err
	}
	if taking {
		offer, _ := c.Offer(a.Measure)
		a.Call, a.Guide, a.Years, a.Channel, a.Promise = c.ID, c.Guide, offer.Years, c.Channel, promised(c.Promise, today)
		a.ByProposal = offer.Together || c.Notice > 0
		return nil
	}
	a.Guide = s.guideYear(today)
	year := cmp.Or(a.Guide, today.Year())
	a.Years = call.Years{Transaction: year, Application: year, Award: year, Budget: year}
	a.Channel, a.Promise = call.Direct, promised(0, today)
	return nil
}

// taking finds the call under which a measure takes applications today; there
// is none where the year has no call for it.
//
// Codes: conflict when the year's call does not take any today.
func (s *Service) taking(ctx context.Context, measure string, today clock.Date) (c call.Call, taking bool, err error) {
	if c, taking, err = s.Calls.Taking(ctx, measure, today); err != nil || taking {
		return c, taking, err
	}
	last, called, err := s.Calls.Latest(ctx, measure, today.Year())
	if err == nil && called {
		err = notTaking(&last, today)
	}
	return last, false, err
}

// notTaking says when a call takes applications, to whoever comes at another time.
func notTaking(c *call.Call, today clock.Date) error {
	if today < c.Opens {
		return fault.Newf(fault.Conflict, "批次 %s 从 %s 起受理，至 %s 止。", "Call %s takes applications from %s to %s.", c.Number, c.Opens, c.Closes)
	}
	return fault.Newf(fault.Conflict, "批次 %s 已于 %s 截止，不再受理：请等下一批次。", "Call %s closed on %s and takes no more: wait for the next one.", c.Number, c.LastDay())
}

// checkTerms asks a submission to be in time, or marks it as late while late
// ones are taken. One that the office sent back is in time whenever it comes.
//
// Codes: conflict when the call takes no more.
func (s *Service) checkTerms(ctx context.Context, a *Application) error {
	if a.Call == "" || a.Exception != "" { // an exception brought its papers with it
		return nil
	}
	c, err := s.Calls.Call(ctx, a.Call)
	if err != nil {
		return err
	}
	today := s.Clock.Today()
	if a.Submitted == "" {
		switch c.PhaseOn(today) {
		case call.Open:
		case call.Late:
			a.Late = true
		default:
			return notTaking(&c, today)
		}
	}
	return nil
}

// checkEvidence refuses a file for a paper that the call does not ask for.
//
// Codes: invalid.
func (s *Service) checkEvidence(ctx context.Context, a *Application, evidence string) error {
	if evidence == "" {
		return nil
	}
	asked := []call.Evidence{}
	if a.Call != "" {
		c, err := s.Calls.Call(ctx, a.Call)
		if err != nil {
			return err
		}
		offer, _ := c.Offer(a.Measure)
		asked = offer.Evidence
	}
	var bad fault.Collector
	if !slices.ContainsFunc(asked, func(e call.Evidence) bool { return e.ID == evidence }) {
		bad.Add("evidence", "这个批次没有要“%.40s”这项材料。", "The call asks for no paper %.40q.", evidence)
	}
	return bad.Err()
}

// checkRecall lets an applicant correct what it submitted while the call is open.
//
// Codes: conflict.
func (s *Service) checkRecall(ctx context.Context, a *Application) error {
	if a.Call == "" {
		return nil
	}
	c, err := s.Calls.Call(ctx, a.Call)
	if err != nil {
		return err
	}
	if c.PhaseOn(s.Clock.Today()) != call.Open {
		return fault.Newf(fault.Conflict, "批次 %s 已截止，不能再撤回修改：如有错误，请联系受理单位退回补正。", "Call %s has closed and nothing can be taken back to correct it: ask the office to return it.", c.Number)
	}
	return nil
}
