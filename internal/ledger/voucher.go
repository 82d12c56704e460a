package ledger

import (
	"context"
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Vouchers are the vouchers (券) of one programme and year. Their fen are an
// asset of their own, which walks
//
//	voucher/source/<programme>/<year>              where the pool comes from; negative
//	voucher/pool/<programme>/<year>                may still be issued
//	voucher/held/<programme>/<year>/<voucher>      one voucher
//	voucher/used/<programme>/<year>                retired against metered use
//
// and, when it is not used, through one of
//
//	voucher/returned/<programme>/<year>            given back or recalled
//	voucher/expired/<programme>/<year>             not used in time
//
// back to the pool, or to the source once the year is over. Limits:
//
//	backing/<programme>/<year>                     what the pool may ever receive: the money that stands behind it
//	ceiling/voucher/<programme>/<year>             all that may be issued in the year
//	cap/voucher/<programme>/<year>                 what one party may be issued in the year
//
// They count what was ever issued: what comes back frees none of them. What is
// left in the pool when its year is over is issued no more.
type Vouchers struct {
	Programme string // one segment, the measure's id: "002-1"
	Year      int
}

// Asset is what their accounts count.
func (v Vouchers) Asset() Asset { return Voucher(v.Programme, v.Year) }

func (v Vouchers) path(kind string) string {
	return fmt.Sprintf("voucher/%s/%s/%d", kind, v.Programme, v.Year)
}

// Source is where the pool comes from.
func (v Vouchers) Source() string { return v.path("source") }

// Pool is what may still be issued.
func (v Vouchers) Pool() string { return v.path("pool") }

// Wallet is one voucher: what is on it, and what of that is held.
func (v Vouchers) Wallet(voucher string) string { return v.path("held") + "/" + voucher }

// Used is where vouchers end that were taken for metered use.
func (v Vouchers) Used() string { return v.path("used") }

// Returned is where vouchers pass that were given back or recalled.
func (v Vouchers) Returned() string { return v.path("returned") }

// Expired is where vouchers pass that were not used in time.
func (v Vouchers) Expired() string { return v.path("expired") }

// Backing is the limit on what the pool may ever receive.
func (v Vouchers) Backing() string { return fmt.Sprintf("backing/%s/%d", v.Programme, v.Year) }

// Ceiling is the limit on all that is issued in the year.
func (v Vouchers) Ceiling() string { return fmt.Sprintf("ceiling/voucher/%s/%d", v.Programme, v.Year) }

// Cap is the limit on what one party is issued in the year.
func (v Vouchers) Cap() string { return fmt.Sprintf("cap/voucher/%s/%d", v.Programme, v.Year) }

// WalletAccount is the account Wallet, to open where it is missing.
func (v Vouchers) WalletAccount(voucher string) Account {
	return Account{Name: v.Wallet(voucher), Asset: v.Asset()}
}

// OpenVouchers opens the accounts of a programme's year where they are
// missing. Its limits are 0 until SetVoucherLimits: nothing can be issued before.
//
// Codes: invalid, conflict, unavailable.
func (l *Ledger) OpenVouchers(ctx context.Context, v Vouchers) error {
	for _, limit := range []Limit{{Name: v.Backing()}, {Name: v.Ceiling()}, {Name: v.Cap(), PerParty: true}} {
		if err := l.SetLimit(ctx, "limit/"+limit.Name, limit); err != nil {
			return err
		}
	}
	return l.OpenAccounts(ctx,
		Account{Name: v.Source(), Asset: v.Asset(), Overdraft: true, Limits: []string{v.Backing()}},
		Account{Name: v.Pool(), Asset: v.Asset(), Limits: []string{v.Ceiling(), v.Cap()}},
		Account{Name: v.Used(), Asset: v.Asset()},
		Account{Name: v.Returned(), Asset: v.Asset()},
		Account{Name: v.Expired(), Asset: v.Asset()})
}

// VoucherLimits bound an open programme's year; money.Max is no limit.
type VoucherLimits struct {
	Backing money.Fen // most that the pool may ever receive
	Ceiling money.Fen // most that is issued
	Cap     money.Fen // most that one party is issued
}

// SetVoucherLimits changes the limits of an open year. The id makes the change
// idempotent; it names the decision that they come from.
//
// Codes: invalid, conflict, unavailable.
func (l *Ledger) SetVoucherLimits(ctx context.Context, id string, v Vouchers, most VoucherLimits) error {
	for _, limit := range []Limit{{Name: v.Backing(), Max: most.Backing}, {Name: v.Ceiling(), Max: most.Ceiling}, {Name: v.Cap(), PerParty: true, Max: most.Cap}} {
		if err := l.SetLimit(ctx, id+"/"+limit.Name, limit); err != nil {
			return err
		}
	}
	return nil
}

// Fund (注入额度) lets the pool have more.
func (v Vouchers) Fund(id string, amount money.Fen, ref string) Transfer {
	return Transfer{ID: id, Kind: Move, From: v.Source(), To: v.Pool(), Amount: amount, Ref: ref}
}

// Issue (发放) fills one voucher of a party.
func (v Vouchers) Issue(id, voucher, party string, amount money.Fen, ref string) Transfer {
	return Transfer{ID: id, Kind: Move, From: v.Pool(), To: v.Wallet(voucher), Amount: amount, Party: party, Ref: ref}
}

// Hold (占用) reserves part of a voucher up to a day; Post retires it.
func (v Vouchers) Hold(id, voucher string, amount money.Fen, until clock.Date, ref string) Transfer {
	return Transfer{ID: id, Kind: Hold, From: v.Wallet(voucher), To: v.Used(), Amount: amount, Until: until, Ref: ref}
}

// GiveBack takes back what is free on a voucher, by way of Returned or Expired:
// to the pool while the year is open, else to the source. Both stand or fall
// together.
func (v Vouchers) GiveBack(id, voucher, by string, open bool, amount money.Fen, ref string) []Transfer {
	to := v.Source()
	if open {
		to = v.Pool()
	}
	return []Transfer{
		{ID: id + "/out", Kind: Move, From: v.Wallet(voucher), To: by, Amount: amount, Ref: ref, Linked: true},
		{ID: id + "/back", Kind: Move, From: by, To: to, Amount: amount, Ref: ref},
	}
}
