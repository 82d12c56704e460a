package rule

import (
	"math/bits"

	"github.com/qianmo/qianmo/internal/platform/money"
)

// scaling multiplies fen by a rate and floors, exactly.
//
// Below clamp it multiplies in 64 bits and divides by the constant denominator
// with a reciprocal: for 2 ≤ den, s = ⌈log₂ den⌉ and M = ⌊2^(63+s)/den⌋+1,
// ⌊x/den⌋ = ⌊x·M / 2^(63+s)⌋ holds for every 0 ≤ x < 2^63 (Granlund and
// Montgomery, "Division by Invariant Integers using Multiplication", 1994,
// theorem 4.2). A cap C makes bases above clamp = ⌈C·den/num⌉ equal to it, since
// the floor is monotone and clamp already yields C or more. Where clamp·num
// would pass 2^62 it works in 128 bits instead.
type scaling struct {
	num, den uint64
	clamp    int64
	m        uint64
	shift    uint
	fast     bool
	capped   bool // results past the cap are cut to it afterwards
}

// newScaling prepares a rate. Every result of cap or more may be replaced by
// any other such result, since the cap is applied next; limit < 0 says that
// there is no cap.
func newScaling(r money.Rate, limit int64) scaling {
	s := scaling{num: uint64(r.Num), den: uint64(r.Den), clamp: maxMagnitude, capped: limit >= 0}
	if limit >= 0 && r.Num > 0 {
		hi, lo := bits.Mul64(uint64(limit), s.den)
		if lo, carry := bits.Add64(lo, s.num-1, 0); hi+carry < s.num {
			q, _ := bits.Div64(hi+carry, lo, s.num)
			s.clamp = int64(min(q, maxMagnitude))
		}
	}
	hi, lo := bits.Mul64(uint64(s.clamp), s.num)
	// Without a cap a rate above one may pass the range: the careful way sees it.
	s.fast = hi == 0 && lo < 1<<62 && (s.capped || s.num <= s.den)
	if s.den > 1 {
		log := uint(bits.Len64(s.den - 1))
		// 2^(63+log)/den: the high word is 2^(log-1) < den.
		q, _ := bits.Div64(1<<(log-1), 0, s.den)
		s.m, s.shift = q+1, log-1
	}
	return s
}

// of returns ⌊min(x, clamp)·num/den⌋ for 0 ≤ x ≤ 10^18; false when that
// passes 10^18 and no cap cuts it.
func (s *scaling) of(x int64) (int64, bool) {
	x = min(x, s.clamp)
	if s.fast {
		return int64(s.divide(uint64(x) * s.num)), true
	}
	hi, lo := bits.Mul64(uint64(x), s.num)
	if hi >= s.den {
		return 0, false
	}
	q, _ := bits.Div64(hi, lo, s.den)
	return int64(q), q <= maxMagnitude || (s.capped && q < 1<<62)
}

func (s *scaling) divide(p uint64) uint64 {
	if s.den == 1 {
		return p
	}
	hi, _ := bits.Mul64(p, s.m)
	return hi >> s.shift
}

// column applies of to every value; it returns the index of the first that
// overflows, or -1.
func (s *scaling) column(out, in []int64) int {
	in = in[:len(out)]
	if !s.fast {
		for i, x := range in {
			v, ok := s.of(x)
			if !ok {
				return i
			}
			out[i] = v
		}
		return -1
	}
	if s.den == 1 {
		for i, x := range in {
			out[i] = min(x, s.clamp) * int64(s.num)
		}
		return -1
	}
	if s.num == 1 && s.den == 2 && s.clamp == maxMagnitude { // the halves of every co-funded payment
		for i, x := range in {
			out[i] = min(x, maxMagnitude) >> 1
		}
		return -1
	}
	clamp, num, m, shift := s.clamp, s.num, s.m, s.shift&63
	for i, x := range in {
		hi, _ := bits.Mul64(uint64(min(x, clamp))*num, m)
		out[i] = int64(hi >> shift)
	}
	return -1
}
