package population

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// parquetFile reads column pages, never rows as structs.
type parquetFile struct {
	file *parquet.File
	leaf map[string]*parquet.Column
}

// readBuffer is how much of a column chunk one read takes.
const readBuffer = 256 << 10

func openParquet(r *os.File, size int64) (f *parquetFile, names []string, err error) {
	defer recoverCorrupt(&err)
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(readBuffer))
	if err != nil {
		return nil, nil, corrupt(err)
	}
	if rows := file.NumRows(); rows < 0 || rows/rowsPerByte > size {
		return nil, nil, corrupt(fmt.Errorf("%d rows in %d bytes", rows, size))
	}
	f = &parquetFile{file: file, leaf: map[string]*parquet.Column{}}
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
	return &rowGroups{file: f, want: want, groups: f.file.RowGroups(), first: 1}, bad.Err()
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
	p := &rowGroup{file: g.file, want: g.want, group: group, ordinal: g.at, first: g.first}
	g.at++
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
	file    *parquetFile
	want    []want
	group   parquet.RowGroup
	ordinal int
	first   int64
}

func (g *rowGroup) load(c *chunk) (err error) {
	defer recoverCorrupt(&err)
	c.ordinal, c.first, c.rows = g.ordinal, g.first, int(g.group.NumRows())
	c.columns, c.keys = resize(c.columns, len(g.want)), resize(c.keys, len(g.want))
	for i, w := range g.want {
		leaf := g.file.leaf[w.name]
		if leaf == nil {
			c.columns[i], c.keys[i] = nil, nil
			continue
		}
		b := newColumnBuilder(w, c.rows, c.columns[i])
		r := pageReader{columnBuilder: b, leaf: leaf, decimal: decimalOf(leaf), first: g.first}
		if err := r.read(g.group.ColumnChunks()[leaf.Index()], c.rows); err != nil {
			return err
		}
		c.columns[i], c.keys[i] = b.out, b.keys
		if b.keys != nil {
			b.pad(c.rows)
		}
	}
	return nil
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// pageReader fills a column from the pages of one chunk.
type pageReader struct {
	*columnBuilder
	leaf    *parquet.Column
	decimal *format.DecimalType
	first   int64
	at      int // next row

	dictionary parquet.Dictionary // the values below are its, converted once
	ints       []int64
	places     []uint32
	present    []bool
	scratch    []int64
}

func (r *pageReader) read(chunk parquet.ColumnChunk, rows int) error {
	pages := chunk.Pages()
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return corrupt(err)
		}
		err = r.page(page, rows)
		parquet.Release(page)
		if err != nil {
			return err
		}
	}
	if r.at != rows {
		return corrupt(fmt.Errorf("column %s has %d of %d rows", r.name, r.at, rows))
	}
	return nil
}

func (r *pageReader) page(page parquet.Page, rows int) error {
	n := int(page.NumValues())
	if r.at+n > rows {
		return corrupt(fmt.Errorf("column %s has too many values", r.name))
	}
	levels := page.DefinitionLevels()
	if r.leaf.MaxDefinitionLevel() == 0 {
		levels = nil
	} else if len(levels) != n {
		return corrupt(fmt.Errorf("column %s: %d levels for %d values", r.name, len(levels), n))
	}
	var err error
	switch {
	case r.cell == boolCell && r.leaf.Type().Kind() == parquet.Boolean:
		data := page.Data()
		r.bools(levels, data.Boolean(), n)
	case page.Dictionary() != nil:
		err = r.indexed(page, levels, n)
	case r.leaf.Type().Kind() == parquet.ByteArray && r.decimal == nil:
		err = r.texts(page, levels, n)
	default:
		err = r.numbers(page, levels, n)
	}
	r.at += n
	return err
}

// setKnown marks the rows of a page that have a value. Definition levels are
// bytes of 0 or 1: eight of them fold into a byte of bits with one multiplication.
func (r *pageReader) setKnown(levels []byte, n int) {
	known := r.out.Known
	if levels == nil {
		for i := range n {
			known[(r.at+i)>>6] |= 1 << ((r.at + i) & 63)
		}
		return
	}
	i := 0
	if r.at&7 == 0 {
		for ; i+8 <= n; i += 8 {
			eight := binary.LittleEndian.Uint64(levels[i:]) * 0x0102040810204080 >> 56
			known[(r.at+i)>>6] |= eight << ((r.at + i) & 63)
		}
	}
	for ; i < n; i++ {
		known[(r.at+i)>>6] |= uint64(levels[i]) << ((r.at + i) & 63)
	}
}

// bools reads a page of booleans, packed a bit a value: eight rows at a time
// where all eight have one.
func (r *pageReader) bools(levels, packed []byte, n int) {
	r.setKnown(levels, n)
	i, j := 0, 0
	one := func() {
		if levels == nil || levels[i] != 0 {
			r.out.Bits[(r.at+i)>>6] |= uint64(packed[j>>3]>>(j&7)&1) << ((r.at + i) & 63)
			j++
		}
		i++
	}
	for i < n && (r.at+i)&7 != 0 {
		one()
	}
	for i+8 <= n {
		if j>>3+1 < len(packed) && (levels == nil || binary.LittleEndian.Uint64(levels[i:]) == 0x0101010101010101) {
			eight := uint64(packed[j>>3]) | uint64(packed[j>>3+1])<<8
			r.out.Bits[(r.at+i)>>6] |= eight >> (j & 7) & 0xff << ((r.at + i) & 63)
			i, j = i+8, j+8
			continue
		}
		for range 8 {
			one()
		}
	}
	for i < n {
		one()
	}
}

