// Package shortage says what each claim gets of a budget that does not reach
// for all. Document 002 clause 6 leaves open which way is meant (question A3),
// so every way is computed and none is preferred.
package shortage

import (
	"cmp"
	"math/big"
	"math/bits"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Way is one way to live with a short budget.
type Way string

// The ways.
const (
	ProRata   Way = "pro_rata"   // 按比例: everybody gets the same part of what is due
	CutOff    Way = "cut_off"    // 按名次截止: in rank order while the full amount fits
	CarryOver Way = "carry_over" // 结转下年: in rank order until the money is gone, the rest from next year's
)

// Ways lists the closed set.
func Ways() []Way { return []Way{ProRata, CutOff, CarryOver} }

// Name is the way in words.
func (w Way) Name() i18n.Text {
	switch w {
	case ProRata:
		return i18n.Text{ZH: "按比例", EN: "Pro rata"}
	case CutOff:
		return i18n.Text{ZH: "按名次截止", EN: "Cut off by rank"}
	case CarryOver:
		return i18n.Text{ZH: "结转下年", EN: "Carry over"}
	}
	return i18n.Text{ZH: string(w), EN: string(w)}
}

// Share says what each of the claims, in rank order, gets this year. Claims are
// positive and add up to at least the budget.
func (w Way) Share(claims []money.Fen, budget money.Fen) []money.Fen {
	if w == ProRata {
		return proRata(claims, budget)
	}
	return inOrder(claims, budget, w == CarryOver)
}

// remainder is what a floor left of the claim at a place.
type remainder[N any] struct {
	at   int
	rest N
}

// proRata gives each ⌊claim·budget/total⌋ and the fen that are left to the
// largest remainders (Hamilton's method), earlier ranks first, so that the
// parts add up to the budget to the fen.
func proRata(claims []money.Fen, budget money.Fen) []money.Fen {
	total := uint64(0)
	for _, c := range claims {
		total += uint64(c)
	}
	got := make([]money.Fen, len(claims))
	if total == 0 {
		return got
	}
	rests := make([]remainder[uint64], len(claims))
	left := budget
	for i, c := range claims {
		hi, lo := bits.Mul64(uint64(c), uint64(budget))
		whole, rest := bits.Div64(hi, lo, total) // claim ≤ total, so the quotient fits
		got[i], rests[i] = money.Fen(whole), remainder[uint64]{i, rest}
		left -= got[i]
	}
	slices.SortStableFunc(rests, func(a, b remainder[uint64]) int { return cmp.Compare(b.rest, a.rest) })
	for _, r := range rests[:left] {
		got[r.at]++
	}
	return got
}

// inOrder pays in rank order; the first claim that the rest does not cover gets
// that rest, or nothing, and everybody behind it nothing.
func inOrder(claims []money.Fen, budget money.Fen, part bool) []money.Fen {
	got := make([]money.Fen, len(claims))
	for i, c := range claims {
		if c > budget {
			if part {
				got[i] = budget
			}
			break
		}
		got[i] = c
		budget -= c
	}
	return got
}

// Divide splits total among weights of zero or more by largest remainder,
// earlier ones first, so that the parts add up to it to the fen. Weights that
// are all zero get nothing.
func Divide(total money.Fen, weights []*big.Int) []money.Fen {
	got := make([]money.Fen, len(weights))
	sum := new(big.Int)
	for _, w := range weights {
		sum.Add(sum, w)
	}
	if sum.Sign() == 0 {
		return got
	}
	rests := make([]remainder[*big.Int], len(weights))
	left, whole := total, new(big.Int)
	for i, w := range weights {
		rest := new(big.Int)
		whole.QuoRem(whole.Mul(w, big.NewInt(int64(total))), sum, rest)
		got[i], rests[i] = money.Fen(whole.Int64()), remainder[*big.Int]{i, rest}
		left -= got[i]
	}
	slices.SortStableFunc(rests, func(a, b remainder[*big.Int]) int { return b.rest.Cmp(a.rest) })
	for _, r := range rests[:left] {
		got[r.at]++
	}
	return got
}

// Equally splits total into n parts that differ by a fen at most, the larger
// ones first.
func Equally(total money.Fen, n int) []money.Fen {
	got := make([]money.Fen, n)
	for i := range got {
		got[i] = total / money.Fen(n)
		if i < int(total%money.Fen(n)) {
			got[i]++
		}
	}
	return got
}
