package population

import (
	"bytes"
	"strconv"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// cellKind is what a column's cells hold.
type cellKind uint8

const (
	textCell cellKind = iota
	boolCell
	moneyCell   // decimal yuan -> fen
	integerCell // counts, years
	decimalCell // -> 10⁻¹²
	keyCell     // codes and object names: nearly every row its own, so no dictionary
)

// Bounds of a cell's number: money stays below ten quadrillion yuan, decimals
// saturate at a million (package rule compares them, never adds them).
const (
	maxMoney     = 1_000_000_000_000_000_000
	decimalScale = 12
	maxKey       = 800 // bytes; evidence bounds a text at 200 characters
)

// keys are the texts of a key column, one after another.
type keys struct {
	data []byte
	ends []uint32 // by row
}

func (k *keys) at(row int) []byte {
	start := uint32(0)
	if row > 0 {
		start = k.ends[row-1]
	}
	return k.data[start:k.ends[row]]
}

// columnBuilder fills one column of a chunk. Cells are set in the order of rows.
type columnBuilder struct {
	want
	out   *rule.Column
	keys  *keys
	codes map[string]uint32 // canonical text -> code
	raw   map[string]uint32 // text as the file has it -> code
}

// newColumnBuilder starts a column, in the memory of an old one that nobody
// reads any more. Every row is to be written, or made blank, since numbers and
// codes hold what they held.
func newColumnBuilder(w want, rows int, old *rule.Column) *columnBuilder {
	words := (rows + 63) / 64
	if old == nil {
		old = &rule.Column{}
	}
	c := &rule.Column{Known: cleared(old.Known, words)}
	b := &columnBuilder{want: w, out: c}
	switch w.cell {
	case keyCell:
		b.keys = &keys{ends: make([]uint32, 0, rows)}
	case textCell:
		c.Bytes = room(old.Bytes, words*64)
		b.codes, b.raw = map[string]uint32{}, map[string]uint32{}
	case boolCell:
		c.Bits = cleared(old.Bits, words)
	default:
		c.Ints, c.Bytes = room(old.Ints, words*64), old.Bytes
	}
	return b
}

// blank clears the numbers or codes of rows.
func (b *columnBuilder) blank(from, to int) {
	switch c := b.out; {
	case c.Few != nil:
		clear(c.Bytes[from:to])
	case c.Ints != nil:
		clear(c.Ints[from:to])
	case c.Codes != nil:
		clear(c.Codes[from:to])
	case c.Bytes != nil:
		clear(c.Bytes[from:to])
	}
}

func cleared[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// text sets a cell from text; an empty one is missing.
func (b *columnBuilder) text(row int, s []byte) error {
	if len(s) == 0 {
		return nil
	}
	switch b.cell {
	case keyCell:
		return b.key(row, s)
	case textCell:
		code, err := b.code(s)
		if err != nil {
			return err
		}
		b.setCode(row, code)
	case boolCell:
		switch string(s) {
		case "true", "TRUE", "True":
			b.out.Bits[row>>6] |= 1 << (row & 63)
		case "false", "FALSE", "False":
		default:
			return fault.Newf(fault.Invalid, "“%.40s”应为 true 或 false。", "%.40q should be true or false.", s)
		}
	default:
		n, err := parseNumber(b.cell, s)
		if err != nil {
			return err
		}
		b.out.Ints[row] = n
	}
	b.out.Known[row>>6] |= 1 << (row & 63)
	return nil
}

// key appends a row's key; rows passed over have none.
func (b *columnBuilder) key(row int, s []byte) error {
	if len(s) > maxKey {
		return fault.Newf(fault.Invalid, "“%.40s…”太长。", "%.40q… is too long.", s)
	}
	if b.parse != nil {
		if _, err := b.parse(string(s)); err != nil {
			return err
		}
	}
	b.pad(row)
	b.keys.data = append(b.keys.data, s...)
	b.keys.ends = append(b.keys.ends, uint32(len(b.keys.data)))
	b.out.Known[row>>6] |= 1 << (row & 63)
	return nil
}

// pad gives rows up to here an empty key.
func (b *columnBuilder) pad(rows int) {
	for len(b.keys.ends) < rows {
		b.keys.ends = append(b.keys.ends, uint32(len(b.keys.data)))
	}
}

// code gives a text its place in the dictionary, after checking it once.
func (b *columnBuilder) code(s []byte) (uint32, error) {
	if code, ok := b.raw[string(s)]; ok {
		return code, nil
	}
	text := string(s)
	canonical, err := b.parse(text)
	if err != nil {
		return 0, err
	}
	code, ok := b.codes[canonical]
	if !ok {
		code = uint32(len(b.out.Dict))
		b.out.Dict = append(b.out.Dict, canonical)
		b.codes[canonical] = code
	}
	b.raw[text] = code
	return code, nil
}

// setCode stores a code, moving to wide codes past 256 texts.
func (b *columnBuilder) setCode(row int, code uint32) {
	if code > 255 && b.out.Codes == nil {
		b.out.Codes = make([]uint32, len(b.out.Bytes))
		for i, c := range b.out.Bytes {
			b.out.Codes[i] = uint32(c)
		}
		b.out.Bytes = nil
	}
	if b.out.Codes != nil {
		b.out.Codes[row] = code
	} else {
		b.out.Bytes[row] = uint8(code)
	}
}

// parseNumber reads a plain decimal of at most two (money), no (integers) or
// twelve (decimals) digits behind the point.
func parseNumber(cell cellKind, s []byte) (int64, error) {
	scale := map[cellKind]int{moneyCell: 2, integerCell: 0, decimalCell: decimalScale}[cell]
	whole, fraction, dotted := bytes.Cut(s, []byte{'.'})
	if len(whole) == 0 || (dotted && len(fraction) == 0) || len(fraction) > scale {
		return 0, notNumber(cell, s)
	}
	whole = bytes.TrimLeft(whole, "0")
	if cell == decimalCell && len(whole) > 6 {
		if _, err := strconv.ParseUint(string(whole[:7]), 10, 64); err != nil {
			return 0, notNumber(cell, s)
		}
		return maxMoney, nil
	}
	if len(whole)+scale > 18 {
		return 0, fault.Newf(fault.Invalid, "“%.40s”超出范围：金额须小于一亿亿元。", "%.40q is out of range: money stays below ten quadrillion yuan.", s)
	}
	var n int64
	for _, part := range [2][]byte{whole, fraction} {
		for _, c := range part {
			if c < '0' || c > '9' {
				return 0, notNumber(cell, s)
			}
			n = n*10 + int64(c-'0')
		}
	}
	for range scale - len(fraction) {
		n *= 10
	}
	return n, nil
}

func notNumber(cell cellKind, s []byte) error {
	if cell == moneyCell {
		return fault.Newf(fault.Invalid, "“%.40s”不是金额：写成以元为单位的十进制数，至多两位小数。", "%.40q is no amount: write decimal yuan with at most two decimals.", s)
	}
	return fault.Newf(fault.Invalid, "“%.40s”不是数：写成普通十进制数。", "%.40q is no number: write a plain decimal.", s)
}
