package ledger

import (
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Kind says what an entry of the journal does.
type Kind string

// The kinds that a caller may ask for.
const (
	Move       Kind = "transfer"   // moves money now (转账)
	Hold       Kind = "hold"       // reserves money (占用)
	Post       Kind = "post"       // settles all or part of a hold and returns the rest (结算)
	Void       Kind = "void"       // releases a hold (解冻)
	Expire     Kind = "expire"     // releases a hold whose last day has passed (到期释放)
	Correction Kind = "correction" // gives back all or part of a settled entry (红字冲销)
)

// The kinds that the ledger writes for OpenAccounts and SetLimits.
const (
	kindOpen  Kind = "open"
	kindLimit Kind = "limit"
)

// Transfer is what a caller asks for: a positive amount from one account to
// another of the same asset, the end of a hold, or a correction.
type Transfer struct {
	ID       string     `json:"id"` // the caller's; asked again with equal content it gets the first answer
	Kind     Kind       `json:"kind"`
	From     string     `json:"from,omitempty"`     // account the money leaves; only Move and Hold
	To       string     `json:"to,omitempty"`       // account it reaches; only Move and Hold
	Amount   money.Fen  `json:"amount_fen"`         // positive; zero for Void and Expire
	Hold     string     `json:"hold,omitempty"`     // id of the hold to Post, Void or Expire
	Corrects string     `json:"corrects,omitempty"` // id of the Move or Post that a Correction gives back
	Party    string     `json:"party,omitempty"`    // who gets it, for caps a party; only Move and Hold, the rest inherit it
	Until    clock.Date `json:"until,omitempty"`    // a Hold's last day, empty for none
	Ref      string     `json:"ref,omitempty"`      // what caused it, as a path: "application/app_…", "job/job_…"
	Linked   bool       `json:"linked,omitempty"`   // stands or falls with the transfer after it in the same call

	account *Account // kindOpen
	limit   *Limit   // kindLimit
}

// Validate checks what can be checked without the books.
//
// Codes: invalid.
func (t Transfer) Validate() error {
	var c fault.Collector
	if !visible(t.ID, 1, 200) {
		c.Add("id", "编号须为 1 至 200 个字节的可见字符。", "An id has 1 to 200 bytes of visible characters.")
	}
	if !visible(t.Party, 0, 100) {
		c.Add("party", "往来方最多 100 个字节，且不得含空白或控制字符。", "A party has at most 100 bytes, without blanks or control characters.")
	}
	if !visible(t.Ref, 0, 200) {
		c.Add("ref", "来由最多 200 个字节，且不得含空白或控制字符。", "A reference has at most 200 bytes, without blanks or control characters.")
	}
	switch t.Kind {
	case Move, Hold:
		t.validateMove(&c)
	case Post, Void, Expire, Correction:
		t.validateFollowUp(&c)
	case kindOpen, kindLimit:
	default:
		c.Add("kind", "没有“%.40s”这种转账。", "There is no transfer kind %.40q.", string(t.Kind))
	}
	return c.Err()
}

func (t Transfer) validateMove(c *fault.Collector) {
	if t.Amount <= 0 {
		c.Add("amount_fen", "金额须为正数。", "The amount must be positive.")
	}
	if t.From == t.To {
		c.Add("to", "转出与转入不能是同一账户。", "Money cannot move from an account to itself.")
	}
	if t.Hold != "" || t.Corrects != "" {
		c.Add("kind", "转账和占用不针对其他条目：请去掉 hold 与 corrects。", "A transfer or hold refers to no other entry: leave hold and corrects empty.")
	}
	if t.Until == "" {
		return
	}
	if t.Kind != Hold {
		c.Add("until", "只有占用有截止日。", "Only a hold has a last day.")
	} else if _, err := clock.ParseDate(string(t.Until)); err != nil {
		c.Merge("until", err)
	}
}

func (t Transfer) validateFollowUp(c *fault.Collector) {
	named, empty, field := t.Hold, t.Corrects, "hold"
	if t.Kind == Correction {
		named, empty, field = t.Corrects, t.Hold, "corrects"
	}
	if !visible(named, 1, 200) || empty != "" {
		c.Add(field, "须写明且只写明它所针对的条目编号。", "Name the entry it acts on, and no other.")
	}
	if t.From != "" || t.To != "" || t.Party != "" || t.Until != "" {
		c.Add("from", "账户、往来方和期限取自所针对的条目，请留空。", "Accounts, party and day come from the entry it acts on: leave them empty.")
	}
	switch wantsAmount := t.Kind == Post || t.Kind == Correction; {
	case wantsAmount && t.Amount <= 0:
		c.Add("amount_fen", "金额须为正数。", "The amount must be positive.")
	case !wantsAmount && t.Amount != 0:
		c.Add("amount_fen", "解冻总是释放全部：请不写金额。", "A release frees all of the hold: give no amount.")
	}
}

// visible reports whether s has min to max bytes, none of them a blank or a
// control character: ids and references are read in logs and URLs.
func visible(s string, minimum, maximum int) bool {
	if len(s) < minimum || len(s) > maximum {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// Outcome says whether an entry was accepted, and if not, why.
type Outcome string

// The outcomes. A refusal is an answer: it is kept, and asked again it is
// given again.
const (
	Accepted     Outcome = ""
	Insufficient Outcome = "insufficient"   // the account would fall below zero with holds counted
	OverLimit    Outcome = "over_limit"     // a spending limit would be exceeded
	ExceedsHold  Outcome = "exceeds_hold"   // a post of more than was held
	HoldClosed   Outcome = "hold_closed"    // the hold is settled, released or was refused
	NotDue       Outcome = "not_due"        // an expiry before the hold's last day has passed
	Excess       Outcome = "exceeds_entry"  // corrections would give back more than the entry moved
	NotSettled   Outcome = "not_settled"    // a correction of an entry that moved nothing
	LinkRefused  Outcome = "linked_refused" // another of its group was refused
)

// Answer is what the ledger says to one transfer.
type Answer struct {
	ID      string
	Seq     int64 // place in the journal; 0 when the transfer was not recorded
	Outcome Outcome
	Repeat  bool // the id was known: this is the first answer again
	// Err is nil when the transfer was accepted. Codes: limit_reached and
	// conflict for recorded refusals; invalid, not_found, conflict (an id used
	// with other content) and too_large for what was not recorded.
	Err error
}

// refusal is the fault of a refused entry, with what stood in the way and
// what was left.
func refusal(e *Entry) error {
	switch e.Outcome {
	case Accepted:
		return nil
	case Insufficient:
		return fault.Newf(fault.Limit, "账户 %s 可用余额只有 %s 元，不足以支出 %s 元。", "Account %s has only %s yuan free, which does not cover %s yuan.", e.Detail, e.Free.Grouped(), e.Amount.Grouped())
	case OverLimit:
		return fault.Newf(fault.Limit, "限额 %s 只剩 %s 元，容不下 %s 元。", "Limit %s has only %s yuan left, which does not allow %s yuan.", e.Detail, e.Free.Grouped(), e.Amount.Grouped())
	case ExceedsHold:
		return fault.Newf(fault.Limit, "占用 %s 只有 %s 元，不能结算 %s 元。", "Hold %s is for %s yuan; %s yuan cannot be settled from it.", e.Detail, e.Free.Grouped(), e.Amount.Grouped())
	case HoldClosed:
		return fault.Newf(fault.Conflict, "占用 %s 已经结算、释放或未获接受。", "Hold %s was settled or released already, or was never accepted.", e.Detail)
	case NotDue:
		return fault.Newf(fault.Conflict, "占用 %s 尚未到期。", "Hold %s has not reached its last day.", e.Detail)
	case Excess:
		return fault.Newf(fault.Limit, "条目 %s 只剩 %s 元可冲销，不能冲销 %s 元。", "Entry %s has %s yuan left to give back, not %s yuan.", e.Detail, e.Free.Grouped(), e.Amount.Grouped())
	case NotSettled:
		return fault.Newf(fault.Conflict, "条目 %s 没有实际转移资金，无可冲销。", "Entry %s moved no money, so there is nothing to give back.", e.Detail)
	case LinkRefused:
		return fault.Newf(fault.Conflict, "同组的 %s 未获接受，本笔随之不成立。", "%s of the same group was refused, so this one falls with it.", e.Detail)
	}
	return fault.Newf(fault.CheckFailed, "条目 %s 的结果“%s”无法识别：请运行账本核验。", "Entry %s has the unknown outcome %q: verify the ledger.", e.ID, string(e.Outcome))
}
