package budget

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Confirm is the second person's consent: the ledger books all lines together
// or none. The order returned is confirmed, or still being booked when the
// ledger did not answer at once.
//
// Codes: invalid, naming the line; forbidden for the person who wrote it;
// not_found; conflict when somebody acted on it meanwhile, when another order of
// one of its programmes is being booked, or when the ledger refused it.
func (s *Service) Confirm(ctx context.Context, by Actor, in Step) (Order, error) {
	in.Reason = "" // consent needs none
	o, err := s.Store.Order(ctx, in.ID)
	if err != nil {
		return o, err
	}
	if o.State == Proposed && by.Person != o.Person {
		if err := s.prepare(ctx, &o); err != nil {
			return o, err
		}
	}
	o, err = s.change(ctx, by, in, ActionConfirm, func(ctx context.Context, o *Order) error {
		if err := o.second(by); err != nil {
			return err
		}
		o.Second, o.SecondName, o.Confirmed, o.Refusal = by.Person, by.Name, s.Clock.Today(), i18n.Text{}
		want, err := s.want(ctx, o)
		if err != nil {
			return err
		}
		return s.Treasury.Write(ctx, want)
	})
	if err != nil {
		return o, err
	}
	return s.booked(ctx, o)
}

// prepare opens what the order needs in the books, unless it asks for what is
// not free.
func (s *Service) prepare(ctx context.Context, o *Order) error {
	if err := s.checkFree(ctx, o); err != nil {
		return err
	}
	var missing []ledger.Programme
	for _, l := range o.Lines {
		missing = append(missing, l.Programme(o.Year))
	}
	return s.Books.OpenProgramme(ctx, missing...)
}

// booked asks the ledger at once and reads what became of the order. A ledger
// that is away is asked again in the background.
func (s *Service) booked(ctx context.Context, o Order) (Order, error) {
	if err := s.Treasury.Now(ctx, o.Asked); err != nil {
		s.Treasury.Wake()
		return o, nil
	}
	o, err := s.Store.Order(ctx, o.ID)
	if err == nil && o.State == Proposed {
		err = fault.New(fault.Conflict, i18n.T("账本没有接受指标单 %[1]s：%[2]s", "The ledger refused budget order %[1]s: %[3]s", o.Number, o.Refusal.ZH, o.Refusal.EN))
	}
	return o, err
}

// intentKind names the handler of the ledger's answers.
const intentKind = "policy.budget"

// entry is the beginning of the ids of a line's transfers. The version sets a
// confirmation apart from one that the ledger refused.
func (o *Order) entry(line int) string { return o.Asked + "/" + strconv.Itoa(line+1) }

// want is what a confirmation asks of the ledger. It claims the order's
// programmes until the answer, so that what it reads of them stays true: which
// earlier lines have something left, and what the ceiling will be.
func (s *Service) want(ctx context.Context, o *Order) (intent.Intent, error) {
	o.Asked = fmt.Sprintf("budget/%s/%d", o.ID, o.Version)
	in := intent.Intent{ID: o.Asked, Kind: intentKind}
	for _, i := range o.byProgramme() {
		l := &o.Lines[i]
		p := l.Programme(o.Year)
		granted, err := s.Store.Claim(ctx, p, o.ID)
		if err != nil {
			return in, err
		}
		ceiling, err := granted.Add(l.Amount)
		if err != nil {
			return in, err
		}
		if l.Amount > 0 {
			in.Transfers = append(in.Transfers, o.give(i)...)
		} else {
			if l.Takes, err = s.sources(ctx, i, l, p); err != nil {
				return in, err
			}
			in.Transfers = append(in.Transfers, o.takeBack(i)...)
		}
		in.Limits = append(in.Limits, p.CeilingAt(o.entry(i)+"/ceiling", ceiling))
		if l.Cap != nil {
			in.Limits = append(in.Limits, p.CapAt(o.entry(i)+"/cap", *l.Cap))
		}
	}
	return in, nil
}

// sources chooses which earlier lines a negative one takes from: the newest
// first, so that what was given last goes first.
func (s *Service) sources(ctx context.Context, i int, l *Line, p ledger.Programme) (takes []Taking, err error) {
	grants, err := s.Store.Grants(ctx, p)
	if err != nil {
		return nil, err
	}
	left := -l.Amount
	for _, g := range grants {
		if left == 0 {
			break
		}
		part := min(left, g.Rest)
		takes = append(takes, Taking{Entry: g.Entry, Order: g.Order, Number: g.Number, Amount: part})
		left -= part
	}
	if left > 0 {
		var bad fault.Collector
		bad.Add(at(i, "amount_fen"), "第 %d 行（%s %s）：指标单下达的只剩 %s 元可收回。", "Line %d (%s %s): of what orders gave, %s yuan are left to take back.", i+1, l.Purse, l.Measure, (-l.Amount - left).Grouped())
		return nil, bad.Err()
	}
	return takes, nil
}

// ref is the cause that the books name.
func (o *Order) ref() string { return "budget-order/" + o.ID }

