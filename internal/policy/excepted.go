package policy

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/exception"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Exceptions is what this domain asks of the room of exceptions; *exception.Service fits.
type Exceptions interface {
	// Granted finds an exception that two people approved, neither of them its
	// proposer. Codes: not_found; conflict for any other; check_failed.
	Granted(ctx context.Context, id string) (exception.Exception, error)
}

// OpenExcepted implements exception.Cases: the case of an approved exception is
// offered to its organisation, which confirms it with a payee account. From then
// on it is decided, held, countersigned and paid like any other.
func (s *Service) OpenExcepted(ctx context.Context, by Actor, x exception.Exception) (string, error) {
	if err := x.CheckApproved(); err != nil {
		return "", err
	}
	a := Application{ID: s.IDs.New("app"), Org: x.Org, Measure: cmp.Or(x.Measure, x.Rule), Object: x.Matter, Exception: x.ID, State: Offered, Version: 1,
		CreatedBy: by.Person, Created: s.Clock.Now()}
	if err := s.checkStanding(ctx, x.Org); err != nil {
		return "", err
	}
	if err := s.enterExcepted(ctx, &a, x.Call); err != nil {
		return "", err
	}
	if _, err := s.exceptedResult(ctx, &a, &x, s.Clock.Today()); err != nil {
		return "", err
	}
	return a.ID, s.insert(ctx, by, &a, ActionOffer)
}

// enterExcepted fixes the terms of an exception's case: those of the call that
// shall show it, whatever its phase, else those of today.
//
// Codes: not_found; conflict for a call that does not open the measure.
func (s *Service) enterExcepted(ctx context.Context, a *Application, id string) error {
	today := s.Clock.Today()
	if id == "" {
		a.Guide = s.guideYear(today)
		year := cmp.Or(a.Guide, today.Year())
		a.Years, a.Channel, a.Promise = call.Years{Transaction: year, Application: year, Award: year, Budget: year}, call.Direct, promised(0, today)
		return nil
	}
	c, err := s.Calls.Call(ctx, id)
	if err != nil {
		return err
	}
	offer, opens := c.Offer(a.Measure)
	if !opens || c.State != call.Published {
		return fault.Newf(fault.Conflict, "批次 %[1]s 没有开放措施 %[2]s，一事一议不能放在其中。", "Call %[1]s does not open measure %[2]s; the exception cannot be part of it.", c.Number, a.Measure)
	}
	a.Call, a.Guide, a.Years, a.Channel, a.Promise, a.ByProposal = c.ID, c.Guide, offer.Years, c.Channel, promised(c.Promise, today), c.Notice > 0
	return nil
}

// excepted answers a case that stands on an exception: its amount is what two
// people approved (document 002 clause 8(4)), less what the matter was paid.
//
// Codes: not_found and conflict when no approved exception carries it;
// check_failed when the exception is about something else.
func (s *Service) excepted(ctx context.Context, a *Application, day clock.Date) (Assessment, error) {
	x, err := s.Exceptions.Granted(ctx, a.Exception)
	if err != nil {
		return Assessment{}, err
	}
	if x.Org != a.Org || cmp.Or(x.Measure, x.Rule) != a.Measure || x.Matter != a.Object || x.Application != a.ID {
		return Assessment{}, fault.Newf(fault.CheckFailed, "申报 %[1]s 与它所依据的一事一议 %[2]s 不是同一件事：不能支付，请告知管理员。", "Application %[1]s and exception %[2]s, on which it stands, are not about the same: it cannot be paid; tell your administrator.", a.Number, x.Number)
	}
	return s.exceptedResult(ctx, a, &x, day)
}

// exceptedResult writes down how the amount comes about, as a trace like any
// other. The exception's own clause must be in force.
func (s *Service) exceptedResult(ctx context.Context, a *Application, x *exception.Exception, day clock.Date) (Assessment, error) {
	results, err := s.assessAll(ctx, x.Org, basis{on: day, guide: a.Guide, year: a.Years.Transaction}, x.Rule)
	if err != nil {
		return Assessment{}, err
	}
	if len(results) != 1 || results[0].Outcome != rule.NotPayable || s.draftOf(x.Rule) || s.draftOf(a.Measure) {
		return Assessment{}, fault.Newf(fault.Conflict, "准许一事一议的条款今天不在有效期内，或文件还是征求意见稿：不能据以支付。", "The clause that allows exceptions is not in force today, or the document is a draft: nothing is paid on it.")
	}
	org, err := s.Registry.Organisation(ctx, x.Org)
	if err != nil {
		return Assessment{}, err
	}
	r := results[0]
	r.Measure, r.Object, r.Outcome, r.Purse = a.Measure, a.Object, rule.Eligible, org.Place
	if err := s.traceExcepted(ctx, a, x, &r); err != nil {
		return Assessment{}, err
	}
	return freezeResult(r, a.Guide)
}

