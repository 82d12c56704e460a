package allocation

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// pool is a call with those who stand for it, in order. It does not change
// while places are given out.
type pool struct {
	call    *Call
	granted money.Fen // to exceptions
	apps    []int32   // all applications, in the snapshot's order
	form    *form     // nil: the queue
	parts   []Part    // memory for the parts of scores
	ranked  classes   // those that pass the bar
	order   classes   // those of them that something is due to
}

// classes is a list of applications, best first, cut into classes: between the
// members of one class no rule puts anybody first.
type classes struct {
	list   []int32
	starts []int32 // of each class; the last entry is the list's length
}

func (c *classes) len() int            { return len(c.starts) - 1 }
func (c *classes) class(k int) []int32 { return c.list[c.starts[k]:c.starts[k+1]] }

// keep is the list without those that fail the test; classes that lose all of
// their members go.
func (c *classes) keep(ok func(i int32) bool) classes {
	out := classes{starts: []int32{0}}
	for k := range c.len() {
		for _, i := range c.class(k) {
			if ok(i) {
				out.list = append(out.list, i)
			}
		}
		if end := int32(len(out.list)); end > out.starts[len(out.starts)-1] {
			out.starts = append(out.starts, end)
		}
	}
	return out
}

// available is this year's money for the ranked, after the exceptions.
func (p *pool) available() money.Fen { return *p.call.Budget - p.granted }

// standing is why an application does not stand for a place; empty: it stands.
type standing string

const (
	stands     standing = ""
	belowBar   standing = "below_bar"
	belowLeast standing = "factor_below_bar"
	nothingDue standing = "nothing_due"
)

// field is everybody in order, before any place is given: it depends on the
// snapshot alone.
type field struct {
	in     *Input
	pools  []pool
	pool   []int32 // of an application
	local  []int32 // its index in its pool's form
	rank   []int32 // its place among those that pass the bar; 0: none
	claim  []money.Fen
	before []money.Fen // what its matter was paid before, exceptions included
	due    []money.Fen // max(0, claim − before): what it is chosen by
	out    []standing
}

// newField ranks a frozen snapshot whose rules are all there.
func newField(in *Input) *field {
	n := len(in.Applications)
	f := &field{in: in, pools: make([]pool, len(in.Calls)), pool: make([]int32, n), local: make([]int32, n), rank: make([]int32, n),
		claim: make([]money.Fen, n), due: make([]money.Fen, n), out: make([]standing, n)}
	at := make(map[string]int, len(in.Calls))
	for k := range in.Calls {
		f.pools[k].call = &in.Calls[k]
		at[in.Calls[k].Measure] = k
	}
	for i := range in.Applications {
		k := at[in.Applications[i].Measure]
		p := &f.pools[k]
		f.pool[i], f.local[i] = int32(k), int32(len(p.apps))
		p.apps = append(p.apps, int32(i))
	}
	for i := range in.Exceptions {
		f.pools[at[in.Exceptions[i].Measure]].granted += in.Exceptions[i].Amount
	}
	f.before = paidBefore(in)
	for k := range f.pools {
		f.enter(&f.pools[k])
	}
	return f
}

// enter ranks one pool and settles what is due in it.
func (f *field) enter(p *pool) {
	if r := p.call.Rank; r != nil && len(p.apps) > 0 {
		p.form = newForm(f.of(p.apps), exactWeights(r), cmp.Or(r.Normalise, AsIs))
	}
	f.raiseBar(p)
	f.sort(p)
	if p.call.Share == nil {
		for _, i := range p.ranked.list {
			if amount := f.in.Applications[i].Amount; amount != nil {
				f.claim[i] = *amount
			}
		}
	} else {
		f.expect(p)
	}
	for _, i := range p.ranked.list {
		f.due[i] = max(0, f.claim[i]-f.before[i])
		if f.due[i] == 0 {
			f.out[i] = nothingDue
		}
	}
	p.order = p.ranked.keep(func(i int32) bool { return f.due[i] > 0 })
}

func (f *field) of(apps []int32) []*Application {
	out := make([]*Application, len(apps))
	for k, i := range apps {
		out[k] = &f.in.Applications[i]
	}
	return out
}

func exactWeights(r *Rank) []weighted {
	out := make([]weighted, len(r.By))
	for k, b := range r.By {
		out[k] = weighted{b.Name, b.Weight.Low}
	}
	return out
}

