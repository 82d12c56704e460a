// Package population reads a population of organisations from Parquet or CSV
// as columns and runs measures over them: who may get what (Match) and what a
// change of figures would cost (Simulate). The rules themselves are in package
// rule; nothing here decides.
//
// A row is an organisation and an object. Columns: code, kind, then
// <fact kind>.<attribute> and <fact kind>.quantity; object and name are read
// over. An empty cell is a missing fact.
package population

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Population is an open file of organisations. It may be scanned many times.
type Population struct {
	file    *os.File
	columns []string // as the file names them
	format  fileFormat
}

// fileFormat reads one kind of file in pieces.
type fileFormat interface {
	// pieces starts a pass over the file, in order.
	pieces(want []want) (pieces, error)
}

// pieces hands out the parts of a file. next is safe for concurrent use.
type pieces interface {
	next() (piece, bool, error)
}

// piece is a part of a file that one worker loads.
type piece interface {
	load(c *chunk) error
}

// chunk is a loaded piece: one column a want, nil where the file has none.
type chunk struct {
	ordinal int
	first   int64 // number of the first row, from 1
	rows    int
	columns []*rule.Column
	keys    []*keys // of key columns
	parts   int     // how many goroutines share it, where there are fewer pieces than cores
	pages   []pageMemory
}

// share runs tasks of a chunk, side by side where it has several parts, and
// returns the first one's error. A part is one goroutine.
func (c *chunk) share(tasks int, do func(part, task int) error) error {
	if c.parts <= 1 {
		for task := range tasks {
			if err := do(0, task); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	var parts sync.WaitGroup
	errs := make([]error, tasks)
	for part := range c.parts {
		parts.Go(func() {
			for task := int(next.Add(1)) - 1; task < tasks; task = int(next.Add(1)) - 1 {
				if errs[task] = do(part, task); errs[task] != nil {
					return
				}
			}
		})
	}
	parts.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// want is a column to load and what its cells may be.
type want struct {
	name  string
	cell  cellKind
	parse func(string) (string, error) // a text's canonical form
}

// maxRows bounds a piece, so that one huge row group cannot exhaust memory.
const maxRows = 1 << 24

// GCPercent is what a command sets that reads one population and ends: its heap
// is the columns of a batch a core, used again and again, and collecting it each
// time that it doubles from nothing costs a twentieth of the time.
const GCPercent = 400

// Open opens a population by its content: Parquet by its magic number, else CSV.
//
// Codes: not_found, invalid (no such format, a column that no fact has).
func Open(path string) (*Population, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fault.Newf(fault.NotFound, "打不开 %s：请检查路径和权限。", "Cannot open %s: check the path and permissions.", filepath.Base(path)).Because(err)
	}
	p, err := open(file)
	if err != nil {
		file.Close()
		return nil, err
	}
	return p, nil
}

func open(file *os.File) (*Population, error) {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, fault.Newf(fault.Invalid, "%s 不是普通文件：请给出 CSV 或 Parquet 文件。", "%s is no regular file: name a CSV or Parquet file.", filepath.Base(file.Name()))
	}
	if info.Size() == 0 {
		return nil, fault.Newf(fault.Invalid, "%s 是空的：第一行应为列名，至少有 code 列。", "%s is empty: its first line holds the columns' names, code at least.", filepath.Base(file.Name()))
	}
	var magic [4]byte
	n, _ := file.ReadAt(magic[:], 0)
	p := &Population{file: file}
	switch string(magic[:n]) {
	case "PAR1":
		p.format, p.columns, err = openParquet(file, info.Size())
	case "PK\x03\x04": // what Excel workbooks and archives begin with
		err = fault.Newf(fault.Invalid, "这是 Excel 工作簿或压缩包：请另存为“CSV UTF-8”。", "This is an Excel workbook or an archive: save the table as “CSV UTF-8”.")
	default:
		p.format, p.columns, err = openCSV(file, info.Size())
	}
	if err != nil {
		return nil, err
	}
	return p, p.checkColumns()
}

// Close closes the file.
func (p *Population) Close() error { return p.file.Close() }

// Columns lists the file's columns.
func (p *Population) Columns() []string { return p.columns }

// passive columns may be there and are not read as facts.
var passive = []string{"code", "kind", "object", "name"}

// checkColumns refuses columns that no fact has, and doubled ones.
func (p *Population) checkColumns() error {
	var bad fault.Collector
	seen := map[string]bool{}
	for _, name := range p.columns {
		if seen[name] {
			bad.Add(name, "列重复：请只留一列。", "The column is there twice: keep one.")
		}
		seen[name] = true
		bad.Merge(name, checkColumn(name))
	}
	if !seen["code"] {
		bad.Add("code", "缺少 code 列（统一社会信用代码）。", "The column code (unified social credit code) is missing.")
	}
	return bad.Err()
}

func checkColumn(name string) error {
	for _, p := range passive {
		if name == p {
			return nil
		}
	}
	cut := strings.LastIndexByte(name, '.')
	if cut < 0 {
		return fault.Newf(fault.Invalid, "列名应是 code、kind 或 <事实种类>.<属性>。", "A column is code, kind or <fact kind>.<attribute>.")
	}
	kind, err := evidence.CurrentVocabulary().Kind(name[:cut])
	if err != nil {
		return err
	}
	if name[cut+1:] == "quantity" {
		return nil
	}
	_, err = kind.Attribute(name[cut+1:])
	return err
}

// wants says how each column of a scan is read from a file.
func wants(columns []rule.ScanColumn) []want {
	out := make([]want, len(columns))
	for i, c := range columns {
		out[i] = wantOf(c)
	}
	return out
}

func wantOf(c rule.ScanColumn) want {
	w := want{name: c.Name, cell: integerCell}
	switch {
	case c.Name == "subject.kind":
		w.name, w.cell, w.parse = "kind", textCell, parseSubjectKind
		return w
	case c.Text:
		w.cell, w.parse = textCell, attributeParser(c.Name)
	case c.Bool:
		w.cell = boolCell
	case c.Money:
		w.cell = moneyCell
	case c.Decimal:
		w.cell = decimalCell
	}
	return w
}

func attributeParser(name string) func(string) (string, error) {
	cut := strings.LastIndexByte(name, '.')
	kind, err := evidence.CurrentVocabulary().Kind(name[:cut])
	if err != nil {
		return func(s string) (string, error) { return s, nil }
	}
	attribute, err := kind.Attribute(name[cut+1:])
	if err != nil {
		return func(s string) (string, error) { return s, nil }
	}
	return attribute.Parse
}

func parseSubjectKind(s string) (string, error) {
	for _, k := range evidence.SubjectKinds() {
		if s == string(k) {
			return s, nil
		}
	}
	return "", fault.Newf(fault.Invalid, "“%.40s”不是组织类型：应为 enterprise、university、institute、public 之一。", "%.40q is no kind of organisation: one of enterprise, university, institute, public.", s)
}
