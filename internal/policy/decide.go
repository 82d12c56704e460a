package policy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// DecisionInput is an officer's act on an application: what they read
// (Version, Hash) and what they say (Opinion).
type DecisionInput struct {
	ID      string
	Version int64
	Opinion string
	Hash    string // the assessment the officer saw; only approving needs it
}

// Validate reports every fault of the input.
func (in DecisionInput) Validate() error {
	var c fault.Collector
	checkReason(&c, "opinion", in.Opinion)
	if in.Version <= 0 {
		c.Add("revision", "缺少所依据的版本：请刷新页面。", "The revision that you read is missing: reload the page.")
	}
	return c.Err()
}

// Return sends an application back for supplements (补正).
//
// Codes: invalid, not_found, conflict.
func (s *Service) Return(ctx context.Context, by Actor, in DecisionInput) (Application, error) {
	if err := in.Validate(); err != nil {
		return Application{}, err
	}
	return s.change(ctx, by, in.ID, in.Version, ActionReturn, said(in.Opinion), nil)
}

// Accept takes an application as complete (受理): it is reviewed next, and
// decided alone or in the call's allocation.
//
// Codes: invalid, not_found; conflict, also for a case outside a call, which
// is decided at once.
func (s *Service) Accept(ctx context.Context, by Actor, in DecisionInput) (Application, error) {
	if err := in.Validate(); err != nil {
		return Application{}, err
	}
	return s.change(ctx, by, in.ID, in.Version, ActionAccept, said(in.Opinion), nil)
}

// Refuse ends an application without support.
//
// Codes: invalid, not_found, conflict.
func (s *Service) Refuse(ctx context.Context, by Actor, in DecisionInput) (Application, error) {
	if err := in.Validate(); err != nil {
		return Application{}, err
	}
	return s.change(ctx, by, in.ID, in.Version, ActionRefuse, said(in.Opinion), nil)
}

// Approve decides to pay. The result is computed again; if it is not what the
// officer saw, nothing happens. The ledger is asked to hold both halves, and a
// support.decided fact seals which calculation the decision rests on.
//
// Codes: invalid; conflict when the facts changed, the outcome is not
// eligible, no amount is set, the matter has other money, or an alarm stands in
// the way; not_found.
func (s *Service) Approve(ctx context.Context, by Actor, in DecisionInput) (Application, error) {
	if err := in.Validate(); err != nil {
		return Application{}, err
	}
	if err := s.noAlarm(ctx, in.ID); err != nil {
		return Application{}, err
	}
	return s.change(ctx, by, in.ID, in.Version, ActionApprove, said(in.Opinion), func(ctx context.Context, a *Application) error {
		seen := a.Hash
		if in.Hash != "" && in.Hash != seen {
			return s.overtaken(ctx, *a)
		}
		if err := s.Store.LockOrganisation(ctx, a.Org); err != nil {
			return err
		}
		if err := s.checkStanding(ctx, a.Org); err != nil {
			return err
		}
		if err := s.otherThanProposer(ctx, a, by); err != nil {
			return err
		}
		fresh, err := s.assessCase(ctx, a, a.Submitted)
		if err != nil {
			return err
		}
		if fresh.Hash != seen {
			return fault.Newf(fault.Conflict, "事实在提交之后有变化，原试算作废：请按“重新试算”后再决定。", "Facts changed since the submission and the result no longer stands: recompute before you decide.")
		}
		if err := s.payable(fresh, a); err != nil {
			return err
		}
		if err := s.ready(ctx, a); err != nil {
			return err
		}
		if err := s.onePaymentAMatter(ctx, *a, &fresh.Result); err != nil {
			return err
		}
		a.DecidedBy, a.Hindrance = by.Person, i18n.Text{}
		a.Round++
		if _, err := s.Facts.Append(ctx, []evidence.Fact{s.decidedFact(*a)}); err != nil {
			return err
		}
		return s.want(ctx, *a, wantHold)
	})
}

// payable refuses to approve what the rule does not pay today.
func (s *Service) payable(found Assessment, a *Application) error {
	switch {
	case found.Outcome != rule.Eligible:
		why := found.why()
		return fault.Newf(fault.Conflict, "试算结论不是“符合”（%[1]s），不能同意：可退回补正或不予支持。", "The result is not eligible (%[2]s) and cannot be approved: return or refuse it.", why.ZH, why.EN)
	case found.Result.Amount != nil && *found.Result.Amount == 0:
		return fault.Newf(fault.Conflict, "算下来是 0 元：这一事项已领足，或没有可计的金额，不能同意。", "It comes to nothing: the matter was paid in full, or there is no amount to count; it cannot be approved.")
	case a.Amount <= 0:
		return fault.Newf(fault.Conflict, "这条措施的金额要到统一分配时才定，不能单独同意。", "This measure's amount is set by allocation over all applicants; one cannot be approved alone.")
	case a.City+a.District != a.Amount || found.Amount < a.Amount && found.Result.Amount != nil:
		return fault.Newf(fault.CheckFailed, "金额不对：两半之和应等于总额，且不超过规则所给，拒绝付款：请联系管理员。", "The amount is wrong: its halves must add up and stay within what the rule gives; refusing to pay: tell your administrator.")
	}
	return s.checkPeriodToday(a)
}

