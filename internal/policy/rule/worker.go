package rule

import "github.com/qianmo/qianmo/internal/platform/fault"

// buffer is room for the best of alternatives.
func (s *Scan) buffer(b *blockAmount) []int64 {
	if n := len(b.buffers); n > 0 {
		last := b.buffers[n-1]
		b.buffers = b.buffers[:n-1]
		return last[:b.n*64]
	}
	return make([]int64, blockWords*64)[:b.n*64]
}

// Answers are one measure's results over a batch, a bit or a value a row.
type Answers struct {
	Holds  []uint64 // every condition is true
	Fails  []uint64 // some condition is false
	Known  []uint64 // the amount is computed
	Amount []int64  // fen where Holds and Known, else 0
	City   []int64  // the city's part; nil when the measure does not split
}

// Worker runs a scan over batches, one at a time, with buffers of its own.
type Worker struct {
	scan   *Scan
	amount blockAmount
}

// Worker makes a worker.
func (s *Scan) Worker() *Worker {
	b := &block{scan: s, planes: make([]planes, s.slots), row: newBatchRow(s), scratch: make([]int64, blockWords*64)}
	return &Worker{scan: s, amount: blockAmount{block: b, fen: make([]int64, blockWords*64)}}
}

// Run evaluates every measure on a batch. It fills out, which has one entry a
// measure, growing its arrays where they are too small.
//
// Codes: too_large (an amount past the range of money; the row is named).
func (w *Worker) Run(batch *Batch, out []Answers) error {
	w.start(batch)
	words := batch.words()
	w.grow(out, words)
	b := w.amount.block
	for b.lo = 0; b.lo < words; b.lo += blockWords {
		b.n = min(blockWords, words-b.lo)
		if err := w.block(out, b.lo); err != nil {
			return err
		}
	}
	return nil
}

// Blocks is Run in small steps: out holds the answers of one block of rows at
// a time, from row from of the batch, and keep takes what it wants of them
// before the next block overwrites them. Nothing leaves the processor's cache
// that nobody keeps.
//
// Codes: too_large.
func (w *Worker) Blocks(batch *Batch, out []Answers, keep func(from, rows int)) error {
	w.start(batch)
	words := batch.words()
	w.grow(out, min(words, blockWords))
	b := w.amount.block
	for b.lo = 0; b.lo < words; b.lo += blockWords {
		b.n = min(blockWords, words-b.lo)
		if err := w.block(out, 0); err != nil {
			return err
		}
		keep(b.lo*64, min(b.n*64, batch.Rows-b.lo*64))
	}
	return nil
}

// start decides every test of texts once for the batch's dictionaries.
func (w *Worker) start(batch *Batch) {
	b := w.amount.block
	b.batch = batch
	b.tables = b.tables[:0]
	for _, key := range w.scan.tables {
		var dict []string
		if c := w.scan.column(batch, key.column); c != nil {
			dict = c.Dict
		}
		b.tables = append(b.tables, tableFor(w.scan.plan.tests[key.test], dict))
	}
}

func (w *Worker) grow(out []Answers, words int) {
	for i := range out {
		out[i].grow(words, w.scan.splits(i))
	}
}

// block evaluates the current block into out, from word at.
func (w *Worker) block(out []Answers, at int) error {
	b := w.amount.block
	b.run()
	for i, c := range w.scan.chosen {
		if err := w.measure(c, &out[i], at); err != nil {
			return err
		}
	}
	if tail := b.batch.Rows & 63; tail != 0 && b.lo+b.n == b.batch.words() {
		last, mask := at+b.n-1, uint64(1)<<tail-1
		for i := range out {
			out[i].Holds[last] &= mask
			out[i].Fails[last] &= mask
			out[i].Known[last] &= mask
		}
	}
	return nil
}

// measure computes one measure on the current block into out, from word at.
func (w *Worker) measure(chosen int, out *Answers, at int) error {
	a := &w.amount
	b := a.block
	planned := w.scan.planned(chosen)
	holds := b.of(planned.holds)
	copy(out.Holds[at:], holds.t[:b.n])
	copy(out.Fails[at:], holds.f[:b.n])
	a.rows, a.overflow = &holds.t, -1
	a.knownEverywhere()
	a.run(planned.pipeline)
	if a.overflow >= 0 {
		return fault.Newf(fault.TooLarge, "第 %d 行的金额超出范围。", "The amount of row %d is out of range.", a.overflow+1)
	}
	copy(out.Known[at:], a.known[:b.n])
	fen := out.Amount[at*64 : (at+b.n)*64]
	for word := range b.n {
		keepRows(fen[word*64:word*64+64], a.fen[word*64:], holds.t[word]&a.known[word])
	}
	if out.City != nil {
		for i := range planned.pipeline {
			if op := &planned.pipeline[i]; op.name == "split" {
				op.scale.column(out.City[at*64:(at+b.n)*64], fen)
			}
		}
	}
	return nil
}

// keepRows copies the rows of a mask and clears the others.
func keepRows(to, from []int64, mask uint64) {
	from = from[:len(to)]
	switch mask {
	case 0:
		clear(to)
	case ^uint64(0):
		copy(to, from)
	default:
		for i, v := range from {
			to[i] = v & -int64(mask>>(i&63)&1)
		}
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
