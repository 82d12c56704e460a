package placement

import (
	"cmp"
	"math"
	"slices"
)

// rest is what is left of a node as far as it has a worth: equal rests of one
// model are worth the same.
type rest struct {
	model int
	cpu   int64
	left  [MaxDevices]int16 // from the least to the most; devices that the node lacks are 0
}

func (n *node) rest() rest {
	r := rest{model: n.model, cpu: n.cpu}
	for i, left := range n.left[:n.Devices] { // few and nearly in order: by insertion
		at := MaxDevices - n.Devices + i
		for ; at > 0 && r.left[at-1] > left; at-- {
			r.left[at] = r.left[at-1]
		}
		r.left[at] = left
	}
	return r
}

// best is where the least is lost when a shape takes what it needs: the last
// device that it takes, in the order of left, and the loss; +Inf when it does not
// fit.
func (r rest) best(s shape, charged int16, loss func(rest) float64) (device int, least float64) {
	least = math.Inf(1)
	switch {
	case s.cpu > r.cpu:
		return 0, least
	case s.devices == 0:
		return 0, loss(r.less(s, 0, 0))
	}
	for d := s.devices - 1; d < MaxDevices; d++ {
		if first := d - s.devices + 1; r.left[first] < charged || d < MaxDevices-1 && r.left[d+1] == r.left[d] {
			continue // not enough, or the same as the next
		}
		if l := loss(r.less(s, charged, d)); l < least {
			device, least = d, l
		}
	}
	return device, least
}

// less returns the rest after a shape has taken a device and, of more than one,
// those before it.
func (r rest) less(s shape, charged int16, device int) rest {
	r.cpu -= s.cpu
	for i := device - s.devices + 1; i <= device; i++ {
		at, left := i, r.left[i]-charged
		for ; at > 0 && r.left[at-1] > left; at-- {
			r.left[at] = r.left[at-1]
		}
		r.left[at] = left
	}
	return r
}

// worth (残值) tells what is lost of a node for tasks to come. It is a
// function of a mix; low is good.
//
// Lost are devices that the next task cannot use: the fragment of Weng et al.,
// "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation
// Gradient Descent", USENIX ATC 2023, capped by the CPU that is left, since eight
// devices beside the CPU for one are one. Half of it is asked one task ahead:
// after the next task took its best place. Added is what single devices are
// expected to have left when task after task was put on them (holes).
type worth struct {
	models [maxModels]modelWorth
	holes  [Whole + 1]float64
	known  map[rest]float64
}

const (
	// ahead is the part of the fragment that is asked one task ahead. Tried: more
	// costs where most tasks share a device, less where many need no device.
	ahead = 0.5
	// common is for how many of the commonest shapes of a model one looks ahead.
	common = 20
	// holeWeight is what a device in holes counts beside one in fragments.
	holeWeight = 1.5
	// rounds is how many tasks in a row the holes are worked out for.
	rounds = 50
)

// modelWorth is the mix as one device model sees it.
type modelWorth struct {
	groups []group // the shapes that may run on it, by share, then devices
	common []taken
}

// taken is a class with what it takes of each device.
type taken struct {
	class
	charged int16
}

// group is the shapes of one number and share of devices. Sums over the shapes
// below a CPU need no loop.
type group struct {
	devices int
	share   int64
	cpu     []int64   // ascending
	parts   []float64 // parts[i]: of the shapes before i
	perCPU  []float64 // the same, each divided by its CPU
}

func newWorth(mix []class, models int, charged func(model int, share int64) int64) *worth {
	w := &worth{known: map[rest]float64{}}
	for model := range models {
		w.models[model] = newModelWorth(mix, model, charged)
	}
	w.holes = holesOf(mix)
	return w
}

