package voucher

import (
	"context"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// This file is what whoever sells a service calls: hold when it accepts a bill,
// settle on metered use, release, give back. Money moves in the ledger alone;
// ids are the caller's, and asked again each gets its first answer.

// exclusive is the open question whether one bill may take two vouchers
// (documents 000 二.1, 002 一, 003 二.11). Until it is ruled otherwise none does.
const (
	exclusive  = "A10"
	mayCombine = "both"
)

// HoldInput reserves part of a voucher for a bill.
type HoldInput struct {
	ID      string           // of the hold in the ledger
	Voucher string           // id
	Org     ident.CreditCode // who is billed: only the holder's own bills
	Bill    string           // what the bill is known by
	Total   money.Fen        // what the bill may come to
	Amount  money.Fen        // what of it the voucher shall pay
	Until   clock.Date       // last day of the hold
	Service string           // what is billed: training
	Place   string           // where, by GB/T 2260 code or guian
}

// Validate reports every fault of the input.
func (in HoldInput) Validate() error {
	var bad fault.Collector
	checkRef(&bad, "id", in.ID, 200)
	checkRef(&bad, "bill", in.Bill, 120)
	if in.Amount <= 0 || in.Total < in.Amount {
		bad.Add("amount_fen", "占用须为正数，且不超过账单。", "A hold is positive and at most the bill.")
	}
	if in.Until == "" {
		bad.Add("until", "占用须有截止日。", "A hold has a last day.")
	}
	return bad.Err()
}

// Hold reserves money on a voucher up to a day.
//
// Codes: invalid; not_found, also for another's voucher; conflict when the
// voucher is not good for it, or its bill is another programme's (A10);
// limit_reached for more than is free or than the ruled discount.
func (s *Service) Hold(ctx context.Context, in HoldInput) error {
	if err := in.Validate(); err != nil {
		return err
	}
	v, err := s.Store.Voucher(ctx, in.Voucher)
	if err == nil && v.Org != in.Org {
		err = NoVoucher()
	}
	if err != nil {
		return err
	}
	use := Use{Bill: in.Bill, Hold: in.ID, Voucher: v.ID, Programme: v.Programme, Held: in.Amount}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, "bill/"+in.Bill); err != nil {
			return err
		}
		known, err := s.Store.Use(ctx, in.ID)
		switch {
		case err == nil:
			return known.sameHold(use)
		case !fault.Is(err, fault.NotFound):
			return err
		}
		if err := s.good(ctx, &v, in); err != nil {
			return err
		}
		return s.Store.AddUse(ctx, use)
	})
	if err != nil {
		return err
	}
	err = s.apply(ctx, v.books().Hold(in.ID, v.ID, in.Amount, in.Until, "bill/"+in.Bill))
	if err == nil || fault.Is(err, fault.Unavailable) || ctx.Err() != nil { // it may stand
		return err
	}
	if dropped := s.Store.DropUse(ctx, in.ID); dropped != nil {
		return dropped
	}
	return err
}

func (u Use) sameHold(other Use) error {
	if u.Bill != other.Bill || u.Voucher != other.Voucher || u.Held != other.Held {
		return fault.Newf(fault.Conflict, "占用 %s 已用于别的账单：请换一个编号。", "Hold %s was used for another bill: use another id.", u.Hold)
	}
	return nil
}

// good checks that a voucher may pay a bill: it is live and within its days, the
// service and place are in its scope, no other programme pays the same bill, and
// the bill's vouchers stay within the ruled discount.
func (s *Service) good(ctx context.Context, v *Voucher, in HoldInput) error {
	day, err := s.today(ctx)
	if err != nil {
		return err
	}
	switch {
	case v.State != Live:
		return fault.Newf(fault.Conflict, "券 %s 现在不能用。", "Voucher %s cannot be used now.", v.Number)
	case day < v.From || day > v.Until:
		return fault.Newf(fault.Conflict, "券 %[1]s 的有效期是 %[2]s 至 %[3]s。", "Voucher %[1]s is good from %[2]s to %[3]s.", v.Number, v.From, v.Until)
	case !slices.Contains(v.Terms.Services, in.Service) || !slices.Contains(v.Terms.Places, in.Place):
		return s.outOfScope(v)
	}
	uses, err := s.Store.Uses(ctx, in.Bill)
	if err != nil {
		return err
	}
	sum := in.Amount
	for _, u := range uses {
		if u.counted() > 0 && u.Programme != v.Programme && !s.combined(v.Year) {
			return s.twoProgrammes(in.Bill, u.Programme, v.Programme)
		}
		if u.Programme == v.Programme {
			sum += u.counted()
		}
	}
	return within(v, sum, in.Total)
}

