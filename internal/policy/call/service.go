package call

import (
	"context"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Registry notes acts; *party.Service fits.
type Registry interface {
	// Record notes an act of the person behind the context, in its transaction.
	Record(ctx context.Context, act party.Act) error
}

// Cases is what this room asks of whoever keeps the applications.
type Cases interface {
	// Pending counts the applications of a call that may still lead to a payment.
	Pending(ctx context.Context, call string) (int64, error)
	// Funnel counts the applications of a call by state.
	Funnel(ctx context.Context, call string) (map[string]int64, error)
	// Revised tells everybody with a pending application of the call that its
	// terms or rulings changed, in the transaction of the context.
	Revised(ctx context.Context, c Call, reason i18n.Text) error
}

// Service is the room's use cases. All fields must be set.
type Service struct {
	Store    Store
	Registry Registry
	Cases    Cases
	Pack     *rule.Pack
	Clock    clock.Clock
	IDs      ident.Source
}

// Create drafts a call. Nothing of it is public before it is published.
//
// Codes: invalid.
func (s *Service) Create(ctx context.Context, t Terms) (Call, error) {
	if err := s.check(&t); err != nil {
		return Call{}, err
	}
	c := Call{ID: s.IDs.New("call"), State: Draft, Version: 1, Terms: t, CreatedBy: httpapi.PrincipalOf(ctx).PersonID, Created: s.Clock.Now()}
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		n, err := s.Store.NextNumber(ctx, t.Opens.Year())
		if err != nil {
			return err
		}
		c.Number = fmt.Sprintf("ZJ-%d-%03d", t.Opens.Year(), n)
		if err := s.Store.Insert(ctx, c); err != nil {
			return err
		}
		return s.record(ctx, &c, "open", "")
	})
	return c, err
}

// Edit replaces the terms of a draft.
//
// Codes: invalid, not_found; conflict when somebody changed it or it is published.
func (s *Service) Edit(ctx context.Context, id string, version int64, t Terms) (Call, error) {
	if err := s.check(&t); err != nil {
		return Call{}, err
	}
	return s.change(ctx, id, version, "edit", "", func(_ context.Context, c *Call) error {
		if c.State != Draft {
			return fault.Newf(fault.Conflict, "批次 %s 已发布，条款不能直接改：请用“修订”，写明理由并通知已申报的单位。",
				"Call %s is published and its terms stand: revise it, with a reason that reaches whoever has applied.", c.Number)
		}
		c.Terms = t
		return nil
	})
}

// Publish makes the terms stand and pins the guide's rulings.
//
// Codes: invalid when the pack no longer allows the terms; not_found, conflict.
func (s *Service) Publish(ctx context.Context, id string, version int64) (Call, error) {
	return s.change(ctx, id, version, "publish", "", func(ctx context.Context, c *Call) error {
		if c.State != Draft {
			return fault.Newf(fault.Conflict, "批次 %s 已经发布过。", "Call %s is published already.", c.Number)
		}
		if today := s.Clock.Today(); c.Closes < today {
			return fault.Newf(fault.Conflict, "截止日 %s 已过：请先改期。", "The last day, %s, is over: change the period first.", c.Closes)
		}
		if err := s.check(&c.Terms); err != nil {
			return err
		}
		c.State = Published
		return s.pin(c)
	})
}

// Revise replaces the terms of a published call. Whoever has a pending
// application is told what changed and why.
//
// Codes: invalid, also without a reason; not_found, conflict.
func (s *Service) Revise(ctx context.Context, id string, version int64, t Terms, reason string) (Call, error) {
	reason = strings.TrimSpace(reason)
	if err := checkReason(reason); err != nil {
		return Call{}, err
	}
	if err := s.check(&t); err != nil {
		return Call{}, err
	}
	return s.change(ctx, id, version, "revise", reason, func(ctx context.Context, c *Call) error {
		if c.State != Published {
			return fault.Newf(fault.Conflict, "批次 %s 没有发布或已经结束，不用修订。", "Call %s is not published, or it has ended; there is nothing to revise.", c.Number)
		}
		c.Terms = t
		if err := s.pin(c); err != nil {
			return err
		}
		return s.Cases.Revised(ctx, *c, i18n.Text{ZH: reason, EN: reason})
	})
}

