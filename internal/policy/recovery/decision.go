package recovery

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Decision is how much is asked back, with what interest and by when. One
// person takes it, a second one confirms.
type Decision struct {
	Amount    money.Fen  `json:"amount_fen"`    // principal
	Interest  Interest   `json:"interest"`      // the rule
	Charge    money.Fen  `json:"charge_fen"`    // what the rule comes to
	Exclude   clock.Date `json:"exclude_until"` // last day of the exclusion; "" for none
	Reason    string     `json:"reason"`
	By        string     `json:"by"` // person
	Name      string     `json:"name"`
	At        time.Time  `json:"at"`
	Second    string     `json:"second"` // who confirmed; "" before
	Confirmed string     `json:"confirmed_by"`
	Since     clock.Date `json:"since"` // day of the confirmation
}

// Remission (核销) writes part of the claim off. It waits for a second person.
type Remission struct {
	Amount    money.Fen `json:"amount_fen"`
	Authority Authority `json:"authority"`
	Reason    string    `json:"reason"`
	By        string    `json:"by"`
	Name      string    `json:"name"`
	At        time.Time `json:"at"`
}

// DecisionInput is the office's decision.
type DecisionInput struct {
	Step
	Amount      money.Fen // of what was paid; all of it after fraud
	Interest    Interest
	Instalments []Instalment // add up to the amount with its interest
	Exclude     clock.Date   // "" for none
}

// longestExclusion is a bound of the form, not a rule: nothing in the region's
// documents sets a term.
const longestExclusion = 5

// Decide fixes what is owed (决定). It needs an authority, proof, and the
// hearing over.
//
// Codes: invalid, not_found, conflict, too_large.
func (s *Service) Decide(ctx context.Context, by Actor, in DecisionInput) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in.Step, ActionDecide, func(ctx context.Context, c *Case) (any, error) {
		today := s.Clock.Today()
		if !c.Authority.Named() {
			return nil, missingAuthority()
		}
		if err := c.checkProof(); err != nil {
			return nil, err
		}
		paid, err := s.stillPaid(ctx, c)
		if err != nil {
			return nil, err
		}
		var bad fault.Collector
		if in.Amount <= 0 || in.Amount > paid {
			bad.Add("amount_fen", "追缴金额须大于 0，不超过已付的 %s 元。", "The amount is above zero and at most the %s yuan paid.", paid.Grouped())
		}
		bad.Merge("interest", in.Interest.check(today))
		in.checkExclusion(&bad, c, today)
		if err := bad.Err(); err != nil {
			return nil, err
		}
		charge, err := in.Interest.On(in.Amount)
		if err != nil {
			return nil, err
		}
		owed, err := in.Amount.Add(charge)
		if err != nil {
			return nil, err
		}
		if err := checkPlan(in.Instalments, owed, today); err != nil {
			return nil, err
		}
		c.Decision = &Decision{Amount: in.Amount, Interest: in.Interest, Charge: charge, Exclude: in.Exclude, Reason: strings.TrimSpace(in.Reason), By: by.Person, Name: by.Name, At: s.Clock.Now()}
		c.Plan = Plan{Items: in.Instalments}
		claim(c.Parts, in.Amount, charge)
		return c.Decision, nil
	})
}

// stillPaid looks up what stands of the payments now: something may have come
// back, or been corrected, since the case was opened.
func (s *Service) stillPaid(ctx context.Context, c *Case) (sum money.Fen, err error) {
	for i := range c.Parts {
		stands, err := s.standing(ctx, c.Parts[i].Fact)
		if err != nil {
			return 0, err
		}
		if c.Parts[i].Paid, err = stands.Fen(); err != nil {
			return 0, err
		}
		sum += c.Parts[i].Paid
	}
	return sum, nil
}

// checkExclusion refuses a listing that the party was not heard on.
func (in DecisionInput) checkExclusion(bad *fault.Collector, c *Case, today clock.Date) {
	switch {
	case in.Exclude == "":
	case !c.Notice.Listing:
		bad.Add("exclude_until", "告知时没有说明拟列入名单，当事人未就此陈述：不能列入。", "The notice did not speak of an exclusion and the party was not heard on it: it cannot be listed.")
	case !parseDay(bad, "exclude_until", in.Exclude):
	case in.Exclude <= today || in.Exclude > today.AddDays(longestExclusion*366):
		bad.Add("exclude_until", "截止日须晚于今天，最长 %d 年。", "The last day is after today, at most %d years from it.", longestExclusion)
	}
}

