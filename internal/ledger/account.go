package ledger

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Asset is what an account counts: CNY in fen, or the fen of one year's
// voucher of one programme, "voucher/<programme>/<year>".
type Asset string

// CNY is the yuan, counted in fen.
const CNY Asset = "CNY"

// Voucher is the asset of a programme's vouchers (券) of one year, in fen.
func Voucher(programme string, year int) Asset {
	return Asset(fmt.Sprintf("voucher/%s/%d", programme, year))
}

var (
	assetForm = regexp.MustCompile(`^(CNY|voucher/[\pL\pN._:-]+/[0-9]{4})$`)
	pathForm  = regexp.MustCompile(`^[\pL\pN._:-]+(/[\pL\pN._:-]+)*$`)
)

// Account (账户) holds one asset. Its terms never change once it is open.
type Account struct {
	Name      string   `json:"name"`             // a path: "payable/<party>/…"; see the chart of accounts
	Asset     Asset    `json:"asset"`            //
	Overdraft bool     `json:"overdraft"`        // may fall below zero: only a source of funds
	Limits    []string `json:"limits,omitempty"` // limits over what leaves the account
}

// Validate checks the account's own form.
//
// Codes: invalid.
func (a Account) Validate() error {
	var c fault.Collector
	if !isPath(a.Name) {
		c.Add("name", "账户名“%.60s”须是以 / 分隔的路径，最多 160 个字节。", "Account name %.60q must be a path of words separated by /, at most 160 bytes.", a.Name)
	}
	if !assetForm.MatchString(string(a.Asset)) {
		c.Add("asset", "资产“%.60s”须是 CNY 或 voucher/<项目>/<年度>。", "Asset %.60q must be CNY or voucher/<programme>/<year>.", string(a.Asset))
	}
	if dup := slices.Sorted(slices.Values(a.Limits)); len(slices.Compact(dup)) != len(a.Limits) {
		c.Add("limits", "同一限额不能写两次。", "A limit is named twice.")
	}
	if len(a.Limits) > limitsMost {
		c.Add("limits", "一个账户最多 %d 项限额。", "An account has at most %d limits.", limitsMost)
	}
	return c.Err()
}

// limitsMost bounds an account's terms, which stand in one row of the journal.
const limitsMost = 16

// Limit (限额) bounds what may leave the accounts that name it, holds counted:
// all of it (a yearly ceiling), or what goes to each party (a cap a party a
// year). A limit is of one year because its name and its accounts are.
type Limit struct {
	Name     string    `json:"name"`
	PerParty bool      `json:"per_party"`
	Max      money.Fen `json:"max_fen"` // money.Max for none yet
}

// Validate checks the limit's own form.
//
// Codes: invalid.
func (l Limit) Validate() error {
	var c fault.Collector
	if !isPath(l.Name) {
		c.Add("name", "限额名“%.60s”须是以 / 分隔的路径，最多 160 个字节。", "Limit name %.60q must be a path of words separated by /, at most 160 bytes.", l.Name)
	}
	if l.Max < 0 {
		c.Add("max_fen", "限额不能为负。", "A limit cannot be negative.")
	}
	return c.Err()
}

// Balance is an account with what it holds.
type Balance struct {
	Account
	In       money.Fen // all that ever arrived
	Out      money.Fen // all that ever left
	Held     money.Fen // reserved to leave
	Incoming money.Fen // reserved to arrive
}

// Total is what the account holds, reserved or not.
func (b Balance) Total() money.Fen { return b.In - b.Out }

// Free is what may still leave.
func (b Balance) Free() money.Fen { return b.In - b.Out - b.Held }

// Usage is how much of a limit is taken, by a party where the limit counts by party.
type Usage struct {
	Limit
	Party string
	Used  money.Fen
}

func isPath(s string) bool { return len(s) <= 160 && pathForm.MatchString(s) }

// terms is how an account or limit stands in the journal: JSON with fixed
// field order, since it is hashed.
func terms(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs of strings and integers always marshal
	}
	return string(b)
}
