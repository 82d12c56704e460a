package voucher

import (
	"context"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Return gives back what is free on a voucher (退回), by its holder. What is
// held stays for its bill.
//
// Codes: invalid; conflict when nothing is free; not_found.
func (s *Service) Return(ctx context.Context, by Actor, in Step) (Voucher, error) {
	return s.takeBack(ctx, by, in, ActionReturn)
}

// Recall takes back what is free on a voucher, by the office and with a reason
// that its holder is told (收回).
//
// Codes: invalid; conflict when nothing is free; not_found.
func (s *Service) Recall(ctx context.Context, by Actor, in Step) (Voucher, error) {
	return s.takeBack(ctx, by, in, ActionRecall)
}

func (s *Service) takeBack(ctx context.Context, by Actor, in Step, act Action) (Voucher, error) {
	if err := in.Validate(); err != nil {
		return Voucher{}, err
	}
	return s.change(ctx, by, in, act, func(ctx context.Context, v *Voucher) (money.Fen, error) {
		if err := v.Move(act); err != nil {
			return 0, err
		}
		return s.empty(ctx, v, act)
	})
}

// empty asks the ledger to take what is free off a voucher: back to the pool
// while its year is open, else back to where the pool came from. It writes in
// the transaction of the context.
func (s *Service) empty(ctx context.Context, v *Voucher, act Action) (money.Fen, error) {
	wallet, err := s.Books.Balances(ctx, v.wallet())
	if err != nil {
		return 0, err
	}
	free := wallet[0].Free()
	if free <= 0 {
		return 0, fault.Newf(fault.Conflict, "券 %[1]s 上没有可退的余额：占用中的 %[2]s 元要等结算或释放。", "Nothing is free on voucher %[1]s: %[2]s yuan are held until they are settled or released.", v.Number, wallet[0].Held.Grouped())
	}
	day, err := s.today(ctx)
	if err != nil {
		return 0, err
	}
	v.ask(act, free)
	b := v.books()
	through := b.Returned()
	if act == ActionExpire {
		through = b.Expired()
	}
	return free, s.Treasury.Write(ctx, intent.Intent{ID: v.Pending.Intent, Kind: intentKind,
		Transfers: b.GiveBack(v.Pending.Intent, v.ID, through, v.Year >= day.Year(), free, v.ref())})
}

// reminded is how many days before its last one a voucher's holder is reminded.
const reminded = 14

// Expire ends every voucher whose last day is over (到期): what is free comes
// back, what is held waits for its hold and is taken by a later run. Before, it
// reminds holders. Any replica may run it at any time: a voucher is asked for
// once, and the ledger gives nothing back twice. The day it ran for is kept, so
// that a clock moved back makes nothing valid again.
//
// Codes: unavailable.
func (s *Service) Expire(ctx context.Context) (ended int, err error) {
	day, err := s.today(ctx)
	if err != nil {
		return 0, err
	}
	if err := s.Store.SetDay(ctx, day); err != nil {
		return 0, err
	}
	err = s.each(ctx, Filter{States: []State{Live}, Until: day.AddDays(reminded)}, func(v Voucher) error {
		if v.Until >= day {
			return s.remind(ctx, &v)
		}
		done, err := s.expire(ctx, v.ID)
		if done {
			ended++
		}
		return err
	})
	if ended > 0 {
		s.Treasury.Wake()
	}
	return ended, err
}

// expire asks for what is free on one voucher; one that somebody acts on right
// now is left for the next run.
func (s *Service) expire(ctx context.Context, id string) (done bool, err error) {
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		v, err := s.Store.Voucher(ctx, id)
		if err != nil || v.State != Live {
			return err
		}
		wallet, err := s.Books.Balances(ctx, v.wallet())
		if err != nil {
			return err
		}
		switch {
		case wallet[0].Total() == 0:
			return s.step(ctx, ledgerActor, &v, ActionSpend, 0, i18n.Text{})
		case wallet[0].Free() == 0:
			return nil
		}
		if err := v.Move(ActionExpire); err != nil {
			return err
		}
		free, err := s.empty(ctx, &v, ActionExpire)
		if err != nil {
			return err
		}
		done = true
		return s.moved(ctx, &v, ActionExpire, free, i18n.Text{}, nil)
	})
	if fault.Is(err, fault.Conflict) {
		return false, nil
	}
	return done, err
}

// remind tells a holder once that a voucher ends soon with money on it.
func (s *Service) remind(ctx context.Context, v *Voucher) error {
	wallet, err := s.Books.Balances(ctx, v.wallet())
	if err != nil || wallet[0].Free() == 0 {
		return err
	}
	return s.Store.InTx(ctx, func(ctx context.Context) error { return s.tellEnding(ctx, v, wallet[0].Free()) })
}

// Falling is a voucher that ends by a day, with what is on it.
type Falling struct {
	Voucher Voucher
	Wallet  ledger.Balance
}

// Falling lists the live vouchers whose last day is on or before a day, the
// newest number first: what expiry would take back then. At most 1,000.
//
// Codes: unavailable.
func (s *Service) Falling(ctx context.Context, by clock.Date) ([]Falling, error) {
	all, err := s.Store.Vouchers(ctx, Filter{States: []State{Live}, Until: by, Limit: 1000})
	if err != nil {
		return nil, err
	}
	wallets, err := s.wallets(ctx, all)
	if err != nil {
		return nil, err
	}
	out := make([]Falling, 0, len(all))
	for _, v := range all {
		if w := wallets[v.ID]; w.Total() > 0 {
			out = append(out, Falling{v, w})
		}
	}
	return out, nil
}

// wallets reads the balances of vouchers that were issued, as of one moment.
func (s *Service) wallets(ctx context.Context, all []Voucher) (map[string]ledger.Balance, error) {
	var names []string
	var ids []string
	for i := range all {
		if all[i].Face > 0 {
			names, ids = append(names, all[i].wallet()), append(ids, all[i].ID)
		}
	}
	balances, err := s.Books.Balances(ctx, names...)
	out := make(map[string]ledger.Balance, len(ids))
	for i, b := range balances {
		out[ids[i]] = b
	}
	return out, err
}

// each runs fn on every voucher of a filter, page by page.
func (s *Service) each(ctx context.Context, f Filter, fn func(Voucher) error) error {
	for f.Limit = 200; ; {
		page, err := s.Store.Vouchers(ctx, f)
		if err != nil {
			return err
		}
		for _, v := range page {
			if err := fn(v); err != nil {
				return err
			}
		}
		if len(page) < f.Limit {
			return nil
		}
		f.Before = page[len(page)-1].Number
	}
}
