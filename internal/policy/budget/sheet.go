package budget

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence/sheet"
	"github.com/qianmo/qianmo/internal/ledger"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// sheetLimits are ample for the lines of one order.
var sheetLimits = sheet.Limits{Bytes: 1 << 20, Decoded: 4 << 20, Rows: mostLines, Columns: 10, Cell: 400}

// sheetColumns are what a table of lines has, by either name; capColumn and what
// follows it may be missing.
var sheetColumns = [4][2]string{{"资金来源", "purse"}, {"事项", "measure"}, {"金额", "yuan"}, {"单家上限", "cap"}}

const capColumn = 3

// SheetLine is one row of an uploaded table, read and judged; nothing is
// written for it.
type SheetLine struct {
	Row     int64 // in the file; the header is 1
	Purse   string
	Measure string
	Amount  money.Fen
	Cap     *money.Fen
	Faults  []fault.Field // by cell: "purse", "measure", "amount_fen", "cap_fen"
}

// ReadSheet reads lines out of a table with the columns 资金来源 (a purse by its
// code or its name), 事项 (a measure by its id) and 金额 (yuan, negative to take
// back), and if it is there 单家上限 (yuan, empty to leave a cap as it is). A file
// without the first three is refused; a wrong row is returned with its faults.
//
// Codes: invalid, too_large.
func (s *Service) ReadSheet(file io.ReaderAt, size int64) ([]SheetLine, error) {
	table, err := sheet.Open(file, size, sheetLimits)
	if err != nil {
		return nil, err
	}
	columns, err := findColumns(table.Columns)
	if err != nil {
		return nil, err
	}
	var lines []SheetLine
	seen := map[string]int64{}
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		var cells [len(sheetColumns)]string
		for i, column := range columns {
			if column >= 0 {
				cells[i] = strings.TrimSpace(row.Cells[column])
			}
		}
		lines = append(lines, s.readRow(row.Line, cells, seen))
	}
	if len(lines) == 0 {
		return nil, fault.Newf(fault.Invalid, "表里没有一行指标。", "The table has no line.")
	}
	return lines, nil
}

func findColumns(names []string) (at [len(sheetColumns)]int, err error) {
	var bad fault.Collector
	for i, wanted := range sheetColumns {
		at[i] = slices.IndexFunc(names, func(name string) bool {
			name, _, _ = strings.Cut(name, "（") // 金额（元）
			return strings.EqualFold(name, wanted[0]) || strings.EqualFold(name, wanted[1])
		})
		if at[i] < 0 && i < capColumn {
			bad.Add("line 1", "缺少“%s”列（英文 %s）。", "The column %[2]s (%[1]s) is missing.", wanted[0], wanted[1])
		}
	}
	return at, bad.Err()
}

func (s *Service) readRow(row int64, cells [len(sheetColumns)]string, seen map[string]int64) SheetLine {
	purse, measure, yuan, limit := cells[0], cells[1], cells[2], cells[capColumn]
	l := SheetLine{Row: row, Purse: purse, Measure: measure}
	var bad fault.Collector
	for _, known := range s.Region.Purses() {
		if purse == known.Name.ZH || strings.EqualFold(purse, known.Name.EN) {
			l.Purse = known.Purse.String()
		}
	}
	if p, err := ledger.ParsePurse(l.Purse); err != nil {
		bad.Merge("purse", err)
	} else if _, known := s.purse(p); !known {
		bad.Add("purse", "本地区没有资金来源 %.40s。", "The region has no purse %.40s.", purse)
	}
	if _, known := s.Region.Measure(measure); !known {
		bad.Add("measure", "没有事项“%.40s”。", "There is no measure %.40q.", measure)
	}
	var err error
	if l.Amount, err = parseYuan(yuan); err != nil {
		bad.Merge("amount_fen", err)
	} else {
		checkAmount(&bad, "amount_fen", l.Amount)
	}
	if limit != "" {
		most, err := parseYuan(limit)
		if err != nil {
			bad.Merge("cap_fen", err)
		} else {
			checkCap(&bad, "cap_fen", &most)
			l.Cap = &most
		}
	}
	key := l.Purse + "/" + measure
	if first, twice := seen[key]; twice {
		bad.Add("measure", "与第 %d 行是同一资金来源的同一事项：请合为一行。", "Row %d is of the same purse and measure: make them one.", first)
	} else {
		seen[key] = row
	}
	if f := bad.Err(); f != nil {
		l.Faults = fault.From(f).Fields
	}
	return l
}

func parseYuan(cell string) (money.Fen, error) {
	return money.ParseYuan(strings.ReplaceAll(cell, ",", ""))
}
