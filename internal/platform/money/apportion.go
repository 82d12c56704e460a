package money

import (
	"cmp"
	"math/bits"
	"slices"
)

// Apportion splits an amount by weights, exactly: each gets the floor of its
// quota, and the fen left go to the largest remainders, of equal ones to the
// first. For 0 ≤ amount ≤ Σ weights nobody gets more than its weight.
func Apportion(amount Fen, weights []Fen) []Fen {
	var sum uint64
	for _, w := range weights {
		sum += uint64(w)
	}
	out := make([]Fen, len(weights))
	if sum == 0 {
		return out
	}
	left, rests, order := amount, make([]uint64, len(weights)), make([]int, len(weights))
	for i, w := range weights {
		hi, lo := bits.Mul64(uint64(amount), uint64(w))
		quota, rest := bits.Div64(hi, lo, sum) // hi < sum, since amount and w are below 2^63 and w ≤ sum
		out[i], rests[i], order[i] = Fen(quota), rest, i
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rests[b], rests[a]) })
	for _, i := range order[:left] {
		out[i]++
	}
	return out
}
