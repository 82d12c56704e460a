package rule

import "github.com/qianmo/qianmo/internal/platform/fault"

// Answers are one measure's results over a batch, a bit or a value a row.
type Answers struct {
	Holds  []uint64 // every condition is true
	Fails  []uint64 // some condition is false
	Known  []uint64 // the amount is computed
	Amount []int64  // fen where Holds and Known, else 0
	City   []int64  // the city's part; nil when the measure does not split
}

// BlockAnswers are one measure's results over a block of rows. Of amounts it
// has those that are computed, and no other row's.
type BlockAnswers struct {
	Holds, Fails, Known []uint64 // as in Answers
	Rows                []int32  // that hold and whose amount is known, as places in the block
	Amount              []int64  // their fen, by place in Rows
	City                []int64  // the city's part; empty when the measure does not split
}

// Worker runs a scan over batches, one at a time, with buffers of its own.
type Worker struct {
	scan   *Scan
	amount blockAmount
	blocks []BlockAnswers // an entry's each
}

// Worker makes a worker.
func (s *Scan) Worker() *Worker {
	b := &block{scan: s, planes: make([]planes, s.slots), row: newBatchRow(s)}
	return &Worker{scan: s, amount: newBlockAmount(b), blocks: make([]BlockAnswers, len(s.chosen))}
}

// Run evaluates every measure on a batch. It fills out, which has one entry a
// measure, growing its arrays where they are too small.
//
// Codes: too_large (an amount past the range of money; the row is named).
func (w *Worker) Run(batch *Batch, out []Answers) error {
	for i := range out {
		out[i].grow(batch.words(), w.scan.splits(i))
	}
	return w.Blocks(batch, 0, 1, func(from, _ int, blocks []BlockAnswers) {
		for i := range out {
			out[i].take(from/64, &blocks[i])
		}
	})
}

// Blocks is Run in small steps, for the part-th of so many parts of the batch's
// blocks, so that several workers may share a batch: keep is handed the answers of one block of rows
// at a time, from row from of the batch, and takes what it wants of them before
// the next block overwrites them. Nothing leaves the processor's cache that
// nobody keeps.
//
// Codes: too_large.
func (w *Worker) Blocks(batch *Batch, part, parts int, keep func(from, rows int, answers []BlockAnswers)) error {
	w.start(batch)
	words := batch.words()
	b := w.amount.block
	for b.lo = part * blockWords; b.lo < words; b.lo += parts * blockWords {
		b.n = min(blockWords, words-b.lo)
		rows := min(b.n*64, batch.Rows-b.lo*64)
		b.run()
		for i := range w.blocks {
			if err := w.measure(i, rows, &w.blocks[i]); err != nil {
				return err
			}
		}
		keep(b.lo*64, rows, w.blocks)
	}
	return nil
}

// start decides every test of codes once for the batch's dictionaries.
func (w *Worker) start(batch *Batch) {
	b := w.amount.block
	b.batch = batch
	b.tables = b.tables[:0]
	for _, key := range w.scan.tables {
		c, table := w.scan.column(batch, key.column), textTable{}
		switch {
		case c == nil:
		case c.Few != nil:
			table = tableFor(len(c.Few), func(code int) int8 { return truth(c.Few[code] < key.k) })
		case w.scan.plan.columns[key.column].typ == textValue:
			table = tableFor(len(c.Dict), func(code int) int8 { return w.scan.plan.tests[key.test].holds(c.Dict[code]) })
		}
		b.tables = append(b.tables, table)
	}
}

// measure computes one measure on the current block, of so many rows.
func (w *Worker) measure(entry, rows int, out *BlockAnswers) error {
	a := &w.amount
	planned := w.scan.planned(w.scan.chosen[entry])
	holds := a.of(planned.holds)
	out.Holds = append(out.Holds[:0], holds.t[:a.n]...)
	out.Fails = append(out.Fails[:0], holds.f[:a.n]...)
	if tail := rows & 63; tail != 0 {
		out.Holds[a.n-1] &= 1<<tail - 1
		out.Fails[a.n-1] &= 1<<tail - 1
	}
	a.start(out.Holds)
	a.run(planned.pipeline)
	if a.overflow >= 0 {
		return fault.Newf(fault.TooLarge, "第 %d 行的金额超出范围。", "The amount of row %d is out of range.", a.overflow+1)
	}
	out.Known = append(out.Known[:0], a.known[:a.n]...)
	if tail := rows & 63; tail != 0 {
		out.Known[a.n-1] &= 1<<tail - 1
	}
	a.keep(out)
	out.City = out.City[:0]
	if op := w.scan.splits(entry); op != nil {
		out.City = room(out.City, len(out.Rows))
		op.scale.column(out.City, out.Amount)
	}
	return nil
}

// take copies a block's answers to the words from at on.
func (o *Answers) take(at int, block *BlockAnswers) {
	n := len(block.Holds)
	copy(o.Holds[at:], block.Holds)
	copy(o.Fails[at:], block.Fails)
	copy(o.Known[at:], block.Known)
	scatter(o.Amount[at*64:(at+n)*64], block.Rows, block.Amount)
	if o.City != nil {
		scatter(o.City[at*64:(at+n)*64], block.Rows, block.City)
	}
}

// scatter writes values to their rows, and 0 to all others.
func scatter(to []int64, rows []int32, values []int64) {
	clear(to)
	for i, row := range rows {
		to[row] = values[i]
	}
}

func (o *Answers) grow(words int, split *operator) {
	o.Holds, o.Fails, o.Known = room(o.Holds, words), room(o.Fails, words), room(o.Known, words)
	o.Amount = room(o.Amount, words*64)
	if split != nil {
		o.City = room(o.City, words*64)
	}
}

func room[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
