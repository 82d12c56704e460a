package voucher

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// ClaimInput is what an organisation asks for.
type ClaimInput struct {
	Programme string // the measure
	Org       ident.CreditCode
	Face      money.Fen
}

// Validate reports every fault that needs no ruling to see.
func (in ClaimInput) Validate() error {
	var bad fault.Collector
	if in.Org == "" {
		bad.Add("org", "须写明单位。", "Name the organisation.")
	}
	if in.Face <= 0 {
		bad.Add("face_fen", "请选一种面值。", "Choose a face value.")
	}
	return bad.Err()
}

// Claim asks for a voucher of this year's pool (领券). Where the ruling issues
// on claim the ledger is asked at once and a shortage shows on the voucher;
// else the request waits. The assessment of the day is frozen with it.
//
// Codes: invalid for a face value that is not ruled; conflict when nothing can
// be issued or the organisation does not qualify; limit_reached for an empty
// pool or a used-up cap; not_found.
func (s *Service) Claim(ctx context.Context, by Actor, in ClaimInput) (Voucher, error) {
	if err := in.Validate(); err != nil {
		return Voucher{}, err
	}
	p, finding, err := s.entitled(ctx, in.Programme, in.Org)
	if err != nil {
		return Voucher{}, err
	}
	if !slices.Contains(p.Terms.Faces, in.Face) {
		var bad fault.Collector
		bad.Add("face_fen", "面值须是 %s 元之一。", "The face value is one of %s yuan.", list(p.Terms.Faces))
		return Voucher{}, bad.Err()
	}
	if err := s.room(ctx, &p, in.Org, in.Face); err != nil {
		return Voucher{}, err
	}
	org, err := s.Registry.Organisation(ctx, in.Org)
	if err != nil {
		return Voucher{}, err
	}
	v := Voucher{ID: s.IDs.New("vch"), Programme: p.Measure.ID, Year: p.Year, Org: in.Org, OrgName: org.Name, State: Requested, Version: 1, Asked: in.Face,
		Terms: p.Terms, Outcome: finding.Outcome, Assessment: finding.JSON, Hash: finding.Hash, At: s.Clock.Now()}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		n, err := s.Store.NextNumber(ctx, p.Year)
		if err != nil {
			return err
		}
		v.Number = fmt.Sprintf("SQ-%d-%05d", p.Year, n)
		act := ActionRequest
		if p.Terms.Issue == rule.IssueOnClaim {
			act = ActionClaim
			v.State = Issuing
			if err := s.issue(ctx, &v, in.Face); err != nil {
				return err
			}
		}
		if err := s.Store.Insert(ctx, v); err != nil {
			return err
		}
		return s.note(ctx, by, &v, act, in.Face, i18n.Text{})
	})
	if err == nil {
		s.Treasury.Wake()
	}
	return v, err
}

// entitled finds this year's programme and whether an organisation may have a
// voucher of it today.
//
// Codes: conflict with every reason; not_found.
func (s *Service) entitled(ctx context.Context, measure string, org ident.CreditCode) (Programme, Finding, error) {
	day, err := s.today(ctx)
	if err != nil {
		return Programme{}, Finding{}, err
	}
	p, err := s.Programme(measure, day.Year())
	if err == nil && !p.Closed.IsZero() {
		err = fault.New(fault.Conflict, p.Closed)
	}
	if err != nil {
		return p, Finding{}, err
	}
	finding, err := s.Rules.Assess(ctx, org, measure)
	if err != nil {
		return p, finding, err
	}
	if why := p.qualifies(finding); len(why) > 0 {
		zh, en := make([]string, len(why)), make([]string, len(why))
		for i, w := range why {
			zh[i], en[i] = w.ZH, w.EN
		}
		return p, finding, fault.Newf(fault.Conflict, "现在不能领券：%[1]s", "No voucher can be had now: %[2]s", strings.Join(zh, "；"), strings.Join(en, "; "))
	}
	return p, finding, nil
}

// room tells early what the ledger would refuse later.
func (s *Service) room(ctx context.Context, p *Programme, org ident.CreditCode, amount money.Fen) error {
	if err := s.open(ctx, p); err != nil {
		return err
	}
	f, err := s.Figures(ctx, p)
	if err != nil {
		return err
	}
	if p.Terms.Issue == rule.IssueOnClaim && amount > f.Issuable {
		return fault.Newf(fault.Limit, "%[1]d 年的券只剩 %[2]s 元可发，不够 %[3]s 元：请改选面值。", "Of the vouchers of %[1]d only %[2]s yuan can be issued, not %[3]s: choose another face value.", p.Year, f.Issuable.Grouped(), amount.Grouped())
	}
	left, err := s.capLeft(ctx, p, org)
	if err == nil && amount > left {
		err = fault.Newf(fault.Limit, "本单位今年最多还可领 %[1]s 元，不够 %[2]s 元：请改选面值。", "Your organisation may be issued %[1]s yuan more this year, not %[2]s: choose another face value.", left.Grouped(), amount.Grouped())
	}
	return err
}

// Approve issues what was asked for (审批发券), where the ruling leaves it to
// the office. The organisation must still qualify on the day.
//
// Codes: invalid; conflict; limit_reached; not_found.
func (s *Service) Approve(ctx context.Context, by Actor, in Step) (Voucher, error) {
	if err := in.Validate(); err != nil {
		return Voucher{}, err
	}
	return s.change(ctx, by, in, ActionApprove, func(ctx context.Context, v *Voucher) (money.Fen, error) {
		if err := s.qualify(ctx, v, rule.IssueOnApproval); err != nil {
			return 0, err
		}
		if err := v.Move(ActionApprove); err != nil {
			return 0, err
		}
		return v.Asked, s.issue(ctx, v, v.Asked)
	})
}

