package allocation_test

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// oracle decides small snapshots by trying everything, in the plainest way. It
// shares no code with the engine: scores are big.Rat, best sets are found among
// all subsets, lines among all lines.
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

func (o *oracle) available(k int) money.Fen {
	left := *o.in.Calls[k].Budget
	for _, x := range o.in.Exceptions {
		if x.Measure == o.in.Calls[k].Measure {
			left -= x.Amount
		}
	}
	return left
}

func (o *oracle) before(i int) money.Fen {
	a := o.in.Applications[i]
	paid := a.Paid
	for _, x := range o.in.Exceptions {
		if same(o.in.SameMatter, a, allocation.Application{Code: x.Code, Matter: x.Matter, Papers: x.Papers}) {
			paid += x.Amount
		}
	}
	return paid
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

// hamilton splits by largest remainder.
func hamilton(total money.Fen, weights []*big.Rat) []money.Fen {
	sum := new(big.Rat)
	for _, w := range weights {
		sum.Add(sum, w)
	}
	got, left := make([]money.Fen, len(weights)), total
	if sum.Sign() == 0 {
		return got
	}
	rest := make([]*big.Rat, len(weights))
	for i, w := range weights {
		exact := new(big.Rat).Quo(new(big.Rat).Mul(w, big.NewRat(int64(total), 1)), sum)
		floor := new(big.Int).Quo(exact.Num(), exact.Denom())
		got[i], rest[i] = money.Fen(floor.Int64()), exact.Sub(exact, new(big.Rat).SetInt(floor))
		left -= got[i]
	}
	for ; left > 0; left-- {
		best := 0
		for i := range rest {
			if rest[i].Cmp(rest[best]) > 0 {
				best = i
			}
		}
		got[best]++
		rest[best] = big.NewRat(-1, 1)
	}
	return got
}

func ones(n int) (w []*big.Rat) {
	for range n {
		w = append(w, big.NewRat(1, 1))
	}
	return w
}

// slots is what each place gives when so many classes stand for it.
func (o *oracle) slots(k int, classes [][]int) (slots []money.Fen) {
	call := o.in.Calls[k]
	list := slices.Concat(classes...)
	n := len(list)
	if call.Quota != nil {
		n = min(n, *call.Quota)
	}
	switch call.Share.How {
	case allocation.Equal:
		slots = hamilton(o.available(k), ones(n))
	case allocation.ByScore:
		var w []*big.Rat
		for _, i := range list[:n] {
			w = append(w, o.composite(k, i))
		}
		slots = hamilton(o.available(k), w)
	case allocation.ByTable:
		n = min(len(list), len(call.Share.Table))
		slots = slices.Clone(call.Share.Table[:n])
	}
	for i := range slots {
		if call.Share.Most != nil {
			slots[i] = min(slots[i], *call.Share.Most)
		}
	}
	return slots
}

// parted is what each gets of the places: equals pool theirs.
func (o *oracle) parted(k int, classes [][]int) map[int]money.Fen {
	got, slots, at := map[int]money.Fen{}, o.slots(k, classes), 0
	for _, class := range classes {
		pool := money.Fen(0)
		for s := at; s < at+len(class) && s < len(slots); s++ {
			pool += slots[s]
		}
		for n, part := range hamilton(pool, ones(len(class))) {
			got[class[n]] = part
		}
		at += len(class)
	}
	return got
}

func (o *oracle) expected(k int, ranked [][]int) map[int]money.Fen {
	got, slots := o.parted(k, ranked), o.slots(k, ranked)
	for n, i := range slices.Concat(ranked...) {
		if n >= len(slots) && got[i] == 0 && len(slots) > 0 {
			got[i] = slots[len(slots)-1]
		}
	}
	return got
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

// pay is what the chosen get: this year's money and next year's.
func (o *oracle) pay(chosen map[int]bool) map[string][2]money.Fen {
	out := map[string][2]money.Fen{}
	for k, call := range o.in.Calls {
		in := o.taken(k, chosen)
		due := map[int]money.Fen{}
		total := money.Fen(0)
		for _, i := range slices.Concat(in...) {
			if due[i] = o.due[i]; call.Share != nil {
				due[i] = max(0, o.parted(k, in)[i]-o.before(i))
			}
			total += due[i]
		}
		var amounts, carried map[int]money.Fen
		switch {
		case call.Budget == nil || total <= o.available(k):
			amounts = due
		case call.WhenShort == shortage.ProRata:
			amounts = o.proRata(slices.Concat(in...), due, o.available(k))
		default:
			amounts, carried = o.inOrder(in, due, o.available(k), call.WhenShort == shortage.CarryOver)
		}
		for i := range due {
			if amounts[i] > 0 || carried[i] > 0 {
				out[o.in.Applications[i].ID] = [2]money.Fen{amounts[i], carried[i]}
			}
		}
	}
	return out
}

func (o *oracle) proRata(list []int, due map[int]money.Fen, budget money.Fen) map[int]money.Fen {
	var w []*big.Rat
	for _, i := range list {
		w = append(w, big.NewRat(int64(due[i]), 1))
	}
	got := map[int]money.Fen{}
	for n, part := range hamilton(budget, w) {
		got[list[n]] = part
	}
	return got
}

func (o *oracle) inOrder(in [][]int, due map[int]money.Fen, left money.Fen, carry bool) (amounts, carried map[int]money.Fen) {
	amounts, carried = map[int]money.Fen{}, map[int]money.Fen{}
	ended := false
	for _, class := range in {
		sum := money.Fen(0)
		for _, i := range class {
			sum += due[i]
		}
		if !ended && sum <= left {
			for _, i := range class {
				amounts[i] = due[i]
			}
			left -= sum
			continue
		}
		parts := map[int]money.Fen{}
		if !ended && carry {
			parts = o.proRata(class, due, left)
		}
		ended = true
		for _, i := range class {
			if amounts[i] = parts[i]; carry {
				carried[i] = due[i] - parts[i]
			}
		}
	}
	return amounts, carried
}

// TestAgainstBruteForce: where a matter binds (every two applications of a
// matter are one), the awards are those of the lowest lines that all calls can
// bear, to the fen. Such lines exist, the same for everybody.
func TestAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := snapshots(false).Draw(t, "snapshot")
		o := consult(in)
		lines, found := o.least()
		if !found {
			t.Fatal("there are no lowest lines")
		}
		got := decide(t, in)
		if diff := unlike(o.pay(o.choices(lines)), awards(got)); diff != "" {
			t.Fatalf("lines %v: %s\n%s", lines, diff, got.Canonical())
		}
	})
}