// outOfScope names the places as people do.
func (s *Service) outOfScope(v *Voucher) error {
	var zh, en []string
	for _, place := range s.Pack.Region.Places {
		if slices.Contains(v.Terms.Places, place.Code) {
			zh, en = append(zh, place.Name.ZH), append(en, place.Name.EN)
		}
	}
	return fault.Newf(fault.Conflict, "这项服务或这个地点不在券 %[1]s 的使用范围内（地点：%[2]s）：可用的服务见券的页面。", "Voucher %[1]s is not good for this service or place (places: %[3]s): its page names the services.",
		v.Number, strings.Join(zh, "、"), strings.Join(en, ", "))
}

// counted is what of a bill a hold pays, or may come to pay.
func (u Use) counted() money.Fen {
	switch {
	case u.Released:
		return 0
	case u.Post != "":
		return u.Settled
	}
	return u.Held
}

// combined reports whether the year's guide lets one bill take two programmes.
func (s *Service) combined(year int) bool {
	guide, err := s.Pack.Guide(year)
	if err != nil {
		return false
	}
	r, ruled := guide.Ruling(exclusive)
	return ruled && r.Choice == mayCombine
}

// twoProgrammes names both, so that who is billed can choose.
func (s *Service) twoProgrammes(bill, first, second string) error {
	name := func(measure string) (t i18n.Text) {
		t = i18n.Text{ZH: measure, EN: measure}
		if m, err := s.Pack.Measure(measure); err == nil {
			t.ZH, t.EN = "“"+m.Name.ZH+"”（"+m.ID+"）", "“"+m.Name.EN+"” ("+m.ID+")"
		}
		return t
	}
	a, b := name(first), name(second)
	return fault.New(fault.Conflict, i18n.Text{
		ZH: "账单 " + bill + " 已用" + a.ZH + "，不能再用" + b.ZH + "：一张账单能否用两种券尚无裁定（" + exclusive + "），裁定之前只用一种。请先释放前一种，或另行支付。",
		EN: "Bill " + bill + " takes " + a.EN + " already and cannot take " + b.EN + " too: whether one bill may take two vouchers is not ruled (" + exclusive + "), and until then it takes one. Release the first, or pay otherwise."})
}

// within holds the vouchers of a bill to the ruled discount, floored to the fen.
func within(v *Voucher, sum, total money.Fen) error {
	most, err := total.MulFloor(v.Terms.Discount)
	if err == nil && sum > most {
		err = fault.Newf(fault.Limit, "券最多抵账单的 %[1]s：账单 %[2]s 元最多抵 %[3]s 元，不能抵 %[4]s 元。", "Vouchers pay at most %[1]s of a bill: %[3]s of %[2]s yuan, not %[4]s.",
			v.Terms.Discount.Percent(), total.Grouped(), most.Grouped(), sum.Grouped())
	}
	return err
}

// SettleInput retires what was metered of a hold; the rest of it is free again.
type SettleInput struct {
	ID     string    // of the settlement in the ledger
	Hold   string    // id
	Amount money.Fen // what the voucher pays, at most the hold
	Total  money.Fen // what the bill came to
	Meter  string    // the reading that the deduction stands on
	// With stands or falls with the deduction: what the centre is owed for it.
	With []ledger.Transfer
}

// Validate reports every fault of the input.
func (in SettleInput) Validate() error {
	var bad fault.Collector
	checkRef(&bad, "id", in.ID, 200)
	checkRef(&bad, "hold", in.Hold, 200)
	checkRef(&bad, "meter", in.Meter, 190)
	if in.Amount <= 0 || in.Total < in.Amount {
		bad.Add("amount_fen", "扣减须为正数，且不超过账单。", "A deduction is positive and at most the bill.")
	}
	return bad.Err()
}

