package replay

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/qianmo/qianmo/internal/compute/placement"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Input is what to replay.
type Input struct {
	Nodes      []placement.Node
	Requests   []Request
	Seed       uint64
	Policy     string  // qianmo, best-fit or random
	PastMix    bool    // learn the mix of tasks only from those that came already
	Split      bool    // the nodes are four centres, by model, which bid for each task
	Departures float64 // more than 0: tasks end, and this part of the capacity's time is asked for
}

// The strategies that can be compared.
const (
	PolicyQianmo  = "qianmo"
	PolicyBestFit = "best-fit"
	PolicyRandom  = "random"
)

// Validate names every field that is wrong.
//
// Codes: invalid.
func (in Input) Validate() error {
	var c fault.Collector
	if !slices.Contains([]string{PolicyQianmo, PolicyBestFit, PolicyRandom}, in.Policy) {
		c.Add("policy", "须是 qianmo、best-fit 或 random。", "Must be qianmo, best-fit or random.")
	}
	if in.Departures < 0 || in.Departures > 100 {
		c.Add("departures", "须在 0 至 100 之间。", "Must be from 0 to 100.")
	}
	if in.Departures > 0 && !slices.ContainsFunc(in.Requests, func(q Request) bool { return q.Lifetime > 0 && q.Devices > 0 }) {
		c.Add("departures", "任务清单没有 creation_time 与 deletion_time，不知任务何时结束。", "The list of tasks has no creation_time and deletion_time: when tasks end is not known.")
	}
	if !slices.ContainsFunc(in.Requests, func(q Request) bool { return q.Devices > 0 }) {
		c.Add("pods", "没有任务要加速卡。", "No task asks for devices.")
	}
	if !slices.ContainsFunc(in.Nodes, func(n placement.Node) bool { return n.Devices > 0 }) {
		c.Add("nodes", "没有节点有加速卡。", "No node has devices.")
	}
	return c.Err()
}

// Result is what was reached. Parts are of the devices of all nodes.
type Result struct {
	Policy  string  `json:"policy"`
	Seed    uint64  `json:"seed"`
	Demand  []Mark  `json:"demand"`
	Tasks   int     `json:"tasks"`
	Placed  int     `json:"placed"`
	Mean    float64 `json:"mean_allocated"`     // over the last half of the arrivals
	Free    float64 `json:"unallocated_gpus"`   // at the end
	P99     int64   `json:"p99_placement_us"`   // of the time that a placement took
	Longest int64   `json:"worst_placement_us"` // of them
	Seconds float64 `json:"seconds"`            // of the whole run, reading aside
}

// Mark is the part of the devices that is allocated after the arrival with which
// the demand that arrived reaches a part of the devices.
type Mark struct {
	At        float64 `json:"at"`
	Allocated float64 `json:"allocated"`
}

// marks are where the result is read, and until is how much is asked for in all,
// in tenths of all devices. With departures it goes on until lifetimes tell.
var marks = []int64{10, 13}

func (in *Input) until() int64 {
	if in.Departures > 0 {
		return 100
	}
	return marks[len(marks)-1]
}

