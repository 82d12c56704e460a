package voucher

import (
	"context"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// What this room asks of the ledger goes by intents of this kind. Their ids
// derive from the voucher and its version, so that asking twice moves once.
const (
	intentKind = "policy.voucher"
	factKind   = "voucher.issued"
)

// ledgerActor stands in the history where the ledger answered.
var ledgerActor = Actor{}

func (v *Voucher) ask(act Action, amount money.Fen) {
	v.Pending = &Pending{Intent: fmt.Sprintf("voucher/%s/%d/%s", v.ID, v.Version, act), Action: act, Amount: amount}
}

// issue asks the ledger to fill a voucher that is good from today on, in the
// transaction of the context.
func (s *Service) issue(ctx context.Context, v *Voucher, amount money.Fen) error {
	day, err := s.today(ctx)
	if err != nil {
		return err
	}
	v.validFrom(day)
	v.ask(ActionClaim, amount)
	b := v.books()
	return s.Treasury.Write(ctx, intent.Intent{ID: v.Pending.Intent, Kind: intentKind, Accounts: []ledger.Account{b.WalletAccount(v.ID)},
		Transfers: []ledger.Transfer{b.Issue("voucher/"+v.ID+"/issue", v.ID, string(v.Org), amount, v.ref())}})
}

// Handlers are what the ledger's answers go to, by kind of intent.
func (s *Service) Handlers() map[string]intent.Handler {
	return map[string]intent.Handler{intentKind: s.answered}
}

// answered moves a voucher on with the ledger's answer, in the transaction that
// marks the intent as answered; it may come more than once.
func (s *Service) answered(ctx context.Context, in intent.Intent, given []ledger.Answer) error {
	parts := strings.Split(in.ID, "/")
	if len(parts) != 4 {
		return fmt.Errorf("intent %s belongs to no voucher", in.ID)
	}
	v, err := s.Store.Voucher(ctx, parts[1])
	if err != nil {
		return err
	}
	if v.Pending == nil || v.Pending.Intent != in.ID {
		return nil // recorded already
	}
	refused := intent.Refused(given)
	if v.Pending.Action == ActionClaim {
		return s.issued(ctx, &v, refused)
	}
	return s.ended(ctx, &v, refused)
}

// issued makes a voucher live, with the fact that says so.
func (s *Service) issued(ctx context.Context, v *Voucher, refused error) error {
	amount := v.Pending.Amount
	v.Pending = nil
	if refused != nil {
		v.Why, v.From, v.Until = shortage(refused), "", ""
		return s.step(ctx, ledgerActor, v, ActionNotIssued, amount, v.Why)
	}
	v.Face = amount
	_, err := s.Facts.Append(ctx, []evidence.Fact{{ID: "voucher-" + v.ID, Kind: factKind, Subject: v.Org, Object: v.Number, Quantity: amount.String(), Unit: evidence.UnitCNY,
		Occurred: min(v.From, s.Clock.Today()), Attestor: evidence.Department, Attributes: map[string]string{"measure": v.Programme, "voucher": v.Number, "year": fmt.Sprint(v.Year)}}})
	if err != nil {
		return err
	}
	return s.step(ctx, ledgerActor, v, ActionIssued, amount, i18n.Text{})
}

// shortage says in people's words what the ledger had no room for.
func shortage(refused error) i18n.Text {
	if fault.Is(refused, fault.Limit) && strings.Contains(fault.From(refused).Message.EN, "cap/voucher/") {
		return i18n.T("本单位当年可领的额度已用完。", "What your organisation may be issued in the year is used up.")
	}
	if fault.Is(refused, fault.Limit) {
		return i18n.T("当年的券已发完。", "The year's vouchers are used up.")
	}
	return fault.From(refused).Message
}

// ended records what came back of a voucher. With nothing left on it the
// voucher is over; a part that is still held waits for its hold.
func (s *Service) ended(ctx context.Context, v *Voucher, refused error) error {
	amount, why := v.Pending.Amount, v.Pending.Action
	if refused != nil { // a hold came first
		act := ActionNotEnded
		err := v.Move(act)
		v.Pending = nil
		return s.moved(ctx, v, act, amount, i18n.T("其间有账单先占用了余额，本次没有收回：请按现在的余额再办一次。", "A bill held some of it first and nothing came back: try again with what is free now."), err)
	}
	if why == ActionExpire {
		v.Back.Expired += amount
	} else {
		v.Back.Returned += amount
	}
	wallet, err := s.Books.Balances(ctx, v.wallet())
	if err != nil {
		return err
	}
	act := ActionEnded
	if wallet[0].Total() > 0 {
		act = ActionReduced
	}
	err = v.Move(act)
	v.Pending = nil
	return s.moved(ctx, v, act, amount, i18n.Text{}, err)
}

func (s *Service) moved(ctx context.Context, v *Voucher, act Action, amount money.Fen, note i18n.Text, err error) error {
	if err != nil {
		return err
	}
	if err := s.Store.Update(ctx, v); err != nil {
		return err
	}
	return s.note(ctx, ledgerActor, v, act, amount, note)
}