// raiseBar marks those below the bar: in one factor as given, then in the
// composite score.
func (f *field) raiseBar(p *pool) {
	r := p.call.Rank
	if r == nil || p.form == nil {
		return
	}
	for k, b := range r.By {
		if b.Least == nil {
			continue
		}
		for _, i := range p.apps {
			if f.in.Applications[i].score(b.Name, k).Cmp(*b.Least) < 0 {
				f.out[i] = belowLeast
			}
		}
	}
	if r.Bar == nil {
		return
	}
	reaches := p.form.atLeast(*r.Bar)
	for _, i := range p.apps {
		if f.out[i] == stands && !reaches(int(f.local[i])) {
			f.out[i] = belowBar
		}
	}
}

// sort puts those that pass the bar in order: by score, and between equals
// (without a rank: among all) green lane, then earlier submission, then id.
func (f *field) sort(p *pool) {
	list := make([]int32, 0, len(p.apps))
	for _, i := range p.apps {
		if f.out[i] == stands {
			list = append(list, i)
		}
	}
	byScore := func(a, b int32) int { return 0 }
	if p.form != nil {
		byScore = func(a, b int32) int { return p.form.compare(int(f.local[b]), int(f.local[a])) }
	}
	slices.SortFunc(list, func(a, b int32) int {
		if c := byScore(a, b); c != 0 {
			return c
		}
		return f.queue(a, b)
	})
	tied := func(a, b int32) bool { return false }
	if p.form != nil && p.call.Rank.Ties != EarlierTies {
		tied = func(a, b int32) bool { return byScore(a, b) == 0 }
	}
	starts := make([]int32, 0, len(list)+1)
	for k, i := range list {
		if k == 0 || !tied(list[k-1], i) {
			starts = append(starts, int32(k))
		}
		f.rank[i] = starts[len(starts)-1] + 1
	}
	p.ranked = classes{list, append(starts, int32(len(list)))}
}

// queue orders two applications that no score puts apart.
func (f *field) queue(a, b int32) int {
	x, y := &f.in.Applications[a], &f.in.Applications[b]
	switch {
	case x.Priority != y.Priority:
		if x.Priority {
			return -1
		}
		return 1
	case x.Submitted.IsZero() != y.Submitted.IsZero():
		if y.Submitted.IsZero() {
			return -1
		}
		return 1
	}
	return cmp.Or(x.Submitted.Compare(y.Submitted), cmp.Compare(a, b))
}

// expect settles what an application may expect of a call that shares money by
// place: what its place gives while everybody that passes the bar stands, and
// beyond the places what the last one gives. It is by this that its applicant
// chooses; what it gets is settled among those that are in.
func (f *field) expect(p *pool) {
	if len(p.ranked.list) == 0 {
		return
	}
	gets, last := f.slots(p, &p.ranked)
	for k, i := range p.ranked.list {
		f.claim[i] = gets[k]
		if k >= p.call.places(len(p.ranked.list)) && gets[k] == 0 {
			f.claim[i] = last
		}
	}
}

// slots is what each in a list gets of a call that shares money by place, and
// what the last place gives. Members of one class pool what their places give
// and part it evenly; odd fen go to the first in the queue.
func (f *field) slots(p *pool, in *classes) (gets []money.Fen, last money.Fen) {
	gets = make([]money.Fen, len(in.list))
	slots := f.slotAmounts(p, in.list)
	if len(slots) == 0 {
		return gets, 0
	}
	for k := range in.len() {
		start, end := int(in.starts[k]), int(in.starts[k+1])
		pooled := money.Fen(0)
		for s := start; s < min(end, len(slots)); s++ {
			pooled += slots[s]
		}
		copy(gets[start:end], shortage.Equally(pooled, end-start))
	}
	return gets, slots[len(slots)-1]
}

// slotAmounts is what each place that is taken gives.
func (f *field) slotAmounts(p *pool, list []int32) []money.Fen {
	n, share := p.call.places(len(list)), p.call.Share
	if n == 0 {
		return nil
	}
	var slots []money.Fen
	switch share.How {
	case Equal:
		slots = shortage.Equally(p.available(), n)
	case ByScore:
		weights := make([]*big.Int, n)
		for k := range weights {
			weights[k] = p.form.total(int(f.local[list[k]]))
		}
		slots = shortage.Divide(p.available(), weights)
	default:
		slots = slices.Clone(share.Table[:n])
	}
	if share.Most != nil {
		for k := range slots {
			slots[k] = min(slots[k], *share.Most)
		}
	}
	return slots
}
