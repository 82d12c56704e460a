package allocation_test

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// oracle decides small snapshots by trying everything, in the plainest way. It
// shares no code with the engine: scores are big.Rat, best sets are found among
// all subsets, lines among all lines. Its money stands in oracle_money_test.go.
type oracle struct {
	in      allocation.Input
	classes [][][]int // of each call, best first: indexes of applications
	due     []money.Fen
	out     []string // why an application does not stand
}

func consult(in allocation.Input) *oracle {
	o := &oracle{in: in, due: make([]money.Fen, len(in.Applications)), out: make([]string, len(in.Applications))}
	for k := range in.Calls {
		ranked := o.rank(k)
		expected := map[int]money.Fen{}
		if in.Calls[k].Share != nil {
			expected = o.expected(k, ranked)
		}
		var standing [][]int
		for _, class := range ranked {
			var keep []int
			for _, i := range class {
				claim := expected[i]
				if in.Calls[k].Share == nil {
					claim = *in.Applications[i].Amount
				}
				if o.due[i] = claim - o.before(i); o.due[i] > 0 {
					keep = append(keep, i)
				} else {
					o.out[i] = "nothing_due"
				}
			}
			if len(keep) > 0 {
				standing = append(standing, keep)
			}
		}
		o.classes = append(o.classes, standing)
	}
	return o
}

func rat(n allocation.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		panic(n.String())
	}
	return r
}

func scoreOf(a allocation.Application, factor string) *big.Rat {
	for _, s := range a.Scores {
		if s.Factor == factor {
			return rat(s.Value)
		}
	}
	panic("no score")
}

func (o *oracle) members(k int) (of []int) {
	for i, a := range o.in.Applications {
		if a.Measure == o.in.Calls[k].Measure {
			of = append(of, i)
		}
	}
	return of
}

func (o *oracle) composite(k, i int) *big.Rat {
	sum := new(big.Rat)
	rank := o.in.Calls[k].Rank
	for _, f := range rank.By {
		least, most := scoreOf(o.in.Applications[i], f.Name), scoreOf(o.in.Applications[i], f.Name)
		for _, j := range o.members(k) {
			s := scoreOf(o.in.Applications[j], f.Name)
			if s.Cmp(least) < 0 {
				least = s
			}
			if s.Cmp(most) > 0 {
				most = s
			}
		}
		v, span := scoreOf(o.in.Applications[i], f.Name), big.NewRat(1, 1)
		switch rank.Normalise {
		case allocation.MinMax:
			v, span = new(big.Rat).Sub(v, least), new(big.Rat).Sub(most, least)
		case allocation.OfMax:
			span = most
		}
		if span.Sign() == 0 {
			v, span = big.NewRat(1, 1), big.NewRat(1, 1)
		}
		sum.Add(sum, new(big.Rat).Mul(rat(f.Weight.Low), new(big.Rat).Quo(v, span)))
	}
	return sum
}

// rank cuts those that pass the bar into classes.
func (o *oracle) rank(k int) (classes [][]int) {
	call := o.in.Calls[k]
	var list []int
	for _, i := range o.members(k) {
		if call.Rank != nil {
			if call.Rank.Bar != nil && o.composite(k, i).Cmp(rat(*call.Rank.Bar)) < 0 {
				o.out[i] = "below_bar"
			}
			for _, f := range call.Rank.By {
				if f.Least != nil && scoreOf(o.in.Applications[i], f.Name).Cmp(rat(*f.Least)) < 0 {
					o.out[i] = "factor_below_bar"
				}
			}
		}
		if o.out[i] == "" {
			list = append(list, i)
		}
	}
	byScore := func(i, j int) int {
		if call.Rank == nil {
			return 0
		}
		return o.composite(k, j).Cmp(o.composite(k, i))
	}
	slices.SortFunc(list, func(i, j int) int {
		a, b := o.in.Applications[i], o.in.Applications[j]
		green := map[bool]int{true: 0, false: 1}
		return cmp.Or(byScore(i, j), cmp.Compare(green[a.Priority], green[b.Priority]), a.Submitted.Compare(b.Submitted), cmp.Compare(a.ID, b.ID))
	})
	for n, i := range list {
		if n > 0 && call.Rank != nil && call.Rank.Ties == allocation.ShareTies && byScore(list[n-1], i) == 0 {
			classes[len(classes)-1] = append(classes[len(classes)-1], i)
		} else {
			classes = append(classes, []int{i})
		}
	}
	return classes
}