// ready refuses to approve a case of a call before its review and its notice
// are over.
//
// Codes: conflict, saying what is missing.
func (s *Service) ready(ctx context.Context, a *Application) error {
	if a.Call == "" {
		return nil
	}
	c, err := s.Calls.Call(ctx, a.Call)
	if err != nil {
		return err
	}
	offer, _ := c.Offer(a.Measure)
	if err := s.reviewed(ctx, a, &offer); err != nil || c.Notice == 0 {
		return err
	}
	return s.Notices.Clear(ctx, a.ID)
}

// checkPeriodToday blocks a decision after the measure may have expired, also
// for an application filed in time: document 002, last paragraph, open
// question A1.
func (s *Service) checkPeriodToday(a *Application) error {
	m, err := s.Pack.Measure(a.Measure)
	if err != nil {
		return err
	}
	ends := s.Pack.Document(m.Document).Validity.Ends
	if len(ends) > 0 && s.Clock.Today() > ends[0] {
		return fault.Newf(fault.Conflict, "措施可能已于 %s 到期，在期内申报、期后决定是否有效待裁定（A1），不能自动付款。", "The measure may have expired on %s; whether an application filed in time may be decided afterwards awaits a ruling (A1).", ends[0])
	}
	return nil
}

// Countersign is the second person's consent: each half that is not paid yet is
// asked of the ledger or, where the call or an instalment plan says so, ordered
// of its purse's bank, each by itself.
//
// Codes: invalid; forbidden for the person who decided; not_found, conflict.
func (s *Service) Countersign(ctx context.Context, by Actor, in DecisionInput) (Application, error) {
	if err := in.Validate(); err != nil {
		return Application{}, err
	}
	if err := s.noAlarm(ctx, in.ID); err != nil {
		return Application{}, err
	}
	return s.change(ctx, by, in.ID, in.Version, ActionCountersign, said(in.Opinion), func(ctx context.Context, a *Application) error {
		if err := a.CheckSecondPerson(by.Person); err != nil {
			return err
		}
		if err := s.otherThanProposer(ctx, a, by); err != nil {
			return err
		}
		payee, found, err := s.Registry.Payee(ctx, a.Org)
		if err != nil || !found || payee.ID != a.Payee {
			return orInvalid(err, "payee", "收款账户在提交之后换过或停用，不能付款：请退回经办。", "The payee account was replaced or closed after the submission: send the case back.")
		}
		a.Hindrance = i18n.Text{}
		byFile, err := s.byFile(ctx, a)
		switch {
		case err != nil:
			return err
		case byFile:
			return s.issue(ctx, by, a)
		}
		return s.wantPaid(ctx, a)
	})
}

// SendBack is the second person's refusal: the case returns to the office and
// the ledger is asked to release both holds.
//
// Codes: invalid; forbidden for the person who decided; not_found, conflict.
func (s *Service) SendBack(ctx context.Context, by Actor, in DecisionInput) (Application, error) {
	if err := in.Validate(); err != nil {
		return Application{}, err
	}
	return s.change(ctx, by, in.ID, in.Version, ActionSendBack, said(in.Opinion), func(ctx context.Context, a *Application) error {
		if err := a.CheckSecondPerson(by.Person); err != nil {
			return err
		}
		if a.CityPaid != "" || a.DistrictPaid != "" {
			return fault.Newf(fault.Conflict, "一半已经付出，不能退回：请再次复核付款，只付余下的一半。", "One half is paid and cannot be sent back: countersign again and the other half is paid.")
		}
		if err := s.noOrders(ctx, *a); err != nil {
			return err
		}
		a.Hindrance = said(in.Opinion)
		return s.want(ctx, *a, wantRelease)
	})
}

// Recompute replaces the frozen result of a submitted application with one
// from the facts as they are now.
//
// Codes: not_found, conflict.
func (s *Service) Recompute(ctx context.Context, by Actor, id string, version int64) (Application, error) {
	return s.change(ctx, by, id, version, ActionRecompute, i18n.Text{}, func(ctx context.Context, a *Application) error { return s.freeze(ctx, a) })
}