// SendBack is the second person's refusal: an undone decision returns to the
// office, a remission falls.
//
// Codes: invalid; forbidden for the person who decided; not_found, conflict.
func (s *Service) SendBack(ctx context.Context, by Actor, in Step) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in, ActionReturn, func(_ context.Context, c *Case) (any, error) {
		if c.State == Recovering {
			return s.rejectRemission(by, c)
		}
		if err := secondPerson(by, c.Decision.By); err != nil {
			return nil, err
		}
		c.State, c.Decision, c.Plan = Heard, nil, Plan{}
		for i := range c.Parts {
			c.Parts[i].Claimed = Sum{}
		}
		return nil, nil
	})
}

// Confirm is the second person's consent to a decision, or to a remission that
// waits. A decision of fraud stops the party's open applications, and lists the
// party where it says so, in the same transaction.
//
// Codes: invalid; forbidden for the person who decided; not_found, conflict.
func (s *Service) Confirm(ctx context.Context, by Actor, in Step) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	c, err := s.change(ctx, by, in, ActionConfirm, func(ctx context.Context, c *Case) (any, error) {
		if c.Decision.Second != "" {
			return s.confirmRemission(by, c)
		}
		if err := secondPerson(by, c.Decision.By); err != nil {
			return nil, err
		}
		c.Decision.Second, c.Decision.Confirmed, c.Decision.Since = by.Person, by.Name, s.Clock.Today()
		return s.takeEffect(ctx, by, c)
	})
	if err != nil {
		return c, err
	}
	s.Treasury.Wake() // holds of stopped applications
	return s.closed(ctx, c.ID)
}

// effect is what a confirmed decision did beside the claim.
type effect struct {
	Stopped []string `json:"stopped"`
	Paying  []string `json:"paying"`
	Listed  string   `json:"listed_until"`
}

func (s *Service) takeEffect(ctx context.Context, by Actor, c *Case) (done effect, err error) {
	if c.Ground == Fraud {
		if done.Stopped, done.Paying, err = s.Cases.Stop(ctx, by, c.Org, c.Number); err != nil {
			return done, err
		}
	}
	if c.Decision.Exclude == "" {
		return done, nil
	}
	done.Listed = string(c.Decision.Exclude)
	return done, s.exclude(ctx, by, c)
}

func secondPerson(by Actor, first string) error {
	if by.Person == first {
		return fault.Newf(fault.Forbidden, "确认须由另一人：这是您自己作的决定。", "A second person must confirm: you took this decision yourself.")
	}
	return nil
}

// RemissionInput proposes to write part of the claim off.
type RemissionInput struct {
	Step
	Amount    money.Fen
	Authority Authority
}

// Remit proposes to write part of what is owed off (核销). Nothing changes
// before a second person confirms.
//
// Codes: invalid, not_found, conflict.
func (s *Service) Remit(ctx context.Context, by Actor, in RemissionInput) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	if err := s.checkAuthority(in.Authority, true); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in.Step, ActionRemit, func(_ context.Context, c *Case) (any, error) {
		if err := c.checkRemission(in.Amount); err != nil {
			return nil, err
		}
		c.Remission = &Remission{Amount: in.Amount, Authority: in.Authority, Reason: strings.TrimSpace(in.Reason), By: by.Person, Name: by.Name, At: s.Clock.Now()}
		return c.Remission, nil
	})
}

func (c *Case) checkRemission(amount money.Fen) error {
	var bad fault.Collector
	if open := total(c.Parts, Part.Open).Total(); amount <= 0 || amount > open {
		bad.Add("amount_fen", "核销金额须大于 0，不超过尚欠的 %s 元。", "What is written off is above zero and at most the %s yuan still owed.", open.Grouped())
	}
	return bad.Err()
}

