package placement

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

func TestCharged(t *testing.T) {
	for _, c := range []struct {
		parts       int
		share, want int64
	}{
		{parts: 0, share: 1, want: 1000},
		{parts: 1, share: 300, want: 1000},
		{parts: 2, share: 500, want: 500},
		{parts: 2, share: 501, want: 1000},
		{parts: 7, share: 142, want: 142}, // a seventh, rounded down: seven of them fit
		{parts: 7, share: 143, want: 284},
		{parts: 7, share: 852, want: 852},
		{parts: 7, share: 853, want: 1000},
		{parts: 1000, share: 1, want: 1},
		{parts: 1000, share: 999, want: 999},
		{parts: 1000, share: 1000, want: 1000},
	} {
		p := mustPool(t, &Models{}, Node{Name: "n", Devices: 1, Model: "a", Parts: c.parts})
		if got := p.nodes[0].charged(c.share); got != c.want {
			t.Errorf("%d thousandths of a device of %d parts take %d, want %d", c.share, c.parts, got, c.want)
		}
	}
}

func TestSevenSeventhsFit(t *testing.T) {
	market := &Market{}
	p := mustPool(t, &market.Models, Node{Name: "n", CPU: 8000, Devices: 1, Model: "a", Parts: 7})
	market.Join(p)
	s := NewQianmo(p, market)
	task := Task{CPU: 1000, Devices: 1, Share: 142}
	for i := range 7 {
		bid, ok := s.Bid(task)
		if !ok {
			t.Fatalf("the seventh number %d does not fit", i+1)
		}
		p.Take(task, bid.Spot)
	}
	if bid, ok := s.Bid(task); ok {
		t.Errorf("an eighth seventh was offered %+v", bid)
	}
}

func TestNewPoolRefuses(t *testing.T) {
	for name, n := range map[string]Node{
		"too many devices": {Devices: MaxDevices + 1}, "fewer than none": {Devices: -1}, "negative CPU": {CPU: -1}, "negative memory": {Memory: -1},
	} {
		if _, err := NewPool(&Models{}, []Node{n}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var nodes []Node
	for i := range maxModels + 1 {
		nodes = append(nodes, Node{Name: string(rune('a' + i)), Devices: 1, Model: string(rune('a' + i))})
	}
	if _, err := NewPool(&Models{}, nodes); !fault.Is(err, fault.TooLarge) {
		t.Errorf("%d models: %v", len(nodes), err)
	}
}

func TestTaskValidate(t *testing.T) {
	for name, c := range map[string]struct {
		task Task
		ok   bool
	}{
		"no device":            {Task{CPU: 1000, Memory: 1024}, true},
		"part of a device":     {Task{Devices: 1, Share: 250}, true},
		"whole ones":           {Task{Devices: 8, Share: Whole}, true},
		"parts of two":         {Task{Devices: 2, Share: 500}, false},
		"no share":             {Task{Devices: 1}, false},
		"more than a device":   {Task{Devices: 1, Share: 1001}, false},
		"more than a node has": {Task{Devices: MaxDevices + 1, Share: Whole}, false},
		"less than no device":  {Task{Devices: -1, Share: Whole}, false},
		"less than no CPU":     {Task{CPU: -1}, false},
		"less than no memory":  {Task{Memory: -1}, false},
	} {
		if err := c.task.Validate(); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStrategies plays random tasks that come and go against every strategy: a
// bid names room that is there, what is offered as lost is lost, and nothing
// leaks.
func TestStrategies(t *testing.T) {
	strategies := map[string]func(*Pool, *Market) Strategy{
		"qianmo":   func(p *Pool, m *Market) Strategy { return NewQianmo(p, m) },
		"best fit": func(p *Pool, _ *Market) Strategy { return BestFit{p} },
		"random":   func(p *Pool, _ *Market) Strategy { return Random{p, rand.New(rand.NewPCG(1, 2))} },
	}
	for name, strategy := range strategies {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				market := &Market{}
				nodes := rapid.SliceOfN(drawNode, 1, 12).Draw(t, "nodes")
				p, err := NewPool(&market.Models, nodes)
				if err != nil {
					t.Fatal(err)
				}
				market.Join(p)
				s := strategy(p, market)
				whole, _ := p.Capacity()
				var rooms []Room
				for range rapid.IntRange(1, 60).Draw(t, "steps") {
					if len(rooms) > 0 && rapid.IntRange(0, 3).Draw(t, "end one") == 0 {
						at := rapid.IntRange(0, len(rooms)-1).Draw(t, "which")
						p.Give(rooms[at])
						rooms = append(rooms[:at], rooms[at+1:]...)
						continue
					}
					task := drawTask.Draw(t, "task")
					market.Learn(task)
					bid, ok := s.Bid(task)
					if want := p.hasRoom(task); ok != want {
						t.Fatalf("offered: %v, has room: %v", ok, want)
					}
					if ok {
						check(t, p, task, bid.Spot)
						rooms = append(rooms, p.Take(task, bid.Spot))
						checkSums(t, p, rooms)
					}
				}
				for _, room := range rooms {
					p.Give(room)
				}
				if w, taken := p.Capacity(); w != whole || taken != 0 {
					t.Fatalf("after all gave back, %d of %d are taken (%d at first)", taken, w, whole)
				}
				for i := range p.nodes {
					n := &p.nodes[i]
					if n.cpu != n.CPU || n.memory != n.Memory {
						t.Fatalf("node %s has %d CPU of %d, %d MiB of %d", n.Name, n.cpu, n.CPU, n.memory, n.Memory)
					}
				}
			})
		})
	}
}