// Settle deducts from a voucher what was used (结算), with its meter reading,
// and returns the rest of the hold. A voucher may have ended meanwhile: what was
// held is still paid.
//
// Codes: invalid; not_found; conflict when the hold is closed, or settled
// otherwise; limit_reached for more than was held or than the ruled discount.
func (s *Service) Settle(ctx context.Context, in SettleInput) error {
	if err := in.Validate(); err != nil {
		return err
	}
	use, v, err := s.used(ctx, in.Hold)
	if err != nil {
		return err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, "bill/"+use.Bill); err != nil {
			return err
		}
		if use, err = s.Store.Use(ctx, in.Hold); err != nil || use.Post == in.ID && use.Settled == in.Amount {
			return err
		}
		if use.Post != "" {
			return fault.Newf(fault.Conflict, "占用 %s 已按别的用量结算。", "Hold %s was settled by another reading.", in.Hold)
		}
		if in.Amount > use.Held {
			return fault.Newf(fault.Limit, "占用只有 %[1]s 元，不能扣 %[2]s 元。", "%[1]s yuan are held; %[2]s cannot be deducted.", use.Held.Grouped(), in.Amount.Grouped())
		}
		if err := s.discounted(ctx, &v, use, in); err != nil {
			return err
		}
		use.Settled, use.Post = in.Amount, in.ID
		return s.Store.SetUse(ctx, use)
	})
	if err != nil {
		return err
	}
	post := ledger.Transfer{ID: in.ID, Kind: ledger.Post, Hold: in.Hold, Amount: in.Amount, Ref: "meter/" + in.Meter, Linked: len(in.With) > 0}
	err = s.apply(ctx, append([]ledger.Transfer{post}, in.With...)...)
	switch {
	case err == nil:
		return s.refresh(ctx, v.ID)
	case fault.Is(err, fault.Unavailable) || ctx.Err() != nil:
		return err
	}
	if reset := s.amend(ctx, use, func(now *Use) { // refused: nothing was deducted
		if now.Post == in.ID {
			now.Settled, now.Post = 0, ""
		}
	}); reset != nil {
		return reset
	}
	return err
}

// amend changes what is kept of a hold as it stands now, one at a time for its bill.
func (s *Service) amend(ctx context.Context, use Use, fn func(now *Use)) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		if err := s.Store.Lock(ctx, "bill/"+use.Bill); err != nil {
			return err
		}
		now, err := s.Store.Use(ctx, use.Hold)
		if err != nil {
			return err
		}
		fn(&now)
		return s.Store.SetUse(ctx, now)
	})
}

// discounted holds what the programme's vouchers pay of a bill to the discount
// of what the bill came to.
func (s *Service) discounted(ctx context.Context, v *Voucher, use Use, in SettleInput) error {
	uses, err := s.Store.Uses(ctx, use.Bill)
	sum := in.Amount
	for _, u := range uses {
		if u.Hold != use.Hold && u.Programme == use.Programme && u.Post != "" {
			sum += u.Settled
		}
	}
	if err != nil {
		return err
	}
	return within(v, sum, in.Total)
}

// Release frees a hold whole (释放): the bill came to nothing, or is paid
// otherwise. A bill that holds nothing any more may take another programme.
//
// Codes: not_found; conflict when it was settled, or ended by itself.
func (s *Service) Release(ctx context.Context, id, hold string) error {
	use, v, err := s.used(ctx, hold)
	if err != nil {
		return err
	}
	if use.Post != "" {
		return fault.Newf(fault.Conflict, "占用 %s 已结算：要退，请冲回那次扣减。", "Hold %s was settled: to return it, give the deduction back.", hold)
	}
	err = s.apply(ctx, ledger.Transfer{ID: id, Kind: ledger.Void, Hold: hold, Ref: "bill/" + use.Bill})
	if err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	kept := s.amend(ctx, use, func(now *Use) { now.Released = now.Post == "" }) // a settlement may have come first
	if kept != nil {
		return kept
	}
	if err != nil {
		return err
	}
	return s.refresh(ctx, v.ID)
}

