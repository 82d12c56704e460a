package rule

import "math/bits"

// blockWords is how many words of 64 rows run through all nodes at a time:
// 4,096 rows keep every plane of a plan in the cache.
const blockWords = 64

// Column is one column of a batch. Arrays are padded to whole words of 64 rows;
// padding is unknown and zero.
type Column struct {
	Known []uint64 // a bit a row: the cell is there
	Ints  []int64  // integers and decimals; 0 where unknown
	Bits  []uint64 // booleans; 0 where unknown
	Codes []uint32 // texts, as places in Dict; 0 where unknown
	Bytes []uint8  // the same when Dict has at most 256 texts; one of the two is set
	Dict  []string
}

// Batch is a run of rows as columns, by the names that Scan.Columns lists.
// A nil column is one that the population does not have: unknown everywhere.
type Batch struct {
	Rows    int
	Columns []*Column
}

func (b *Batch) words() int { return (b.Rows + 63) / 64 }

// planes is one node's values on a block: true and false; undecided is neither.
type planes struct{ t, f [blockWords]uint64 }

// block is the state of one worker: the planes of all nodes on one block.
type block struct {
	scan    *Scan
	batch   *Batch
	lo, n   int // words of the batch: [lo, lo+n)
	planes  []planes
	row     *batchRow // for leaves that stay CEL
	tables  []textTable
	scratch []int64 // masked values of one column
}

// run evaluates every needed node on the block.
func (b *block) run() {
	for _, i := range b.scan.order {
		n := &b.scan.plan.nodes[i]
		p := &b.planes[b.scan.slot[i]]
		switch n.op {
		case opConst:
			b.fill(p, n.k == 1)
		case opOpen:
			clear(p.t[:b.n])
			clear(p.f[:b.n])
		case opNot:
			a := b.of(n.a)
			p.t, p.f = a.f, a.t
		case opAnd:
			x, y := b.of(n.a), b.of(n.b)
			for w := range b.n {
				p.t[w], p.f[w] = x.t[w]&y.t[w], x.f[w]|y.f[w]
			}
		case opOr:
			x, y := b.of(n.a), b.of(n.b)
			for w := range b.n {
				p.t[w], p.f[w] = x.t[w]|y.t[w], x.f[w]&y.f[w]
			}
		case opIf:
			c, x, y := b.of(n.a), b.of(n.b), b.of(n.c)
			for w := range b.n {
				p.t[w] = c.t[w]&x.t[w] | c.f[w]&y.t[w]
				p.f[w] = c.t[w]&x.f[w] | c.f[w]&y.f[w]
			}
		case opCEL:
			b.cel(p, b.scan.plan.leaves[n.k])
		default:
			b.leaf(p, n)
		}
	}
}

func (b *block) of(node int32) *planes { return &b.planes[b.scan.slot[node]] }

func (b *block) fill(p *planes, v bool) {
	t, f := uint64(0), ^uint64(0)
	if v {
		t, f = f, t
	}
	for w := range b.n {
		p.t[w], p.f[w] = t, f
	}
}

// known is which rows of the block have a column, after its source's filter.
func (b *block) known(col int32, out *[blockWords]uint64) {
	c := b.scan.column(b.batch, col)
	filter := b.scan.plan.sources[b.scan.plan.columns[col].source].filter
	zero := b.scan.plan.columns[col].zero
	var raw []uint64
	if c != nil {
		raw = c.Known[b.lo : b.lo+b.n]
	}
	for w := range b.n {
		k := uint64(0)
		if raw != nil {
			k = raw[w]
		}
		switch {
		case filter < 0 && zero:
			out[w] = ^uint64(0)
		case filter < 0:
			out[w] = k
		case zero:
			p := b.of(filter)
			out[w] = ^k | p.t[w] | p.f[w]
		default:
			out[w] = k & b.of(filter).t[w]
		}
	}
}

// leaf tests one column: true = test and known, false = known and not test.
func (b *block) leaf(p *planes, n *node) {
	b.known(n.a, &p.f)
	c := b.scan.column(b.batch, n.a)
	switch n.op {
	case opHas:
		for w := range b.n {
			p.t[w], p.f[w] = p.f[w], ^p.f[w]
		}
		return
	case opBool:
		for w := range b.n {
			if c != nil {
				p.t[w] = c.Bits[b.lo+w]
			} else {
				p.t[w] = 0
			}
		}
	case opLess:
		ints := b.ints(n.a)
		for w := range b.n {
			p.t[w] = lessWord(ints[w*64:w*64+64], n.k)
		}
	default:
		b.text(p, c, &b.tables[b.scan.tableOf[n.a][n.b]])
		return
	}
	for w := range b.n {
		known, test := p.f[w], p.t[w]
		p.t[w], p.f[w] = test&known, known&^test
	}
}