// TestLinesHold: whatever binds applications, papers in chains too, the result
// is what applicants choose above one line a call; every call can bear it; no
// line can be lowered by one class; and the money is exact.
func TestLinesHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := snapshots(true).Draw(t, "snapshot")
		o := consult(in)
		got := decide(t, in)
		below := map[string]bool{}
		for _, x := range got.Excluded {
			switch x.Why {
			case allocation.WhyQuota, allocation.WhyBudget, allocation.WhyTied:
				below[x.ID] = true
			case allocation.WhySameMatter:
				if len(x.Conflicts) == 0 {
					t.Fatalf("%s gives way to nobody", x.ID)
				}
			}
		}
		lines := make([]int, len(o.classes))
		for k, classes := range o.classes {
			for _, class := range classes {
				if !slices.ContainsFunc(class, func(i int) bool { return below[in.Applications[i].ID] }) {
					lines[k]++
				}
			}
			for n, class := range classes {
				for _, i := range class {
					if below[in.Applications[i].ID] != (n >= lines[k]) {
						t.Fatalf("%s: no line goes through call %d\n%s", in.Applications[i].ID, k, got.Canonical())
					}
				}
			}
		}
		chosen := o.choices(lines)
		if !o.fits(chosen) {
			t.Fatalf("lines %v ask more than there is\n%s", lines, got.Canonical())
		}
		if diff := unlike(o.pay(chosen), awards(got)); diff != "" {
			t.Fatalf("lines %v: %s\n%s", lines, diff, got.Canonical())
		}
		for k := range lines {
			if lines[k] < len(o.classes[k]) {
				lines[k]++
				if o.fits(o.choices(lines)) {
					t.Fatalf("call %d could let one class more in\n%s", k, got.Canonical())
				}
				lines[k]--
			}
		}
	})
}

func decide(t *rapid.T, in allocation.Input) allocation.Result {
	got, err := allocation.Allocate(in)
	if err != nil {
		t.Fatal(err)
	}
	if got.Outcome != allocation.Decided {
		t.Fatalf("undecided: %v", got.Questions)
	}
	if len(got.Awards)+len(got.Excluded) != len(in.Applications) {
		t.Fatalf("%d awards and %d excluded of %d", len(got.Awards), len(got.Excluded), len(in.Applications))
	}
	return got
}

func awards(r allocation.Result) map[string][2]money.Fen {
	out := map[string][2]money.Fen{}
	for _, a := range r.Awards {
		out[a.ID] = [2]money.Fen{a.Amount, a.Carried}
	}
	return out
}

func unlike(want, got map[string][2]money.Fen) string {
	for id := range want {
		if want[id] != got[id] {
			return fmt.Sprintf("%s gets %v, should get %v", id, got[id], want[id])
		}
	}
	for id := range got {
		if _, wanted := want[id]; !wanted {
			return fmt.Sprintf("%s gets %v, should get nothing", id, got[id])
		}
	}
	return ""
}