// Play replays: the list is shuffled by the seed, then tasks are drawn from it,
// and put back, until 130 % of all devices are asked for; each is placed at once or
// never. That is the method of Weng et al., "Beware of Fragmentation", USENIX ATC
// 2023, section 6. With departures tasks come, one at a time, until ten times all
// devices were asked for; what is placed ends after its lifetime. Equal input gives equal output but for times.
//
// Codes: invalid, too_large.
func Play(in Input) (Result, error) {
	if err := in.Validate(); err != nil {
		return Result{}, err
	}
	began := time.Now()
	p, err := newPlay(in)
	if err != nil {
		return Result{}, err
	}
	tasks := in.draw(p.whole())
	if in.Policy == PolicyQianmo && !in.PastMix {
		for _, q := range in.Requests {
			p.market.Learn(q.Task)
		}
	}
	ends := newEnds(in.Departures, tasks, p.whole())
	out := Result{Policy: in.Policy, Seed: in.Seed, Tasks: len(tasks)}
	took := make([]time.Duration, len(tasks))
	var arrived int64
	var sum float64
	for i, q := range tasks {
		for _, e := range ends.until(i) {
			p.pools[e.pool].Give(e.room)
		}
		if in.PastMix {
			p.market.Learn(q.Task)
		}
		start := time.Now()
		room, pool, placed := p.place(q.Task)
		took[i] = time.Since(start)
		if placed {
			out.Placed++
			ends.add(i, q, room, pool)
		}
		arrived += q.Demand()
		whole, taken := p.capacity()
		for len(out.Demand) < len(marks) && arrived*10 >= whole*marks[len(out.Demand)] {
			out.Demand = append(out.Demand, Mark{float64(marks[len(out.Demand)]) / 10, float64(taken) / float64(whole)})
		}
		if i >= len(tasks)/2 {
			sum += float64(taken) / float64(whole)
		}
	}
	whole, taken := p.capacity()
	slices.Sort(took)
	out.Mean = sum / float64(len(tasks)-len(tasks)/2)
	out.Free = float64(whole-taken) / placement.Whole
	out.P99, out.Longest = took[len(took)*99/100].Microseconds(), took[len(took)-1].Microseconds()
	out.Seconds = time.Since(began).Seconds()
	return out, nil
}

// draw is the tasks in the order in which they come.
func (in *Input) draw(whole int64) []Request {
	dice := rand.New(rand.NewPCG(in.Seed, 0))
	tasks := slices.Clone(in.Requests)
	dice.Shuffle(len(tasks), func(i, j int) { tasks[i], tasks[j] = tasks[j], tasks[i] })
	var arrived int64
	for i := 0; ; i++ {
		if i == len(tasks) {
			tasks = append(tasks, in.Requests[dice.IntN(len(in.Requests))])
		}
		if arrived += tasks[i].Demand(); arrived*10 >= whole*in.until() {
			return tasks[:i+1]
		}
	}
}

// play is pools with a strategy on each.
type play struct {
	market     placement.Market
	pools      []*placement.Pool
	strategies []placement.Strategy
}

func newPlay(in Input) (*play, error) {
	p := &play{}
	dice := rand.New(rand.NewPCG(in.Seed, 1))
	for _, nodes := range centres(in) {
		pool, err := placement.NewPool(&p.market.Models, nodes)
		if err != nil {
			return nil, err
		}
		p.market.Join(pool)
		p.pools = append(p.pools, pool)
		p.strategies = append(p.strategies, map[string]placement.Strategy{
			PolicyQianmo: placement.NewQianmo(pool, &p.market), PolicyBestFit: placement.BestFit{Pool: pool}, PolicyRandom: placement.Random{Pool: pool, Dice: dice},
		}[in.Policy])
	}
	return p, nil
}

// centres are the nodes as one, or split by model: the three models with the most
// devices have a centre each, and all others the fourth.
func centres(in Input) [][]placement.Node {
	if !in.Split {
		return [][]placement.Node{in.Nodes}
	}
	count := map[string]int{}
	for _, n := range in.Nodes {
		count[n.Model] += n.Devices
	}
	models := make([]string, 0, len(count))
	for model := range count {
		models = append(models, model)
	}
	slices.SortFunc(models, func(a, b string) int { return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b)) })
	out := make([][]placement.Node, min(len(models), 4))
	for _, n := range in.Nodes {
		at := min(slices.Index(models, n.Model), len(out)-1)
		out[at] = append(out[at], n)
	}
	return out
}

// place gives a task to the pool with the best bid.
func (p *play) place(t placement.Task) (room placement.Room, pool int, placed bool) {
	var best placement.Bid
	for i, s := range p.strategies {
		if bid, ok := s.Bid(t); ok && (!placed || bid.Score > best.Score) {
			best, pool, placed = bid, i, true
		}
	}
	if !placed {
		return room, 0, false
	}
	return p.pools[pool].Take(t, best.Spot), pool, true
}

func (p *play) capacity() (whole, taken int64) {
	for _, pool := range p.pools {
		w, t := pool.Capacity()
		whole, taken = whole+w, taken+t
	}
	return whole, taken
}

func (p *play) whole() int64 {
	whole, _ := p.capacity()
	return whole
}