// give funds a positive line: purse, then programme.
func (o *Order) give(i int) []ledger.Transfer {
	l, entry := o.Lines[i], o.entry(i)
	return []ledger.Transfer{
		ledger.Appropriate(entry+"/appropriate", l.Purse, o.Year, l.Amount, o.ref()),
		ledger.Allot(entry+"/allot", l.Programme(o.Year), l.Amount, o.ref()),
	}
}

// takeBack undoes parts of earlier lines: programme, then purse.
func (o *Order) takeBack(i int) (transfers []ledger.Transfer) {
	for n, t := range o.Lines[i].Takes {
		entry := fmt.Sprintf("%s/%d", o.entry(i), n+1)
		transfers = append(transfers,
			ledger.TakeBack(entry+"/allot", t.Entry+"/allot", t.Amount, o.ref()),
			ledger.TakeBack(entry+"/appropriate", t.Entry+"/appropriate", t.Amount, o.ref()))
	}
	return transfers
}

// transfers are the ids of a line's entries in the books.
func (o *Order) transfers(i int) (ids []string) {
	transfers := o.takeBack(i)
	if o.Lines[i].Amount > 0 {
		transfers = o.give(i)
	}
	for _, t := range transfers {
		ids = append(ids, t.ID)
	}
	return ids
}

// Handlers are what the ledger's answers go to, by kind of intent.
func (s *Service) Handlers() map[string]intent.Handler {
	return map[string]intent.Handler{intentKind: s.answered}
}

// answered moves an order on with the ledger's answer, in the transaction that
// marks the intent as answered; it may come more than once.
func (s *Service) answered(ctx context.Context, in intent.Intent, given []ledger.Answer) error {
	parts := strings.Split(in.ID, "/")
	if len(parts) != 3 {
		return fmt.Errorf("intent %s belongs to no budget order", in.ID)
	}
	o, err := s.Store.Order(ctx, parts[1])
	if err != nil || o.State != Booking || o.Asked != in.ID {
		return err
	}
	if refused := intent.Refused(given); refused != nil {
		return s.notBooked(ctx, &o, given, refused)
	}
	for _, i := range o.byProgramme() {
		if err := s.settle(ctx, &o, i); err != nil {
			return err
		}
	}
	if err := o.Move(ActionBooked); err != nil {
		return err
	}
	return errors.Join(s.Store.Release(ctx, o.ID), s.write(ctx, ledgerActor, &o, ActionBooked, bookedNote(&o)))
}

// settle keeps what a booked line gave, or took from earlier ones.
func (s *Service) settle(ctx context.Context, o *Order, i int) error {
	l := o.Lines[i]
	p := l.Programme(o.Year)
	if l.Amount > 0 {
		return s.Store.AddGrant(ctx, p, Grant{Entry: o.entry(i), Order: o.ID, Number: o.Number, Rest: l.Amount})
	}
	for _, t := range l.Takes {
		if err := s.Store.TakeGrant(ctx, p, t.Entry, t.Amount); err != nil {
			return err
		}
	}
	return nil
}

// notBooked puts the order back before the second person, with the ledger's
// reason and its line.
func (s *Service) notBooked(ctx context.Context, o *Order, given []ledger.Answer, refused error) error {
	if err := o.Move(ActionNotBooked); err != nil {
		return err
	}
	o.Refusal = fault.From(refused).Message
	for _, a := range given {
		if line, found := o.lineOf(a.ID); found && a.Err != nil && a.Outcome != ledger.LinkRefused {
			o.Refusal = i18n.T("第 %[1]d 行：%[2]s", "Line %[1]d: %[3]s", line+1, o.Refusal.ZH, o.Refusal.EN)
			break
		}
	}
	o.Second, o.SecondName, o.Confirmed = "", "", ""
	for i := range o.Lines {
		o.Lines[i].Takes = nil
	}
	return errors.Join(s.Store.Release(ctx, o.ID), s.write(ctx, ledgerActor, o, ActionNotBooked, o.Refusal))
}

// lineOf finds the line that a transfer of the order is of.
func (o *Order) lineOf(transfer string) (line int, found bool) {
	rest, ours := strings.CutPrefix(transfer, o.Asked+"/")
	number, _, _ := strings.Cut(rest, "/")
	n, err := strconv.Atoi(number)
	return n - 1, ours && err == nil
}

func bookedNote(o *Order) i18n.Text {
	given, taken := o.Totals()
	switch {
	case taken == 0:
		return i18n.T("已记账：下达 %s 元。", "Booked: %s yuan given.", given.Grouped())
	case given == 0:
		return i18n.T("已记账：收回 %s 元。", "Booked: %s yuan taken back.", taken.Grouped())
	}
	return i18n.T("已记账：下达 %s 元，收回 %s 元。", "Booked: %s yuan given, %s yuan taken back.", given.Grouped(), taken.Grouped())
}

// Grant is what a confirmed line gave a programme, and what of it later orders
// have not taken back.
type Grant struct {
	Entry  string // the beginning of the ids of its transfers
	Order  string
	Number string
	Rest   money.Fen
}
