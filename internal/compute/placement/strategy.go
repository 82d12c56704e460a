package placement

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Spot is where a task may go: a node by its number, and which of its devices.
type Spot struct {
	Node    int
	Devices []int
}

// Bid (出价) is the best spot that a pool has for a task. Of several pools the
// highest score wins; scores of one strategy compare.
type Bid struct {
	Spot
	Score float64
}

// Strategy (放置策略) finds the best spot on one pool.
type Strategy interface {
	// Bid is false when the task fits nowhere as the pool is now.
	Bid(Task) (Bid, bool)
}

// BestFit puts a task where the least is left over, added up over CPU, memory
// and devices as shares of the largest node: the baseline of Weng et al., "Beware
// of Fragmentation", USENIX ATC 2023.
type BestFit struct{ Pool *Pool }

// Bid implements Strategy.
func (b BestFit) Bid(t Task) (Bid, bool) {
	s, best, found := b.Pool.models.shape(t), Bid{}, false
	var cpu, devices int64 = 1, 1
	for i := range b.Pool.nodes {
		cpu, devices = max(cpu, b.Pool.nodes[i].CPU), max(devices, int64(b.Pool.nodes[i].Devices))
	}
	for i := range b.Pool.nodes {
		n := &b.Pool.nodes[i]
		if n.memory < t.Memory || !n.fits(s) {
			continue
		}
		var left int64
		for _, l := range n.left[:n.Devices] {
			left += int64(l)
		}
		score := -float64(n.cpu-t.CPU)/float64(cpu) - float64(left-t.Demand())/float64(devices*Whole)
		if !found || score > best.Score {
			best, found = Bid{Spot{Node: i}, score}, true
		}
	}
	if found {
		best.Devices = b.Pool.nodes[best.Node].tightest(s)
	}
	return best, found
}

// tightest picks the devices with the least left of those with enough.
func (n *node) tightest(s shape) []int {
	var enough []int
	for d, left := range n.left[:n.Devices] {
		if int64(left) >= n.charged(s.share) {
			enough = append(enough, d)
		}
	}
	slices.SortStableFunc(enough, func(a, b int) int { return cmp.Compare(n.left[a], n.left[b]) })
	return enough[:s.devices]
}

// Random puts a task on any node that has room, and on any devices of it.
type Random struct {
	Pool *Pool
	Dice *rand.Rand
}

// Bid implements Strategy. The score is drawn too: of several pools each wins as
// often as it has spots.
func (r Random) Bid(t Task) (Bid, bool) {
	s, best, found := r.Pool.models.shape(t), Bid{}, false
	for i := range r.Pool.nodes {
		if n := &r.Pool.nodes[i]; n.memory < t.Memory || !n.fits(s) {
			continue
		}
		if score := r.Dice.Float64(); !found || score > best.Score {
			best, found = Bid{Spot{Node: i}, score}, true
		}
	}
	if !found {
		return best, false
	}
	n := &r.Pool.nodes[best.Node]
	enough := slices.DeleteFunc(r.Dice.Perm(n.Devices), func(d int) bool { return int64(n.left[d]) < n.charged(s.share) })
	if s.devices > 0 {
		best.Devices = enough[:s.devices]
	}
	return best, true
}
