package allocation_test

import (
	"math/big"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

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