// qualify checks a request again on the day on which it is issued, and freezes
// that day's assessment with it.
func (s *Service) qualify(ctx context.Context, v *Voucher, mode rule.IssueMode) error {
	if v.Terms.Issue != mode {
		return fault.Newf(fault.Conflict, "券 %s 的裁定不是这样发放的。", "The ruling on voucher %s does not issue it like this.", v.Number)
	}
	p, finding, err := s.entitled(ctx, v.Programme, v.Org)
	if err != nil {
		return err
	}
	if p.Year != v.Year {
		return fault.Newf(fault.Conflict, "%d 年度已结束，不再发当年的券。", "The year %d is over: its vouchers are issued no more.", v.Year)
	}
	v.Outcome, v.Assessment, v.Hash = finding.Outcome, finding.JSON, finding.Hash
	return nil
}

// Decline refuses a request with a reason (不予发放).
//
// Codes: invalid; conflict; not_found.
func (s *Service) Decline(ctx context.Context, by Actor, in Step) (Voucher, error) {
	if err := in.Validate(); err != nil {
		return Voucher{}, err
	}
	return s.change(ctx, by, in, ActionDecline, func(_ context.Context, v *Voucher) (money.Fen, error) {
		v.Why = said(in.Reason)
		return 0, v.Move(ActionDecline)
	})
}

// Withdraw takes a request back.
//
// Codes: invalid; conflict; not_found.
func (s *Service) Withdraw(ctx context.Context, by Actor, in Step) (Voucher, error) {
	if err := in.Validate(); err != nil {
		return Voucher{}, err
	}
	return s.change(ctx, by, in, ActionWithdraw, func(_ context.Context, v *Voucher) (money.Fen, error) {
		return 0, v.Move(ActionWithdraw)
	})
}

// Allocate issues to all requests of this year's programme together (统一分配):
// each in full while the pool lasts for all, else each its share of the pool in
// proportion to what it asked for, exact by the largest remainder. Requests
// whose organisation qualifies no more are declined with the reason. All or
// nothing is written.
//
// Codes: invalid; conflict when the ruling issues otherwise or nobody waits.
func (s *Service) Allocate(ctx context.Context, by Actor, measure, reason string) ([]Voucher, error) {
	if err := (Step{ID: measure, Version: 1, Reason: reason}).Validate(); err != nil {
		return nil, err
	}
	day, err := s.today(ctx)
	if err != nil {
		return nil, err
	}
	p, err := s.Programme(measure, day.Year())
	if err == nil && (!p.Closed.IsZero() || p.Terms.Issue != rule.IssueByAllocation) {
		err = fault.Newf(fault.Conflict, "本年度的裁定不是统一分配。", "This year's ruling does not issue by allocation.")
	}
	if err == nil {
		err = s.open(ctx, &p)
	}
	if err != nil {
		return nil, err
	}
	var out []Voucher
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, "allocate/"+measure); err != nil {
			return err
		}
		out, err = s.allocate(ctx, by, &p, reason)
		return err
	})
	if err == nil {
		s.Treasury.Wake()
	}
	return out, err
}

func (s *Service) allocate(ctx context.Context, by Actor, p *Programme, reason string) ([]Voucher, error) {
	all, err := s.Store.Vouchers(ctx, Filter{Programme: p.Measure.ID, Year: p.Year, States: []State{Requested}})
	if err != nil {
		return nil, err
	}
	slices.Reverse(all) // as they came
	var in []*Voucher
	var asked []money.Fen
	sum := money.Fen(0)
	for i := range all {
		v := &all[i]
		switch err := s.qualify(ctx, v, rule.IssueByAllocation); {
		case fault.Is(err, fault.Conflict):
			v.Why = fault.From(err).Message
			if err := s.step(ctx, by, v, ActionDecline, 0, v.Why); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, err
		default:
			in, asked = append(in, v), append(asked, v.Asked)
			sum += v.Asked
		}
	}
	if len(all) == 0 {
		return nil, fault.Newf(fault.Conflict, "没有待分配的申领。", "No request waits.")
	}
	f, err := s.Figures(ctx, p)
	if err != nil {
		return nil, err
	}
	shares := money.Apportion(min(sum, f.Issuable), asked)
	for i, v := range in {
		if shares[i] == 0 {
			v.Why = i18n.T("本年度的券已发完。", "The year's vouchers are used up.")
			if err := s.step(ctx, by, v, ActionDecline, 0, v.Why); err != nil {
				return nil, err
			}
			continue
		}
		if err := s.issue(ctx, v, shares[i]); err != nil {
			return nil, err
		}
		if err := s.step(ctx, by, v, ActionAllocate, shares[i], said(reason)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// step moves a voucher, writes it and notes it, in the transaction of the context.
func (s *Service) step(ctx context.Context, by Actor, v *Voucher, act Action, amount money.Fen, note i18n.Text) error {
	if err := v.Move(act); err != nil {
		return err
	}
	if err := s.Store.Update(ctx, v); err != nil {
		return err
	}
	return s.note(ctx, by, v, act, amount, note)
}

func list(faces []money.Fen) string {
	out := make([]string, len(faces))
	for i, f := range faces {
		out[i] = f.Grouped()
	}
	return strings.Join(out, ", ")
}
