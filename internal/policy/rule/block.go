package rule

// blockWords is how many words of 64 rows run through all nodes at a time:
// 4,096 rows keep every plane of a plan in the cache.
const blockWords = 64

// Column is one column of a batch. Arrays are padded to whole words of 64 rows;
// padding is unknown and zero.
type Column struct {
	Known []uint64 // a bit a row: the cell is there
	Ints  []int64  // integers and decimals, never negative; 0 where unknown
	Few   []int64  // the numbers of a column of at most 256 different ones: Bytes are places in it, and Ints are not read
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
	scan   *Scan
	batch  *Batch
	lo, n  int // words of the batch: [lo, lo+n)
	planes []planes
	row    *batchRow // for leaves that stay CEL
	tables []textTable
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
	filter, zero := b.scan.filter(col), b.scan.zero(col)
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
		b.less(p, c, n)
		return
	default:
		b.text(p, c, b.table(n))
		return
	}
	for w := range b.n {
		known, test := p.f[w], p.t[w]
		p.t[w], p.f[w] = test&known, known&^test
	}
}

// less compares a column with k. Where the source's filter leaves a row out, or
// nothing stands in it, a zero column is 0.
func (b *block) less(p *planes, c *Column, n *node) {
	filter, zero := b.scan.filter(n.a), b.scan.zero(n.a)
	table := b.table(n)
	for w := range b.n {
		known, there := p.f[w], p.f[w]
		if zero && c != nil {
			there = c.Known[b.lo+w]
			if filter >= 0 {
				there &= b.of(filter).t[w]
			}
		} else if zero {
			there = 0
		}
		less := uint64(0)
		if n.k > 0 { // nothing is below zero
			less = known &^ there
			switch {
			case there == 0:
			case c.Few != nil:
				passes, _ := table.word(c, (b.lo+w)*64, there)
				less |= passes
			default:
				less |= lessWord(c.Ints[(b.lo+w)*64:], n.k) & there
			}
		}
		p.t[w], p.f[w] = less, known&^less
	}
}

// lessWord compares 64 values with k; both stay far inside int64, so the sign
// of the difference is the answer. Four runs of signs gather side by side.
func lessWord(x []int64, k int64) uint64 {
	x = x[:64]
	var p, q, r, s int64
	const sign = -1 << 63
	for i := range 16 {
		p = int64(uint64(p)>>1) | (x[i]-k)&sign
		q = int64(uint64(q)>>1) | (x[i+16]-k)&sign
		r = int64(uint64(r)>>1) | (x[i+32]-k)&sign
		s = int64(uint64(s)>>1) | (x[i+48]-k)&sign
	}
	return uint64(p)>>48 | uint64(q)>>48<<16 | uint64(r)>>48<<32 | uint64(s)>>48<<48
}

// Int is the number of a row that has one, of an integer or decimal column.
func (c *Column) Int(row int) int64 {
	if c.Few != nil {
		return c.Few[c.Bytes[row]]
	}
	return c.Ints[row]
}

func (c *Column) code(row int) uint32 {
	if c.Bytes != nil {
		return uint32(c.Bytes[row])
	}
	return c.Codes[row]
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
