package placement

import (
	"math"
	"slices"
)

// Qianmo is the strategy of the product. It puts a task where the least is lost
// for tasks to come (worth.go), and keeps scarce models for tasks that can run on
// nothing else (scarcity.go).
//
// Losses that differ by less than some hundredths of a device count as equal, and
// of equal nodes the first wins: tasks gather on few nodes, and whole nodes stay
// free.
type Qianmo struct {
	pool    *Pool
	market  *Market
	boards  map[shape]*board
	version int // of the market's worth that they follow
}

// NewQianmo returns the strategy for a pool, which has joined the market.
func NewQianmo(p *Pool, m *Market) *Qianmo {
	return &Qianmo{pool: p, market: m, boards: map[shape]*board{}}
}

// board (记分板) is the scores of one shape on all nodes, scarcity aside.
type board struct {
	scores []float64 // nowhere where it does not fit
	seen   int       // changes of the pool up to here are in the scores
}

var nowhere = math.Inf(-1)

const (
	// steps is how many marks a gain or loss of devices is told apart by. 100 of
	// them over the logistic curve: about four hundredths of a device each at
	// its middle, as in Weng et al.
	steps = 100
	// price is, in marks, of a device of a model that bears twice the load of the
	// least loaded, or more.
	price = 1.5 * steps / 4
)

// Bid implements Strategy.
func (q *Qianmo) Bid(t Task) (Bid, bool) {
	q.market.refresh()
	s := q.market.Models.shape(t)
	b := q.board(s)
	demand := float64(s.demand()) / Whole
	best, found := Bid{Score: nowhere}, false
	for i, score := range b.scores {
		if score <= best.Score {
			continue
		}
		n := &q.pool.nodes[i]
		if s.devices > 0 {
			score -= price * q.market.scarce[n.model] * demand
		}
		if score > best.Score && n.memory >= t.Memory {
			best, found = Bid{Spot{Node: i}, score}, true
		}
	}
	if found {
		best.Devices = q.devices(&q.pool.nodes[best.Node], s)
	}
	return best, found
}

// board is the shape's, brought up to date.
func (q *Qianmo) board(s shape) *board {
	if q.version != q.market.version {
		clear(q.boards) // and shapes that nobody asks for any more with them
		q.version = q.market.version
	}
	b := q.boards[s]
	if b == nil {
		b = &board{scores: make([]float64, len(q.pool.nodes)), seen: -1}
		q.boards[s] = b
	}
	changed, now, kept := q.pool.since(b.seen)
	if !kept {
		for i := range b.scores {
			b.scores[i] = q.score(i, s)
		}
	} else {
		for _, i := range changed {
			b.scores[i] = q.score(int(i), s)
		}
	}
	b.seen = now
	return b
}

// score is how little is lost when the shape takes its best place on a node.
func (q *Qianmo) score(i int, s shape) float64 {
	n := &q.pool.nodes[i]
	if !n.fits(s) {
		return nowhere
	}
	r := n.rest()
	worth := q.market.worth
	_, lost := r.best(s, n.needs(s), worth.of)
	return math.Floor(steps / (1 + math.Exp(lost-worth.of(r))))
}

// devices are the devices of a node that a shape takes.
func (q *Qianmo) devices(n *node, s shape) []int {
	if s.devices == 0 {
		return nil
	}
	r, need := n.rest(), n.needs(s)
	last, _ := r.best(s, need, q.market.worth.of)
	out := make([]int, 0, s.devices)
	for d := last; len(out) < s.devices; d-- {
		for i, left := range n.left[:n.Devices] {
			if left == r.left[d] && !slices.Contains(out, i) {
				out = append(out, i)
				break
			}
		}
	}
	return out
}
