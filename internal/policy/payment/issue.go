package payment

import (
	"context"
	"slices"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Issue makes the orders of a countersigned award: for each part that waits
// for nothing, or whose milestone is confirmed, one of each half. Issuing twice
// is once; an order that was cancelled is issued anew. It returns all live
// orders of the award. Call it in the transaction of the consent.
//
// Codes: invalid; conflict when the plan was made for other halves.
func (s *Service) Issue(ctx context.Context, by Actor, a Award) ([]Order, error) {
	if err := a.Validate(); err != nil {
		return nil, err
	}
	var live []Order
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.lockCase(ctx, a.Case); err != nil {
			return err
		}
		if err := s.Store.PutAward(ctx, a); err != nil {
			return err
		}
		plan, err := s.plan(ctx, a)
		if err != nil {
			return err
		}
		if err := plan.fits(a); err != nil {
			return err
		}
		for _, part := range plan.Parts {
			if err := s.issuePart(ctx, by, a, plan, part); err != nil {
				return err
			}
		}
		live, err = s.Live(ctx, a.Case, a.Round)
		return err
	})
	return live, err
}

// fits refuses a plan that does not pay these halves to the fen.
func (p Plan) fits(a Award) error {
	for _, part := range p.Parts {
		a.City.Amount -= part.City
		a.District.Amount -= part.District
	}
	if a.City.Amount != 0 || a.District.Amount != 0 {
		return fault.Newf(fault.Conflict, "分期计划与核定金额不符：请先重新制定计划。", "The instalment plan does not add up to the award: make a new version first.")
	}
	return nil
}

// issuePart issues a part's orders unless it waits for its milestone.
func (s *Service) issuePart(ctx context.Context, by Actor, a Award, plan Plan, part Part) error {
	if !part.free() {
		confirmed, err := s.confirmed(ctx, a, part.N)
		if err != nil || !confirmed {
			return err
		}
	}
	all, err := s.Store.CaseOrders(ctx, a.Case)
	if err != nil {
		return err
	}
	for _, h := range a.halves() {
		level := h.Purse.Level
		last := lastAttempt(all, a.Round, part.N, level)
		if part.half(level) == 0 || (last.ID != "" && last.State != Cancelled) {
			continue
		}
		o := newOrder(a, part, len(plan.Parts), level, last.Attempt+1)
		if err := s.insert(ctx, by, &o, last.ID, ""); err != nil {
			return err
		}
	}
	return nil
}

// lastAttempt is the latest order for one half of one part; the zero order when there is none.
func lastAttempt(all []Order, round, instalment int, level ledger.Level) (last Order) {
	for _, o := range all {
		if o.Round == round && o.Instalment == instalment && o.Purse.Level == level && o.Attempt > last.Attempt {
			last = o
		}
	}
	return last
}

func (s *Service) insert(ctx context.Context, by Actor, o *Order, replaces, note string) (err error) {
	if o.Number, err = s.number(ctx, numberOrder); err != nil {
		return err
	}
	o.Replaces, o.Created = replaces, s.Clock.Now()
	if err := s.Store.InsertOrder(ctx, *o); err != nil {
		return err
	}
	if err := s.event(ctx, by, *o, ActionIssue, note); err != nil {
		return err
	}
	return s.recordOrder(ctx, ActionIssue, *o, note)
}

// Live lists the orders that stand for a case's round.
//
// Codes: unavailable.
func (s *Service) Live(ctx context.Context, id string, round int) ([]Order, error) {
	all, err := s.Store.CaseOrders(ctx, id)
	return slices.DeleteFunc(all, func(o Order) bool { return o.Round != round || !o.State.Live() }), err
}

// OrderInput is a person's act on one order.
type OrderInput struct {
	ID      string
	Version int64
	Reason  string
}

// Validate reports every fault of the input.
func (in OrderInput) Validate() error {
	var c fault.Collector
	checkNote(&c, "reason", in.Reason)
	if in.Version <= 0 {
		c.Add("revision", "缺少所依据的版本：请刷新页面。", "The revision that you read is missing: reload the page.")
	}
	return c.Err()
}

