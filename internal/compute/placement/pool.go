package placement

import (
	"cmp"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// MaxDevices is how many devices a node has at most.
const MaxDevices = 16

// maxModels is how many device models a pool tells apart.
const maxModels = 63

// Node (节点) is one machine; all its devices are of one model.
type Node struct {
	Name    string
	CPU     int64  // thousandths of a core
	Memory  int64  // MiB
	Devices int    // 0 to MaxDevices
	Model   string // of its devices
	Parts   int    // into how many equal parts a device can be split; 1 or less: not at all
}

// Room (占位) is what a task has taken on a node, by the node's number.
type Room struct {
	Node        int
	CPU, Memory int64
	Devices     []int // numbers on the node
	Share       int64 // thousandths of each, rounded up to what the model can be split into
}

// Models numbers device models. Pools that bid for the same tasks share one. The
// zero value is ready.
type Models struct{ names []string }

// number is the model's number; a model that is met the first time gets the next.
//
// Codes: too_large.
func (m *Models) number(name string) (int, error) {
	if at := slices.Index(m.names, name); at >= 0 {
		return at, nil
	}
	if len(m.names) == maxModels {
		return 0, fault.Newf(fault.TooLarge, "一个算力池最多 %d 种加速卡型号。", "A pool tells at most %d device models apart.", maxModels)
	}
	m.names = append(m.names, name)
	return len(m.names) - 1, nil
}

// set is the models of the names that the pool has.
func (m *Models) set(names []string) modelSet {
	if len(names) == 0 {
		return anyModel
	}
	var set modelSet
	for _, name := range names {
		if at := slices.Index(m.names, name); at >= 0 {
			set |= 1 << at
		}
	}
	return set
}

// shape is the task as scores tell tasks apart.
func (m *Models) shape(t Task) shape {
	if t.Devices == 0 {
		return shape{cpu: t.CPU}
	}
	return shape{cpu: t.CPU, devices: t.Devices, share: t.Share, models: m.set(t.Models)}
}

// Pool (资源池) is nodes with what is free on each. It is not safe for
// concurrent use.
type Pool struct {
	models  *Models
	nodes   []node
	free    []int64 // thousandths of devices, by model
	whole   []int64 // the same when nothing is taken
	changed []int32 // nodes in the order in which they changed
	dropped int     // how many changes are no longer kept
}

// node is a node with what is left of it.
type node struct {
	Node
	model       int // -1 without devices
	grain       int64
	cpu, memory int64
	left        [MaxDevices]int16 // thousandths of each device
}

// NewPool returns a pool of free nodes in the order of their names.
//
// Codes: invalid, too_large.
func NewPool(models *Models, nodes []Node) (*Pool, error) {
	p := &Pool{models: models, nodes: make([]node, len(nodes)), free: make([]int64, maxModels), whole: make([]int64, maxModels)}
	nodes = slices.SortedFunc(slices.Values(nodes), func(a, b Node) int { return cmp.Compare(a.Name, b.Name) })
	for i, n := range nodes {
		if n.Devices < 0 || n.Devices > MaxDevices || n.CPU < 0 || n.Memory < 0 {
			return nil, fault.Newf(fault.Invalid, "节点 %s：处理器与内存不能为负，加速卡须在 0 至 %d 之间。", "Node %s: CPU and memory cannot be negative, devices must be from 0 to %d.", n.Name, MaxDevices)
		}
		at := &p.nodes[i]
		*at = node{Node: n, model: -1, cpu: n.CPU, memory: n.Memory, grain: Whole / int64(min(max(n.Parts, 1), Whole))}
		if n.Devices == 0 {
			continue
		}
		model, err := models.number(n.Model)
		if err != nil {
			return nil, err
		}
		at.model = model
		for d := range n.Devices {
			at.left[d] = Whole
		}
		p.free[model] += Whole * int64(n.Devices)
		p.whole[model] += Whole * int64(n.Devices)
	}
	return p, nil
}

// Node returns the node of a number.
func (p *Pool) Node(i int) Node { return p.nodes[i].Node }

// Capacity is all devices in thousandths, and how much of that is taken.
func (p *Pool) Capacity() (whole, taken int64) {
	for model, w := range p.whole {
		whole, taken = whole+w, taken+w-p.free[model]
	}
	return whole, taken
}

// charged is what a share of one device takes of this node's devices.
func (n *node) charged(share int64) int64 {
	parts := (share + n.grain - 1) / n.grain
	if parts*n.grain+n.grain > Whole { // the last part has what the division left over
		return Whole
	}
	return parts * n.grain
}

// needs is what a shape takes of each of its devices here.
func (n *node) needs(s shape) int16 { return int16(n.charged(s.share)) }

// fits reports whether the node has room for a shape, memory aside.
func (n *node) fits(s shape) bool {
	if s.cpu > n.cpu {
		return false
	}
	if s.devices == 0 {
		return true
	}
	if n.model < 0 || !s.models.has(n.model) {
		return false
	}
	need, enough := n.needs(s), 0
	for _, left := range n.left[:n.Devices] {
		if left >= need {
			enough++
		}
	}
	return enough >= s.devices
}

// Take takes room for a task on a node and named devices of it, of which each
// must have enough left.
func (p *Pool) Take(t Task, at Spot) Room {
	n := &p.nodes[at.Node]
	room := Room{Node: at.Node, CPU: t.CPU, Memory: t.Memory, Devices: at.Devices}
	if t.Devices > 0 {
		room.Share = n.charged(t.Share)
	}
	p.move(room, -1)
	return room
}

// Give gives room back.
func (p *Pool) Give(room Room) { p.move(room, 1) }

func (p *Pool) move(room Room, sign int64) {
	n := &p.nodes[room.Node]
	n.cpu += sign * room.CPU
	n.memory += sign * room.Memory
	for _, d := range room.Devices {
		n.left[d] += int16(sign * room.Share)
		p.free[n.model] += sign * room.Share
	}
	p.note(room.Node)
}

// note keeps that a node changed. Readers that fell behind by more than the
// number of nodes look at all nodes instead.
func (p *Pool) note(i int) {
	if len(p.changed) >= 2*max(len(p.nodes), 1024) {
		half := len(p.changed) / 2
		p.dropped += half
		p.changed = append(p.changed[:0], p.changed[half:]...)
	}
	p.changed = append(p.changed, int32(i))
}

// since returns the nodes that changed after a mark, and the mark of now; false
// when the changes are no longer kept.
func (p *Pool) since(mark int) (changed []int32, now int, ok bool) {
	now = p.dropped + len(p.changed)
	if mark < p.dropped {
		return nil, now, false
	}
	return p.changed[mark-p.dropped:], now, true
}