func (s *Service) confirmRemission(by Actor, c *Case) (any, error) {
	if c.Remission == nil {
		return nil, fault.Newf(fault.Conflict, "没有等待确认的决定。", "No decision waits for a confirmation.")
	}
	if err := secondPerson(by, c.Remission.By); err != nil {
		return nil, err
	}
	if err := c.checkRemission(c.Remission.Amount); err != nil {
		return nil, err
	}
	for _, share := range waive(c.Parts, c.Remission.Amount) {
		p := &c.Parts[share.Part]
		p.Remitted = p.Remitted.plus(share.Sum)
	}
	c.Plan.trim(c.Remission.Amount)
	done := *c.Remission
	c.Remission = nil
	return done, nil
}

func (s *Service) rejectRemission(by Actor, c *Case) (any, error) {
	if c.Remission == nil {
		return nil, fault.Newf(fault.Conflict, "没有等待确认的决定。", "No decision waits for a confirmation.")
	}
	if err := secondPerson(by, c.Remission.By); err != nil {
		return nil, err
	}
	fallen := *c.Remission
	c.Remission = nil
	return fallen, nil
}

// PlanInput replaces the instalments of what is still owed.
type PlanInput struct {
	Step
	Instalments []Instalment
}

// Reschedule makes a new plan for what is still owed; the sum stays.
//
// Codes: invalid, not_found; conflict while a receipt waits for the ledger.
func (s *Service) Reschedule(ctx context.Context, by Actor, in PlanInput) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in.Step, ActionPlan, func(_ context.Context, c *Case) (any, error) {
		if total(c.Parts, func(p Part) Sum { return p.Pending }).Total() > 0 {
			return nil, fault.Newf(fault.Conflict, "有一笔到账正在入账，稍后再改分期。", "A receipt is being booked: change the instalments in a moment.")
		}
		if err := checkPlan(in.Instalments, total(c.Parts, Part.Owed).Total(), s.Clock.Today()); err != nil {
			return nil, err
		}
		c.Plan = Plan{Base: c.received().Total(), Items: in.Instalments}
		return c.Plan, nil
	})
}

// Revoke takes a confirmed decision back (撤销), after an appeal or a mistake:
// nothing is owed any more, and an exclusion that rests on it is lifted. What
// was received must be reversed first. Applications that were stopped stay so;
// the party applies anew.
//
// Codes: invalid; forbidden for the person who decided; not_found, conflict.
func (s *Service) Revoke(ctx context.Context, by Actor, in Step) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	return s.change(ctx, by, in, ActionRevoke, func(ctx context.Context, c *Case) (any, error) {
		if err := secondPerson(by, c.Decision.By); err != nil {
			return nil, err
		}
		if c.received().Total()+total(c.Parts, func(p Part) Sum { return p.Pending }).Total() > 0 {
			return nil, fault.Newf(fault.Conflict, "已有款项到账：先逐笔冲回并退还，再撤销决定。", "Money has come in: reverse every receipt and return it, then revoke.")
		}
		revoked := *c.Decision
		for i := range c.Parts {
			c.Parts[i].Claimed, c.Parts[i].Remitted = Sum{}, Sum{}
		}
		c.Plan, c.Remission = Plan{}, nil
		return revoked, s.liftAll(ctx, by, c, in.Reason)
	})
}

// received is what was booked.
func (c *Case) received() Sum { return total(c.Parts, func(p Part) Sum { return p.Received }) }

// closed ends a case of which nothing is owed any more.
func (s *Service) closed(ctx context.Context, id string) (c Case, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if c, err = s.Store.Case(ctx, id); err != nil {
			return err
		}
		return s.closeSettled(ctx, &c)
	})
	return c, err
}

func (s *Service) closeSettled(ctx context.Context, c *Case) error {
	if c.State != Recovering || total(c.Parts, Part.Owed).Total() > 0 {
		return nil
	}
	receipts, err := s.Store.Receipts(ctx, c.ID)
	if err != nil || slices.ContainsFunc(receipts, func(r Receipt) bool { return r.State == Reversing }) {
		return err // it will be owed again
	}
	if err := c.Move(ActionClose); err != nil {
		return err
	}
	return s.write(ctx, ledgerActor, c, ActionClose, closing(c), nil)
}
