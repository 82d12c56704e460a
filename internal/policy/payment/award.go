package payment

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Award (应付) is what a case says is to be paid: to whom, how much, and which
// purse carries which half (document 002, clause 8(1)). The room never
// computes an amount; it only sends out what it was given.
type Award struct {
	Case      string           `json:"case"`   // opaque id of the case
	Number    string           `json:"number"` // what people quote: QM-2025-0387
	Round     int              `json:"round"`  // how often the case was approved
	Org       ident.CreditCode `json:"org"`
	OrgName   string           `json:"org_name"`
	Measure   string           `json:"measure"`
	Matter    string           `json:"matter"` // the model, project or platform
	Year      int              `json:"year"`   // budget year
	City      Half             `json:"city"`
	District  Half             `json:"district"`
	Payee     Payee            `json:"payee"`
	Consenter string           `json:"consenter"` // who countersigned
	Due       clock.Date       `json:"due"`       // from when the bank may pay
	Report    Term             `json:"report"`
	Divisible bool             `json:"divisible"` // nothing of it was paid and nobody consented yet: it may be divided
}

// Half is one purse's part; an amount of zero means that the purse pays nothing.
type Half struct {
	Purse  ledger.Purse `json:"purse"`
	Name   i18n.Text    `json:"name"` // whose treasury it is
	Amount money.Fen    `json:"amount"`
}

// Payee is where an order's money goes, frozen with the order. The whole
// account number stays with party; only its last digits are repeated here.
type Payee struct {
	Account string `json:"account"` // party's id of the account
	Holder  string `json:"holder"`
	Bank    string `json:"bank"`
	Tail    string `json:"tail"` // the last four digits
}

// Masked is how the account is shown to whoever does not pay.
func (p Payee) Masked() string { return "****" + p.Tail }

// Total is both halves together.
func (a Award) Total() money.Fen { return a.City.Amount + a.District.Amount }

// half finds the half of a level.
func (a Award) half(level ledger.Level) Half {
	if level == ledger.City {
		return a.City
	}
	return a.District
}

// halves are the ones that pay, the city's first.
func (a Award) halves() (out []Half) {
	for _, h := range []Half{a.City, a.District} {
		if h.Amount > 0 {
			out = append(out, h)
		}
	}
	return out
}

// Validate reports everything that an award lacks.
//
// Codes: invalid.
func (a Award) Validate() error {
	var c fault.Collector
	for path, value := range map[string]string{"case": a.Case, "number": a.Number, "org": string(a.Org), "measure": a.Measure, "payee.account": a.Payee.Account} {
		if value == "" || len(value) > 200 {
			c.Add(path, "不能为空，且不超过 200 字节。", "Must not be empty nor longer than 200 bytes.")
		}
	}
	if a.Round < 1 || a.Year < 2000 {
		c.Add("round", "缺少轮次或预算年度。", "The round or the budget year is missing.")
	}
	if a.City.Amount < 0 || a.District.Amount < 0 || a.City.Amount > money.Max/4 || a.District.Amount > money.Max/4 || a.Total() <= 0 {
		c.Add("amount", "两半须不为负，合计须大于零。", "The halves must not be negative, and more than zero together.")
	}
	for _, h := range a.halves() {
		if _, err := ledger.ParsePurse(h.Purse.String()); err != nil {
			c.Merge("purse", err)
		}
	}
	c.Merge("report", a.Report.Validate())
	return c.Err()
}

// purpose is what the payee reads on its statement.
func (a Award) purpose(instalment, of int) string {
	text := fmt.Sprintf("政策兑现 %s %s", a.Measure, a.Number)
	if of > 1 {
		text += fmt.Sprintf(" 第%d/%d期", instalment, of)
	}
	return text
}

// share is part's proportion of some, to the nearest fen; an exact half goes
// to the other side, as the odd fen does. Shares of growing sums grow by at
// most as much as the sums, and the share of the whole is the part, so that
// what is paid in steps adds up exactly, on both sides.
func share(some, part, whole money.Fen) money.Fen {
	if whole == 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(some), uint64(part)) // some ≤ whole, so the quotient fits
	q, r := bits.Div64(hi, lo, uint64(whole))
	if r > uint64(whole)-r {
		q++
	}
	return money.Fen(q)
}

// oneLine keeps a text to one line of visible characters.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 }), " ")
}
