package rule

import (
	"encoding/binary"
	"math/bits"
)

// textTable is a test of texts, decided once for each text of a dictionary.
type textTable struct {
	values []int8 // by code
	t, f   uint64 // for at most 64 texts: a bit a code
	small  bool
	// When a handful of texts tells the others apart, eight codes are compared
	// with each at a time.
	few     []uint8
	but     bool // true for all texts but the few
	compare bool
}

// fewTexts is how many comparisons of eight codes cost less than eight look-ups.
const fewTexts = 3

// tableFor decides a test once for each of n codes: 1, -1, or 0 undecided.
func tableFor(n int, test func(code int) int8) textTable {
	table := textTable{small: n <= 64, values: make([]int8, max(n, 1)), f: ^uint64(0)}
	var holds, fails []uint8
	for code := range n {
		v := test(code)
		table.values[code] = v
		if table.small && v >= 0 {
			table.f &^= 1 << code
			if v > 0 {
				table.t |= 1 << code
			}
		}
		switch {
		case v > 0:
			holds = append(holds, uint8(code))
		case v < 0:
			fails = append(fails, uint8(code))
		}
	}
	table.few, table.but = holds, false
	if len(fails) < len(holds) {
		table.few, table.but = fails, true
	}
	table.compare = n <= 128 && len(holds)+len(fails) == n && len(table.few) <= fewTexts
	return table
}

// among says which of 64 known codes pass a test that few texts decide.
func (table *textTable) among(codes []uint8) uint64 {
	var word uint64
	for _, code := range table.few {
		word |= equalWord(codes, code)
	}
	if table.but {
		return ^word
	}
	return word
}

// equalWord compares 64 codes with one, all below 128, eight at a time: a byte
// of x is zero where they are equal, and only there does adding 127 leave its
// highest bit clear. The product gathers those bits in its highest byte.
func equalWord(codes []uint8, code uint8) uint64 {
	const low, high, ones = 0x7f7f7f7f7f7f7f7f, 0x8080808080808080, 0x0101010101010101
	codes = codes[:64]
	same, word := uint64(code)*ones, uint64(0)
	for i := 0; i < 64; i += 8 {
		x := binary.LittleEndian.Uint64(codes[i:i+8]) ^ same
		word |= ^(x + low) & high * 0x0002040810204081 >> 56 << (i & 63)
	}
	return word
}

// text looks a block's codes up in a table. p.f holds the known rows.
func (b *block) text(p *planes, c *Column, table *textTable) {
	if c == nil {
		clear(p.t[:b.n])
		clear(p.f[:b.n])
		return
	}
	for w := range b.n {
		p.t[w], p.f[w] = table.word(c, (b.lo+w)*64, p.f[w])
	}
}

// word looks 64 codes from row at on up, of which some are known.
func (table *textTable) word(c *Column, at int, known uint64) (t, f uint64) {
	switch {
	case known == 0:
	case table.compare && c.Bytes != nil:
		t = table.among(c.Bytes[at:])
		f = ^t
	case table.small && c.Bytes != nil:
		codes := c.Bytes[at:][:64]
		for i, code := range codes {
			t |= table.t >> (code & 63) & 1 << i
		}
		if table.t|table.f == ^uint64(0) {
			f = ^t
			break
		}
		for i, code := range codes {
			f |= table.f >> (code & 63) & 1 << i
		}
	default:
		for rest := known; rest != 0; rest &= rest - 1 {
			i := bits.TrailingZeros64(rest)
			v := table.values[c.code(at+i)]
			t |= uint64(v>>0&^(v>>7)&1) << i
			f |= uint64(uint8(v)>>7) << i
		}
	}
	return t & known, f & known
}

// table is the table of a node that tests one column's codes.
func (b *block) table(n *node) *textTable { return &b.tables[b.scan.tableOf[keyOf(n)]] }
