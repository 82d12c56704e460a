package rule

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/money"
)

// floorShare is the oracle: min(cap, ⌊x·num/den⌋) in big integers.
func floorShare(x, num, den, limit int64) *big.Int {
	v := new(big.Int).Mul(big.NewInt(x), big.NewInt(num))
	v.Div(v, big.NewInt(den))
	if limit >= 0 && v.Cmp(big.NewInt(limit)) > 0 {
		return big.NewInt(limit)
	}
	return v
}

// TestScalingIsExact: one value, a column of values and math/big agree, at
// random and around every edge, with and without a cap.
func TestScalingIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		num := rapid.OneOf(rapid.Just(int64(1)), rapid.Int64Range(0, 1_000_000_000_000)).Draw(t, "num")
		den := rapid.SampledFrom([]int64{1, 2, 3, 7, 10, 100, 125, 1000, 1_000_000_000, rapid.Int64Range(1, 1_000_000_000).Draw(t, "den")}).Draw(t, "den")
		limit := rapid.SampledFrom([]int64{-1, 0, 1, 99, 500_000_000, 1 << 53, maxMagnitude - 1}).Draw(t, "cap")
		s := newScaling(money.Rate{Num: num, Den: den}, limit)
		edges := []int64{0, 1, s.clamp - 1, s.clamp, min(s.clamp+1, maxMagnitude), 1<<53 - 1, 1 << 53, 1<<53 + 1, maxMagnitude,
			rapid.Int64Range(0, maxMagnitude).Draw(t, "x"), rapid.Int64Range(0, 1_000_000_000_00).Draw(t, "y")}
		var in []int64
		for _, x := range edges {
			if x < 0 {
				continue
			}
			got, ok := s.of(x)
			want := floorShare(x, num, den, limit)
			if limit >= 0 && ok {
				got = min(got, limit)
			}
			if limit < 0 && want.Cmp(big.NewInt(maxMagnitude)) > 0 {
				if ok {
					t.Fatalf("%d × %d/%d passes the range unseen: %d", x, num, den, got)
				}
				continue
			}
			if !ok || got != want.Int64() {
				t.Fatalf("%d × %d/%d, cap %d: %d %v, want %s", x, num, den, limit, got, ok, want)
			}
			in = append(in, x)
		}
		out := make([]int64, len(in))
		if at := s.column(out, in); at >= 0 {
			t.Fatalf("column overflows at %d", in[at])
		}
		for i, x := range in {
			if one, _ := s.of(x); one != out[i] {
				t.Fatalf("%d: column %d, one %d", x, out[i], one)
			}
		}
	})
}
