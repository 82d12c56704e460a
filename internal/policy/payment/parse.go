package payment

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// What a return file may be at most.
const (
	maxReturnBytes = 2 << 20
	maxReturnLines = 5000
	maxCell        = 400 // bytes
)

// returnColumns are the columns of a return file, in Chinese or in English.
// docs/bank-file.md says what each means.
var returnColumns = [2][]string{
	{"指令号", "金额", "结果", "银行流水号", "日期", "原因"},
	{"order", "amount", "result", "reference", "day", "reason"},
}

// resultWords are the results as a file writes them.
var resultWords = map[string]Result{"成功": ResultPaid, "失败": ResultFailed, "paid": ResultPaid, "failed": ResultFailed}

// parseReturn reads a return file strictly. A file that has not the documented
// shape is refused as a whole, naming line and column; a line with a wrong cell
// is kept as malformed, so that it is listed and nothing is posted for it.
//
// Codes: invalid, too_large.
func parseReturn(content []byte) ([]ReturnLine, error) {
	if len(content) > maxReturnBytes {
		return nil, fault.Newf(fault.TooLarge, "回单文件超过 %d MB：请分开导入。", "The return file exceeds %d MB: split it.", maxReturnBytes>>20)
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if i := invalidUTF8(content); i >= 0 {
		return nil, place(1+bytes.Count(content[:i], []byte("\n")), 0, i18n.T("不是 UTF-8 文字：请让银行按 UTF-8 导出，或另存为 CSV UTF-8。", "This is not UTF-8: have the bank export UTF-8, or save as CSV UTF-8."))
	}
	r := csv.NewReader(bytes.NewReader(content))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	header, err := r.Read()
	if err != nil {
		return nil, shapeFault(err)
	}
	if err := checkHeader(header); err != nil {
		return nil, err
	}
	var lines []ReturnLine
	var bad fault.Collector
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, shapeFault(err)
		}
		line, _ := r.FieldPos(0)
		switch {
		case len(lines) == maxReturnLines:
			return nil, fault.Newf(fault.TooLarge, "回单文件超过 %d 行：请分开导入。", "The return file has more than %d lines: split it.", maxReturnLines)
		case len(cells) != len(returnColumns[0]):
			bad.Add(fmt.Sprintf("line %d", line), "应有 %d 列，实有 %d 列。", "Must have %d columns, has %d.", len(returnColumns[0]), len(cells))
			continue
		case bad.Len() >= 20:
			return nil, bad.Err()
		}
		lines = append(lines, readLine(int64(line), cells))
	}
	if bad.Len() == 0 && len(lines) == 0 {
		bad.Add("line 2", "文件里没有一行数据。", "The file has no line of data.")
	}
	return lines, bad.Err()
}

func checkHeader(header []string) error {
	for _, known := range returnColumns {
		if slices.EqualFunc(header, known, func(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), b) }) {
			return nil
		}
	}
	var bad fault.Collector
	for i, want := range returnColumns[0] {
		if i >= len(header) || strings.TrimSpace(header[i]) != want {
			bad.Add(fmt.Sprintf("line 1, column %d", i+1), "应为“%s”（或“%s”）。", "Must be %[2]q (or %[1]q).", want, returnColumns[1][i])
		}
	}
	if len(header) > len(returnColumns[0]) {
		bad.Add(fmt.Sprintf("line 1, column %d", len(returnColumns[0])+1), "多出来的列。", "A column too many.")
	}
	return bad.Err()
}

// readLine reads the cells of one line; what is wrong stays with the line.
func readLine(n int64, cells []string) ReturnLine {
	l := ReturnLine{Line: n}
	var problems []i18n.Text
	wrong := func(column int, zh, en string) {
		problems = append(problems, i18n.T("第 %[1]d 列“%[2]s”：%[3]s", "column %[1]d: %[4]s", column+1, returnColumns[0][column], zh, en))
	}
	clean := func(column int) string {
		cell := strings.TrimSpace(cells[column])
		if len(cell) > maxCell || oneLine(cell) != cell || strings.ContainsRune(cell, utf8.RuneError) {
			wrong(column, "太长，或有看不见的字符", "too long, or with invisible characters")
			cell = oneLine(strings.ToValidUTF8(cell[:min(len(cell), maxCell)], ""))
		}
		return cell
	}
	l.Order, l.Reference, l.Reason = clean(0), clean(3), clean(5)
	if l.Order == "" {
		wrong(0, "不能为空", "must not be empty")
	}
	amount := clean(1)
	var err error
	if l.Amount, err = money.ParseYuan(amount); err != nil || l.Amount <= 0 {
		wrong(1, "“"+clip(amount)+"”不是大于零的金额", clip(amount)+" is no amount above zero")
		l.Amount = 0
	}
	result := clean(2)
	if l.Result = resultWords[strings.ToLower(result)]; l.Result == "" {
		wrong(2, "“"+clip(result)+"”应为 成功 或 失败", clip(result)+" must be paid or failed")
	}
	if l.Result == ResultPaid && l.Reference == "" {
		wrong(3, "付款成功须有银行流水号", "a payment needs the bank's reference")
	}
	day := clean(4)
	if l.Day, err = clock.ParseDate(day); err != nil {
		wrong(4, "“"+clip(day)+"”不是 2025-10-22 形式的日期", clip(day)+" is no date such as 2025-10-22")
		l.Day = ""
	}
	if l.Result == ResultFailed && l.Reason == "" {
		wrong(5, "失败须写明原因", "a failure needs its reason")
	}
	if len(problems) > 0 {
		l.Verdict = VerdictMalformed
		for i, p := range problems {
			if i > 0 {
				l.Problem.ZH, l.Problem.EN = l.Problem.ZH+"；", l.Problem.EN+"; "
			}
			l.Problem.ZH, l.Problem.EN = l.Problem.ZH+p.ZH, l.Problem.EN+p.EN
		}
	}
	return l
}

// shapeFault names where a file stops being CSV.
func shapeFault(err error) error {
	if errors.Is(err, io.EOF) {
		return place(1, 1, i18n.T("文件是空的。", "The file is empty."))
	}
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return err
	}
	return place(at.Line, at.Column, i18n.T("引号不成对，或引号前后有多余的字。", "A quotation mark has no partner, or text beside it."))
}

func place(line, column int, what i18n.Text) error {
	path := fmt.Sprintf("line %d", line)
	if column > 0 {
		path += fmt.Sprintf(", column %d", column)
	}
	return fault.New(fault.Invalid, i18n.T("回单文件不是约定的格式：%[1]s %[2]s", "The return file has not the documented shape: %[1]s %[3]s", path, what.ZH, what.EN), fault.Field{Path: path, Message: what})
}

func invalidUTF8(b []byte) int {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// clip keeps a quoted cell short.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
