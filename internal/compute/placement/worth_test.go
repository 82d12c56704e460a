package placement

import (
	"math"
	"math/bits"
	"testing"

	"pgregory.net/rapid"
)

// TestFragmentIsItsFormula: the sums that are kept come to what adding up class by
// class comes to.
func TestFragmentIsItsFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m mix
		models := &Models{names: []string{"H", "A", "C"}}
		for _, task := range rapid.SliceOfN(drawTask, 1, 40).Draw(t, "tasks") {
			m.learn(models.shape(task))
		}
		w := newWorth(m.classes(), len(models.names), func(_ int, share int64) int64 { return share })
		p, err := NewPool(models, []Node{drawNode.Filter(func(n Node) bool { return n.Devices > 0 }).Draw(t, "node")})
		if err != nil {
			t.Fatal(err)
		}
		n := &p.nodes[0]
		for d := range n.Devices {
			n.left[d] = int16(rapid.IntRange(0, Whole).Draw(t, "left"))
		}
		want := 0.0
		for _, c := range m.classes() {
			want += c.part * unusable(n, c.shape)
		}
		if got := w.fragment(n.rest()); math.Abs(got-want) > 1e-9 {
			t.Fatalf("fragment %v, want %v", got, want)
		}
	})
}

// unusable is the devices of a node that tasks of one shape cannot use.
func unusable(n *node, s shape) float64 {
	var all, enough, able int64
	for _, left := range n.left[:n.Devices] {
		all += int64(left)
		if int64(left) >= s.share {
			enough += int64(left)
			able++
		}
	}
	if s.devices == 0 || !s.models.has(n.model) || s.cpu > n.cpu || able < int64(s.devices) {
		return float64(all) / Whole
	}
	usable := float64(enough)
	if s.cpu > 0 {
		usable = min(usable, float64(n.cpu)/float64(s.cpu)*float64(s.demand()))
	}
	return (float64(all) - usable) / Whole
}

func TestHoles(t *testing.T) {
	half := holesOf([]class{{shape{devices: 1, share: 500}, 1}})
	for h, want := range map[int]float64{0: 0, 300: 0.3, 499: 0.499, 500: 0, 700: 0.2, 1000: 0} {
		if math.Abs(half[h]-want) > 1e-9 {
			t.Errorf("of %d thousandths, where tasks take a half, %v are left in the end; want %v", h, half[h], want)
		}
	}
	seldom := holesOf([]class{{shape{devices: 1, share: 500}, 0.01}, {shape{}, 0.99}})
	if seldom[500] < 0.25 || seldom[500] > 0.35 { // 0.99^50 of a half
		t.Errorf("where few tasks take a device, %v of a half are left", seldom[500])
	}
}

// TestScarcityIsTheFairestSpread: against the definition, by all subsets: the
// scarcest models are those whose own demand, for what is free of them, is
// greatest, and so on among the rest.
func TestScarcityIsTheFairestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const models = 5
		free := make([]int64, models)
		for i := range free {
			free[i] = rapid.Int64Range(0, 9).Draw(t, "free") * Whole
		}
		var mix []class
		for range rapid.IntRange(1, 8).Draw(t, "classes") {
			set := modelSet(rapid.IntRange(1, 1<<models-1).Draw(t, "set"))
			mix = append(mix, class{shape{devices: 1, share: Whole, models: set}, float64(rapid.IntRange(1, 9).Draw(t, "part"))})
		}
		got, want := scarcityOf(mix, free), above(bySubsets(mix, free), free)
		for model := range free {
			if math.Abs(got[model]-want[model]) > 0.02 {
				t.Fatalf("model %d is scarce by %v, want %v\nfree %v\nmix %v", model, got[model], want[model], free, mix)
			}
		}
	})
}

// bySubsets is the load of each model, by taking out the subset of models with
// the most demand of its own again and again.
func bySubsets(mix []class, free []int64) *[maxModels]float64 {
	var load [maxModels]float64
	var present, done modelSet
	for model, f := range free {
		if f > 0 {
			present |= 1 << model
		}
	}
	for done != present {
		var best modelSet
		most := -1.0
		for s := modelSet(1); s < 1<<len(free); s++ {
			if s&done != 0 || s&present != s {
				continue
			}
			var demand, capacity float64
			for _, c := range mix {
				if own := c.models & present; own != 0 && own&^(s|done) == 0 && own&^done != 0 {
					demand += c.part * float64(c.demand())
				}
			}
			for model, f := range free {
				if s.has(model) {
					capacity += float64(f)
				}
			}
			ratio := demand / capacity
			if ratio > most+1e-12 || ratio > most-1e-12 && bits.OnesCount64(uint64(s)) > bits.OnesCount64(uint64(best)) {
				best, most = s, ratio
			}
		}
		for model, f := range free {
			if best.has(model) {
				load[model] = most * float64(f)
			}
		}
		done |= best
	}
	return &load
}

// TestMixFollows: what is asked for no more is forgotten.
func TestMixFollows(t *testing.T) {
	var m mix
	old, young := shape{cpu: 1000}, shape{cpu: 2000}
	for range memory {
		m.learn(old)
	}
	for range 4 * memory {
		m.learn(young)
	}
	var parts float64
	for _, c := range m.classes() {
		parts += c.part
		if c.shape == old && c.part > 0.1 {
			t.Errorf("what is asked for no more is %v of the mix", c.part)
		}
	}
	if math.Abs(parts-1) > 1e-9 {
		t.Errorf("the parts add up to %v", parts)
	}
}
