package placement

import (
	"cmp"
	"slices"
)

// mix (任务构成) is what tasks ask for and how often: what is left of a node is
// worth what such tasks could do with it. The zero value has seen none.
type mix struct {
	seen  map[shape]float64
	total float64 // weight of what is remembered
	count int     // ever
}

// memory is how many tasks weigh fully: past it all that was seen counts half, so
// that a mix that changes is followed.
const memory = 1 << 14

// learn counts a task.
func (m *mix) learn(s shape) {
	if m.seen == nil {
		m.seen = map[shape]float64{}
	}
	m.seen[s]++
	m.count++
	if m.total++; m.total < memory {
		return
	}
	m.total = 0
	for s, n := range m.seen {
		if n /= 2; n < 1 {
			delete(m.seen, s)
			continue
		}
		m.seen[s] = n
		m.total += n
	}
}

// class is a shape with its part of all tasks.
type class struct {
	shape
	part float64
}

// classes are the shapes that were seen, the commonest first, in a fixed order.
func (m *mix) classes() []class {
	out := make([]class, 0, len(m.seen))
	for s, n := range m.seen {
		out = append(out, class{s, n / m.total})
	}
	slices.SortFunc(out, func(a, b class) int {
		return cmp.Or(cmp.Compare(b.part, a.part), cmp.Compare(a.devices, b.devices), cmp.Compare(a.share, b.share), cmp.Compare(a.cpu, b.cpu), cmp.Compare(a.models, b.models))
	})
	return out
}