// lessWord compares 64 values with k; both stay far inside int64, so the sign
// of the difference is the answer.
func lessWord(x []int64, k int64) uint64 {
	x = x[:64]
	var word uint64
	for i := 0; i < 64; i += 4 {
		word |= uint64(x[i]-k)>>63<<i | uint64(x[i+1]-k)>>63<<(i+1) | uint64(x[i+2]-k)>>63<<(i+2) | uint64(x[i+3]-k)>>63<<(i+3)
	}
	return word
}

func (c *Column) code(row int) uint32 {
	if c.Bytes != nil {
		return uint32(c.Bytes[row])
	}
	return c.Codes[row]
}

// ints are a block's values of a column after its source's filter, valid until
// the next call.
func (b *block) ints(col int32) []int64 {
	c := b.scan.column(b.batch, col)
	scratch := b.scratch[:b.n*64]
	if c == nil {
		clear(scratch)
		return scratch
	}
	ints := c.Ints[b.lo*64 : (b.lo+b.n)*64]
	filter := b.scan.plan.sources[b.scan.plan.columns[col].source].filter
	if filter < 0 {
		return ints
	}
	counts := b.of(filter)
	for w := range b.n {
		keepRows(scratch[w*64:w*64+64], ints[w*64:], counts.t[w])
	}
	return scratch
}

// cel runs a leaf that stays CEL, row by row.
func (b *block) cel(p *planes, leaf *celLeaf) {
	for w := range b.n {
		var t, f uint64
		for i := range 64 {
			row := (b.lo+w)*64 + i
			if row >= b.batch.Rows {
				break
			}
			b.row.load(b.batch, row)
			switch v, _ := b.row.run(leaf); v {
			case 1:
				t |= 1 << i
			case -1:
				f |= 1 << i
			}
		}
		p.t[w], p.f[w] = t, f
	}
}

// blockAmount is the running amount of a block.
type blockAmount struct {
	*block
	rows     *[blockWords]uint64 // that meet every condition: no other row's amount is read
	fen      []int64
	known    [blockWords]uint64
	buffers  [][]int64 // for best_of, by depth
	overflow int       // a row past the range of money, -1 none
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

func columnRateOf(op *operator, b *blockAmount) {
	b.block.known(op.base, &b.known)
	base := b.ints(op.base)
	if op.scale.fast {
		op.scale.rows(b.fen[:b.n*64], base, b.rows)
	} else if row := op.scale.column(b.fen[:b.n*64], base); row >= 0 {
		b.overflow = b.lo*64 + row
	}
}

func columnCap(op *operator, b *blockAmount) {
	limit := op.limit
	fen := b.fen[:b.n*64]
	for i, v := range fen {
		fen[i] = min(v, limit)
	}
}

func columnFlat(op *operator, b *blockAmount) {
	b.knownEverywhere()
	fen := b.fen[:b.n*64]
	for i := range fen {
		fen[i] = op.limit
	}
}

func columnTier(op *operator, b *blockAmount) {
	b.block.known(op.base, &b.known)
	c := b.scan.column(b.batch, op.base)
	fen := b.fen[:b.n*64]
	clear(fen)
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
	for w := range b.n {
		for rest := b.known[w]; rest != 0; rest &= rest - 1 {
			i := bits.TrailingZeros64(rest)
			code := c.code((b.lo+w)*64 + i)
			if given[code] {
				fen[w*64+i] = value[code]
			} else {
				b.known[w] &^= 1 << i
			}
		}
	}
}

func columnBestOf(op *operator, b *blockAmount) {
	best := b.scan.buffer(b)
	clear(best)
	all := *b
	all.knownEverywhere()
	for _, alternative := range op.of {
		b.run(alternative)
		for w := range b.n {
			all.known[w] &= b.known[w]
		}
		for i := range best {
			best[i] = max(best[i], b.fen[i])
		}
	}
	copy(b.fen, best)
	b.known = all.known
	b.buffers = append(b.buffers, best)
}

func columnTopUp(op *operator, b *blockAmount) {
	if b.scan.column(b.batch, op.base) == nil && b.scan.plan.columns[op.base].zero {
		return // the population has no such payments
	}
	var known [blockWords]uint64
	b.block.known(op.base, &known)
	paid := b.ints(op.base)
	fen := b.fen[:b.n*64]
	for i, p := range paid {
		fen[i] = max(0, fen[i]-p)
	}
	for w := range b.n {
		b.known[w] &= known[w]
	}
}

func columnNoAmount(_ *operator, b *blockAmount) {
	clear(b.known[:b.n])
	clear(b.fen[:b.n*64])
}

func columnKeep(*operator, *blockAmount) {}
