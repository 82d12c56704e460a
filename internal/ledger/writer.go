package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// tries bounds how often one batch is decided again after a fault of the
// store. Losing to another writer does not count: that always ends.
const tries = 3

// errKnown asks for another round, with the entries just looked up.
var errKnown = errors.New("ledger: an id that seemed new is known")

// tailChunk is how many entries are read at once when catching up.
const tailChunk = 4096

// commit makes the answers of a batch durable, with nothing else in flight. A
// decision holds only if the append finds the journal where the decision began;
// otherwise it is taken back, the missing entries are read, and the batch
// decided again.
func (l *Ledger) commit(ctx context.Context, b *batch) error {
	release := func() {}
	defer func() { release() }()
	for failed := 0; ; {
		if l.crowd && failed == 0 {
			var err error
			if release, err = l.enter(ctx); err != nil {
				l.stale = true
			}
		}
		err := l.round(ctx, b)
		b.decision = nil
		release()
		release = func() {}
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errKnown):
		case errors.Is(err, ErrBehind):
			l.note(err)
		case errors.Is(err, ErrTaken):
			if err := l.lookUp(ctx, idsOf(b.calls), b.known); err != nil {
				return err
			}
			failed++
		case fault.Is(err, fault.CheckFailed):
			return err
		default:
			l.note(err)
			failed++
		}
		if failed >= tries {
			return uncertain(err)
		}
	}
}

// note keeps what a failed append says about the journal: another process
// writes too, or nobody knows what was written. A taken id says nothing.
func (l *Ledger) note(err error) {
	if !errors.Is(err, ErrTaken) {
		l.stale = true
		l.crowd = l.crowd || errors.Is(err, ErrBehind)
	}
}

// enter waits until no other process writes and reads what they wrote.
// The neighbour is taken to be gone when it wrote nothing.
func (l *Ledger) enter(ctx context.Context) (release func(), err error) {
	release, err = l.store.Exclusive(ctx)
	if err != nil {
		return func() {}, err
	}
	before := l.books.head.Seq
	err = l.catchUp(ctx)
	l.crowd = l.books.head.Seq != before
	return release, err
}

// round is one attempt: decide what is not decided yet, append.
func (l *Ledger) round(ctx context.Context, b *batch) error {
	d := b.decision
	if d == nil {
		if l.stale {
			if err := l.catchUp(ctx); err != nil {
				return err
			}
		}
		d = l.begin(b.known)
		if err := l.decide(ctx, d, b.calls); err != nil {
			return err
		}
	}
	if err := l.confirm(ctx, d); err != nil {
		d.undo()
		return err
	}
	for _, c := range b.calls {
		if c.view != nil {
			c.view(l.books)
		}
	}
	return nil
}

// confirm makes a decision hold: by its append, or by a look at the journal
// where there is nothing to append.
func (l *Ledger) confirm(ctx context.Context, d *decision) error {
	if before := len(d.known); len(d.unsure) > 0 {
		// Only a new id may be turned away: a known one gets its first answer,
		// though what it asks for may no longer be fit to ask.
		if err := l.lookUp(ctx, d.unsure, d.known); err != nil || len(d.known) > before {
			return cmp.Or(err, errKnown)
		}
	}
	switch {
	case len(d.entries) > 0:
		return l.append(ctx, d)
	case d.definite:
		return nil
	}
	return l.checkHead(ctx)
}

// begin starts a decision on the books as they are, with entries that were
// looked up already.
func (l *Ledger) begin(known map[string]*Entry) *decision {
	l.books.recent.trim()
	return &decision{books: l.books, known: known, at: clock.Micros(l.clock.Now()), today: l.clock.Today(), start: l.books.head, definite: true}
}

// decide looks up what memory lacks, decides calls on the books after those
// decided before, and chains the entries. After an error all of the decision is
// taken back.
func (l *Ledger) decide(ctx context.Context, d *decision, calls []*call) error {
	if missing := l.unknown(calls, d.known); len(missing) > 0 {
		if err := l.lookUp(ctx, missing, d.known); err != nil {
			d.undo()
			return err
		}
	}
	chained := len(d.entries)
	head := l.books.head
	if err := d.decideCalls(calls); err != nil {
		d.undo()
		return err
	}
	l.books.head = seal(head, d.entries[chained:], &l.scratch)
	return nil
}

func (l *Ledger) append(ctx context.Context, d *decision) error {
	err := l.store.Append(ctx, d.start.Seq, d.entries)
	if err == nil {
		l.changed.Store(true)
	}
	return err
}

