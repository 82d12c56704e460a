package population

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// parquetFile reads column pages, never rows as structs.
type parquetFile struct {
	file *parquet.File
	size int64 // in bytes
	leaf map[string]*parquet.Column
}

func openParquet(r *os.File, size int64) (f *parquetFile, names []string, err error) {
	defer recoverCorrupt(&err)
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, nil, corrupt(err)
	}
	if rows := file.NumRows(); rows < 0 || rows/rowsPerByte > size {
		return nil, nil, corrupt(fmt.Errorf("%d rows in %d bytes", rows, size))
	}
	f = &parquetFile{file: file, size: size, leaf: map[string]*parquet.Column{}}
	for _, c := range file.Root().Columns() {
		if !c.Leaf() || c.Repeated() {
			return nil, nil, fault.Newf(fault.Invalid, "列 %s 是嵌套或重复的：一格只能有一个值。", "Column %s is nested or repeated: a cell holds one value.", c.Name())
		}
		f.leaf[c.Name()] = c
		names = append(names, c.Name())
	}
	return f, names, nil
}

// rowsPerByte bounds what a small file may claim to hold: every row has a code
// of its own, which no codec brings below a byte.
const rowsPerByte = 8

func corrupt(err error) error {
	return fault.Newf(fault.Invalid, "不是完好的 Parquet 文件。", "This is no intact Parquet file.").Because(err)
}

// recoverCorrupt turns a panic of the decoder on a damaged file into a fault.
func recoverCorrupt(err *error) {
	if r := recover(); r != nil {
		*err = corrupt(fmt.Errorf("%v", r))
	}
}

func (f *parquetFile) pieces(want []want) (pieces, error) {
	var bad fault.Collector
	for _, w := range want {
		if leaf := f.leaf[w.name]; leaf != nil {
			bad.Merge(w.name, checkLeaf(w, leaf))
		}
	}
	return &rowGroups{file: f, want: want, order: f.order(want), groups: f.file.RowGroups(), first: 1}, bad.Err()
}

// order lists wants as their columns lie in the file, so that it is read from
// the front to the end; those without a column come first.
func (f *parquetFile) order(want []want) []int {
	place := func(i int) int {
		if leaf := f.leaf[want[i].name]; leaf != nil {
			return leaf.Index()
		}
		return -1
	}
	order := make([]int, len(want))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(place(a), place(b)) })
	return order
}

// checkLeaf refuses physical types that cannot hold the cell exactly.
func checkLeaf(w want, leaf *parquet.Column) error {
	kind, decimal := leaf.Type().Kind(), decimalOf(leaf)
	text := kind == parquet.ByteArray && decimal == nil
	whole := (kind == parquet.Int32 || kind == parquet.Int64) && decimal == nil
	ok := text
	switch w.cell {
	case boolCell:
		ok = ok || kind == parquet.Boolean
	case moneyCell, decimalCell:
		ok = ok || decimal != nil
	case integerCell:
		ok = ok || whole || (decimal != nil && decimal.Scale == 0)
	}
	switch {
	case kind == parquet.Float || kind == parquet.Double:
		return fault.Newf(fault.Invalid, "浮点数存不准：请用十进制文本或 DECIMAL。", "A float does not hold it exactly: use decimal text or DECIMAL.")
	case !ok:
		return fault.Newf(fault.Invalid, "列的类型 %s 不能用：金额用十进制文本或 DECIMAL，是否用 BOOLEAN，其余用文本。", "The column type %s cannot be used: money is decimal text or DECIMAL, yes/no BOOLEAN, the rest text.", leaf.Type())
	case decimal != nil && (decimal.Scale < 0 || decimal.Precision < 1 || decimal.Precision > 38 || decimal.Scale > decimal.Precision):
		return fault.Newf(fault.Invalid, "DECIMAL(%d,%d) 不能用。", "DECIMAL(%d,%d) cannot be used.", decimal.Precision, decimal.Scale)
	}
	return nil
}

func decimalOf(leaf *parquet.Column) *format.DecimalType {
	if t := leaf.Type().LogicalType(); t != nil {
		if d, ok := t.Value.(*format.DecimalType); ok {
			return d
		}
	}
	return nil
}

// rowGroups hands out row groups.
type rowGroups struct {
	file   *parquetFile
	want   []want
	order  []int // wants as their columns lie in the file
	groups []parquet.RowGroup
	mu     sync.Mutex
	at     int
	first  int64
}

func (g *rowGroups) next() (piece, bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.at == len(g.groups) {
		return nil, false, nil
	}
	group := g.groups[g.at]
	if err := sound(group, g.file.file.NumRows()); err != nil {
		return nil, false, err
	}
	if group.NumRows() > maxRows {
		return nil, false, fault.Newf(fault.TooLarge, "一个行组有 %d 行，超过 %d：请写成较小的行组。", "A row group has %d rows, above %d: write smaller ones.", group.NumRows(), maxRows)
	}
	p := &rowGroup{rowGroups: g, group: group, ordinal: g.at, first: g.first, parts: 1}
	g.at++
	if cores := runtime.GOMAXPROCS(0); len(g.groups) < cores {
		p.parts = cores // some cores have no row group of their own
	}
	g.first += group.NumRows()
	return p, true, nil
}

// sound checks a row group's counts before memory is set aside for them.
func sound(group parquet.RowGroup, all int64) error {
	if n := group.NumRows(); n < 0 || n > all {
		return corrupt(fmt.Errorf("a row group of %d rows in a file of %d", n, all))
	}
	for _, c := range group.ColumnChunks() {
		if c.NumValues() != group.NumRows() {
			return corrupt(fmt.Errorf("a column of %d values for %d rows", c.NumValues(), group.NumRows()))
		}
	}
	return nil
}

type rowGroup struct {
	*rowGroups
	group   parquet.RowGroup
	ordinal int
	first   int64
	parts   int
}

func (g *rowGroup) load(c *chunk) error {
	c.ordinal, c.first, c.rows = g.ordinal, g.first, int(g.group.NumRows())
	c.columns, c.keys = resize(c.columns, len(g.want)), resize(c.keys, len(g.want))
	c.parts = g.parts
	for len(c.pages) < c.parts {
		c.pages = append(c.pages, pageMemory{})
	}
	return c.share(len(g.order), func(part, task int) error { return g.column(c, part, g.order[task]) })
}

// column loads one wanted column, with the memory of a part.
func (g *rowGroup) column(c *chunk, part, i int) (err error) {
	defer recoverCorrupt(&err)
	leaf := g.file.leaf[g.want[i].name]
	if leaf == nil {
		c.columns[i], c.keys[i] = nil, nil
		return nil
	}
	chunk := &g.file.file.Metadata().RowGroups[g.ordinal].Columns[leaf.Index()]
	pages, err := newChunkPages(&c.pages[part], g.file.file, g.file.size, chunk, leaf, c.rows)
	if err != nil {
		return err
	}
	b := newColumnBuilder(g.want[i], c.rows, c.columns[i])
	r := pageReader{columnBuilder: b, pages: pages, leaf: leaf, decimal: decimalOf(leaf), first: g.first}
	if err := r.read(c.rows); err != nil {
		return err
	}
	if b.keys != nil {
		b.pad(c.rows)
	}
	b.blank(c.rows, len(b.out.Known)*64)
	c.columns[i], c.keys[i] = b.out, b.keys
	return nil
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