// half is one purse's part of a payment: document 002 clause 8(1).
type half struct {
	programme ledger.Programme
	amount    money.Fen
	paid      clock.Date // "" until its purse has paid
}

func (h half) level() string { return string(h.programme.Purse.Level) }

// halves are the parts that have money, both of the case's budget year (A13).
func (s *Service) halves(a Application) []half {
	var out []half
	for _, h := range []half{
		{ledger.Programme{Purse: ledger.Purse{Level: ledger.City, Code: s.City}, Measure: a.Measure, Year: a.Years.Budget}, a.City, a.CityPaid},
		{ledger.Programme{Purse: ledger.Purse{Level: ledger.District, Code: a.Purse}, Measure: a.Measure, Year: a.Years.Budget}, a.District, a.DistrictPaid},
	} {
		if h.amount > 0 {
			out = append(out, h)
		}
	}
	return out
}

// What an application asks of the ledger.
const (
	intentKind  = "policy.application"
	wantHold    = "hold"
	wantPayment = "pay"
	wantRelease = "release"
)

// intent names something that this round of the application asks of the
// ledger. Ids derive from the application, so that asking twice moves money once.
func (a Application) intent(what string) string {
	return fmt.Sprintf("application/%s/%d/%s", a.ID, a.Round, what)
}

// want writes the intent for both halves: they are promised and released
// together or not at all.
func (s *Service) want(ctx context.Context, a Application, want string) error {
	in := intent.Intent{ID: a.intent(want), Kind: intentKind}
	org, ref := string(a.Org), "application/"+a.ID
	for _, h := range s.halves(a) {
		if h.paid != "" { // nothing of it is held any more
			continue
		}
		id := a.intent(h.level()) + "/"
		in.Accounts = append(in.Accounts, h.programme.PayableAccount(org), h.programme.Purse.PaidAccount(h.programme.Year))
		switch want {
		case wantHold:
			in.Transfers = append(in.Transfers, ledger.Award(id+"hold", ledger.Hold, h.programme, org, h.amount, ref))
		case wantRelease:
			in.Transfers = append(in.Transfers, ledger.Transfer{ID: id + "void", Kind: ledger.Void, Hold: id + "hold", Ref: ref})
		}
	}
	return s.Treasury.Write(ctx, in)
}