// Reissue replaces a failed order by a new one that names it, to the account
// that the organisation has now. Who countersigned the case stays known.
//
// Codes: invalid; not_found; conflict when it has not failed, or no account is active.
func (s *Service) Reissue(ctx context.Context, by Actor, in OrderInput) (Order, error) {
	var made Order
	err := s.act(ctx, in, func(ctx context.Context, o *Order) error {
		payee, found, err := s.Payees.Active(ctx, o.Org)
		if err != nil {
			return err
		}
		if !found {
			return fault.Newf(fault.Conflict, "这家机构没有生效的收款账户：请先登记并复核，再重新签发。", "The organisation has no active payee account: have one registered and countersigned first.")
		}
		if err := s.move(ctx, by, o, ActionReissue, in.Reason); err != nil {
			return err
		}
		made = *o
		made.Attempt++
		a := Award{Case: o.Case, Round: o.Round}
		made.ID, made.State, made.Version = orderID(a, o.Instalment, o.Purse.Level, made.Attempt), Waiting, 1
		made.Payee = PayeeOf(payee)
		made.File, made.Reference, made.Settled, made.Why, made.Before, made.AskedBy = "", "", "", "", 0, ""
		return s.insert(ctx, by, &made, o.ID, in.Reason)
	})
	return made, err
}

// AskCancel asks a second person to cancel an order that is not with the bank.
//
// Codes: invalid, not_found, conflict.
func (s *Service) AskCancel(ctx context.Context, by Actor, in OrderInput) (Order, error) {
	var after Order
	err := s.act(ctx, in, func(ctx context.Context, o *Order) error {
		o.AskedBy = by.Person
		if err := s.move(ctx, by, o, ActionAskCancel, in.Reason); err != nil {
			return err
		}
		after = *o
		return s.recordOrder(ctx, ActionAskCancel, *o, in.Reason)
	})
	return after, err
}

// AnswerCancel is the second person's answer: the order is cancelled, and its
// case told; or it stays as it was.
//
// Codes: invalid; forbidden for the person who asked; not_found, conflict.
func (s *Service) AnswerCancel(ctx context.Context, by Actor, in OrderInput, consent bool) (Order, error) {
	act := ActionRefuseCancel
	if consent {
		act = ActionCancel
	}
	var after Order
	err := s.act(ctx, in, func(ctx context.Context, o *Order) error {
		if o.State == Cancelling && by.Person == o.AskedBy {
			return fault.Newf(fault.Forbidden, "须由另一人答复：作废是您自己提出的。", "A second person must answer: you asked for it yourself.")
		}
		o.AskedBy = ""
		if err := s.move(ctx, by, o, act, in.Reason); err != nil {
			return err
		}
		if consent {
			if err := s.Cases.Cancelled(ctx, *o); err != nil {
				return err
			}
		}
		after = *o
		return s.recordOrder(ctx, act, *o, in.Reason)
	})
	return after, err
}

// act loads an order as a person read it and runs fn in one transaction.
func (s *Service) act(ctx context.Context, in OrderInput, fn func(context.Context, *Order) error) error {
	if err := in.Validate(); err != nil {
		return err
	}
	err := s.Store.InTx(ctx, func(ctx context.Context) error {
		o, err := s.Store.Order(ctx, in.ID)
		if err != nil {
			return err
		}
		if err := s.lockCase(ctx, o.Case); err != nil {
			return err
		}
		if o, err = s.Store.Order(ctx, in.ID); err != nil {
			return err
		}
		if o.Version != in.Version {
			return fault.Newf(fault.Conflict, "指令 %s 已有变化，本次没有写入：请刷新。", "Order %s has changed and nothing was written: reload.", o.Number)
		}
		return fn(ctx, &o)
	})
	if err == nil {
		s.Wake()
	}
	return err
}

// PayeeOf is what an order keeps of an account.
func PayeeOf(p party.PayeeAccount) Payee {
	return Payee{Account: p.ID, Holder: p.Holder, Bank: p.Bank, Tail: p.Number[max(0, len(p.Number)-4):]}
}
