package shortage_test

import (
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// Seven firms at the cap of 500,000 share 3 million exactly (document 002
// clause 6, open question A3).
func TestSevenAtTheCapShareThreeMillion(t *testing.T) {
	due := make([]money.Fen, 7)
	for i := range due {
		due[i] = 50_000_000
	}
	want := []money.Fen{42_857_143, 42_857_143, 42_857_143, 42_857_143, 42_857_143, 42_857_143, 42_857_142}
	if diff := cmp.Diff(want, shortage.ProRata.Share(due, 300_000_000)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]money.Fen{50_000_000, 50_000_000, 50_000_000, 50_000_000, 50_000_000, 50_000_000, 0}, shortage.CutOff.Share(due, 300_000_000)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]money.Fen{50_000_000, 10_000_000, 0, 0, 0, 0, 0}, shortage.CarryOver.Share(due, 60_000_000)); diff != "" {
		t.Error(diff)
	}
}

func TestSharingOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := rapid.SliceOfN(rapid.Int64Range(1, 1e15), 1, 60).Draw(t, "due")
		var due []money.Fen
		var total money.Fen
		for _, a := range amounts {
			due, total = append(due, money.Fen(a)), total+money.Fen(a)
		}
		budget := money.Fen(rapid.Int64Range(0, int64(total)-1).Draw(t, "budget"))
		for _, way := range shortage.Ways() {
			got := way.Share(due, budget)
			var sum money.Fen
			for i := range got {
				if got[i] < 0 || got[i] > due[i] {
					t.Fatalf("%s gives %d of %d", way, got[i], due[i])
				}
				sum += got[i]
			}
			if sum > budget || (way != shortage.CutOff && sum != budget) {
				t.Fatalf("%s shares out %d of %d", way, sum, budget)
			}
			if way != shortage.ProRata {
				continue
			}
			for i := range got {
				floor, err := due[i].MulFloor(money.Rate{Num: int64(budget), Den: int64(total)})
				if err != nil || got[i] < floor || got[i] > floor+1 {
					t.Fatalf("claim %d of %d gets %d, its exact share is %d and a part", i, due[i], got[i], floor)
				}
				for j := range got {
					if due[i] == due[j] && i < j && (got[i] < got[j] || got[i] > got[j]+1) {
						t.Fatalf("equal claims get %d and %d", got[i], got[j])
					}
				}
			}
		}
	})
}

// Dividing by weights that are claims is sharing pro rata; equal weights are
// equal parts; nothing is lost.
func TestDividing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := rapid.SliceOfN(rapid.Int64Range(1, 1e15), 1, 40).Draw(t, "weights")
		var due []money.Fen
		var weights, ones []*big.Int
		var sum money.Fen
		for _, a := range amounts {
			due, weights, ones, sum = append(due, money.Fen(a)), append(weights, big.NewInt(a)), append(ones, big.NewInt(1)), sum+money.Fen(a)
		}
		total := money.Fen(rapid.Int64Range(0, int64(sum)).Draw(t, "total"))
		if diff := cmp.Diff(shortage.ProRata.Share(due, total), shortage.Divide(total, weights)); diff != "" {
			t.Fatal(diff)
		}
		equal := shortage.Equally(total, len(due))
		if diff := cmp.Diff(equal, shortage.Divide(total, ones)); diff != "" {
			t.Fatal(diff)
		}
		for _, part := range equal {
			total -= part
		}
		if total != 0 {
			t.Fatalf("%d are lost", total)
		}
	})
	if diff := cmp.Diff([]money.Fen{0, 0}, shortage.Divide(5, []*big.Int{new(big.Int), new(big.Int)})); diff != "" {
		t.Error(diff)
	}
}
