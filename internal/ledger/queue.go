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
// Callers answered a moment ago mostly come back at once, so a batch stays open
// while the one before it is in flight and then a little, until all that are
// active are in it; else they split into two halves that each wait for the
// other's commit. What came is handed out at once, to be decided meanwhile. Only
// a full batch closes while another is in flight. The timer closes it for those
// that never come back (which may be a millisecond late when the machine is idle).
type queue struct {
	mu      sync.Mutex
	stirred *sync.Cond
	calls   []*call
	size    int           // transfers waiting
	taken   int           // callers in the open batch
	load    int           // transfers in it
	most    int           // transfers a batch
	active  int           // callers at the last answer: those answered, in flight, taken and waiting
	flying  int           // callers whose batch is closed and not answered
	longest time.Duration // how long a batch stays open for company when none is in flight
	timer   *time.Timer
	timed   bool // the timer runs
	late    bool // it ended
	failed  bool // a batch in flight failed, which the writer must see to
	closed  bool
}

func (q *queue) init(most int, longest time.Duration) {
	q.most, q.longest = most, longest
	q.stirred = sync.NewCond(&q.mu)
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
	q.stirred.Signal()
	return nil
}

// answered notes that n callers get their answers now.
func (q *queue) answered(n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.flying -= n
	q.active = n + q.flying + q.taken + len(q.calls)
	q.stirred.Signal()
}

// expire ends a wait for company. One that comes too late for its batch only
// cuts the next one's wait short.
func (q *queue) expire() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.late = true
	q.stirred.Signal()
}

// fail wakes the writer, since a batch in flight failed.
func (q *queue) fail() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.failed = true
	q.stirred.Signal()
}

// busy reports whether callers wait for answers.
func (q *queue) busy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.calls)+q.taken+q.flying > 0
}

// close reports whether this call was the one that closed it.
func (q *queue) close() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	was := q.closed
	q.closed = true
	q.stirred.Signal()
	return !was
}

// turn is what the writer gets from the queue.
type turn struct {
	calls  []*call // more of the open batch
	closed bool    // the batch has all its calls
	more   bool    // another full batch waits behind it
	failed bool    // a batch in flight failed; nothing else then
	end    bool    // the queue is closed and empty
}

// take waits for calls, or for the open batch to close.
func (q *queue) take() (t turn) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.wait()
	if q.failed {
		q.failed = false
		return turn{failed: true}
	}
	n := 0
	for q.fits(n) {
		q.load += len(q.calls[n].transfers)
		n++
		q.taken++
	}
	t.calls = slices.Clone(q.calls[:n])
	q.calls = slices.Delete(q.calls, 0, n)
	for _, c := range t.calls {
		q.size -= len(c.transfers)
	}
	if q.taken == 0 {
		return turn{end: true}
	}
	if t.closed = q.load >= q.most || len(q.calls) > 0 || q.ripe(); t.closed {
		t.more = q.size >= q.most
		q.flying += q.taken
		q.taken, q.load, q.late, q.timed = 0, 0, false, false
		q.timer.Stop()
	}
	return t
}

func (q *queue) wait() {
	for !q.fits(0) && !q.ripe() && !q.failed && !(q.closed && q.taken == 0) {
		if q.taken > 0 && q.flying == 0 && !q.timed {
			q.timed = true
			q.timer.Reset(q.longest)
		}
		q.stirred.Wait()
	}
}

// fits reports whether there is a call n that the open batch has room for.
func (q *queue) fits(n int) bool {
	return n < len(q.calls) && (q.taken == 0 || q.load+len(q.calls[n].transfers) <= q.most)
}

// ripe reports whether the open batch need not wait for company.
func (q *queue) ripe() bool {
	return q.taken > 0 && (q.closed || q.flying == 0 && (q.late || q.taken >= q.active))
}