// RecoverInput gives back all or part of a deduction.
type RecoverInput struct {
	ID     string // of the correction in the ledger
	Hold   string // whose settlement is given back
	Amount money.Fen
	Ref    string // why: the dispute, the corrected reading
}

// Recover gives back to a voucher what was deducted wrongly (冲回). A voucher
// that has ended takes it too; expiry sweeps it then.
//
// Codes: invalid; not_found; conflict when nothing was settled; limit_reached
// for more than was deducted.
func (s *Service) Recover(ctx context.Context, in RecoverInput) error {
	var bad fault.Collector
	checkRef(&bad, "id", in.ID, 200)
	checkRef(&bad, "ref", in.Ref, 190)
	if in.Amount <= 0 {
		bad.Add("amount_fen", "金额须为正数。", "The amount must be positive.")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	use, v, err := s.used(ctx, in.Hold)
	if err == nil && use.Post == "" {
		err = fault.Newf(fault.Conflict, "占用 %s 没有扣减过。", "Nothing was deducted from hold %s.", in.Hold)
	}
	if err != nil {
		return err
	}
	if err := s.apply(ctx, ledger.Transfer{ID: in.ID, Kind: ledger.Correction, Corrects: use.Post, Amount: in.Amount, Ref: in.Ref}); err != nil {
		return err
	}
	return s.refresh(ctx, v.ID)
}

// Usable lists an organisation's vouchers that may pay for a service at a place
// today, those that end first first.
//
// Codes: unavailable.
func (s *Service) Usable(ctx context.Context, org ident.CreditCode, service, place string) ([]Falling, error) {
	day, err := s.today(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Vouchers(ctx, Filter{Org: org, States: []State{Live}})
	if err != nil {
		return nil, err
	}
	wallets, err := s.wallets(ctx, all)
	var out []Falling
	for _, v := range all {
		in := slices.Contains(v.Terms.Services, service) && slices.Contains(v.Terms.Places, place) && v.From <= day && day <= v.Until
		if w := wallets[v.ID]; in && w.Free() > 0 {
			out = append(out, Falling{v, w})
		}
	}
	slices.SortStableFunc(out, func(a, b Falling) int {
		return strings.Compare(string(a.Voucher.Until)+a.Voucher.Number, string(b.Voucher.Until)+b.Voucher.Number)
	})
	return out, err
}

func (s *Service) used(ctx context.Context, hold string) (Use, Voucher, error) {
	use, err := s.Store.Use(ctx, hold)
	if err != nil {
		return use, Voucher{}, err
	}
	v, err := s.Store.Voucher(ctx, use.Voucher)
	return use, v, err
}

// refresh keeps the state of a voucher that was used up, or has money again.
// Somebody who acts on it meanwhile goes first.
func (s *Service) refresh(ctx context.Context, id string) (err error) {
	for range 5 {
		if err = s.settleState(ctx, id); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return err
}

func (s *Service) settleState(ctx context.Context, id string) error {
	return s.Store.InTx(ctx, func(ctx context.Context) error {
		v, err := s.Store.Voucher(ctx, id)
		if err != nil {
			return err
		}
		wallet, err := s.Books.Balances(ctx, v.wallet())
		if err != nil {
			return err
		}
		switch left := wallet[0].Total(); {
		case left == 0 && v.Can(ActionSpend):
			return s.step(ctx, ledgerActor, &v, ActionSpend, 0, i18n.Text{})
		case left > 0 && v.Can(ActionRevive):
			return s.step(ctx, ledgerActor, &v, ActionRevive, left, i18n.Text{})
		}
		return nil
	})
}

// apply asks the ledger and returns what refused, if anything did.
func (s *Service) apply(ctx context.Context, transfers ...ledger.Transfer) error {
	answers, err := s.Books.Apply(ctx, transfers)
	if err != nil {
		return err
	}
	return intent.Refused(answers)
}

// checkRef reports a reference that the ledger's entries could not carry.
func checkRef(bad *fault.Collector, path, ref string, most int) {
	if ref == "" || len(ref) > most || strings.ContainsFunc(ref, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		bad.Add(path, "须为 1 至 %d 个字节，不含空白。", "It has 1 to %d bytes and no blanks.", most)
	}
}
