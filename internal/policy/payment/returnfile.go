package payment

import (
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// ReturnFile (回单文件) is what a purse's bank says it did. It is judged line by
// line before anything is written; accepting applies the good lines, and the
// others stay listed until somebody writes how each was resolved. Lines dated
// after today are judged again when the same bytes come on a later day.
type ReturnFile struct {
	ID           string
	Number       string // HD-2025-0001
	Purse        ledger.Purse
	Name         string
	SHA256       string // kept under it; the same bytes are imported once
	Size         int64
	State        ReturnState
	Version      int64
	Lines        int64
	Person       string
	PersonName   string
	At           time.Time
	AcceptedBy   string
	AcceptedName string
	Accepted     time.Time
	Paid, Failed Tally // judged, and once accepted, applied
	Bad          int64
	Ahead        int64 // bad lines dated after today by our clock, that nobody resolved
}

// Tally counts lines and adds up their amounts.
type Tally struct {
	Count  int64
	Amount money.Fen
}

// ReturnState is where a return stands.
type ReturnState string

// previewed → accepted | discarded.
const (
	ReturnPreviewed ReturnState = "previewed"
	ReturnAccepted  ReturnState = "accepted"
	ReturnDiscarded ReturnState = "discarded"
)

// ReturnLine is one line of a return and what came of it.
type ReturnLine struct {
	Line      int64  // in the file; 1 is the header
	Order     string // the number as the line gives it
	Amount    money.Fen
	Result    Result
	Reference string
	Day       clock.Date
	Reason    string
	Problem   i18n.Text // what is wrong, with the column

	Verdict Verdict
	OrderID string // the order that is meant, when there is one

	// Resolution is how a person dealt with a bad line.
	Resolution   string
	ResolvedBy   string
	ResolvedName string
	Resolved     time.Time
}

// Result is what the bank says of an order.
type Result string

// The results, and the words for them in a file.
const (
	ResultPaid   Result = "paid"
	ResultFailed Result = "failed"
)

// Verdict is what a line comes to.
type Verdict string

// The verdicts. Only the first two are applied; Already tells again what is
// known; the others are bad and nothing is posted for them.
const (
	VerdictPaid        Verdict = "paid"
	VerdictFailed      Verdict = "failed"
	VerdictAlready     Verdict = "already"
	VerdictMalformed   Verdict = "malformed"
	VerdictUnknown     Verdict = "unknown"
	VerdictWrongPurse  Verdict = "wrong_purse"
	VerdictDoubled     Verdict = "doubled"
	VerdictNotExported Verdict = "not_exported"
	VerdictWrongAmount Verdict = "wrong_amount"
	VerdictBadDay      Verdict = "bad_day"
	VerdictAhead       Verdict = "ahead" // dated after today: the bank's mistake, or our clock is behind
)

// Good reports whether the line is applied.
func (v Verdict) Good() bool { return v == VerdictPaid || v == VerdictFailed }

// Bad reports whether somebody must look into the line.
func (v Verdict) Bad() bool { return !v.Good() && v != VerdictAlready }

// released is an order with the day on which its file went to the bank.
type released struct {
	Order
	day clock.Date // "" while it has not
}

// judge gives every line its verdict. It depends on the lines and the orders
// only, not on the order of the lines: of two lines for one order neither is
// believed, since nobody can say which is right.
func judge(purse ledger.Purse, today clock.Date, lines []ReturnLine, orders map[string]released) {
	times := map[string]int{}
	for _, l := range lines {
		times[l.Order]++
	}
	for i := range lines {
		l := &lines[i]
		o, known := orders[l.Order]
		if known {
			l.OrderID = o.ID
		}
		problem := i18n.Text{}
		switch {
		case l.Verdict == VerdictMalformed:
			continue
		case !known:
			l.Verdict, problem = VerdictUnknown, i18n.T("没有指令 %.60s。", "There is no order %.60s.", l.Order)
		case o.Purse != purse:
			l.Verdict, problem = VerdictWrongPurse, i18n.T("指令 %s 属于%s，不是这份回单的付款方。", "Order %[1]s is of another purse than this return.", o.Number, o.PurseName.ZH)
		case times[l.Order] > 1:
			l.Verdict, problem = VerdictDoubled, i18n.T("指令 %s 在文件里出现 %d 次，都不入账。", "Order %s stands in the file %d times; none is applied.", o.Number, times[l.Order])
		case o.Settled != "" && o.same(*l):
			l.Verdict = VerdictAlready
		case o.Settled != "":
			l.Verdict, problem = VerdictDoubled, i18n.T("指令 %s 已于 %s 有过答复（%s），与这一行不同。", "Order %s was answered on %s already (%s), otherwise than here.", o.Number, o.Settled, o.Reference)
		case o.State != Exported || o.day == "":
			l.Verdict, problem = VerdictNotExported, i18n.T("指令 %s 还没有送到银行。", "Order %s has not gone to the bank.", o.Number)
		case l.Amount != o.Amount:
			l.Verdict, problem = VerdictWrongAmount, i18n.T("指令 %s 是 %s 元，这一行是 %s 元。", "Order %s is of %s yuan, this line of %s.", o.Number, o.Amount.Grouped(), l.Amount.Grouped())
		case l.Day > today:
			l.Verdict, problem = VerdictAhead, aheadOf(today, l.Day, o.day)
		case l.Day < o.day:
			l.Verdict, problem = VerdictBadDay, i18n.T("日期 %s 早于文件放行日 %s。", "%s lies before the file's release on %s.", l.Day, o.day)
		default:
			l.Verdict = Verdict(l.Result)
		}
		l.Problem = problem
	}
}

// aheadOf says why a line is dated after today. Where the file itself went out
// after today, it can only be our clock.
func aheadOf(today, day, release clock.Date) i18n.Text {
	if release > today {
		return i18n.T("本系统的时钟慢了：文件是 %s 放行的，而系统日期是 %s。请管理员校准时钟，再把同一份回单上传一次。",
			"Our clock is behind: the file was released on %s and the system's date is %s. Have the clock set right and bring the same return again.", release, today)
	}
	return i18n.T("日期 %s 晚于系统日期 %s：若是本系统时钟慢了，校准后把同一份回单再上传一次；若是银行写错，请银行更正。",
		"%s lies after the system's date, %s: if our clock is behind, have it set right and bring the same return again; if the bank is wrong, ask it for a corrected one.", day, today)
}

// same reports whether a line tells what is known of the order already.
func (o released) same(l ReturnLine) bool {
	result := ResultFailed
	if o.State == Paid {
		result = ResultPaid
	}
	return l.Result == result && l.Amount == o.Amount && l.Day == o.Settled && l.Reference == o.Reference
}

// tally counts what a return's lines come to.
func (r *ReturnFile) tally(lines []ReturnLine) {
	r.Lines, r.Paid, r.Failed, r.Bad, r.Ahead = int64(len(lines)), Tally{}, Tally{}, 0, 0
	for _, l := range lines {
		switch {
		case l.Verdict == VerdictPaid:
			r.Paid.Count++
			r.Paid.Amount += l.Amount
		case l.Verdict == VerdictFailed:
			r.Failed.Count++
			r.Failed.Amount += l.Amount
		case l.Verdict.Bad():
			r.Bad++
			if l.waits() {
				r.Ahead++
			}
		}
	}
}

// waits reports whether the line may become good with its day.
func (l ReturnLine) waits() bool { return l.Verdict == VerdictAhead && l.Resolved.IsZero() }
