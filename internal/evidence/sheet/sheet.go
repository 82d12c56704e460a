// Package sheet reads an uploaded table, CSV or Parquet, as rows of text. Its
// reader is a stranger: every size is bounded before anything is allocated for
// it, and what the file is called plays no part.
package sheet

import (
	"io"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Limits bounds what a file may ask of us. All must be set.
type Limits struct {
	Bytes   int64 // of the file
	Decoded int64 // of a Parquet file's pages once decompressed
	Rows    int64
	Columns int
	Cell    int // bytes of one cell
}

// DefaultLimits suits imports by people: 64 MiB, 100,000 rows.
var DefaultLimits = Limits{Bytes: 64 << 20, Decoded: 256 << 20, Rows: 100_000, Columns: 100, Cell: 4 << 10}

// The formats, which Open tells apart by the file's first bytes.
const (
	CSV     = "csv"
	Parquet = "parquet"
)

// Row is one row of data.
type Row struct {
	Line  int64    // in CSV the line where it begins, the header being line 1; in Parquet the row's number from 1
	Cells []string // one a column; empty for null; good until the next row is read
}

// Sheet is an open table.
type Sheet struct {
	Format  string
	Columns []string
	next    func() (Row, error)
	limits  Limits
	rows    int64
}

// Open reads the header of a table.
//
// Codes: invalid, naming the place; too_large.
func Open(r io.ReaderAt, size int64, limits Limits) (*Sheet, error) {
	if size > limits.Bytes {
		return nil, fault.Newf(fault.TooLarge, "文件超过 %d MiB：请拆成几个文件。", "The file exceeds %d MiB: split it.", limits.Bytes>>20)
	}
	magic := make([]byte, 4)
	n, err := r.ReadAt(magic, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	s := &Sheet{limits: limits}
	switch string(magic[:n]) {
	case "PAR1":
		err = s.openParquet(r, size)
	case "PK\x03\x04": // what Excel workbooks and archives begin with
		err = fault.Newf(fault.Invalid, "这是 Excel 工作簿或压缩包：请另存为“CSV UTF-8”后再导入。", "This is an Excel workbook or an archive: save the table as “CSV UTF-8” and import that.")
	default:
		err = s.openCSV(io.NewSectionReader(r, 0, size))
	}
	if err != nil {
		return nil, err
	}
	return s, s.checkColumns()
}

func (s *Sheet) checkColumns() error {
	if len(s.Columns) > s.limits.Columns {
		return fault.Newf(fault.TooLarge, "列数超过 %d：请删去用不到的列。", "There are more than %d columns: remove those that are not needed.", s.limits.Columns)
	}
	var bad fault.Collector
	seen := map[string]bool{}
	for _, name := range s.Columns {
		if seen[name] {
			bad.Add(name, "这一列出现了两次：请只留一列。", "The column stands here twice: keep one.")
		}
		seen[name] = true
	}
	return bad.Err()
}

// Next returns the next row that is not all empty; io.EOF after the last.
//
// Codes: invalid when the file is broken from here on; too_large.
func (s *Sheet) Next() (Row, error) {
	for {
		row, err := s.next()
		if err != nil {
			return Row{}, err
		}
		if s.rows++; s.rows > s.limits.Rows {
			return Row{}, fault.Newf(fault.TooLarge, "超过 %d 行：请拆成几个文件。", "There are more than %d rows: split the file.", s.limits.Rows)
		}
		if strings.Join(row.Cells, "") != "" {
			return row, s.checkCells(row)
		}
	}
}

func (s *Sheet) checkCells(row Row) error {
	for i, cell := range row.Cells {
		if len(cell) > s.limits.Cell {
			return broken(row.Line, i+1, "这一格超过 %d 字节：请改短。", "The cell exceeds %d bytes: shorten it.", s.limits.Cell)
		}
	}
	return nil
}
