package replay

import (
	"container/heap"

	"github.com/qianmo/qianmo/internal/compute/placement"
)

// ends are the rooms that will be given back, in the order in which they end. The
// clock is arrivals: task i comes at i.
type ends struct {
	scale float64 // arrivals a second of lifetime; 0: nothing ends
	queue endings
}

type ending struct {
	at   float64
	room placement.Room
	pool int
}

// newEnds scales lifetimes so that what tasks ask for in the last half of the
// arrivals is a part of the time of all devices there. What they would run beyond
// the last arrival counts for nothing: lifetimes are so unlike (minutes and
// months) that with it the pool would stay all but empty.
func newEnds(part float64, tasks []Request, whole int64) *ends {
	if part == 0 {
		return &ends{}
	}
	want := part * float64(whole) * float64(len(tasks)-len(tasks)/2)
	low, high := 0.0, 1.0
	for asked(tasks, high) < want && high < 1e12 {
		low, high = high, 2*high
	}
	for range 50 { // halvings: to the last bit that matters
		if middle := (low + high) / 2; asked(tasks, middle) < want {
			low = middle
		} else {
			high = middle
		}
	}
	return &ends{scale: high}
}

// asked is the time of devices that tasks ask for in the last half of the
// arrivals, when a second of lifetime is so many arrivals.
func asked(tasks []Request, scale float64) (sum float64) {
	from, to := float64(len(tasks)/2), float64(len(tasks))
	for i, q := range tasks {
		if q.Devices == 0 {
			continue
		}
		begin, end := max(float64(i), from), min(float64(i)+scale*float64(q.Lifetime), to)
		sum += float64(q.Demand()) * max(end-begin, 0)
	}
	return sum
}

func (e *ends) add(at int, q Request, room placement.Room, pool int) {
	if e.scale > 0 {
		heap.Push(&e.queue, ending{float64(at) + e.scale*float64(q.Lifetime), room, pool})
	}
}

// until takes out what ends before an arrival.
func (e *ends) until(arrival int) (over []ending) {
	for len(e.queue) > 0 && e.queue[0].at <= float64(arrival) {
		over = append(over, heap.Pop(&e.queue).(ending))
	}
	return over
}

// endings is a heap by time.
type endings []ending

func (e endings) Len() int           { return len(e) }
func (e endings) Less(i, j int) bool { return e[i].at < e[j].at }
func (e endings) Swap(i, j int)      { e[i], e[j] = e[j], e[i] }
func (e *endings) Push(x any)        { *e = append(*e, x.(ending)) }
func (e *endings) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	*e = (*e)[:last]
	return x
}
