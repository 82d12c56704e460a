package party

import (
	"regexp"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
)

// PayeeState is where a payee account stands.
type PayeeState string

// The states of a payee account: proposed, then active once a second person
// countersigned, then replaced by the next.
const (
	Proposed PayeeState = "proposed"
	Active   PayeeState = "active"
	Replaced PayeeState = "replaced"
)

// PayeeAccount (收款账户) is where an organisation is paid. One person proposes
// it and another confirms it; only an active account is ever paid.
type PayeeAccount struct {
	ID          string
	Org         ident.CreditCode
	Holder      string // 户名
	Bank        string // 开户行
	BankCode    string // 12-digit code of the branch (支付系统行号)
	Number      string
	State       PayeeState
	ProposedBy  string
	Proposed    time.Time
	ConfirmedBy string
	Confirmed   time.Time
}

var (
	bankCodePattern = regexp.MustCompile(`^[0-9]{12}$`)
	accountPattern  = regexp.MustCompile(`^[0-9]{8,32}$`)
)

// Validate checks what people enter.
//
// Codes: invalid.
func (p PayeeAccount) Validate() error {
	var c fault.Collector
	checkName(&c, "holder", p.Holder, 200)
	checkName(&c, "bank", p.Bank, 200)
	if !bankCodePattern.MatchString(p.BankCode) {
		c.Add("bank_code", "应为 12 位支付系统行号", "must be the 12-digit code of the branch")
	}
	if !accountPattern.MatchString(p.Number) {
		c.Add("number", "应为 8–32 位数字", "must be 8 to 32 digits")
	}
	return c.Err()
}

// Countersign makes the account active, confirmed by a second person.
//
// Codes: conflict when it is not proposed; forbidden for its proposer.
func (p PayeeAccount) Countersign(person string, at time.Time) (PayeeAccount, error) {
	if p.State != Proposed {
		return p, fault.Newf(fault.Conflict, "这个收款账户不在待复核状态。", "This payee account does not wait to be countersigned.")
	}
	if person == p.ProposedBy {
		return p, fault.Newf(fault.Forbidden, "不能复核自己提交的收款账户：请另一个人来复核。", "You may not countersign the account that you proposed: another person must.")
	}
	p.State, p.ConfirmedBy, p.Confirmed = Active, person, at
	return p, nil
}

// Masked hides all but the last four digits.
func (p PayeeAccount) Masked() string { return "****" + p.Number[max(0, len(p.Number)-4):] }
