package policy

import (
	"context"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// Exclusions is what this domain asks of whoever keeps the list of excluded
// organisations (暂停申报名单); app plugs it.
type Exclusions interface {
	// Excluded says until when an organisation may not apply, and why; until is
	// "" when it may.
	Excluded(ctx context.Context, org ident.CreditCode) (until clock.Date, reason string, err error)
}

// stoppable are the states in which nothing has been paid or is on its way.
var stoppable = []State{Offered, Draft, Returned, Submitted, Accepted, Proposed, Approved, Held}

// checkStanding refuses a step towards a payment while the organisation is on
// the list.
//
// Codes: conflict.
func (s *Service) checkStanding(ctx context.Context, org ident.CreditCode) error {
	if s.Exclusions == nil {
		return nil
	}
	until, reason, err := s.Exclusions.Excluded(ctx, org)
	if err != nil || until == "" {
		return err
	}
	return fault.Newf(fault.Conflict, "该单位在暂停申报名单上，至 %[1]s 止（%[2]s），期间不受理申报，也不决定支持。",
		"The organisation is excluded until %[1]s (%[2]s): it cannot apply, and nothing is approved for it.", string(until), reason)
}

// Stop ends every open application of an organisation after a decision of
// fraud, in the transaction of the context. What the ledger holds for one is
// released. Payments that the ledger was asked for already are not stopped, nor
// files that the bank has; they are returned, since they become part of the
// recovery. Orders that still wait go into no file (Orders.Payable). Call Wake
// of the Treasury after the commit.
//
// Codes: unavailable.
func (s *Service) Stop(ctx context.Context, by Actor, org ident.CreditCode, reason string) (stopped, paying []string, err error) {
	if err := s.Store.LockOrganisation(ctx, org); err != nil {
		return nil, nil, err
	}
	const most = 1000
	list, err := s.Store.Applications(ctx, ApplicationFilter{Org: org, States: append([]State{Paying}, stoppable...), Drafts: true, Limit: most})
	if err != nil {
		return nil, nil, err
	}
	for i := range list {
		a := &list[i]
		if a.State != Paying {
			err = s.noOrders(ctx, *a)
		}
		if a.State == Paying || fault.Is(err, fault.Conflict) { // the bank may pay it, or has paid a part
			paying = append(paying, a.Number)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		from, reserved := a.State, a.State == Approved || a.State == Held
		if err := a.Move(ActionStop); err != nil {
			return nil, nil, err
		}
		a.turn(from, s.Clock.Today())
		a.Hindrance = said(reason)
		if err := s.Store.UpdateApplication(ctx, a, nil); err != nil {
			return nil, nil, err
		}
		if err := s.record(ctx, by, a, ActionStop, a.Hindrance); err != nil {
			return nil, nil, err
		}
		if reserved { // after the hold, whether or not it was answered: intents are applied in their order
			if err := s.want(ctx, *a, wantRelease); err != nil {
				return nil, nil, err
			}
		}
		stopped = append(stopped, a.Number)
	}
	slices.Sort(stopped)
	slices.Sort(paying)
	return stopped, paying, nil
}
