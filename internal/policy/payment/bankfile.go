package payment

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// BankFile (付款文件) is the orders of one purse on their way to its bank. One
// person makes it and another lets it go; its bytes are kept and never change.
type BankFile struct {
	ID        string
	Number    string // FK-2025-0001
	Purse     ledger.Purse
	PurseName i18n.Text
	Count     int64
	Total     money.Fen
	SHA256    string // of the whole file
	Digest    string // of its lines before the trailer, which the trailer repeats
	State     FileState
	Version   int64
	Day       clock.Date // on which it was made
	MadeBy    string
	MadeName  string
	Made      time.Time
	// Once released, or withdrawn, by whom and why.
	ClosedBy   string
	ClosedName string
	Closed     time.Time
	Released   clock.Date // "" until then; no answer of the bank is older
	Note       string
}

// FileState is where a bank file stands.
type FileState string

// made → released | withdrawn; a released file is never called back, since the
// bank may have read it.
const (
	FileMade      FileState = "made"
	FileReleased  FileState = "released"
	FileWithdrawn FileState = "withdrawn"
)

// bankColumns are the columns of a bank file. docs/bank-file.md says what each means.
var bankColumns = []string{"指令号", "付款方", "收款人", "收款账号", "开户行", "行号", "金额", "币种", "用途", "付款日期"}

// trailerMark begins the last line: count, total and digest of what stands above it.
const trailerMark = "合计"

// maxOrders bounds a file.
const maxOrders = 1000

// account is the whole account behind an order, for the file alone.
type account struct{ holder, number, bank, code string }

// encode writes a bank file: UTF-8 with a byte-order mark, CRLF, commas, plain
// yuan. Equal orders give equal bytes.
func encode(orders []Order, accounts map[string]account) (content []byte, digest string, total money.Fen, err error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	write := func(cells ...string) {
		for i, cell := range cells {
			cells[i] = inert(oneLine(cell))
		}
		_ = w.Write(cells) // a buffer takes everything
	}
	write(append([]string(nil), bankColumns...)...)
	for _, o := range orders {
		to, found := accounts[o.ID]
		if !found {
			return nil, "", 0, fmt.Errorf("order %s has no account", o.ID)
		}
		if total, err = total.Add(o.Amount); err != nil {
			return nil, "", 0, err
		}
		write(o.Number, o.PurseName.ZH, to.holder, to.number, to.bank, to.code, o.Amount.String(), "CNY", o.Purpose, string(o.Due))
	}
	w.Flush()
	sum := sha256.Sum256(b.Bytes())
	digest = hex.EncodeToString(sum[:])
	trailer := make([]string, len(bankColumns))
	trailer[0], trailer[1], trailer[6], trailer[8] = trailerMark, strconv.Itoa(len(orders)), total.String(), "sha256:"+digest
	write(trailer...)
	w.Flush()
	return b.Bytes(), digest, total, nil
}

// inert keeps a spreadsheet from running a cell as a formula: what begins like
// one gets an apostrophe, by which every spreadsheet shows it as text.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}

// checkRelease refuses the maker, and whoever countersigned one of the orders:
// consent and the letting go of the money are never one person's.
//
// Codes: conflict, forbidden.
func (f BankFile) checkRelease(person string, orders []Order) error {
	if f.State != FileMade {
		verb := map[FileState][2]string{FileReleased: {"放行", "released"}, FileWithdrawn: {"撤回", "withdrawn"}}[f.State]
		return fault.Newf(fault.Conflict, "付款文件 %[1]s 已由%[2]s%[3]s，本次没有写入：请刷新。", "Bank file %[1]s was %[4]s by %[2]s and nothing was written: reload.", f.Number, f.ClosedName, verb[0], verb[1])
	}
	if person == f.MadeBy {
		return fault.Newf(fault.Forbidden, "放行须由另一人：这份文件是您自己生成的。", "A second person must release it: you made this file yourself.")
	}
	var own []string
	for _, o := range orders {
		if o.Consenter == person {
			own = append(own, o.Number)
		}
	}
	if len(own) > 0 {
		return fault.Newf(fault.Forbidden, "其中 %d 笔是您复核的（%s），不能由您放行：请另一人放行，或撤回文件后分开生成。",
			"You countersigned %d of its orders (%s) and may not release it: let another person, or withdraw the file and make two.", len(own), strings.Join(own[:min(len(own), 5)], ", "))
	}
	return nil
}
