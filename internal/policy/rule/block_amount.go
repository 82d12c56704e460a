package rule

import "math/bits"

// blockAmount is the running amount of a block's rows that meet every condition.
// Most rows do not: their money is never touched.
type blockAmount struct {
	*block
	rows     []int32 // those rows, as places in the block
	fen      []int64 // by place in rows
	known    [blockWords]uint64
	values   []int64   // of one column, by place in rows
	buffers  [][]int64 // for best_of, by depth
	overflow int       // a row past the range of money, -1 none
}

func newBlockAmount(b *block) blockAmount {
	return blockAmount{block: b, rows: make([]int32, 0, blockWords*64), fen: make([]int64, blockWords*64), values: make([]int64, blockWords*64)}
}

// start takes the rows of a mask.
func (b *blockAmount) start(mask []uint64) {
	b.overflow = -1
	rows := b.rows[:0]
	for w, rest := range mask {
		for ; rest != 0; rest &= rest - 1 {
			rows = append(rows, int32(w*64+bits.TrailingZeros64(rest)))
		}
	}
	b.rows = rows
	b.fen = b.fen[:len(rows)]
	clear(b.fen)
	b.knownEverywhere()
}

func (b *blockAmount) run(pipeline []operator) {
	for i := range pipeline {
		pipeline[i].column(&pipeline[i], b)
	}
}

func (b *blockAmount) knownEverywhere() {
	for w := range b.n {
		b.known[w] = ^uint64(0)
	}
}

// bit is a row's bit of a plane, as a mask of all bits.
func bit(plane *[blockWords]uint64, row int32) int64 {
	return -int64(plane[row>>6&(blockWords-1)] >> (row & 63) & 1)
}

// ints are a column's values after its source's filter, valid until the next call.
func (b *blockAmount) ints(col int32) []int64 {
	values := b.values[:len(b.rows)]
	c := b.scan.column(b.batch, col)
	if c == nil {
		clear(values)
		return values
	}
	if c.Few != nil {
		for i, row := range b.rows {
			at := b.lo*64 + int(row)
			values[i] = c.Few[c.Bytes[at]] & -int64(c.Known[at>>6]>>(at&63)&1)
		}
	} else {
		ints := c.Ints[b.lo*64 : (b.lo+b.n)*64]
		for i, row := range b.rows {
			values[i] = ints[row]
		}
	}
	if filter := b.scan.filter(col); filter >= 0 {
		counts := &b.of(filter).t
		for i, row := range b.rows {
			values[i] &= bit(counts, row)
		}
	}
	return values
}

// keep copies the rows whose amount is known, and the amounts.
func (b *blockAmount) keep(out *BlockAnswers) {
	out.Rows, out.Amount = room(out.Rows, len(b.rows)), room(out.Amount, len(b.rows))
	kept := 0
	for i, row := range b.rows {
		out.Rows[kept], out.Amount[kept] = row, b.fen[i]
		kept -= int(bit(&b.known, row))
	}
	out.Rows, out.Amount = out.Rows[:kept], out.Amount[:kept]
}

func columnRateOf(op *operator, b *blockAmount) {
	b.block.known(op.base, &b.known)
	if op.rate >= 0 {
		columnWithin(op, b)
		return
	}
	if i := op.scale.column(b.fen, b.ints(op.base)); i >= 0 {
		b.overflow = b.lo*64 + int(b.rows[i])
	}
}

// columnWithin is a rate with an excess, which few rows have: one by one.
func columnWithin(op *operator, b *blockAmount) {
	var known [blockWords]uint64
	b.block.known(op.rate, &known)
	copy(b.fen, b.ints(op.base))
	for i, measured := range b.ints(op.rate) {
		v, ok := op.within(b.fen[i], measured)
		if !ok && b.overflow < 0 {
			b.overflow = b.lo*64 + int(b.rows[i])
		}
		b.fen[i] = v
	}
	for w := range b.n {
		b.known[w] &= known[w]
	}
}

func columnCap(op *operator, b *blockAmount) {
	for i, v := range b.fen {
		b.fen[i] = min(v, op.limit)
	}
}

func columnFlat(op *operator, b *blockAmount) {
	b.knownEverywhere()
	for i := range b.fen {
		b.fen[i] = op.limit
	}
}

func columnTier(op *operator, b *blockAmount) {
	b.block.known(op.base, &b.known)
	c := b.scan.column(b.batch, op.base)
	clear(b.fen)
	if c == nil {
		return
	}
	value, given := make([]int64, len(c.Dict)), make([]bool, len(c.Dict))
	for code, text := range c.Dict {
		for _, t := range op.table {
			if t.when == text && t.given {
				value[code], given[code] = t.value, true
			}
		}
	}
	for i, row := range b.rows {
		if bit(&b.known, row) == 0 {
			continue
		}
		if code := c.code(b.lo*64 + int(row)); given[code] {
			b.fen[i] = value[code]
		} else {
			b.known[row>>6] &^= 1 << (row & 63)
		}
	}
}

func columnBestOf(op *operator, b *blockAmount) {
	best := b.buffer()
	clear(best)
	var all [blockWords]uint64
	for w := range b.n {
		all[w] = ^uint64(0)
	}
	for _, alternative := range op.of {
		b.run(alternative)
		for w := range b.n {
			all[w] &= b.known[w]
		}
		for i := range best {
			best[i] = max(best[i], b.fen[i])
		}
	}
	copy(b.fen, best)
	b.known = all
	b.buffers = append(b.buffers, best)
}

// buffer is room for the best of alternatives.
func (b *blockAmount) buffer() []int64 {
	if n := len(b.buffers); n > 0 {
		last := b.buffers[n-1]
		b.buffers = b.buffers[:n-1]
		return last[:len(b.rows)]
	}
	return make([]int64, blockWords*64)[:len(b.rows)]
}

func columnTopUp(op *operator, b *blockAmount) {
	if b.scan.column(b.batch, op.base) == nil && b.scan.plan.columns[op.base].zero {
		return // the population has no such payments
	}
	var known [blockWords]uint64
	b.block.known(op.base, &known)
	for i, paid := range b.ints(op.base) {
		b.fen[i] = max(0, b.fen[i]-paid)
	}
	for w := range b.n {
		b.known[w] &= known[w]
	}
}

func columnNoAmount(_ *operator, b *blockAmount) {
	clear(b.known[:b.n])
	clear(b.fen)
}

func columnKeep(*operator, *blockAmount) {}
