package population

import (
	"fmt"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"
	"github.com/parquet-go/parquet-go/format"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// pageReader fills a column from the pages of one chunk.
type pageReader struct {
	*columnBuilder
	pages   *chunkPages
	leaf    *parquet.Column
	decimal *format.DecimalType
	first   int64
	at      int // next row

	dictionary *dictionary
}

// dictionary is a chunk's, converted once: numbers in the column's unit, or
// texts as the column's codes, or the texts of keys.
type dictionary struct {
	count   int
	ints    [256]int64 // the first of them
	more    []int64    // all, where there are more
	codes   []uint32
	plain   bool   // a text's code is its place
	present []bool // nil: none is an empty text, which is a missing cell
	keys    [][]byte
}

func (r *pageReader) read(rows int) error {
	for {
		header, body, more, err := r.pages.next()
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if header.Type == format.DictionaryPage {
			err = r.convert(header, body)
		} else {
			err = r.page(header, body, rows)
		}
		if err != nil {
			return err
		}
	}
	if r.at != rows {
		return corrupt(fmt.Errorf("column %s has %d of %d rows", r.name, r.at, rows))
	}
	return nil
}

func (r *pageReader) page(header *format.PageHeader, body []byte, rows int) error {
	p, err := r.pages.values(header, body)
	if err != nil {
		return err
	}
	if p.values > rows-r.at {
		return corrupt(fmt.Errorf("column %s has too many values", r.name))
	}
	there, err := p.known(r.out.Known, r.at)
	if err != nil {
		return corrupt(fmt.Errorf("column %s: levels: %w", r.name, err))
	}
	if p.indexed() {
		err = r.indexed(&p, there)
	} else {
		err = r.plain(&p, there)
	}
	r.at += p.values
	return err
}

// plain reads a page of values as they are, in any encoding but a dictionary's.
func (r *pageReader) plain(p *page, there int) error {
	r.manyNumbers()
	values, err := r.decode(p, there)
	switch {
	case err != nil:
		return corrupt(fmt.Errorf("column %s: %w", r.name, err))
	case r.leaf.Type().Kind() == parquet.Boolean:
		spreadBits(r.out.Bits, r.out.Known, r.at, p.values, values.Boolean())
		return nil
	case r.texts():
		data, offsets := values.ByteArray()
		r.blank(r.at, r.at+p.values)
		return r.each(p.values, func(row, i int) error { return r.text(row, data[offsets[i]:offsets[i+1]]) })
	}
	ints, err := r.numbers(values, there)
	if err == nil {
		spreadInts(r.out.Ints[r.at:r.at+p.values], r.out.Known, r.at, ints)
	}
	return err
}

// texts says that the file has text, of numbers perhaps.
func (r *pageReader) texts() bool {
	return r.leaf.Type().Kind() == parquet.ByteArray && r.decimal == nil
}

// each visits the rows of a page that have a value, the i-th. An empty text is
// a missing cell, as in CSV.
func (r *pageReader) each(rows int, cell func(row, i int) error) error {
	i := 0
	for row := r.at; row < r.at+rows; row++ {
		known, bit := &r.out.Known[row>>6], uint64(1)<<(row&63)
		if *known&bit == 0 {
			continue
		}
		*known &^= bit // the cell marks itself
		if err := cell(row, i); err != nil {
			return r.fault(row, err)
		}
		i++
	}
	return nil
}

// decode makes values of a page's bytes; there must be so many.
func (r *pageReader) decode(p *page, there int) (encoding.Values, error) {
	kind, length := r.leaf.Type().Kind(), r.leaf.Type().Length()
	values, size := encoding.Values{}, 0
	if p.encoding == format.Plain && kind != parquet.ByteArray { // as they lie in the page
		switch kind {
		case parquet.Boolean:
			values, size = encoding.BooleanValues(p.data), len(p.data)*8
		case parquet.Int32:
			values, size = encoding.Int32ValuesFromBytes(p.data), len(p.data)/4
		case parquet.Int64:
			values, size = encoding.Int64ValuesFromBytes(p.data), len(p.data)/8
		case parquet.FixedLenByteArray:
			values, size = encoding.FixedLenByteArrayValues(p.data, length), len(p.data)/max(length, 1)
		}
	} else {
		m, typ, coding := r.pages.pageMemory, r.leaf.Type(), parquet.LookupEncoding(p.encoding)
		m.decoded, m.offsets = room(m.decoded, typ.EstimateDecodeSize(there, p.data, coding)), room(m.offsets, there+1)
		var err error
		values, err = typ.Decode(typ.NewValues(m.decoded, m.offsets), p.data, coding)
		if err != nil {
			return values, err
		}
		data, offsets := values.Data()
		switch kind {
		case parquet.Boolean:
			size = len(data) * 8
		case parquet.Int32:
			size = len(data) / 4
		case parquet.Int64:
			size = len(data) / 8
		case parquet.FixedLenByteArray:
			size = len(data) / max(length, 1)
		case parquet.ByteArray:
			size = len(offsets) - 1
		}
	}
	if size < there {
		return values, fmt.Errorf("%d values for %d rows", size, there)
	}
	return values, nil
}

// indexed reads a page of indexes into the chunk's dictionary.
func (r *pageReader) indexed(p *page, there int) error {
	if r.dictionary == nil || r.leaf.Type().Kind() == parquet.Boolean {
		return corrupt(fmt.Errorf("column %s: indexes without a dictionary", r.name))
	}
	if there == 0 {
		r.blank(r.at, r.at+p.values)
		return nil
	}
	if len(p.data) == 0 || p.data[0] > 32 {
		return corrupt(fmt.Errorf("column %s: indexes of no width", r.name))
	}
	var err error
	if narrow := p.data[0] <= 8 && r.dictionary.count <= 256 && len(r.out.Dict) <= 256; narrow && r.cell != keyCell && r.cell != boolCell {
		err = r.narrow(p, there)
	} else {
		err = r.wide(p, there)
	}
	if err != nil {
		return err
	}
	return r.dropEmpty(p, there)
}

// narrow reads indexes of at most a byte.
func (r *pageReader) narrow(p *page, there int) error {
	codes, err := r.codes(p, there)
	if err != nil {
		return err
	}
	rows, d := r.at+p.values, r.dictionary
	if r.cell != textCell && r.at == 0 {
		r.out.Few, r.out.Bytes = d.ints[:d.count], room(r.out.Bytes, len(r.out.Ints))
	}
	if r.out.Few != nil {
		spreadBytes(r.out.Bytes[r.at:rows], r.out.Known, r.at, codes)
		return nil
	}
	if r.cell != textCell {
		m := r.pages.pageMemory
		m.spread = room(m.spread, p.values)
		spreadBytes(m.spread, r.out.Known, r.at, codes)
		gatherInts(r.out.Ints[r.at:rows], r.out.Known, r.at, m.spread, &d.ints)
		return nil
	}
	if !d.plain {
		for i, c := range codes {
			codes[i] = uint8(d.codes[c])
		}
	}
	spreadBytes(r.out.Bytes[r.at:rows], r.out.Known, r.at, codes)
	return nil
}

// manyNumbers gives a column that began with codes of few numbers its numbers,
// before a page that is no codes.
func (r *pageReader) manyNumbers() {
	if r.out.Few == nil {
		return
	}
	var table [256]int64
	copy(table[:], r.out.Few)
	r.out.Few = nil
	gatherInts(r.out.Ints[:r.at], r.out.Known, 0, r.out.Bytes, &table)
}

// codes are a page's indexes as bytes, checked, with 8 bytes of any content behind.
func (r *pageReader) codes(p *page, there int) ([]uint8, error) {
	m, width := r.pages.pageMemory, int(p.data[0])
	m.codes = room(m.codes, there+8)
	codes := m.codes[:there]
	if err := hybridCodes(codes, width, p.data[1:]); err != nil {
		return nil, corrupt(fmt.Errorf("column %s: indexes: %w", r.name, err))
	}
	if r.dictionary.count < 1<<width && above(codes, max(r.dictionary.count, 1)) || r.dictionary.count == 0 {
		return nil, r.past()
	}
	return codes, nil
}

func (r *pageReader) past() error {
	return corrupt(fmt.Errorf("column %s: an index past the dictionary", r.name))
}

// places are a page's indexes of any width, checked.
func (r *pageReader) places(p *page, there int) ([]int32, error) {
	m := r.pages.pageMemory
	m.indexes = room(m.indexes, there)
	indexes, err := parquet.RLEDictionary.DecodeInt32(m.indexes, p.data)
	if err != nil || len(indexes) < there {
		return nil, corrupt(fmt.Errorf("column %s: %d indexes for %d rows: %w", r.name, len(indexes), there, err))
	}
	m.indexes = indexes
	for _, x := range indexes[:there] {
		if uint32(x) >= uint32(r.dictionary.count) {
			return nil, r.past()
		}
	}
	return indexes[:there], nil
}

// wide reads indexes of any width, cell by cell.
func (r *pageReader) wide(p *page, there int) error {
	indexes, err := r.places(p, there)
	if err != nil {
		return err
	}
	r.manyNumbers()
	r.blank(r.at, r.at+p.values)
	d := r.dictionary
	if r.cell == keyCell {
		return r.each(p.values, func(row, i int) error { return r.text(row, d.keys[indexes[i]]) })
	}
	i := 0
	for row := r.at; row < r.at+p.values; row++ {
		if r.out.Known[row>>6]>>(row&63)&1 == 0 {
			continue
		}
		switch x := indexes[i]; r.cell {
		case textCell:
			r.setCode(row, d.codes[x])
		case boolCell:
			r.out.Bits[row>>6] |= uint64(d.int(x)) << (row & 63)
		default:
			r.out.Ints[row] = d.int(x)
		}
		i++
	}
	return nil
}

func (d *dictionary) int(i int32) int64 {
	if d.more != nil {
		return d.more[i]
	}
	return d.ints[i]
}

// dropEmpty takes back cells whose dictionary text is empty.
func (r *pageReader) dropEmpty(p *page, there int) error {
	if r.dictionary.present == nil {
		return nil
	}
	indexes, err := r.places(p, there)
	if err != nil {
		return err
	}
	i := 0
	for row := r.at; row < r.at+p.values; row++ {
		known, bit := &r.out.Known[row>>6], uint64(1)<<(row&63)
		if *known&bit == 0 {
			continue
		}
		if !r.dictionary.present[indexes[i]] {
			*known &^= bit
		}
		i++
	}
	return nil
}

// convert reads a dictionary once.
func (r *pageReader) convert(header *format.PageHeader, body []byte) error {
	if r.dictionary != nil { // columns keep the codes of the first
		return corrupt(fmt.Errorf("column %s has two dictionaries", r.name))
	}
	p, err := r.pages.dictionary(header, body)
	if err != nil {
		return err
	}
	d := &dictionary{count: p.values}
	r.dictionary = d
	values, err := r.decode(&p, p.values)
	if err != nil {
		return corrupt(fmt.Errorf("column %s: its dictionary: %w", r.name, err))
	}
	if !r.texts() {
		ints, err := r.numbers(values, d.count)
		d.setInts(ints)
		return err
	}
	data, offsets := values.ByteArray()
	texts := make([][]byte, d.count)
	for i := range texts {
		texts[i] = data[offsets[i]:offsets[i+1]]
	}
	switch r.cell {
	case keyCell:
		return r.keepKeys(d, texts)
	case textCell:
		return r.keepTexts(d, texts)
	}
	return r.keepNumbers(d, texts)
}

func (d *dictionary) setInts(ints []int64) {
	ints = ints[:min(len(ints), d.count)]
	if copy(d.ints[:], ints) < len(ints) {
		d.more = append(d.more, ints...)
	}
}

// keepKeys copies the texts, which lie in memory that the next page takes.
func (r *pageReader) keepKeys(d *dictionary, texts [][]byte) error {
	d.keys = make([][]byte, len(texts))
	for i, s := range texts {
		d.keys[i] = append([]byte(nil), s...)
	}
	return nil
}

func (r *pageReader) keepTexts(d *dictionary, texts [][]byte) error {
	d.codes, d.plain = make([]uint32, len(texts)), true
	for i, s := range texts {
		if len(s) == 0 {
			d.miss(i)
		} else if code, err := r.code(s); err != nil {
			return r.fault(r.at, err)
		} else {
			d.codes[i] = code
		}
		d.plain = d.plain && d.codes[i] == uint32(i)
	}
	return nil
}

func (r *pageReader) keepNumbers(d *dictionary, texts [][]byte) error {
	ints := make([]int64, len(texts))
	for i, s := range texts {
		if len(s) == 0 {
			d.miss(i)
			continue
		}
		n, err := r.textNumber(s)
		if err != nil {
			return r.fault(r.at, err)
		}
		ints[i] = n
	}
	d.setInts(ints)
	return nil
}

// miss notes an empty text.
func (d *dictionary) miss(i int) {
	if d.present == nil {
		d.present = make([]bool, d.count)
		for k := range d.present {
			d.present[k] = true
		}
	}
	d.present[i] = false
}

// fault names the row and column of a bad cell.
func (r *pageReader) fault(row int, err error) error {
	var bad fault.Collector
	bad.Merge(fmt.Sprintf("row %d, %s", r.first+int64(row), r.name), err)
	return bad.Err()
}
