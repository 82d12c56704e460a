package recovery

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Receipt is money that came in for a case, by its bank reference, and whose it is.
type Receipt struct {
	ID     string
	Case   string
	Amount money.Fen
	On     clock.Date // value date of the bank
	Bank   string     // reference of the bank, in capitals and without blanks: once among receipts that stand
	Payer  string
	State  ReceiptState
	Shares []Share
	Person string
	Name   string
	At     time.Time
}

// ReceiptState is where a receipt stands.
type ReceiptState string

// The states. The first three stand; the others free the bank reference.
const (
	Asked     ReceiptState = "asked"     // the ledger is asked to book it
	Booked    ReceiptState = "booked"    // in the purses
	Reversing ReceiptState = "reversing" // the ledger is asked to give it back
	Unbooked  ReceiptState = "refused"   // the ledger refused it
	Reversed  ReceiptState = "reversed"
)

// Stands reports whether the receipt's money is or may be in the books.
func (s ReceiptState) Stands() bool { return s == Asked || s == Booked || s == Reversing }

// ReceiptInput is what finance reads on the bank's statement.
type ReceiptInput struct {
	ID     string // of the case
	Amount money.Fen
	On     clock.Date
	Bank   string
	Payer  string
	Purse  ledger.Purse // whose account it came into; zero for one that all purses share
}

// bankReference is a reference as it is compared: banks print it with blanks
// and in either case.
func bankReference(s string) string {
	return strings.ToUpper(strings.Join(strings.Fields(s), ""))
}

// Validate reports every fault of the input.
func (in ReceiptInput) Validate() error {
	var bad fault.Collector
	if in.Amount <= 0 {
		bad.Add("amount_fen", "金额须为正数。", "The amount must be positive.")
	}
	parseDay(&bad, "on", in.On)
	checkWords(&bad, "bank_reference", in.Bank, 64)
	checkWords(&bad, "payer", in.Payer, 200)
	return bad.Err()
}

// Receive records money that came in (到账) and asks the ledger to book it in
// the purses that paid, or in the one whose account it came into: each its own
// transfer, all or none.
//
// Codes: invalid; conflict for a bank reference that stands already, more than
// is owed there, or a case that recovers nothing; not_found.
func (s *Service) Receive(ctx context.Context, by Actor, in ReceiptInput) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	if in.On > s.Clock.Today() {
		var bad fault.Collector
		bad.Add("on", "到账日不能晚于今天。", "The value date is not after today.")
		return Case{}, bad.Err()
	}
	c, err := s.change(ctx, by, Step{ID: in.ID, Reason: in.Bank}, ActionReceive, func(ctx context.Context, c *Case) (any, error) {
		if open := total(c.Parts, openTo(in.Purse)).Total(); in.Amount > open {
			return nil, fault.Newf(fault.Conflict, "到账 %s 元超过尚欠的 %s 元：多出的请退回付款人，只登记应缴部分。",
				"%s yuan came in and %s yuan are owed: return what is too much and record what is owed.", in.Amount.Grouped(), open.Grouped())
		}
		r := Receipt{ID: s.IDs.New("rcv"), Case: c.ID, Amount: in.Amount, On: in.On, Bank: bankReference(in.Bank), Payer: strings.TrimSpace(in.Payer),
			State: Asked, Shares: divide(c.Parts, in.Purse, in.Amount), Person: by.Person, Name: by.Name, At: s.Clock.Now()}
		for _, share := range r.Shares {
			p := &c.Parts[share.Part]
			p.Pending = p.Pending.plus(share.Sum)
		}
		if err := s.Store.InsertReceipt(ctx, r); err != nil {
			return nil, err
		}
		return r.Shares, s.Treasury.Write(ctx, r.book(c))
	})
	if err == nil {
		s.Treasury.Wake()
	}
	return c, err
}

