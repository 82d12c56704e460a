package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// openCSV reads RFC 4180 with a header line, in UTF-8 with or without a byte
// order mark.
func (s *Sheet) openCSV(file io.Reader) error {
	s.Format = CSV
	text := bufio.NewReader(file)
	if mark, err := text.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		_, _ = text.Discard(3)
	}
	r := csv.NewReader(text)
	r.FieldsPerRecord = -1 // counted below, so that the fault is in our words
	r.ReuseRecord = true
	read := func() (Row, error) {
		record, err := r.Read()
		if err != nil {
			return Row{}, csvFault(err)
		}
		line, _ := r.FieldPos(0)
		return Row{Line: int64(line), Cells: record}, utf8Only(r, record)
	}
	header, err := read()
	if errors.Is(err, io.EOF) {
		return fault.Newf(fault.Invalid, "文件是空的：第一行应为列名。", "The file is empty: its first line holds the columns' names.")
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(header.Cells, func(name string) bool { return strings.ContainsRune(name, '\r') }) {
		return broken(1, 0, "行尾只有回车（旧式 Mac 换行）：请用 LF 或 CRLF 换行另存。", "Lines end in CR alone (old Mac style): save the table with LF or CRLF.")
	}
	for _, name := range header.Cells {
		s.Columns = append(s.Columns, strings.TrimSpace(name))
	}
	s.next = func() (Row, error) {
		row, err := read()
		if err == nil && len(row.Cells) != len(s.Columns) {
			err = broken(row.Line, min(len(row.Cells), len(s.Columns))+1, "这一行有 %d 格，表头有 %d 列：请检查逗号和引号。", "The row has %d cells, the header %d columns: check commas and quotes.", len(row.Cells), len(s.Columns))
		}
		return row, err
	}
	return nil
}

// utf8Only names GBK, which is what older Chinese office software writes.
func utf8Only(r *csv.Reader, record []string) error {
	for i, cell := range record {
		if !utf8.ValidString(cell) {
			line, _ := r.FieldPos(i)
			return broken(int64(line), i+1, "不是 UTF-8 编码（多半是 GBK）：请在表格软件里另存为“CSV UTF-8”。", "Not UTF-8 (probably GBK): save the table as “CSV UTF-8”.")
		}
		if strings.ContainsRune(cell, 0) {
			line, _ := r.FieldPos(i)
			return broken(int64(line), i+1, "含有空字符（可能是 UTF-16 编码）：请另存为“CSV UTF-8”。", "A NUL character (perhaps UTF-16): save the table as “CSV UTF-8”.")
		}
	}
	return nil
}

func csvFault(err error) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	return broken(int64(parse.Line), 0, "引号不成对或位置不对：含逗号、引号或换行的内容要整格加引号，格内引号写两个。", "A quote is unpaired or misplaced: quote the whole cell that has commas, quotes or line breaks, and double the quotes inside.")
}

// broken is a fault at a line and, when not 0, a column counted from 1.
func broken(line int64, column int, zh, en string, args ...any) error {
	return brokenAt(line, column, i18n.T(zh, en, args...))
}

func brokenAt(line int64, column int, message i18n.Text) error {
	path := fmt.Sprintf("line %d", line)
	if column > 0 {
		path += fmt.Sprintf(", column %d", column)
	}
	return fault.New(fault.Invalid, message, fault.Field{Path: path, Message: message})
}
