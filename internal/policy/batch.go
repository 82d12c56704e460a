package policy

import (
	"context"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// BatchRow is a case that a batch left where it was.
type BatchRow struct {
	Application string    `json:"application"`
	Number      string    `json:"number"`
	Reason      i18n.Text `json:"reason"`
}

// mostLeft is how many cases a batch names that it left.
const mostLeft = 100

// AcceptAll accepts every submitted case of a call, each by itself: the papers
// that the call asks for are there, or it could not have been submitted.
//
// Codes: invalid without an opinion; not_found.
func (s *Service) AcceptAll(ctx context.Context, by Actor, id, opinion string) (Batch, error) {
	return s.each(ctx, id, opinion, ActionAccept, func(_ *Application, in DecisionInput) error {
		_, err := s.Accept(ctx, by, in)
		return err
	})
}

// ApproveAll approves every case of a call that may be approved now, each by
// itself as Approve does: what is not ready stays, with the reason. A run that
// was cut short goes on where it stopped.
//
// Codes: invalid without an opinion; not_found.
func (s *Service) ApproveAll(ctx context.Context, by Actor, id, opinion string) (Batch, error) {
	return s.each(ctx, id, opinion, ActionApprove, func(a *Application, in DecisionInput) error {
		_, err := s.Approve(ctx, by, in)
		return err
	})
}

// CountersignAll countersigns every held case of a call, each by itself.
//
// Codes: invalid without an opinion; not_found.
func (s *Service) CountersignAll(ctx context.Context, by Actor, id, opinion string) (Batch, error) {
	return s.each(ctx, id, opinion, ActionCountersign, func(a *Application, in DecisionInput) error {
		_, err := s.Countersign(ctx, by, in)
		return err
	})
}

func (s *Service) each(ctx context.Context, id, opinion string, act Action, decide func(*Application, DecisionInput) error) (Batch, error) {
	b := Batch{Left: []BatchRow{}}
	var bad fault.Collector
	checkReason(&bad, "opinion", opinion)
	if err := bad.Err(); err != nil {
		return b, err
	}
	if _, err := s.Calls.Call(ctx, id); err != nil {
		return b, err
	}
	const page = 200
	for after := ""; ; {
		list, err := s.Store.OfCall(ctx, id, "", after, page)
		if err != nil {
			return b, err
		}
		for i := range list {
			a := &list[i]
			after = a.ID
			if !a.Can(act) {
				continue
			}
			err := decide(a, DecisionInput{ID: a.ID, Version: a.Version, Opinion: opinion, Hash: a.Hash})
			switch {
			case err == nil:
				b.Done++
			case !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Invalid):
				return b, b.cutShort(err)
			case len(b.Left) == mostLeft:
				b.More++
			default:
				b.Left = append(b.Left, BatchRow{a.ID, a.Number, fault.From(err).Message})
			}
		}
		if len(list) < page {
			return b, nil
		}
	}
}

// cutShort says of a fault that ends a batch how many cases were done before it:
// those stand, each in its own transaction.
func (b Batch) cutShort(err error) error {
	if b.Done == 0 || !fault.Is(err, fault.Unavailable) {
		return err
	}
	why := fault.From(err).Message
	return fault.Newf(fault.Unavailable, "前 %[1]d 件已办成，办到下一件时停下：%[2]s再办一次就从停下的地方接着办。",
		"%[1]d cases were done and stand; at the next one it stopped: %[3]s Asked again, it goes on from there.", b.Done, why.ZH, why.EN).Because(err)
}