// Reverse takes a booked receipt back: it was recorded wrongly, the bank took
// it back, or it was returned to the party. The ledger corrects its transfers.
//
// Codes: invalid, not_found, conflict.
func (s *Service) Reverse(ctx context.Context, by Actor, in Step, receipt string) (Case, error) {
	if err := in.Validate(); err != nil {
		return Case{}, err
	}
	c, err := s.change(ctx, by, in, ActionReverse, func(ctx context.Context, c *Case) (any, error) {
		r, err := s.Store.Receipt(ctx, receipt)
		if err == nil && r.Case != c.ID {
			err = fault.Newf(fault.NotFound, "这个追缴案没有这笔到账。", "The recovery has no such receipt.")
		}
		if err != nil {
			return nil, err
		}
		if err := s.Store.SetReceipt(ctx, r.ID, Booked, Reversing); err != nil {
			return nil, err
		}
		return r.Bank, s.Treasury.Write(ctx, r.undo(c))
	})
	if err == nil {
		s.Treasury.Wake()
	}
	return c, err
}

// What a receipt asks of the ledger. Ids derive from it, so that asking twice
// moves money once.
const (
	intentKind = "policy.recovery"
	wantBooked = "book"
	wantUndone = "undo"
)

func (r Receipt) intent(want string) string { return "recovery/" + r.Case + "/" + r.ID + "/" + want }

func (r Receipt) transfer(share Share, what string) string {
	return fmt.Sprintf("recovery/%s/%d/%s", r.ID, share.Part, what)
}

// book brings each purse's share back: what was paid out of the account that it
// was paid into, interest beside it.
func (r Receipt) book(c *Case) intent.Intent {
	in := intent.Intent{ID: r.intent(wantBooked), Kind: intentKind}
	org, ref, year := string(c.Org), "recovery/"+c.ID, r.On.Year()
	for _, share := range r.Shares {
		p := c.Parts[share.Part]
		in.Accounts = append(in.Accounts, p.Purse.RecoveredAccounts(year)...)
		if share.Principal > 0 {
			in.Transfers = append(in.Transfers, ledger.Recover(r.transfer(share, "principal"), p.Purse, p.Year, year, org, share.Principal, ref))
		}
		if share.Interest > 0 {
			in.Transfers = append(in.Transfers, ledger.TakeInterest(r.transfer(share, "interest"), p.Purse, year, org, share.Interest, ref))
		}
	}
	return in
}

// undo corrects every transfer of the booking.
func (r Receipt) undo(c *Case) intent.Intent {
	in := intent.Intent{ID: r.intent(wantUndone), Kind: intentKind}
	for _, t := range r.book(c).Transfers {
		in.Transfers = append(in.Transfers, ledger.Transfer{ID: t.ID + "/undo", Kind: ledger.Correction, Corrects: t.ID, Amount: t.Amount, Ref: t.Ref})
	}
	return in
}

// Handlers are what the ledger's answers go to, by kind of intent.
func (s *Service) Handlers() map[string]intent.Handler {
	return map[string]intent.Handler{intentKind: s.answered}
}

// answered moves a receipt on with the ledger's answer, in the transaction that
// marks the intent as answered; it may come more than once.
func (s *Service) answered(ctx context.Context, in intent.Intent, given []ledger.Answer) error {
	parts := strings.Split(in.ID, "/")
	if len(parts) != 4 {
		return fmt.Errorf("intent %s belongs to no receipt", in.ID)
	}
	r, err := s.Store.Receipt(ctx, parts[2])
	if err != nil {
		return err
	}
	c, err := s.Store.Case(ctx, r.Case)
	if err != nil {
		return err
	}
	refused := intent.Refused(given)
	switch {
	case parts[3] == wantBooked && r.State == Asked:
		return s.booked(ctx, &c, r, refused)
	case parts[3] == wantUndone && r.State == Reversing:
		return s.undone(ctx, &c, r, refused)
	}
	return nil // recorded already
}

