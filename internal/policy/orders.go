package policy

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/payment"
)

// Payments is what this domain asks of the payment room; *payment.Service fits.
type Payments interface {
	// Issue makes the orders of a countersigned award, once, and returns those that stand.
	Issue(ctx context.Context, by payment.Actor, a payment.Award) ([]payment.Order, error)
	// Live lists the orders that stand for a case's round.
	Live(ctx context.Context, id string, round int) ([]payment.Order, error)
	// Planned reports whether a case's round was divided into instalments.
	Planned(ctx context.Context, id string, round int) (bool, error)
	// AskReport asks the organisation of a paid award for its performance report, once.
	AskReport(ctx context.Context, a payment.Award, paid clock.Date) error
}

// What the timeline says of a payment by bank file. They move no state by
// themselves: one half that is late holds up no record of the other.
const (
	ActionOrderPaid      Action = "order_paid"
	ActionOrderFailed    Action = "order_failed"
	ActionOrderCancelled Action = "order_cancelled"
)

const wantOrder = "order"

// byFile reports whether a case is paid through its purses' banks: its call says
// so, or it was divided into instalments, which go no other way.
func (s *Service) byFile(ctx context.Context, a *Application) (bool, error) {
	if a.Channel == call.BankFile || s.Payments == nil {
		return a.Channel == call.BankFile, nil
	}
	return s.Payments.Planned(ctx, a.ID, a.Round)
}

// issue hands an application's halves to the payment room in the transaction of
// the consent; the ledger is asked for each order once the bank says that it
// paid. A consent given again also asks again for what the bank paid and the
// ledger refused.
func (s *Service) issue(ctx context.Context, by Actor, a *Application) error {
	award, err := s.award(ctx, *a)
	if err != nil {
		return err
	}
	award.Consenter, award.Due = by.Person, s.Clock.Today()
	orders, err := s.Payments.Issue(ctx, by, award)
	if err != nil {
		return err
	}
	a.Channel, a.Outstanding = call.BankFile, 0
	for _, h := range s.halves(*a) {
		if h.paid != "" {
			continue
		}
		a.Outstanding++
		if err := s.wantUnbooked(ctx, *a, h, orders); err != nil {
			return err
		}
	}
	return nil
}

// award is what the payment room is told of an application.
func (s *Service) award(ctx context.Context, a Application) (payment.Award, error) {
	payee, found, err := s.Registry.Payee(ctx, a.Org)
	if err != nil || !found {
		return payment.Award{}, orInvalid(err, "payee", "没有生效的收款账户。", "There is no active payee account.")
	}
	names, err := s.Registry.Names(ctx, []ident.CreditCode{a.Org})
	if err != nil {
		return payment.Award{}, err
	}
	out := payment.Award{Case: a.ID, Number: a.Number, Round: a.Round, Org: a.Org, OrgName: names[a.Org], Measure: a.Measure, Matter: a.Matter(), Year: a.Years.Budget,
		Payee: payment.PayeeOf(payee), Divisible: a.State == Held && a.CityPaid == "" && a.DistrictPaid == ""}
	if s.ReportTerm != nil {
		out.Report = s.ReportTerm(a.Measure)
	}
	for _, h := range s.halves(a) {
		to := &out.District
		if h.programme.Purse.Level == ledger.City {
			to = &out.City
		}
		*to = payment.Half{Purse: h.programme.Purse, Name: s.PurseName(h.programme.Purse), Amount: h.amount}
	}
	return out, nil
}