// Close ends a call of which nothing is pending, or a draft.
//
// Codes: invalid without a reason; not_found; conflict while applications are pending.
func (s *Service) Close(ctx context.Context, id string, version int64, reason string) (Call, error) {
	reason = strings.TrimSpace(reason)
	if err := checkReason(reason); err != nil {
		return Call{}, err
	}
	return s.change(ctx, id, version, "close", reason, func(ctx context.Context, c *Call) error {
		if c.State == Closed {
			return fault.Newf(fault.Conflict, "批次 %s 已经结束。", "Call %s has ended already.", c.Number)
		}
		n, err := s.Cases.Pending(ctx, c.ID)
		if err != nil {
			return err
		}
		if n > 0 {
			return fault.Newf(fault.Conflict, "批次 %[1]s 还有 %[2]d 份申报没有办结：先办结，再结束批次。", "%[2]d applications of call %[1]s are pending: settle them first.", c.Number, n)
		}
		c.State = Closed
		return nil
	})
}

// Taking finds the published call through which a measure takes applications
// on a day: of several the one that closes first. found is false when there
// is none.
func (s *Service) Taking(ctx context.Context, measure string, on clock.Date) (c Call, found bool, err error) {
	calls, err := s.Store.Calls(ctx, Filter{Measure: measure, On: on, Limit: maxOffers})
	for _, candidate := range calls {
		if !found || candidate.LastDay() < c.LastDay() {
			c, found = candidate, true
		}
	}
	return c, found, err
}

// Latest finds the call of a measure that was published last for an
// application year, whatever its phase. found is false when there was none.
func (s *Service) Latest(ctx context.Context, measure string, year int) (c Call, found bool, err error) {
	calls, err := s.Store.Calls(ctx, Filter{Measure: measure, States: []State{Published, Closed}, Limit: 1, Year: year})
	if err != nil || len(calls) == 0 {
		return Call{}, false, err
	}
	return calls[0], true, nil
}

// Call finds one, for whoever may know of it: a draft is the office's own.
//
// Codes: not_found.
func (s *Service) Call(ctx context.Context, id string) (Call, error) { return s.Store.Call(ctx, id) }

// check reports everything that is wrong with terms.
func (s *Service) check(t *Terms) error {
	if err := t.Validate(); err != nil {
		return err
	}
	return t.Grounded(s.Pack)
}

func (s *Service) pin(c *Call) error {
	guide, err := s.Pack.Guide(c.Guide)
	if err != nil {
		return err
	}
	c.GuideVersion, c.GuideDigest = guide.Version, digestOf(guide)
	return nil
}

func (s *Service) change(ctx context.Context, id string, version int64, action, reason string, fn func(context.Context, *Call) error) (c Call, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if c, err = s.Store.Call(ctx, id); err != nil {
			return err
		}
		if version != c.Version {
			return s.overtaken(ctx, &c)
		}
		if err := fn(ctx, &c); err != nil {
			return err
		}
		if err := s.Store.Update(ctx, &c); err != nil {
			return err
		}
		return s.record(ctx, &c, action, reason)
	})
	return c, err
}

// overtaken says who changed the call since the caller read it.
func (s *Service) overtaken(ctx context.Context, c *Call) error {
	events, err := s.Store.Events(ctx, c.ID)
	if err != nil || len(events) == 0 {
		return fault.Newf(fault.Conflict, "批次 %s 已有变化：请刷新。", "Call %s has changed: reload.", c.Number).Because(err)
	}
	last := events[len(events)-1]
	return fault.Newf(fault.Conflict, "%[2]s 于 %[3]s 改过批次 %[1]s，本次没有写入：请刷新。您填写的内容没有丢。",
		"%[2]s changed call %[1]s at %[3]s and nothing was written: reload. What you typed is kept.", c.Number, last.Name, last.At.In(clock.Shanghai).Format("2006-01-02 15:04"))
}

func (s *Service) record(ctx context.Context, c *Call, action, reason string) error {
	by := httpapi.PrincipalOf(ctx)
	if err := s.Store.AppendEvent(ctx, c.ID, Event{At: s.Clock.Now(), Person: by.PersonID, Name: by.Name, Action: action, Reason: reason, Terms: c.Terms}); err != nil {
		return err
	}
	return s.Registry.Record(ctx, party.Act{Action: "policy.call." + action, Kind: "call", Subject: c.ID, Details: map[string]string{"number": c.Number, "reason": reason}})
}

func checkReason(reason string) error {
	var c fault.Collector
	switch n := len([]rune(reason)); {
	case n == 0:
		c.Add("reason", "请写明理由。", "Give a reason.")
	case n > reasonLimit:
		c.Add("reason", "理由超过 %d 字。", "The reason is longer than %d characters.", reasonLimit)
	}
	return c.Err()
}