// traceExcepted adds amount, deduction and halves to a result.
func (s *Service) traceExcepted(ctx context.Context, a *Application, x *exception.Exception, r *rule.Result) error {
	yes := true
	r.Trace = []rule.TraceStep{{Kind: rule.ByClause, Clause: &r.Clause, Text: r.Name, OK: &yes, Role: "line", Facts: []rule.FactLine{}}}
	r.Reasons = []rule.Reason{}
	granted := x.Amount
	for _, o := range x.Opinions {
		r.Trace = append(r.Trace, rule.TraceStep{Kind: rule.ByRuling, Clause: &r.Clause, OK: &yes, Role: "line", Facts: []rule.FactLine{},
			Text: i18n.T("%[1]s（%[2]s）于 %[4]s 同意：%[5]s", "Approved by %[1]s (%[3]s) on %[4]s: %[5]s", o.Name, seatNames[o.Seat].ZH, seatNames[o.Seat].EN, o.At.In(clock.Shanghai).Format(time.DateOnly), o.Reason)})
	}
	r.Trace = append(r.Trace, rule.TraceStep{Kind: rule.ByRuling, Clause: &r.Clause, Amount: &granted, Role: "subtotal", Facts: []rule.FactLine{},
		Text: i18n.T("一事一议 %[1]s 议定的金额，由 %[2]s 提出：%[3]s", "Settled by exception %[1]s, proposed by %[2]s: %[3]s", x.Number, x.ProposedName, x.Reason)})
	paid, lines, err := s.paidBefore(ctx, a)
	if err != nil {
		return err
	}
	due := max(0, granted-paid)
	if paid > 0 {
		step := rule.TraceStep{Kind: rule.ByFact, Text: i18n.T("减同一事项已得", "Less what the matter was paid"), Operator: "minus", Line: &paid, Amount: &due, Role: "line", Question: "A7", Facts: lines}
		if law := s.stackingOf(a.Measure); law != nil {
			ref := s.cite(law.Ref(""))
			step.Clause = &ref
		}
		r.Trace = append(r.Trace, step)
	}
	city, district, err := s.divide(a, due)
	if err != nil {
		return err
	}
	r.Amount, r.Split = &due, &rule.Split{City: city, District: district}
	r.Trace = append(r.Trace,
		rule.TraceStep{Kind: rule.ByCompute, Text: i18n.T("应付", "Due"), Amount: &due, Role: "result", Facts: []rule.FactLine{}},
		rule.TraceStep{Kind: rule.ByClause, Text: i18n.T("市级财政，取整到分", "City purse, floored to the fen"), Amount: &city, Role: "split", Facts: []rule.FactLine{}},
		rule.TraceStep{Kind: rule.ByCompute, Text: i18n.T("区级财政，其余归此", "District purse, the rest"), Operator: "minus", Line: &city, Amount: &district, Role: "split", Facts: []rule.FactLine{}})
	return nil
}

var seatNames = map[exception.Seat]i18n.Text{
	exception.OfficeSeat: {ZH: "主管部门", EN: "programme office"}, exception.FinanceSeat: {ZH: "财政", EN: "finance"},
}

// paidBefore adds up what stands as paid for the case's matter, whatever the
// measure and the level (open question A7): an exception tops up, it never pays
// a matter a second time.
func (s *Service) paidBefore(ctx context.Context, a *Application) (sum money.Fen, lines []rule.FactLine, err error) {
	facts, err := s.Facts.Known(ctx, a.Org, s.Clock.Today())
	if err != nil {
		return 0, nil, err
	}
	for _, f := range facts {
		if f.Kind != kindPaid || f.Attributes["matter"] != a.Matter() || f.ID == a.paymentFact("city") || f.ID == a.paymentFact("district") {
			continue
		}
		amount, err := f.Fen()
		if err != nil {
			return 0, nil, err
		}
		if sum, err = sum.Add(amount); err != nil {
			return 0, nil, err
		}
		lines = append(lines, rule.FactLine{ID: f.ID, Kind: f.Kind, Attestor: string(f.Attestor), Occurred: f.Occurred, Amount: &amount})
	}
	return sum, lines, nil
}

