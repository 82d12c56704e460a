package voucher

import (
	"context"
	"fmt"
	"slices"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/ledger/intent"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Programme is a measure that is given as a voucher, in one year.
type Programme struct {
	Measure *rule.Measure
	Year    int
	Terms   rule.VoucherTerms // as the year's guide rules
	Closed  i18n.Text         // why nothing can be issued; empty when it can
}

func (p *Programme) books() ledger.Vouchers {
	return ledger.Vouchers{Programme: p.Measure.ID, Year: p.Year}
}

// Programmes lists the measures that are given as vouchers, as they stand in a year.
//
// Codes: invalid for a pack that was not validated.
func (s *Service) Programmes(year int) ([]Programme, error) {
	var out []Programme
	for _, m := range s.Pack.Measures {
		if m.Schedule != rule.ScheduleVoucher {
			continue
		}
		p, err := s.programme(m, year)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Programme finds one by its measure.
//
// Codes: not_found.
func (s *Service) Programme(measure string, year int) (Programme, error) {
	m, err := s.Pack.Measure(measure)
	if err == nil && m.Schedule != rule.ScheduleVoucher {
		err = fault.Newf(fault.NotFound, "措施 %s 不发券。", "Measure %s gives no vouchers.", m.ID)
	}
	if err != nil {
		return Programme{}, err
	}
	return s.programme(m, year)
}

func (s *Service) programme(m *rule.Measure, year int) (p Programme, err error) {
	p = Programme{Measure: m, Year: year}
	guide, missing := s.Pack.Guide(year)
	if missing != nil {
		guide = nil
	}
	ruled := false
	if p.Terms, ruled, err = guide.Voucher(m.ID); err != nil {
		return p, err
	}
	p.Closed = s.closed(m, year, ruled)
	return p, nil
}

// closed says why nothing can be issued of a measure in a year: a draft pays
// nobody, a referral only points elsewhere, and what the text leaves to a rule
// of its own is a ruling's to say, never a guess.
func (s *Service) closed(m *rule.Measure, year int, ruled bool) i18n.Text {
	switch d := s.Pack.Document(m.Document); {
	case d == nil || d.Status == rule.Draft:
		return i18n.T("所在文件还是征求意见稿，不能据此发券。", "Its document is a draft: no voucher is issued on it.")
	case !m.Type.Pays():
		return i18n.T("这一条只指路，券由别处发放。", "This clause only refers: the voucher is issued elsewhere.")
	case !ruled:
		return i18n.T("%d 年指南没有裁定券的面值、抵扣比例、有效期和适用范围，不能发券。", "The guide for %d does not rule on face values, discount, validity and scope: no voucher can be issued.", year)
	}
	return i18n.Text{}
}

// qualifies says why a finding does not let an organisation have a voucher,
// nothing when it does. The questions that the measure leaves to a rule of its
// own are what the ruling on its voucher settles; any other stays open.
func (p *Programme) qualifies(f Finding) []i18n.Text {
	settled := p.Measure.LeftToPeople()
	open := slices.DeleteFunc(slices.Clone(f.Questions), func(q string) bool { return slices.Contains(settled, q) })
	switch {
	case f.Outcome == rule.Eligible, f.Outcome == rule.Undecided && len(open) == 0:
		return nil
	case len(f.Why) > 0:
		return f.Why
	case f.Outcome == rule.NotInForce:
		return []i18n.Text{i18n.T("这条措施尚未生效。", "The measure is not in force yet.")}
	case f.Outcome == rule.Expired:
		return []i18n.Text{i18n.T("这条措施已过有效期。", "The measure has expired.")}
	}
	return []i18n.Text{i18n.T("还有未裁定的问题：%v。", "Questions are open: %v.", open)}
}

// Figures is how a programme's year stands, out of the ledger. Issued = Held +
// Spent + Returned + Expired + Available, always.
type Figures struct {
	Ceiling   money.Fen // most that may be issued in the year; money.Max for none
	Funded    money.Fen // what the pool was given: the money behind it
	Issued    money.Fen // all that was ever issued
	Held      money.Fen // reserved for bills that run
	Spent     money.Fen // retired against metered use
	Returned  money.Fen // given back or recalled
	Expired   money.Fen
	Available money.Fen // on vouchers, may still be used
	Unused    money.Fen // in the pool
	Issuable  money.Fen // of it, what the ceiling still lets out
}

// Figures reads how a programme's year stands; all zero before its pool is open.
//
// Codes: unavailable.
func (s *Service) Figures(ctx context.Context, p *Programme) (f Figures, err error) {
	b := p.books()
	if f.Ceiling, err = ceilingOf(p.Measure); err != nil {
		return f, err
	}
	all, err := s.Books.Balances(ctx, b.Source(), b.Pool(), b.Used(), b.Returned(), b.Expired())
	if fault.Is(err, fault.NotFound) {
		f.Funded, err = s.granted(ctx, p)
		f.Funded = min(f.Funded, f.Ceiling)
		f.Unused, f.Issuable = f.Funded, f.Funded
		return f, err
	}
	if err != nil {
		return f, err
	}
	source, pool, used, returned, expired := all[0], all[1], all[2], all[3], all[4]
	f.Funded, f.Issued, f.Held, f.Spent, f.Returned, f.Expired = source.Out, pool.Out, used.Incoming, used.Total(), returned.In, expired.In
	f.Available = f.Issued - f.Held - f.Spent - f.Returned - f.Expired
	f.Unused = pool.Free()
	f.Issuable = min(f.Unused, max(0, f.Ceiling-f.Issued))
	return f, nil
}

func ceilingOf(m *rule.Measure) (money.Fen, error) {
	most, stated, err := m.Ceiling()
	if err == nil && !stated {
		most = money.Max
	}
	return most, err
}

// granted is the money that all purses gave the measure in the year.
func (s *Service) granted(ctx context.Context, p *Programme) (sum money.Fen, err error) {
	budgets, err := s.Books.Budgets(ctx, p.Year)
	for _, b := range budgets {
		if b.Measure == p.Measure.ID {
			sum += b.Granted
		}
	}
	return sum, err
}

// open makes the programme's pool what its budget and its ruling say: as much
// as the purses gave it, under the text's ceiling and the ruled cap. The ledger
// holds these limits, whoever else opens the pool meanwhile.
//
// Codes: conflict when no purse gave it anything; unavailable.
func (s *Service) open(ctx context.Context, p *Programme) error {
	granted, err := s.granted(ctx, p)
	if err != nil {
		return err
	}
	if granted == 0 {
		return fault.Newf(fault.Conflict, "%[1]d 年没有给“%[2]s”下达额度，不能发券。", "No purse gave “%[3]s” anything in %[1]d: no voucher can be issued.", p.Year, p.Measure.Name.ZH, p.Measure.Name.EN)
	}
	most := ledger.VoucherLimits{Backing: granted, Cap: money.Max}
	if most.Ceiling, err = ceilingOf(p.Measure); err != nil {
		return err
	}
	if p.Terms.Cap != nil {
		most.Cap = *p.Terms.Cap
	}
	b := p.books()
	backing, err := s.Books.Usage(ctx, b.Backing(), "")
	if fault.Is(err, fault.NotFound) {
		err = s.Books.OpenVouchers(ctx, b)
	}
	if err != nil {
		return err
	}
	same, err := s.limitsAre(ctx, b, most)
	if err == nil && !same {
		err = s.Books.SetVoucherLimits(ctx, s.IDs.New("limits"), b, most)
	}
	target := min(granted, most.Ceiling)
	if err != nil || backing.Used >= target {
		return err
	}
	id := fmt.Sprintf("voucher/fund/%s/%d/%d-%d", p.Measure.ID, p.Year, backing.Used, target)
	answers, err := s.Books.Apply(ctx, []ledger.Transfer{b.Fund(id, target-backing.Used, "guide/"+fmt.Sprint(p.Year))})
	if err != nil {
		return err
	}
	if err := intent.Refused(answers); err != nil && !fault.Is(err, fault.Limit) { // somebody else funded it further
		return err
	}
	return nil
}

func (s *Service) limitsAre(ctx context.Context, b ledger.Vouchers, most ledger.VoucherLimits) (bool, error) {
	for name, want := range map[string]money.Fen{b.Backing(): most.Backing, b.Ceiling(): most.Ceiling, b.Cap(): most.Cap} {
		u, err := s.Books.Usage(ctx, name, "")
		if err != nil || u.Max != want {
			return false, err
		}
	}
	return true, nil
}

// capLeft is what an organisation may still be issued in the year.
func (s *Service) capLeft(ctx context.Context, p *Programme, org ident.CreditCode) (money.Fen, error) {
	if p.Terms.Cap == nil {
		return money.Max, nil
	}
	u, err := s.Books.Usage(ctx, p.books().Cap(), string(org))
	if fault.Is(err, fault.NotFound) {
		return *p.Terms.Cap, nil
	}
	return max(0, *p.Terms.Cap-u.Used), err
}
