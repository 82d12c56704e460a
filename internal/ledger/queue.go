package ledger

import (
	"slices"
	"sync"
	"time"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// call is one caller waiting for its answers.
type call struct {
	transfers []Transfer
	view      func(*books)
	answers   []Answer
	err       error
	done      chan struct{} // gets one value when the answers are there
}

// idleCalls are calls that were answered, to be used again: making a channel
// is most of what a call costs its caller.
var idleCalls = sync.Pool{New: func() any { return &call{done: make(chan struct{}, 1)} }}

// finish gives a call back that was answered.
func (c *call) finish() ([]Answer, error) {
	answers, err := c.answers, c.err
	*c = call{done: c.done}
	idleCalls.Put(c)
	return answers, err
}

// queue is where callers wait to share a commit.
//
// Callers answered a moment ago mostly come back at once, so the writer waits
// for the batch in flight and then a little for nearly all that are active; else
// they split into two halves that each wait for the other's commit. Only when a
// full batch waits already is it decided while the one before it is written. The
// writer sleeps meanwhile: the caller that makes them enough wakes it, once a
// batch, or the timer does for those that never come back (which may be a
// millisecond late when the machine is idle).
type queue struct {
	mu      sync.Mutex
	filled  *sync.Cond
	calls   []*call
	size    int           // transfers waiting
	most    int           // transfers a batch
	active  int           // callers at the last answer: those answered, in flight and waiting
	flying  int           // callers taken and not answered
	longest time.Duration // wait for company
	timer   *time.Timer
	idle    bool // the writer waits
	late    bool // it waited long enough
	failed  bool // a batch in flight failed, which the writer must see to
	closed  bool
}

func (q *queue) init(most int, longest time.Duration) {
	q.most, q.longest = most, longest
	q.filled = sync.NewCond(&q.mu)
	q.timer = time.AfterFunc(time.Hour, q.expire)
	q.timer.Stop()
}

// put adds a call.
func (q *queue) put(c *call) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return fault.Newf(fault.Unavailable, "账本正在停止，本次没有写入：请稍后重试。", "The ledger is stopping and nothing was written: try again shortly.")
	}
	q.calls = append(q.calls, c)
	q.size += len(c.transfers)
	q.stir(len(q.calls) == 1)
	return nil
}

// answered notes that n callers get their answers now.
func (q *queue) answered(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.flying -= n
	q.active = n + q.flying + len(q.calls)
	q.stir(true)
}

// stir wakes an idle writer that has enough, or else starts the time, which
// runs while nothing is in flight: what is will bring company.
func (q *queue) stir(first bool) {
	switch {
	case !q.idle:
	case q.enough():
		q.filled.Signal()
	case first && len(q.calls) > 0 && q.flying == 0:
		q.timer.Reset(q.longest)
	}
}

// expire ends a wait for company. One that comes too late for its batch only
// cuts the next one's wait short.
func (q *queue) expire() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.late = true
	q.filled.Signal()
}

// fail wakes the writer, since a batch in flight failed.
func (q *queue) fail() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.failed = true
	q.filled.Signal()
}

// busy reports whether callers wait for answers.
func (q *queue) busy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.calls)+q.flying > 0
}

// close reports whether this call was the one that closed it.
func (q *queue) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	was := q.closed
	q.closed = true
	q.filled.Signal()
	return !was
}

// take waits for calls and returns those that share the next commit, and
// whether another full batch waits behind them. There are none after a failure
// in flight, and when the queue is closed and empty: then open is false.
func (q *queue) take() (calls []*call, more, open bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wait()
	if q.failed {
		q.failed = false
		return nil, false, true
	}
	n, size := 0, 0
	for n < len(q.calls) && (n == 0 || size+len(q.calls[n].transfers) <= q.most) {
		size += len(q.calls[n].transfers)
		n++
	}
	calls = slices.Clone(q.calls[:n])
	q.calls = slices.Delete(q.calls, 0, n)
	q.size -= size
	q.flying += n
	return calls, q.size >= q.most, n > 0
}

func (q *queue) wait() {
	q.late, q.idle = false, true
	q.stir(true)
	for !q.enough() && !q.closed && !q.failed && !(q.late && q.flying == 0 && len(q.calls) > 0) {
		q.filled.Wait()
	}
	q.idle = false
	q.timer.Stop()
}

// enough reports whether a batch need not wait for company.
func (q *queue) enough() bool {
	return q.size >= q.most || (q.flying == 0 && len(q.calls) >= max(1, q.active-q.active/16))
}
