package ledger

import (
	"context"
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// The chart of accounts (科目表). Money walks one way:
//
//	source/<purse>                                  where a purse's appropriation comes from; may be negative
//	budget/<purse>/<year>                           the purse's annual budget
//	programme/<purse>/<measure>/<year>              what of it a measure may spend
//	payable/<purse>/<measure>/<year>/<party>        owed to a party
//	paid/<purse>/<year>                             left the treasury
//
// and back, when a payment is recovered (追缴). What came back is the purse's: it
// joins no budget and no programme by itself, only another appropriation spends it.
//
//	recovered/<purse>/<year>                        came back in a year
//	interest/<purse>                                negative: all interest that was ever taken
//
// Vouchers (voucher.go) walk beside it, in assets of their own.
//
// Limits:
//
//	ceiling/<purse>/<measure>/<year>                all that a programme may spend in a year
//	cap/<purse>/<measure>/<year>                    what one party may get of it in a year

// Level says whose money a purse holds.
type Level string

// The levels that share the cost of a measure.
const (
	Province Level = "province"
	City     Level = "city"
	District Level = "district"
)

// Purse (资金来源) is the treasury of one government, by its GB/T 2260 code or
// "guian" for the new area.
type Purse struct {
	Level Level
	Code  string
}

// String is "city-520100", one segment of a path.
func (p Purse) String() string { return string(p.Level) + "-" + p.Code }

// ParsePurse reads "city-520100".
//
// Codes: invalid.
func ParsePurse(s string) (Purse, error) {
	level, code, _ := strings.Cut(s, "-")
	p := Purse{Level: Level(level), Code: code}
	if (p.Level != Province && p.Level != City && p.Level != District) || !isPath(code) || strings.Contains(code, "/") {
		return Purse{}, fault.Newf(fault.Invalid, "“%.40s”不是资金来源：请写成 city-520100 的形式。", "%.40q is not a purse: write it as city-520100.", s)
	}
	return p, nil
}

// Source is where the purse's money comes from.
func (p Purse) Source() string { return "source/" + p.String() }

// Budget is the purse's annual budget.
func (p Purse) Budget(year int) string { return fmt.Sprintf("budget/%s/%d", p, year) }

// Paid is what left the purse's treasury in a budget year.
func (p Purse) Paid(year int) string { return fmt.Sprintf("paid/%s/%d", p, year) }

// Recovered is what came back to the purse in a year.
func (p Purse) Recovered(year int) string { return fmt.Sprintf("recovered/%s/%d", p, year) }

// Interest is where interest on recovered money comes from.
func (p Purse) Interest() string { return "interest/" + p.String() }

// Programme is a measure's share of a purse in a budget year.
type Programme struct {
	Purse   Purse
	Measure string // "002-2"
	Year    int
}

func (p Programme) path() string { return fmt.Sprintf("%s/%s/%d", p.Purse, p.Measure, p.Year) }

// Account is what the programme may spend.
func (p Programme) Account() string { return "programme/" + p.path() }

// Payable is what the programme owes a party.
func (p Programme) Payable(party string) string { return "payable/" + p.path() + "/" + party }

// Ceiling is the limit on all that the programme spends in its year.
func (p Programme) Ceiling() string { return "ceiling/" + p.path() }

// Cap is the limit on what one party gets of the programme in its year.
func (p Programme) Cap() string { return "cap/" + p.path() }

// PayableAccount is the account Payable, to open where it is missing.
func (p Programme) PayableAccount(party string) Account {
	return Account{Name: p.Payable(party), Asset: CNY}
}

// PaidAccount is the account Paid, to open where it is missing.
func (p Purse) PaidAccount(year int) Account { return Account{Name: p.Paid(year), Asset: CNY} }

// RecoveredAccounts are the accounts Recovered of a year and Interest, to open
// where they are missing.
func (p Purse) RecoveredAccounts(year int) []Account {
	return []Account{{Name: p.Recovered(year), Asset: CNY}, {Name: p.Interest(), Asset: CNY, Overdraft: true}}
}

// OpenPurse opens the source, the budget and the paid account of a purse's
// year where they are missing.
//
// Codes: conflict, unavailable.
func (l *Ledger) OpenPurse(ctx context.Context, p Purse, year int) error {
	return l.OpenAccounts(ctx, p.accounts(year)...)
}

func (p Purse) accounts(year int) []Account {
	return []Account{{Name: p.Source(), Asset: CNY, Overdraft: true}, {Name: p.Budget(year), Asset: CNY}, p.PaidAccount(year)}
}

// OpenProgramme opens the accounts of programmes, each with both its limits,
// unlimited until SetCeiling and SetCap, where they are missing, and their
// purses' accounts.
//
// Codes: invalid, conflict, unavailable.
func (l *Ledger) OpenProgramme(ctx context.Context, all ...Programme) error {
	var limits []LimitChange
	var accounts []Account
	for _, p := range all {
		limits = append(limits, first(Limit{Name: p.Ceiling(), Max: money.Max}), first(Limit{Name: p.Cap(), PerParty: true, Max: money.Max}))
		accounts = append(accounts, p.Purse.accounts(p.Year)...)
		accounts = append(accounts, Account{Name: p.Account(), Asset: CNY, Limits: []string{p.Ceiling(), p.Cap()}})
	}
	if err := l.SetLimits(ctx, limits...); err != nil {
		return err
	}
	return l.OpenAccounts(ctx, accounts...)
}

// first sets a limit that may be set already, which then stays as it is.
func first(l Limit) LimitChange { return LimitChange{ID: "limit/" + l.Name, Limit: l} }

// SetCeiling changes how much an open programme may spend in its year. The id
// makes the change idempotent: an office's decision has one.
//
// Codes: invalid, conflict, unavailable.
func (l *Ledger) SetCeiling(ctx context.Context, id string, p Programme, most money.Fen) error {
	return l.SetLimits(ctx, p.CeilingAt(id, most))
}

// CeilingAt is the change that SetCeiling makes.
func (p Programme) CeilingAt(id string, most money.Fen) LimitChange {
	return LimitChange{ID: id, Limit: Limit{Name: p.Ceiling(), Max: most}}
}

// SetCap changes how much one party may get of an open programme in its year.
//
// Codes: invalid, conflict, unavailable.
func (l *Ledger) SetCap(ctx context.Context, id string, p Programme, most money.Fen) error {
	return l.SetLimits(ctx, p.CapAt(id, most))
}

// CapAt is the change that SetCap makes.
func (p Programme) CapAt(id string, most money.Fen) LimitChange {
	return LimitChange{ID: id, Limit: Limit{Name: p.Cap(), PerParty: true, Max: most}}
}

// Appropriate (下达预算) funds a purse's annual budget.
func Appropriate(id string, p Purse, year int, amount money.Fen, ref string) Transfer {
	return Transfer{ID: id, Kind: Move, From: p.Source(), To: p.Budget(year), Amount: amount, Ref: ref}
}

// Allot (分配额度) gives a programme its share of the annual budget.
func Allot(id string, p Programme, amount money.Fen, ref string) Transfer {
	return Transfer{ID: id, Kind: Move, From: p.Purse.Budget(p.Year), To: p.Account(), Amount: amount, Ref: ref}
}

// TakeBack (收回指标) gives back all or part of what an Appropriate or an Allot
// moved, by its id: from the programme to the annual budget, from there to the
// source. It is no spending, so no limit binds and none is used; what is held
// or spent cannot be taken. Its entry names the one that it takes from.
func TakeBack(id, entry string, amount money.Fen, ref string) Transfer {
	return Transfer{ID: id, Kind: Correction, Corrects: entry, Amount: amount, Ref: ref}
}

// Award (核定) makes the programme owe a party; as a Hold it only reserves.
func Award(id string, kind Kind, p Programme, party string, amount money.Fen, ref string) Transfer {
	return Transfer{ID: id, Kind: kind, From: p.Account(), To: p.Payable(party), Amount: amount, Party: party, Ref: ref}
}

// PayOut (拨付) settles what is owed to a party: the money leaves the treasury.
func PayOut(id string, p Programme, party string, amount money.Fen, ref string) Transfer {
	return Transfer{ID: id, Kind: Move, From: p.Payable(party), To: p.Purse.Paid(p.Year), Amount: amount, Party: party, Ref: ref}
}

// Recover (追回) takes back part of what left the purse's treasury in the budget
// year paid; it came back in the year back. More than was paid is refused.
func Recover(id string, p Purse, paid, back int, party string, amount money.Fen, ref string) Transfer {
	return Transfer{ID: id, Kind: Move, From: p.Paid(paid), To: p.Recovered(back), Amount: amount, Party: party, Ref: ref}
}

// TakeInterest (追缴利息) takes in interest on recovered money.
func TakeInterest(id string, p Purse, back int, party string, amount money.Fen, ref string) Transfer {
	return Transfer{ID: id, Kind: Move, From: p.Interest(), To: p.Recovered(back), Amount: amount, Party: party, Ref: ref}
}
