package ledger

import (
	"context"
	"errors"
	"slices"
)

// A batch is decided in memory while its calls come in, and appended once it
// has them all: by the same goroutine when nothing waits behind it. When another
// full batch does, a second goroutine appends and answers, and the next batch is
// decided on the books as the one in flight will leave them, so that processor
// and database work at the same time. Nothing is answered before it and all
// before it are durable. When an append fails, that batch and those decided on
// it are taken back and go the slow way of writer.go, one after the other.

// inFlight is how many batches may be closed and not known to be written.
const inFlight = 2

// batch is calls that share a commit.
type batch struct {
	calls    []*call
	known    map[string]*Entry // entries that only the store had
	decision *decision         // of all calls; nil when they must be decided when their turn comes
	err      error             // why it was not written; set before done
	done     chan struct{}     // closed when it was answered, or failed
}

// errGrounded is the error of a batch whose predecessor failed.
var errGrounded = errors.New("ledger: the batch before this one was not written")

// run decides. What it owns it may touch at any time; the store only for
// looking up while a batch is in flight.
func (l *Ledger) run() {
	defer close(l.writing)
	// The writer outlives any one caller, so it works on a context of its own.
	ctx := context.Background()
	for {
		t := l.queue.take()
		switch {
		case t.failed:
			l.land(ctx)
			continue
		case t.end:
			l.land(ctx)
			return
		}
		l.ahead(ctx, t.calls)
		if !t.closed || ((t.more || len(l.flying) > 0) && l.launch()) {
			continue
		}
		l.land(ctx)
		b := l.open
		l.open = nil
		l.answer(b.calls, l.commit(ctx, b))
	}
}

// ahead adds calls to the open batch and decides them, unless the store has to
// be asked about the books first.
func (l *Ledger) ahead(ctx context.Context, calls []*call) {
	if l.open == nil {
		l.open = &batch{known: map[string]*Entry{}}
		if !l.stale && !l.crowd {
			l.open.decision = l.begin(l.open.known)
		}
	}
	l.open.calls = append(l.open.calls, calls...)
	if d := l.open.decision; d != nil && l.decide(ctx, d, calls) != nil {
		l.open.decision = nil
	}
}

// launch hands the open batch on while the one before it may still be in
// flight. It reports false, and the batch stays, when it must wait for that:
// reads, repeats and all else that looks at the store afterwards.
func (l *Ledger) launch() bool {
	b := l.open
	d := b.decision
	if d == nil || len(d.entries) == 0 || len(d.unsure) > 0 || slices.ContainsFunc(b.calls, func(c *call) bool { return c.view != nil }) || !l.makeRoom() {
		return false
	}
	b.done = make(chan struct{})
	l.open = nil
	l.flying = append(l.flying, b)
	l.writing <- b
	return true
}

// makeRoom waits until one more batch may fly. It reports false when one failed.
func (l *Ledger) makeRoom() bool {
	for len(l.flying) >= inFlight {
		first := l.flying[0]
		<-first.done
		if first.err != nil {
			return false
		}
		l.flying = slices.Delete(l.flying, 0, 1)
	}
	return true
}

// land waits until nothing is in flight. Batches that failed are taken back,
// the newest first, and committed again one after the other; the open one,
// decided on them, is decided when its turn comes.
func (l *Ledger) land(ctx context.Context) {
	for _, b := range l.flying {
		<-b.done
	}
	failed := slices.DeleteFunc(l.flying, func(b *batch) bool { return b.err == nil })
	l.flying = nil
	if len(failed) == 0 {
		return
	}
	if l.open != nil && l.open.decision != nil {
		l.open.decision.undo()
		l.open.decision = nil
	}
	for _, b := range slices.Backward(failed) {
		b.decision.undo()
		b.decision = nil
	}
	l.note(failed[0].err)
	l.grounded = false
	for _, b := range failed {
		l.answer(b.calls, l.commit(ctx, b))
	}
}

// appendAll appends what run decided. After a failure it appends nothing more
// until run has dealt with it: what follows was decided on what failed.
func (l *Ledger) appendAll() {
	for b := range l.writing {
		if l.grounded {
			b.err = errGrounded
		} else if b.err = l.append(context.Background(), b.decision); b.err == nil {
			l.answer(b.calls, nil)
		} else {
			l.grounded = true
		}
		close(b.done)
		if b.err != nil {
			l.queue.fail()
		}
	}
}

// answer gives callers their answers, or the error that there are none.
func (l *Ledger) answer(calls []*call, err error) {
	if err != nil {
		for _, c := range calls {
			c.answers, c.err = nil, err
		}
	}
	l.queue.answered(len(calls))
	for _, c := range calls {
		c.done <- struct{}{}
	}
}