// hasRoom looks at every node without any strategy's help.
func (p *Pool) hasRoom(t Task) bool {
	for i := range p.nodes {
		n := &p.nodes[i]
		enough := 0
		for _, left := range n.left[:n.Devices] {
			if t.Devices > 0 && int64(left) >= n.charged(t.Share) && (len(t.Models) == 0 || slices.Contains(t.Models, n.Model)) {
				enough++
			}
		}
		if n.cpu >= t.CPU && n.memory >= t.Memory && enough >= t.Devices {
			return true
		}
	}
	return false
}

func check(t *rapid.T, p *Pool, task Task, spot Spot) {
	n := &p.nodes[spot.Node]
	if n.cpu < task.CPU || n.memory < task.Memory || len(spot.Devices) != task.Devices {
		t.Fatalf("node %s with %d CPU, %d MiB was offered to %+v with devices %v", n.Name, n.cpu, n.memory, task, spot.Devices)
	}
	seen := map[int]bool{}
	for _, d := range spot.Devices {
		if d >= n.Devices || seen[d] || int64(n.left[d]) < n.charged(task.Share) {
			t.Fatalf("device %d of node %s, left %v, was offered to %+v", d, n.Name, n.left[:n.Devices], task)
		}
		seen[d] = true
	}
}

// checkSums adds up what was taken: no node gave more than it has.
func checkSums(t *rapid.T, p *Pool, rooms []Room) {
	type sum struct {
		cpu, memory int64
		devices     [MaxDevices]int64
	}
	sums := make([]sum, len(p.nodes))
	for _, r := range rooms {
		s := &sums[r.Node]
		s.cpu, s.memory = s.cpu+r.CPU, s.memory+r.Memory
		for _, d := range r.Devices {
			s.devices[d] += r.Share
		}
	}
	for i, s := range sums {
		if n := p.Node(i); s.cpu > n.CPU || s.memory > n.Memory || slices.Max(s.devices[:]) > Whole {
			t.Fatalf("node %+v gave %+v", n, s)
		}
	}
}

// TestBoardsFollowThePool: scores that were kept and brought up to date lead to
// the bid that scores worked out afresh lead to.
func TestBoardsFollowThePool(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		market := &Market{}
		p, err := NewPool(&market.Models, rapid.SliceOfN(drawNode, 1, 12).Draw(t, "nodes"))
		if err != nil {
			t.Fatal(err)
		}
		market.Join(p)
		kept := NewQianmo(p, market)
		var rooms []Room
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(rooms) > 0 && rapid.Bool().Draw(t, "end one") {
				p.Give(rooms[0])
				rooms = rooms[1:]
			}
			task := drawTask.Draw(t, "task")
			if rapid.Bool().Draw(t, "learn") {
				market.Learn(task)
			}
			bid, ok := kept.Bid(task)
			market.bids-- // the second question is the same bid
			fresh, okFresh := NewQianmo(p, market).Bid(task)
			if diff := cmp.Diff(fresh, bid); ok != okFresh || diff != "" {
				t.Fatalf("kept boards answer otherwise (-fresh +kept):\n%s", diff)
			}
			if ok {
				rooms = append(rooms, p.Take(task, bid.Spot))
			}
		}
	})
}

// TestChangesAreForgotten: who reads changes too seldom is told so, and misses
// nothing else.
func TestChangesAreForgotten(t *testing.T) {
	p := mustPool(t, &Models{}, Node{Name: "a", CPU: 1000}, Node{Name: "b", CPU: 1000})
	_, mark, _ := p.since(0)
	for i := range 5000 {
		p.Give(p.Take(Task{CPU: 1}, Spot{Node: i % 2}))
		changed, now, ok := p.since(mark)
		if !ok || len(changed) != 2 || changed[0] != int32(i%2) {
			t.Fatalf("step %d: changes %v, kept %v", i, changed, ok)
		}
		mark = now
	}
	if _, _, ok := p.since(0); ok {
		t.Error("ten thousand changes are still kept")
	}
}

var (
	drawNode = rapid.Custom(func(t *rapid.T) Node {
		n := Node{Name: rapid.StringMatching(`[a-f]{1,3}`).Draw(t, "name"), CPU: rapid.Int64Range(0, 64_000).Draw(t, "cpu"), Memory: rapid.Int64Range(0, 4096).Draw(t, "memory"),
			Devices: rapid.SampledFrom([]int{0, 1, 2, 8, MaxDevices}).Draw(t, "devices")}
		if n.Devices > 0 {
			n.Model = rapid.SampledFrom([]string{"H", "A", "C"}).Draw(t, "model")
			n.Parts = map[string]int{"H": 7, "A": 1, "C": 1000}[n.Model]
		}
		return n
	})
	drawTask = rapid.Custom(func(t *rapid.T) Task {
		task := Task{CPU: rapid.SampledFrom([]int64{0, 1000, 4000, 9000}).Draw(t, "cpu"), Memory: rapid.SampledFrom([]int64{0, 512, 3000}).Draw(t, "memory"),
			Devices: rapid.SampledFrom([]int{0, 1, 1, 1, 2, 8}).Draw(t, "devices"), Models: rapid.SampledFrom([][]string{nil, {"H"}, {"A", "C"}, {"unknown"}}).Draw(t, "models")}
		switch {
		case task.Devices == 1:
			task.Share = rapid.SampledFrom([]int64{100, 142, 300, 500, Whole}).Draw(t, "share")
		case task.Devices > 1:
			task.Share = Whole
		}
		return task
	})
)

func mustPool(t *testing.T, models *Models, nodes ...Node) *Pool {
	t.Helper()
	p, err := NewPool(models, nodes)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
