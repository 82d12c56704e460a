// Package payment sends out the money of decided cases: payment orders of each
// purse, files to its bank and the bank's answers, instalments, and the
// performance reports that are due afterwards. A bank transfer is a file and a
// receipt; no bank is called. The room knows of a case its id, its payee and
// its halves; the case moves on by what the room tells it.
package payment

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Cases is what the room asks of, and tells, the case side. What it is told
// happens in the transaction that records the order's new state.
type Cases interface {
	// Award is what a case was awarded in its present round, for its plan.
	// Codes: not_found; conflict while no money is held for it.
	Award(ctx context.Context, id string) (Award, error)
	// Payable refuses when money may not go out for an order now: an alarm came
	// up since it was issued, or its organisation was excluded. What it finds is
	// raised there, so it is asked outside of transactions. Codes: conflict,
	// saying why.
	Payable(ctx context.Context, o Order) error
	// Settled says that the bank paid an order.
	Settled(ctx context.Context, s Settlement) error
	// Failed says that the bank did not.
	Failed(ctx context.Context, o Order) error
	// Cancelled says that an order will not be paid.
	Cancelled(ctx context.Context, o Order) error
}

// Settlement is an order that was paid, and what it makes of its half.
type Settlement struct {
	Order
	Half money.Fen // the whole half; Before + Amount == Half when it is paid in full
}

// Last reports whether the half is paid in full.
func (s Settlement) Last() bool { return s.Before+s.Amount == s.Half }

// Registry notes who did what, in the transaction of the act.
type Registry interface {
	Record(ctx context.Context, act party.Act) error
}

// Payees reads where organisations are paid.
type Payees interface {
	// Account finds one account of an organisation. Codes: not_found.
	Account(ctx context.Context, org ident.CreditCode, id string) (party.PayeeAccount, error)
	// Active finds the account that is paid now.
	Active(ctx context.Context, org ident.CreditCode) (p party.PayeeAccount, found bool, err error)
}

// Facts is where performance is read from and recorded; *evidence.Service fits.
type Facts interface {
	Append(ctx context.Context, facts []evidence.Fact) ([]evidence.Fact, error)
	List(ctx context.Context, q evidence.Query) ([]evidence.Record, *evidence.Position, error)
}

// Books is where budgets are read from; *ledger.Ledger fits.
type Books interface {
	Budgets(ctx context.Context, year int) ([]ledger.Budget, error)
}

// Actor is the person behind a use case, in the role that is active.
type Actor = party.Actor

// Service is the room's use cases. All fields must be set.
type Service struct {
	Store    Store
	Cases    Cases
	Registry Registry
	Payees   Payees
	Facts    Facts
	Books    Books
	Files    Files
	Clock    clock.Clock
	IDs      ident.Source
	Wake     func() // says that a transaction has committed in which the case side may have asked the ledger
}

// The things that have numbers of their own, and how these begin.
const (
	numberOrder  = "ZF"
	numberFile   = "FK"
	numberReturn = "HD"
	numberReport = "JX"
)

// number is the next of a kind in the business year.
func (s *Service) number(ctx context.Context, kind string) (string, error) {
	year := s.Clock.Today().Year()
	n, err := s.Store.NextNumber(ctx, kind, year)
	return fmt.Sprintf("%s-%d-%04d", kind, year, n), err
}

// One transaction at a time works on a case, on the files of a purse, and on
// returns: these touch many cases, and two of them could wait for each other.
func (s *Service) lockCase(ctx context.Context, id string) error {
	return s.Store.Lock(ctx, "case/"+id)
}

func (s *Service) lockPurse(ctx context.Context, p ledger.Purse) error {
	return s.Store.Lock(ctx, "purse/"+p.String())
}

func (s *Service) lockReturns(ctx context.Context) error { return s.Store.Lock(ctx, "returns") }

// move takes an action on an order and writes it with its event.
func (s *Service) move(ctx context.Context, by Actor, o *Order, act Action, note string) error {
	if err := o.Move(act); err != nil {
		return err
	}
	if err := s.Store.UpdateOrder(ctx, o); err != nil {
		return err
	}
	return s.event(ctx, by, *o, act, note)
}

func (s *Service) event(ctx context.Context, by Actor, o Order, act Action, note string) error {
	return s.Store.AppendEvent(ctx, o.ID, OrderEvent{At: s.Clock.Now(), Person: by.Person, Name: by.Name, Role: by.Role, Action: act, To: o.State, Note: note})
}

// recordOrder notes an act on one order.
func (s *Service) recordOrder(ctx context.Context, act Action, o Order, note string) error {
	return s.Registry.Record(ctx, party.Act{Action: "payment.order." + string(act), Kind: "payment_order", Subject: o.ID, Org: o.Org,
		Details: map[string]string{"number": o.Number, "case": o.CaseNumber, "amount_fen": fmt.Sprint(int64(o.Amount)), "state": string(o.State), "note": note}})
}

// notTheirs hides what belongs to another organisation.
func notTheirs(by Actor, org ident.CreditCode, zh, en string) error {
	if by.Org != "" && by.Org != org {
		return fault.New(fault.NotFound, i18n.Text{ZH: zh, EN: en})
	}
	return nil
}
