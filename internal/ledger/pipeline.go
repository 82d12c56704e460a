package ledger

import (
	"context"
	"errors"
	"slices"
)

// A batch is decided in memory and then appended, by one goroutine when all
// that wait fit into it. When another full batch waits behind it, a second
// goroutine appends and answers: meanwhile the next batch is decided on the books
// as the one in flight will leave them, so that processor and database work at
// the same time. Nothing is answered before it and all before it are durable.
// When an append fails, that batch and the one decided on it are taken back and
// go the slow way of writer.go, one after the other.

// inFlight is how many batches may be decided and not known to be written.
const inFlight = 2

// batch is calls that share a commit.
type batch struct {
	calls    []*call
	decision *decision
	err      error         // why it was not written; set before done
	done     chan struct{} // closed when it was answered, or failed
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
		calls, more, open := l.queue.take()
		if len(calls) > 0 && (more || len(l.flying) > 0) && l.launch(ctx, calls) {
			continue
		}
		l.land(ctx)
		if len(calls) > 0 {
			l.answer(calls, l.commit(ctx, calls))
		}
		if !open {
			return
		}
	}
}

// launch decides calls and hands them on, while the batch before them may still
// be in flight. It reports false, and has changed nothing, when they must wait
// for that: reads, repeats and all else that looks at the store afterwards.
func (l *Ledger) launch(ctx context.Context, calls []*call) bool {
	if l.stale || l.crowd || slices.ContainsFunc(calls, func(c *call) bool { return c.view != nil }) {
		return false
	}
	d, _, err := l.decide(ctx, calls, map[string]*Entry{})
	if err != nil {
		return false
	}
	if len(d.entries) == 0 || !l.makeRoom() {
		d.undo()
		return false
	}
	b := &batch{calls: calls, decision: d, done: make(chan struct{})}
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
// the newest first, and committed again one after the other.
func (l *Ledger) land(ctx context.Context) {
	for _, b := range l.flying {
		<-b.done
	}
	failed := slices.DeleteFunc(l.flying, func(b *batch) bool { return b.err == nil })
	l.flying = nil
	if len(failed) == 0 {
		return
	}
	for _, b := range slices.Backward(failed) {
		b.decision.undo()
	}
	l.note(failed[0].err)
	l.grounded = false
	for _, b := range failed {
		l.answer(b.calls, l.commit(ctx, b.calls))
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
