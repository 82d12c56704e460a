package ledger

import (
	"runtime"
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
	closed bool
	active int // callers at the last answer: those answered and those that waited meanwhile
}

func (q *queue) init() { q.filled = sync.NewCond(&q.mu) }

func (q *queue) put(c *call) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return fault.Newf(fault.Unavailable, "账本正在停止，本次没有写入：请稍后重试。", "The ledger is stopping and nothing was written: try again shortly.")
	}
	q.calls = append(q.calls, c)
	q.size += len(c.transfers)
	if len(q.calls) == 1 {
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
func (q *queue) take(most int, gather time.Duration) []*call {
	q.mu.Lock()
	for len(q.calls) == 0 && !q.closed {
		q.filled.Wait()
	}
	q.gather(most, gather)
	defer q.mu.Unlock()
	n, size := 0, 0
	for n < len(q.calls) && (n == 0 || size+len(q.calls[n].transfers) <= most) {
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

// gather gives way until enough calls wait or the time is up. It yields
// rather than sleeps: a timer of an idle Go program wakes a millisecond late,
// which is longer than the commit it is meant to share.
func (q *queue) gather(most int, longest time.Duration) {
	expected := q.active - q.active/16
	if len(q.calls) >= expected || q.size >= most || longest <= 0 {
		return
	}
	for until := time.Now().Add(longest); len(q.calls) < expected && q.size < most && !q.closed && time.Now().Before(until); {
		q.mu.Unlock()
		runtime.Gosched()
		q.mu.Lock()
	}
}