// otherThanProposer keeps whoever proposed an exception from any later step
// that leads to its payment.
//
// Codes: forbidden; those of Granted.
func (s *Service) otherThanProposer(ctx context.Context, a *Application, by Actor) error {
	if a.Exception == "" {
		return nil
	}
	x, err := s.Exceptions.Granted(ctx, a.Exception)
	if err == nil && by.Person == x.ProposedBy {
		err = fault.Newf(fault.Forbidden, "提出人不能审批：一事一议 %s 是您自己提出的。", "Whoever proposes does not decide: you proposed exception %s yourself.", x.Number)
	}
	return err
}

// exceptionNumber is what people quote of the exception that a case stands on.
func (s *Service) exceptionNumber(ctx context.Context, a *Application) (string, error) {
	if a.Exception == "" {
		return "", nil
	}
	x, err := s.Exceptions.Granted(ctx, a.Exception)
	return x.Number, err
}

// freezeExceptions adds what was settled case by case out of an offer's budget:
// outside the ranking, inside the money. What the matter of one that is paid got
// is taken off by the facts of its payment already.
//
// Codes: conflict while one half of an exception is paid and the other is not.
func (s *Service) freezeExceptions(ctx context.Context, offer *call.Offer, in *allocation.Input) error {
	list, err := s.Store.Excepted(ctx, offer.Measure, offer.Years.Budget)
	if err != nil {
		return err
	}
	for i := range list {
		a := &list[i]
		x, err := s.Exceptions.Granted(ctx, a.Exception)
		if err != nil {
			return err
		}
		granted := allocation.Exception{ID: x.Number, Code: string(a.Org), Measure: a.Measure, Amount: a.Amount, Matter: a.Matter()}
		switch {
		case a.State == Offered: // nothing is frozen as yet
			granted.Amount = x.Amount
		case a.State == Paid:
			granted.Matter = ""
		case a.CityPaid != "" || a.DistrictPaid != "":
			return fault.Newf(fault.Conflict, "一事一议 %s 只付了一半：等两半都付清再分配。", "One half of exception %s is paid and the other is not: allocate once both are.", x.Number)
		}
		for _, o := range x.Opinions {
			granted.Approvers = append(granted.Approvers, o.Name)
		}
		if granted.Amount > 0 {
			in.Exceptions = append(in.Exceptions, granted)
		}
	}
	return nil
}

// Standings implements exception.Cases.
func (s *Service) Standings(ctx context.Context, ids []string) (map[string]exception.Standing, error) {
	out := make(map[string]exception.Standing, len(ids))
	for _, id := range ids {
		a, err := s.Store.Application(ctx, id)
		if err != nil {
			return nil, err
		}
		stands := exception.Standing{Number: a.Number, State: string(a.State), Due: a.Amount}
		if a.CityPaid != "" {
			stands.Paid += a.City
		}
		if a.DistrictPaid != "" {
			stands.Paid += a.District
		}
		out[id] = stands
	}
	return out, nil
}

// ExceptionView is the exception that a case stands on.
type ExceptionView struct {
	ID        string             `json:"id"`
	Number    string             `json:"number" doc:"What people quote: TY-2025-001"`
	Kind      exception.Kind     `json:"kind" enum:"key_enterprise,major_project"`
	Amount    money.Fen          `json:"amount_fen" doc:"In all, what the matter was paid before included"`
	Reason    string             `json:"reason"`
	Approvers []ExceptionOpinion `json:"approvers"`

	proposer string
}

// ExceptionOpinion is one approval that a case stands on.
type ExceptionOpinion struct {
	Seat exception.Seat `json:"seat" enum:"office,finance"`
	Name string         `json:"name"`
	At   time.Time      `json:"at"`
}

func (s *Service) exceptionView(ctx context.Context, a *Application) (*ExceptionView, error) {
	if a.Exception == "" {
		return nil, nil
	}
	x, err := s.Exceptions.Granted(ctx, a.Exception)
	if err != nil {
		return nil, err
	}
	v := &ExceptionView{ID: x.ID, Number: x.Number, Kind: x.Kind, Amount: x.Amount, Reason: x.Reason, Approvers: []ExceptionOpinion{}, proposer: x.ProposedBy}
	for _, o := range x.Opinions {
		v.Approvers = append(v.Approvers, ExceptionOpinion{o.Seat, o.Name, o.At})
	}
	return v, nil
}

// without takes away what the proposer of an exception may not do.
func (v *ExceptionView) without(by Actor, allowed []Action) []Action {
	if v == nil || by.Person != v.proposer {
		return allowed
	}
	return slices.DeleteFunc(allowed, func(act Action) bool { return act == ActionPropose || act == ActionApprove || act == ActionCountersign })
}