// decideCalls answers calls. The decision is definite while every answer
// repeats an entry: then it holds whatever other processes wrote.
func (d *decision) decideCalls(calls []*call) error {
	for _, c := range calls {
		c.answers = make([]Answer, len(c.transfers))
		for from := 0; from < len(c.transfers); {
			to := from
			for to < len(c.transfers)-1 && c.transfers[to].Linked {
				to++
			}
			to++
			if err := d.group(c.transfers[from:to], c.answers[from:to]); err != nil {
				return err
			}
			from = to
		}
		d.definite = d.definite && c.view == nil && !slices.ContainsFunc(c.answers, func(a Answer) bool { return !a.Repeat })
	}
	return nil
}

// unknown lists the ids of which the batch may need entries that only the
// store has.
func (l *Ledger) unknown(calls []*call, known map[string]*Entry) (ids []string) {
	want := func(id string) {
		if id != "" && l.books.entry(id) == nil && known[id] == nil {
			ids = append(ids, id)
		}
	}
	for _, c := range calls {
		for i := range c.transfers {
			t := &c.transfers[i]
			want(t.Hold)
			want(t.Corrects)
			if l.books.seen.has(t.ID) {
				want(t.ID)
			}
		}
	}
	return ids
}

func (l *Ledger) lookUp(ctx context.Context, ids []string, known map[string]*Entry) error {
	found, err := l.store.ByID(ctx, ids)
	for _, e := range found {
		known[e.ID] = e
	}
	return err
}

func idsOf(calls []*call) (ids []string) {
	for _, c := range calls {
		for i := range c.transfers {
			ids = append(ids, c.transfers[i].ID)
		}
	}
	return ids
}

// checkHead confirms that the books are the journal's newest state.
func (l *Ledger) checkHead(ctx context.Context) error {
	head, err := l.store.Head(ctx)
	if err == nil && head.Seq > l.books.head.Seq {
		return ErrBehind
	}
	if err == nil && head != l.books.head {
		return altered(head.Seq)
	}
	return err
}

// catchUp reads the entries that this process has not seen. It is also how an
// append that ended without an answer is settled: if its entries are in the
// journal, they are read here and their ids get the recorded answers.
func (l *Ledger) catchUp(ctx context.Context) error {
	head, err := l.store.Head(ctx)
	if err != nil {
		return err
	}
	var scratch []byte
	for l.books.head.Seq < head.Seq {
		// No further than that head: entries younger than it have a younger head.
		tail, err := l.store.Tail(ctx, l.books.head.Seq, int(min(tailChunk, head.Seq-l.books.head.Seq)))
		if err != nil {
			return err
		}
		if len(tail) == 0 {
			return altered(l.books.head.Seq + 1)
		}
		for _, e := range tail {
			var want Hash
			want, scratch = e.next(l.books.head.Hash, scratch)
			if e.Seq != l.books.head.Seq+1 || e.Hash != want {
				return altered(l.books.head.Seq + 1)
			}
			if err := l.books.apply(e); err != nil {
				return altered(e.Seq)
			}
		}
		l.books.recent.trim()
		l.changed.Store(true)
	}
	if head.Seq < l.books.head.Seq || (head.Seq == l.books.head.Seq && head.Hash != l.books.head.Hash) {
		return altered(head.Seq)
	}
	l.stale = false
	return nil
}

func altered(seq int64) error {
	return fault.Newf(fault.CheckFailed, "账本在第 %d 条处与校验链不符，已停止记账：请运行账本核验。", "The ledger breaks its hash chain at entry %d and takes no more entries: verify the ledger.", seq)
}

// uncertain tells callers that their transfers may or may not be written.
func uncertain(cause error) error {
	var f *fault.Error
	if errors.As(cause, &f) {
		return f // full, read-only, away: it says what to do
	}
	return fault.Newf(fault.Unavailable, "账本没有得到数据库的答复：请用同样的编号重试。", "The ledger got no answer from its database: ask again with the same ids.").Because(fmt.Errorf("append: %w", cause))
}

// load builds the books from the fold and the journal's tail.
func (l *Ledger) load(ctx context.Context) error {
	l.books = newBooks(l.tuning.Window)
	err := l.store.Snapshot(ctx, func(ctx context.Context) error {
		fold, err := l.store.Folded(ctx)
		if err != nil {
			return err
		}
		return l.books.restore(ctx, l.store, fold)
	})
	if err != nil {
		return err
	}
	l.books.dirty.reset()
	return l.catchUp(ctx)
}
