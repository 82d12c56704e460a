package ledger

import (
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
// a little for nearly all that are active; else they split into two halves
// that each wait for the other's commit. It sleeps meanwhile: the caller that
// makes them enough wakes it, once a batch, or the timer does for those that
// never come back (which may be a millisecond late when the machine is idle).
type queue struct {
	mu      sync.Mutex
	filled  *sync.Cond
	calls   []*call
	spare   []*call       // the memory of the batch before
	size    int           // transfers waiting
	most    int           // transfers a batch
	active  int           // callers at the last answer: those answered and those that waited meanwhile
	longest time.Duration // wait for company
	timer   *time.Timer
	idle    bool // the writer waits
	late    bool // it waited long enough
	closed  bool
}

func (q *queue) init(most int, longest time.Duration) {
	q.most, q.longest = most, longest
	q.filled = sync.NewCond(&q.mu)
	q.timer = time.AfterFunc(time.Hour, q.expire)
	q.timer.Stop()
}

// put adds a call. The first one that an idle writer gets starts the time.
func (q *queue) put(c *call) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return fault.Newf(fault.Unavailable, "账本正在停止，本次没有写入：请稍后重试。", "The ledger is stopping and nothing was written: try again shortly.")
	}
	q.calls = append(q.calls, c)
	q.size += len(c.transfers)
	switch {
	case !q.idle:
	case q.enough():
		q.filled.Signal()
	case len(q.calls) == 1:
		q.timer.Reset(q.longest)
	}
	return nil
}

// expire ends a wait for company. One that comes too late for its batch only
// cuts the next one's wait short.
func (q *queue) expire() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.late = true
	q.filled.Signal()
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

// take waits for calls and returns those that share the next commit; none
// when the queue is closed and empty. The slice is good until the next take.
func (q *queue) take() []*call {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wait()
	n, size := 0, 0
	for n < len(q.calls) && (n == 0 || size+len(q.calls[n].transfers) <= q.most) {
		size += len(q.calls[n].transfers)
		n++
	}
	batch, rest := q.calls[:n], q.calls[n:]
	clear(q.spare[:cap(q.spare)])
	q.calls, q.spare = append(q.spare[:0], rest...), batch
	q.size -= size
	return batch
}

func (q *queue) wait() {
	q.late = false
	if len(q.calls) > 0 && !q.enough() {
		q.timer.Reset(q.longest)
	}
	q.idle = true
	for !q.enough() && !q.closed && !(q.late && len(q.calls) > 0) {
		q.filled.Wait()
	}
	q.idle = false
	q.timer.Stop()
}

// answers notes that n callers are about to get their answers.
func (q *queue) answers(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.active = n + len(q.calls)
}

func (q *queue) enough() bool {
	return len(q.calls) >= max(1, q.active-q.active/16) || q.size >= q.most
}
