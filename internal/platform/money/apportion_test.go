package money_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/money"
)

// Shares add up, stay within a fen of their quota and below their weight.
func TestApportionedSharesAreExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) money.Fen { return money.Fen(rapid.Int64Range(0, 1<<58).Draw(t, "w")) }), 1, 12).Draw(t, "weights")
		sum := money.Fen(0)
		for _, w := range weights {
			sum += w
		}
		amount := money.Fen(rapid.Int64Range(0, int64(sum)).Draw(t, "amount"))
		got, all := money.Apportion(amount, weights), money.Fen(0)
		for i, share := range got {
			all += share
			if share > weights[i] || share < 0 {
				t.Fatalf("share %d of weight %d", share, weights[i])
			}
			if sum == 0 {
				continue
			}
			// |share × Σ − amount × weight| < Σ, by big integers.
			off := new(big.Int).Mul(big.NewInt(int64(share)), big.NewInt(int64(sum)))
			off.Sub(off, new(big.Int).Mul(big.NewInt(int64(amount)), big.NewInt(int64(weights[i])))).Abs(off)
			if off.Cmp(big.NewInt(int64(sum))) >= 0 {
				t.Fatalf("share %d of %d is a fen or more off its quota of %d in %d", share, weights[i], amount, sum)
			}
		}
		if all != amount {
			t.Fatalf("shares of %d add up to %d", amount, all)
		}
	})
}