// booked moves the shares from pending to received, and tells the next
// assessment what still stands of each payment.
func (s *Service) booked(ctx context.Context, c *Case, r Receipt, refused error) error {
	act, state, note := ActionBooked, Booked, bookedNote(r)
	if refused != nil {
		act, state, note = ActionNotBooked, Unbooked, fault.From(refused).Message
	}
	for _, share := range r.Shares {
		p := &c.Parts[share.Part]
		p.Pending = p.Pending.minus(share.Sum)
		if refused == nil {
			p.Received = p.Received.plus(share.Sum)
		}
	}
	if refused == nil {
		if err := s.correct(ctx, c, r, "recovered", -1); err != nil {
			return err
		}
	}
	return s.settle(ctx, c, r, act, state, note)
}

// undone takes the shares out of what was received.
func (s *Service) undone(ctx context.Context, c *Case, r Receipt, refused error) error {
	if refused != nil {
		return s.settle(ctx, c, r, ActionUnreversed, Booked, fault.From(refused).Message)
	}
	for _, share := range r.Shares {
		p := &c.Parts[share.Part]
		p.Received = p.Received.minus(share.Sum)
	}
	if err := s.correct(ctx, c, r, "returned", 1); err != nil {
		return err
	}
	return s.settle(ctx, c, r, ActionReversed, Reversed, reversedNote(r))
}

// settle writes the receipt's and the case's new state.
func (s *Service) settle(ctx context.Context, c *Case, r Receipt, act Action, state ReceiptState, note i18n.Text) error {
	if err := c.Move(act); err != nil {
		return err
	}
	if err := s.Store.SetReceipt(ctx, r.ID, r.State, state); err != nil {
		return err
	}
	if err := s.write(ctx, ledgerActor, c, act, note, nil); err != nil {
		return err
	}
	return s.closeSettled(ctx, c)
}

// correct records what stands of each payment now: a correction of its
// support.paid fact by the principal that came back (sign −1) or was returned
// (+1). The rules read the last of a chain, so that a later assessment counts
// what the organisation kept (A7); nothing left is a correction to 0, which
// withdraws. Interest was never paid and changes no fact.
func (s *Service) correct(ctx context.Context, c *Case, r Receipt, what string, sign money.Fen) error {
	var facts []evidence.Fact
	for _, share := range r.Shares {
		if share.Principal == 0 {
			continue
		}
		stands, err := s.standing(ctx, c.Parts[share.Part].Fact)
		if err != nil {
			return err
		}
		left, err := stands.Fen()
		if err != nil {
			return err
		}
		fact := stands.Fact
		fact.ID, fact.Corrects = fmt.Sprintf("%s-%s-%d", what, r.ID, share.Part), stands.ID
		fact.Quantity = max(0, left+sign*share.Principal).String() // a department may have corrected it to less meanwhile
		fact.Recorded = time.Time{}
		facts = append(facts, fact)
	}
	if len(facts) == 0 {
		return nil
	}
	_, err := s.Facts.Append(ctx, facts)
	return err
}

// standing follows a fact's corrections to the last one.
//
// Codes: not_found.
func (s *Service) standing(ctx context.Context, id string) (evidence.Record, error) {
	for seen := []string{}; ; seen = append(seen, id) {
		r, err := s.Facts.Get(ctx, id)
		if err != nil || r.CorrectedBy == "" || slices.Contains(seen, r.CorrectedBy) {
			return r, err
		}
		id = r.CorrectedBy
	}
}

func bookedNote(r Receipt) i18n.Text {
	return i18n.T("到账 %s 元已分记各级财政。", "%s yuan are booked in the purses that paid.", r.Amount.Grouped())
}

func reversedNote(r Receipt) i18n.Text {
	return i18n.T("到账 %s 元已冲回。", "%s yuan are taken back.", r.Amount.Grouped())
}

func closing(c *Case) i18n.Text {
	if off := total(c.Parts, func(p Part) Sum { return p.Remitted }).Total(); off > 0 {
		return i18n.T("已无欠款：其中核销 %s 元。", "Nothing is owed any more; %s yuan were written off.", off.Grouped())
	}
	return i18n.T("已全部追回。", "All of it has come back.")
}