func same(ruling allocation.SameMatter, a, b allocation.Application) bool {
	if a.Code != b.Code {
		return false
	}
	if ruling != allocation.SameEvidence && a.Matter != "" && a.Matter == b.Matter {
		return true
	}
	if ruling == allocation.SameObject {
		return false
	}
	for _, p := range a.Papers {
		if slices.Contains(b.Papers, p) {
			return true
		}
	}
	return false
}

// choices is what all applicants take when so many classes of each call are open.
func (o *oracle) choices(lines []int) map[int]bool {
	open := map[string][]int{}
	for k, classes := range o.classes {
		for _, i := range slices.Concat(classes[:lines[k]]...) {
			open[o.in.Applications[i].Code] = append(open[o.in.Applications[i].Code], i)
		}
	}
	chosen := map[int]bool{}
	for _, of := range open {
		slices.SortFunc(of, func(i, j int) int { return cmp.Compare(o.in.Applications[i].ID, o.in.Applications[j].ID) })
		best, most := 0, money.Fen(-1)
		for set := 1<<len(of) - 1; set >= 0; set-- {
			reversed, sum, fits := 0, money.Fen(0), true
			for n, i := range of {
				if set>>(len(of)-1-n)&1 == 0 { // the first application is the highest bit: larger sets of bits come first
					continue
				}
				reversed |= 1 << n
				sum += o.due[i]
				for m, j := range of[:n] {
					if reversed>>m&1 == 1 && same(o.in.SameMatter, o.in.Applications[i], o.in.Applications[j]) {
						fits = false
					}
				}
			}
			if fits && sum > most {
				best, most = reversed, sum
			}
		}
		for n, i := range of {
			if best>>n&1 == 1 {
				chosen[i] = true
			}
		}
	}
	return chosen
}

// taken are a call's classes with only those that are chosen.
func (o *oracle) taken(k int, chosen map[int]bool) (classes [][]int) {
	for _, class := range o.classes[k] {
		var in []int
		for _, i := range class {
			if chosen[i] {
				in = append(in, i)
			}
		}
		if len(in) > 0 {
			classes = append(classes, in)
		}
	}
	return classes
}

// fits reports whether every call has what is chosen of it.
func (o *oracle) fits(chosen map[int]bool) bool {
	for k, call := range o.in.Calls {
		in := o.taken(k, chosen)
		list := slices.Concat(in...)
		places := len(list)
		if call.Quota != nil {
			places = *call.Quota
		}
		if call.Share != nil {
			if call.Share.How == allocation.ByTable {
				places = len(call.Share.Table)
			}
			if n := len(in); n > 0 && len(list)-len(in[n-1]) >= places {
				return false
			}
			continue
		}
		sum := money.Fen(0)
		for _, i := range list {
			sum += o.due[i]
		}
		if len(list) > places || (call.Budget != nil && call.WhenShort == shortage.CutOff && sum > o.available(k)) {
			return false
		}
	}
	return true
}

// least finds the lines below which no feasible lines lie, if there are such.
func (o *oracle) least() (lines []int, found bool) {
	o.each(make([]int, len(o.classes)), 0, func(at []int) {
		if !o.fits(o.choices(at)) {
			return
		}
		if lines == nil {
			lines = slices.Clone(at)
		}
		for k := range at {
			lines[k] = max(lines[k], at[k]) // a larger number of open classes is a lower line
		}
	})
	return lines, o.fits(o.choices(lines))
}

func (o *oracle) each(at []int, k int, try func([]int)) {
	if k == len(at) {
		try(at)
		return
	}
	for at[k] = 0; at[k] <= len(o.classes[k]); at[k]++ {
		o.each(at, k+1, try)
	}
	at[k] = 0
}