// indexed reads a page of indexes into the chunk's dictionary.
func (r *pageReader) indexed(page parquet.Page, levels []byte, n int) error {
	if r.cell != keyCell && r.dictionary != page.Dictionary() {
		if err := r.convert(page.Dictionary()); err != nil {
			return err
		}
	}
	data := page.Data()
	indexes := data.Int32()
	if r.cell == keyCell {
		return r.indexedKeys(page.Dictionary(), indexes, levels, n)
	}
	if count := len(r.ints) + len(r.places); count > 0 {
		for _, x := range indexes {
			if uint32(x) >= uint32(count) {
				return corrupt(fmt.Errorf("column %s: an index past the dictionary", r.name))
			}
		}
	} else if len(indexes) > 0 {
		return corrupt(fmt.Errorf("column %s: indexes without a dictionary", r.name))
	}
	r.setKnown(levels, n)
	if r.cell == textCell {
		r.spreadCodes(levels, indexes, n)
	} else if r.cell == boolCell {
		r.spreadBools(levels, indexes, n)
	} else {
		out := r.out.Ints[r.at : r.at+n]
		if levels == nil {
			for i, x := range indexes {
				out[i] = r.ints[x]
			}
		} else {
			for i, j := 0, 0; i < n && j < len(indexes); i++ {
				d := int64(levels[i])
				out[i] = r.ints[indexes[j]] & -d
				j += int(d)
			}
		}
	}
	r.dropEmpty(levels, indexes, n)
	return nil
}

// indexedKeys reads keys that a writer put in a dictionary.
func (r *pageReader) indexedKeys(d parquet.Dictionary, indexes []int32, levels []byte, n int) error {
	j := 0
	for i := range n {
		if levels != nil && levels[i] == 0 {
			continue
		}
		if uint32(indexes[j]) >= uint32(d.Len()) {
			return corrupt(fmt.Errorf("column %s: an index past the dictionary", r.name))
		}
		if err := r.text(r.at+i, d.Index(indexes[j]).ByteArray()); err != nil {
			return r.fault(r.at+i, err)
		}
		j++
	}
	return nil
}

// dropEmpty takes back cells whose dictionary text is empty: an empty text is
// a missing cell, as in CSV.
func (r *pageReader) dropEmpty(levels []byte, indexes []int32, n int) {
	for i, p := range r.present {
		if p {
			continue
		}
		j := 0
		for row := range n {
			if levels != nil && levels[row] == 0 {
				continue
			}
			if int(indexes[j]) == i {
				at := r.at + row
				r.out.Known[at>>6] &^= 1 << (at & 63)
			}
			j++
		}
	}
}

func (r *pageReader) spreadCodes(levels []byte, indexes []int32, n int) {
	if len(r.out.Dict) > 256 {
		r.setCode(r.at, uint32(len(r.out.Dict)-1)) // widen once; the cell is written again below
		out := r.out.Codes[r.at : r.at+n]
		clear(out)
		for i, j := 0, 0; i < n && j < len(indexes); i++ {
			if levels == nil || levels[i] == 1 {
				out[i] = r.places[indexes[j]]
				j++
			}
		}
		return
	}
	out := r.out.Bytes[r.at : r.at+n]
	if levels == nil {
		for i, x := range indexes {
			out[i] = uint8(r.places[x])
		}
		return
	}
	for i, j := 0, 0; i < n && j < len(indexes); i++ {
		d := levels[i]
		out[i] = uint8(r.places[indexes[j]]) & -d
		j += int(d)
	}
}

func (r *pageReader) spreadBools(levels []byte, indexes []int32, n int) {
	j := 0
	for i := range n {
		if levels != nil && levels[i] == 0 {
			continue
		}
		r.out.Bits[(r.at+i)>>6] |= uint64(r.ints[indexes[j]]) << ((r.at + i) & 63)
		j++
	}
}

// convert reads a dictionary once: texts to codes, numbers to int64.
func (r *pageReader) convert(d parquet.Dictionary) error {
	r.dictionary, r.ints, r.places, r.present = d, nil, nil, nil
	for i := range d.Len() {
		v := d.Index(int32(i))
		if r.cell == textCell {
			var code uint32
			if b := v.ByteArray(); len(b) > 0 {
				var err error
				if code, err = r.code(b); err != nil {
					return r.fault(r.at, err)
				}
			}
			r.present = append(r.present, len(v.ByteArray()) > 0)
			r.places = append(r.places, code)
			continue
		}
		n, present, err := r.number(v)
		if err != nil {
			return r.fault(r.at, err)
		}
		r.ints = append(r.ints, n)
		r.present = append(r.present, present)
	}
	allPresent := true
	for _, p := range r.present {
		allPresent = allPresent && p
	}
	if allPresent {
		r.present = nil
	}
	return nil
}

// texts reads a page of plain texts.
func (r *pageReader) texts(page parquet.Page, levels []byte, n int) error {
	values := page.Data()
	data, offsets := values.ByteArray()
	j := 0
	for i := range n {
		if levels != nil && levels[i] == 0 {
			continue
		}
		if err := r.text(r.at+i, data[offsets[j]:offsets[j+1]]); err != nil {
			return r.fault(r.at+i, err)
		}
		j++
	}
	return nil
}

// fault names the row and column of a bad cell.
func (r *pageReader) fault(row int, err error) error {
	var bad fault.Collector
	bad.Merge(fmt.Sprintf("row %d, %s", r.first+int64(row), r.name), err)
	return bad.Err()
}