// wantUnbooked asks the ledger again for what the bank paid of a half and the
// books do not have.
func (s *Service) wantUnbooked(ctx context.Context, a Application, h half, orders []payment.Order) error {
	booked, err := s.booked(ctx, a, h)
	if err != nil {
		return err
	}
	slices.SortFunc(orders, func(x, y payment.Order) int { return int(min(max(x.Before-y.Before, -1), 1)) })
	for _, o := range orders {
		if o.State == payment.Paid && string(o.Purse.Level) == h.level() && o.Before >= booked {
			if err := s.wantSettled(ctx, a, h, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// wantSettled writes the intent for one order that the bank paid. With the
// first of a half the whole half becomes owed; each order then leaves the
// treasury by itself. A second try asks under new ids.
func (s *Service) wantSettled(ctx context.Context, a Application, h half, o payment.Order) error {
	org, ref := string(a.Org), "application/"+a.ID
	id := fmt.Sprintf("%s/%s/%d/%s/%d", a.intent(wantOrder), h.level(), o.Instalment, o.Settled, a.Version)
	in := intent.Intent{ID: id, Kind: intentKind, Accounts: []ledger.Account{h.programme.PayableAccount(org), h.programme.Purse.PaidAccount(h.programme.Year)}}
	if o.Before == 0 {
		in.Transfers = append(in.Transfers, ledger.Transfer{ID: id + "/post", Kind: ledger.Post, Hold: a.intent(h.level()) + "/hold", Amount: h.amount, Ref: ref})
	}
	in.Transfers = append(in.Transfers, ledger.PayOut(id+"/paid", h.programme, org, o.Amount, ref))
	return s.Treasury.Write(ctx, in)
}

// orderAnswered records what the ledger says of an order that the bank paid.
func (s *Service) orderAnswered(ctx context.Context, a Application, in intent.Intent, given []ledger.Answer, refused error) error {
	parts := strings.Split(in.ID, "/")
	if len(parts) < 8 || parts[2] != strconv.Itoa(a.Round) {
		return fmt.Errorf("intent %s belongs to no order", in.ID)
	}
	halves := s.halves(a)
	i := slices.IndexFunc(halves, func(h half) bool { return h.level() == parts[4] })
	if i < 0 || halves[i].paid != "" {
		return nil // recorded already
	}
	if refused != nil {
		a.Hindrance = s.whyRefused(a, given, refused)
		return s.afterOrder(ctx, &a)
	}
	h, amount, day := halves[i], in.Transfers[len(in.Transfers)-1].Amount, clock.Date(parts[6])
	booked, err := s.booked(ctx, a, h)
	if err != nil {
		return err
	}
	fact := s.paidFact(a, h)
	fact.Quantity, fact.Occurred = amount.String(), day
	if amount != h.amount {
		fact.ID += "-" + parts[5]
	}
	if _, err := s.Facts.Append(ctx, []evidence.Fact{fact}); err != nil {
		return err
	}
	if booked+amount == h.amount {
		a.Outstanding--
		if h.programme.Purse.Level == ledger.City {
			a.CityPaid = day
		} else {
			a.DistrictPaid = day
		}
	}
	return s.afterOrder(ctx, &a)
}

// booked is how much of a half the books have paid out, by its facts as they
// were recorded: what came back since was paid all the same.
func (s *Service) booked(ctx context.Context, a Application, h half) (sum money.Fen, err error) {
	paid, err := s.paidFacts(ctx, a.Org)
	for _, f := range paid {
		if !a.recordedBy(f.ID, h) {
			continue
		}
		amount, errFen := f.Fen()
		if errFen != nil {
			return 0, errFen
		}
		sum += amount
	}
	return sum, err
}

// afterOrder writes an application whose orders changed: paid when both halves
// are; held again when something stands in the way and nothing is with the bank.
func (s *Service) afterOrder(ctx context.Context, a *Application) error {
	unpaid := slices.ContainsFunc(s.halves(*a), func(h half) bool { return h.paid == "" })
	if a.State == Paying && !unpaid {
		a.Hindrance = i18n.Text{}
		return s.step(ctx, a, ActionPaid)
	}
	if a.State == Paying && !a.Hindrance.IsZero() {
		live, err := s.Payments.Live(ctx, a.ID, a.Round)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(live, func(o payment.Order) bool { return o.State != payment.Paid }) {
			return s.step(ctx, a, ActionPayRefused)
		}
	}
	return s.Store.UpdateApplication(ctx, a, nil)
}

// askReport asks for the performance report of a case that the ledger paid at
// once; the payment room itself asks for those that it pays.
func (s *Service) askReport(ctx context.Context, a Application) error {
	if s.ReportTerm == nil {
		return nil
	}
	award, err := s.award(ctx, a)
	if err != nil {
		return err
	}
	return s.Payments.AskReport(ctx, award, s.Clock.Today())
}

// noOrders refuses to send a case back while the bank may pay it, or has.
func (s *Service) noOrders(ctx context.Context, a Application) error {
	if s.Payments == nil {
		return nil // everything is paid by the ledger at once
	}
	live, err := s.Payments.Live(ctx, a.ID, a.Round)
	if err == nil && len(live) > 0 {
		err = fault.Newf(fault.Conflict, "支付指令 %s 仍有效，不能退回：请先作废，或再次复核付款。", "Payment order %s still stands, so the case cannot be sent back: cancel it, or countersign again.", live[0].Number)
	}
	return err
}

// Orders is the case's side of payment by bank file, as the payment room needs it.
type Orders struct{ *Service }

// Award implements payment.Cases.
func (o Orders) Award(ctx context.Context, id string) (payment.Award, error) {
	a, err := o.Store.Application(ctx, id)
	if err != nil {
		return payment.Award{}, err
	}
	if a.State != Held && a.State != Paying && a.State != Paid {
		return payment.Award{}, fault.Newf(fault.Conflict, "申报 %s 没有占用资金，无从付款。", "Application %s holds no money to be paid.", a.Number)
	}
	return o.award(ctx, a)
}

// Payable implements payment.Cases. Instalments may wait for months after the
// countersignature; what came up since stops them.
func (o Orders) Payable(ctx context.Context, order payment.Order) error {
	if err := o.noAlarm(ctx, order.Case); err != nil {
		return err
	}
	return o.checkStanding(ctx, order.Org)
}

// Settled implements payment.Cases: the ledger is asked for what the bank paid.
func (o Orders) Settled(ctx context.Context, paid payment.Settlement) error {
	a, h, err := o.halfOf(ctx, paid.Order)
	if err != nil {
		return err
	}
	if h.amount != paid.Half {
		return fmt.Errorf("order %s pays a half of %s, the application has %s", paid.ID, paid.Half, h.amount)
	}
	if err := o.wantSettled(ctx, a, h, paid.Order); err != nil {
		return err
	}
	return o.note(ctx, &a, ActionOrderPaid, i18n.T("%s，银行流水号 %s", "%s, bank reference %s", paid.Number, paid.Reference))
}

// Failed implements payment.Cases: the other half goes on by itself.
func (o Orders) Failed(ctx context.Context, failed payment.Order) error {
	a, _, err := o.halfOf(ctx, failed)
	if err != nil {
		return err
	}
	return o.note(ctx, &a, ActionOrderFailed, i18n.T("%s：%s", "%s: %s", failed.Number, failed.Why))
}

// Cancelled implements payment.Cases: finance decides on the case again once
// nothing of it is with the bank.
func (o Orders) Cancelled(ctx context.Context, cancelled payment.Order) error {
	a, _, err := o.halfOf(ctx, cancelled)
	if err != nil {
		return err
	}
	a.Hindrance = i18n.T("支付指令 %s 已作废：可再次复核重新签发，或退回经办。", "Payment order %s was cancelled: countersign again to issue it anew, or send the case back.", cancelled.Number)
	if err := o.record(ctx, Actor{Role: "finance"}, &a, ActionOrderCancelled, a.Hindrance); err != nil {
		return err
	}
	return o.afterOrder(ctx, &a)
}

// halfOf finds what an order pays. The ledger may answer on the other half now,
// and a whole return must not fail for it.
func (o Orders) halfOf(ctx context.Context, order payment.Order) (Application, half, error) {
	a, err := o.Store.LockApplication(ctx, order.Case)
	if err != nil {
		return a, half{}, err
	}
	for _, h := range o.halves(a) {
		if h.programme.Purse == order.Purse && a.Round == order.Round {
			return a, h, nil
		}
	}
	return a, half{}, fmt.Errorf("order %s belongs to no half of application %s", order.ID, a.Number)
}

// note counts the version up, so that whoever read the case before reads it
// anew, and adds to the timeline.
func (o Orders) note(ctx context.Context, a *Application, act Action, text i18n.Text) error {
	if err := o.Store.UpdateApplication(ctx, a, nil); err != nil {
		return err
	}
	return o.record(ctx, Actor{Role: "bank"}, a, act, text)
}