func newModelWorth(mix []class, model int, charged func(int, int64) int64) modelWorth {
	var out modelWorth
	var able []taken
	for _, c := range mix {
		if c.devices > 0 && c.models.has(model) {
			able = append(able, taken{c, int16(charged(model, c.share))})
		}
	}
	out.common = slices.Clone(able[:min(common, len(able))])
	slices.SortStableFunc(able, func(a, b taken) int {
		return cmp.Or(cmp.Compare(a.charged, b.charged), cmp.Compare(a.devices, b.devices), cmp.Compare(a.cpu, b.cpu))
	})
	for i, c := range able {
		if i == 0 || c.devices != able[i-1].devices || c.charged != able[i-1].charged {
			out.groups = append(out.groups, group{devices: c.devices, share: int64(c.charged), parts: []float64{0}, perCPU: []float64{0}})
		}
		g := &out.groups[len(out.groups)-1]
		g.parts = append(g.parts, g.parts[len(g.cpu)]+c.part)
		g.perCPU = append(g.perCPU, g.perCPU[len(g.cpu)]+c.part/float64(max(c.cpu, 1)))
		g.cpu = append(g.cpu, c.cpu)
	}
	return out
}

// holesOf is what a device with h thousandths left is expected to have left in
// the end, in devices, when tasks of the mix come one after the other.
func holesOf(mix []class) [Whole + 1]float64 {
	var parts [Whole + 1]float64
	for _, c := range mix {
		if c.devices == 1 {
			parts[c.share] += c.part
		}
	}
	var shares []int64
	for share, part := range parts {
		if part > 0 {
			shares = append(shares, int64(share))
		}
	}
	var now, next [Whole + 1]float64
	for h := range now {
		now[h] = float64(h) / Whole
	}
	for range rounds {
		for h := range now {
			next[h] = now[h]
			for _, share := range shares {
				if share > int64(h) {
					break
				}
				next[h] += parts[share] * (now[int64(h)-share] - now[h])
			}
		}
		now = next
	}
	return now
}

// of is what of a rest is lost, in devices.
func (w *worth) of(r rest) float64 {
	if r.model < 0 {
		return 0
	}
	if v, known := w.known[r]; known {
		return v
	}
	v := (1-ahead)*w.fragment(r) + ahead*w.next(r)
	for _, left := range r.left {
		v += holeWeight * w.holes[left]
	}
	w.known[r] = v
	return v
}

// fragment is the devices that the next task is expected not to be able to use.
func (w *worth) fragment(r rest) float64 {
	var all int64
	for _, left := range r.left {
		all += int64(left)
	}
	lost, sum, first := float64(all), all, 0
	for i := range w.models[r.model].groups {
		g := &w.models[r.model].groups[i]
		for first < MaxDevices && int64(r.left[first]) < g.share {
			sum -= int64(r.left[first])
			first++
		}
		if MaxDevices-first >= g.devices {
			lost -= g.usable(sum, r.cpu)
		}
	}
	return lost / Whole
}

// next is the fragment that is expected after the next task: of the commonest
// shapes each in its best place, and as it is when another comes or it does not
// fit.
func (w *worth) next(r rest) float64 {
	sum, others := 0.0, 1.0
	for i := range w.models[r.model].common {
		c := &w.models[r.model].common[i]
		if _, least := r.best(c.shape, c.charged, w.fragment); !math.IsInf(least, 1) {
			sum += c.part * least
			others -= c.part
		}
	}
	return sum + others*w.fragment(r)
}

// usable is the thousandths of devices that the shapes of the group can use, each
// weighed with its part: all that have enough left, but no more than the CPU
// feeds.
func (g *group) usable(enough, cpu int64) float64 {
	feeds := cpu * int64(g.devices) * g.share // by the CPU of a shape: what it feeds
	last := len(g.cpu)
	if g.cpu[last-1]*enough <= feeds {
		return float64(enough) * g.parts[last]
	}
	all, some := 0, 0 // shapes that can use all, shapes that fit
	for all < last && g.cpu[all]*enough <= feeds {
		all++
	}
	for some = all; some < last && g.cpu[some] <= cpu; some++ {
	}
	return float64(enough)*g.parts[all] + float64(feeds)*(g.perCPU[some]-g.perCPU[all])
}