// wantPaid writes one intent for each half that is not paid: one purse that is
// late or refused holds up no record of the other (document 002 clause 8(1)).
// A second consent asks under new ids, since the first answer to an id stands;
// a hold is posted once whatever asks.
func (s *Service) wantPaid(ctx context.Context, a *Application) error {
	a.Outstanding = 0
	org, ref := string(a.Org), "application/"+a.ID
	for _, h := range s.halves(*a) {
		if h.paid != "" {
			continue
		}
		a.Outstanding++
		id := a.intent(h.level()) + "/"
		again := fmt.Sprintf("%s%d/", id, a.Version)
		err := s.Treasury.Write(ctx, intent.Intent{
			ID: fmt.Sprintf("%s/%s/%d", a.intent(wantPayment), h.level(), a.Version), Kind: intentKind,
			Accounts: []ledger.Account{h.programme.PayableAccount(org), h.programme.Purse.PaidAccount(h.programme.Year)},
			Transfers: []ledger.Transfer{
				{ID: again + "post", Kind: ledger.Post, Hold: id + "hold", Amount: h.amount, Ref: ref},
				ledger.PayOut(again+"paid", h.programme, org, h.amount, ref),
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Handlers are what the ledger's answers go to, by kind of intent.
func (s *Service) Handlers() map[string]intent.Handler {
	return map[string]intent.Handler{intentKind: s.answered}
}

// answered moves an application on with the ledger's answer, in the
// transaction that marks the intent as answered; it may come more than once.
func (s *Service) answered(ctx context.Context, in intent.Intent, given []ledger.Answer) error {
	parts := strings.Split(in.ID, "/")
	if len(parts) < 4 {
		return fmt.Errorf("intent %s belongs to no application", in.ID)
	}
	a, err := s.Store.LockApplication(ctx, parts[1]) // the bank's answer on the other half may come now
	if err != nil {
		return err
	}
	refused := intent.Refused(given)
	if parts[3] == wantPayment && strings.HasPrefix(in.ID, a.intent(wantPayment)+"/") {
		return s.halfAnswered(ctx, a, parts[4], given, refused)
	}
	if parts[3] == wantOrder {
		return s.orderAnswered(ctx, a, in, given, refused)
	}
	act, known := answers[parts[3]][refused == nil]
	if !known || in.ID != a.intent(parts[3]) || !a.Can(act) {
		return nil // taken already, or a release, which needs no step
	}
	a.Hindrance = i18n.Text{}
	if refused != nil {
		a.Hindrance = s.whyRefused(a, given, refused)
	}
	return s.step(ctx, &a, act)
}

// halfAnswered records one purse's answer by itself. Once both have answered
// the application is paid, or held again for the half that was refused.
func (s *Service) halfAnswered(ctx context.Context, a Application, level string, given []ledger.Answer, refused error) error {
	halves := s.halves(a)
	i := slices.IndexFunc(halves, func(h half) bool { return h.level() == level })
	if i < 0 || halves[i].paid != "" || a.State != Paying {
		return nil // recorded already
	}
	a.Outstanding--
	switch {
	case refused != nil:
		a.Hindrance = s.whyRefused(a, given, refused)
	case halves[i].programme.Purse.Level == ledger.City:
		a.CityPaid = s.Clock.Today()
	default:
		a.DistrictPaid = s.Clock.Today()
	}
	if refused == nil {
		if _, err := s.Facts.Append(ctx, []evidence.Fact{s.paidFact(a, halves[i])}); err != nil {
			return err
		}
	}
	switch {
	case a.Outstanding > 0: // the other side's turn
		return s.Store.UpdateApplication(ctx, &a, nil)
	case slices.ContainsFunc(s.halves(a), func(h half) bool { return h.paid == "" }):
		return s.step(ctx, &a, ActionPayRefused)
	}
	a.Hindrance = i18n.Text{}
	if err := s.askReport(ctx, a); err != nil {
		return err
	}
	return s.step(ctx, &a, ActionPaid)
}

// step takes the step that the ledger's answer leads to.
func (s *Service) step(ctx context.Context, a *Application, act Action) error {
	from := a.State
	if err := a.Move(act); err != nil {
		return err
	}
	a.turn(from, s.Clock.Today())
	if err := s.Store.UpdateApplication(ctx, a, nil); err != nil {
		return err
	}
	return s.record(ctx, Actor{Role: "ledger"}, a, act, a.Hindrance)
}

// whyRefused says in an officer's words why the ledger refused: whose purse is
// short of how much, not the path of an account.
func (s *Service) whyRefused(a Application, given []ledger.Answer, refused error) i18n.Text {
	for _, answer := range given {
		if answer.Outcome != ledger.Insufficient && answer.Outcome != ledger.OverLimit {
			continue
		}
		for _, h := range s.halves(a) {
			if strings.HasPrefix(answer.ID, a.intent(string(h.programme.Purse.Level))+"/") {
				purse, need := s.PurseName(h.programme.Purse), h.amount.Grouped()
				return i18n.Text{ZH: purse.ZH + "的年度额度不足，容不下 " + need + " 元，没有占用任何资金：请调整预算或退回。",
					EN: purse.EN + " has too little of the year's money left for " + need + " yuan; nothing is held: adjust the budget or return the case."}
			}
		}
	}
	return fault.From(refused).Message
}

// answers maps what was asked, and whether it was granted, to the step taken.
var answers = map[string]map[bool]Action{
	wantHold: {true: ActionHeld, false: ActionHoldRefused},
}

// kindPaid is the fact that support was paid.
const kindPaid = "support.paid"

// kindDecided is the fact that seals a decision.
const kindDecided = "support.decided"

// decidedFact seals a decision: what was decided, and the digest of the frozen
// calculation, so that nobody can later put another one under the payment.
func (s *Service) decidedFact(a Application) evidence.Fact {
	return evidence.Fact{
		ID: a.DecisionFact(), Kind: kindDecided, Subject: a.Org, Object: a.Matter(),
		Quantity: a.Amount.String(), Unit: evidence.UnitCNY, Occurred: s.Clock.Today(), Attestor: evidence.Department,
		Attributes: map[string]string{"measure": a.Measure, "matter": a.Matter(), "application": a.Number, "digest": a.Hash},
	}
}

// DecisionFact is the id of the fact that seals the decision of this round.
func (a Application) DecisionFact() string { return fmt.Sprintf("decided-%s-%d", a.ID, a.Round) }

// paidFact records a half as support already paid for the matter, which the
// next application on it reads (从优不重复, 晋级补差: document 002 clause 8(3)).
func (s *Service) paidFact(a Application, h half) evidence.Fact {
	return evidence.Fact{
		ID: a.paymentFact(h.level()), Kind: kindPaid, Subject: a.Org, Object: a.Matter(),
		Quantity: h.amount.String(), Unit: evidence.UnitCNY, Occurred: s.Clock.Today(), Attestor: evidence.Department,
		Attributes: map[string]string{"measure": a.Measure, "matter": a.Matter(), "level": h.level()},
	}
}
