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
	done      chan struct{}
}

// queue is where callers wait to share a commit.
type queue struct {
	mu     sync.Mutex
	filled *sync.Cond
	calls  []*call
	size   int // transfers waiting
	most   int // transfers a batch
	need   int // calls that the writer waits for, while it does
	timer  *time.Timer
	closed bool
	active int // callers at the last answer: those answered and those that waited meanwhile
}

func (q *queue) init(most int) {
	q.most = most
	q.filled = sync.NewCond(&q.mu)
	q.timer = time.AfterFunc(time.Hour, q.filled.Broadcast)
	q.timer.Stop()
}

func (q *queue) put(c *call) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return fault.Newf(fault.Unavailable, "账本正在停止，本次没有写入：请稍后重试。", "The ledger is stopping and nothing was written: try again shortly.")
	}
	q.calls = append(q.calls, c)
	q.size += len(c.transfers)
	if len(q.calls) == 1 || q.need > 0 && q.enough() {
		q.filled.Signal()
	}
	return nil
}

// close reports whether this call was the one that closed it.
func (q *queue) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	was := q.closed
	q.closed = true
	q.filled.Broadcast()
	return !was
}

// take waits for calls and returns those that share the next commit; none
// when the queue is closed and empty. Callers answered a moment ago mostly
// come back at once, so it waits a little for nearly all that are active;
// else they split into two halves that each wait for the other's commit.
func (q *queue) take(gather time.Duration) []*call {
	q.mu.Lock()
	for len(q.calls) == 0 && !q.closed {
		q.filled.Wait()
	}
	q.gather(gather)
	defer q.mu.Unlock()
	n, size := 0, 0
	for n < len(q.calls) && (n == 0 || size+len(q.calls[n].transfers) <= q.most) {
		size += len(q.calls[n].transfers)
		n++
	}
	batch := q.calls[:n:n]
	q.calls = append([]*call(nil), q.calls[n:]...)
	q.size -= size
	return batch
}

// answers notes that n callers are about to get their answers.
func (q *queue) answers(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.active = n + len(q.calls)
}

// gather waits until enough calls are there or the time is up. The caller that
// makes them enough wakes the writer; the timer is only for those that never
// come back, and may be a millisecond late when the machine is idle.
func (q *queue) gather(longest time.Duration) {
	q.need = q.active - q.active/16
	defer func() { q.need = 0 }()
	if q.enough() || longest <= 0 {
		return
	}
	until := time.Now().Add(longest)
	q.timer.Reset(longest)
	defer q.timer.Stop()
	for !q.enough() && !q.closed && time.Now().Before(until) {
		q.filled.Wait()
	}
}

func (q *queue) enough() bool { return len(q.calls) >= q.need || q.size >= q.most }
