package placement

import "slices"

// Market (行情) is what pools that bid for the same tasks have in common: the mix
// of tasks, what it makes of what is left of a node, and how scarce each model is
// in all of them together.
type Market struct {
	Models Models

	pools   []*Pool
	mix     mix
	due     int // tasks learnt from which on worth is worked out again
	version int // of worth
	worth   *worth
	classes []class
	scarce  scarcity
	bids    int // since scarcity was worked out
}

// Join adds a pool, whose models are the market's.
func (m *Market) Join(p *Pool) { m.pools = append(m.pools, p) }

// Learn counts a task that was asked for into the mix.
func (m *Market) Learn(t Task) { m.mix.learn(m.Models.shape(t)) }

const (
	// seldom is after how many tasks worth is worked out again at the latest, and
	// every score with it; before, whenever the tasks have doubled. A mix learnt so
	// loses nothing that can be seen against one that was known from the first.
	seldom = memory / 2
	// freshBids is for how many bids scarcity stands. Tried: once for all loses 4
	// points of allocated devices where tasks name their models.
	freshBids = 50
)

// refresh works out again what is out of date.
func (m *Market) refresh() {
	if m.worth == nil || m.mix.count >= m.due {
		m.classes, m.due = m.mix.classes(), m.mix.count+min(max(m.mix.count, 1), seldom)
		m.worth = newWorth(m.classes, len(m.Models.names), m.charged)
		m.version++
		m.bids = 0
	}
	if m.bids%freshBids == 0 {
		free := make([]int64, len(m.Models.names))
		for _, p := range m.pools {
			for model := range free {
				free[model] += p.free[model]
			}
		}
		m.scarce = scarcityOf(m.classes, free)
	}
	m.bids++
}

// charged is what a share of a device of a model takes. Nodes of one model split
// it alike; the first that is found tells.
func (m *Market) charged(model int, share int64) int64 {
	for _, p := range m.pools {
		if at := slices.IndexFunc(p.nodes, func(n node) bool { return n.model == model }); at >= 0 {
			return p.nodes[at].charged(share)
		}
	}
	return share
}
