package allocation_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// BenchmarkAllocate decides 100,000 applications of five measures with ranks,
// quotas, short budgets and stacking. Reading and printing are in bench/allocation.
func BenchmarkAllocate(b *testing.B) {
	in := throng(100_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := allocation.Allocate(in); err != nil {
			b.Fatal(err)
		}
	}
}

// throng draws a programme year; the same for the same size.
func throng(n int) allocation.Input {
	rng := rand.New(rand.NewPCG(2025, 5))
	number := func(s string) allocation.Number {
		v, err := allocation.ParseNumber(s)
		if err != nil {
			panic(err)
		}
		return v
	}
	rank := func() *allocation.Rank {
		return &allocation.Rank{Normalise: allocation.MinMax, Ties: allocation.EarlierTies, By: []allocation.Factor{
			{Name: "usage", Weight: allocation.Exactly(number("0.6"))}, {Name: "quality", Weight: allocation.Exactly(number("0.4"))}}}
	}
	budget := func(f money.Fen) *money.Fen { return &f }
	quota := func(n int) *int { return &n }
	in := allocation.Input{Calls: []allocation.Call{
		{Measure: "002-2", Year: 2025, Budget: budget(money.Fen(n) * 2_000_000), WhenShort: shortage.ProRata},
		{Measure: "002-3", Year: 2025, Quota: quota(n / 20), Rank: rank()},
		{Measure: "002-4", Year: 2025, Budget: budget(money.Fen(n) * 3_000_000), WhenShort: shortage.CutOff, Rank: rank()},
		{Measure: "002-5", Year: 2025, Budget: budget(500_000_000), Quota: quota(20), Rank: rank(), Share: &allocation.Share{How: allocation.ByScore}},
		{Measure: "002-6", Year: 2025, Budget: budget(money.Fen(n) * 1_000_000), WhenShort: shortage.CarryOver},
	}}
	opens := time.Date(2025, 3, 1, 9, 0, 0, 0, time.UTC)
	for i := range n {
		call := &in.Calls[rng.IntN(len(in.Calls))]
		firm := rng.IntN(n / 3)
		a := allocation.Application{ID: fmt.Sprintf("a%06d", i), Code: fmt.Sprintf("firm-%06d", firm), Measure: call.Measure,
			Submitted: opens.Add(time.Duration(rng.IntN(5_000_000)) * time.Second), Matter: fmt.Sprintf("matter-%d", rng.IntN(4)),
			Scores: []allocation.Score{{Factor: "quality", Value: number(fmt.Sprintf("%d.%d", rng.IntN(100), rng.IntN(10)))},
				{Factor: "usage", Value: number(fmt.Sprintf("%d.%03d", rng.IntN(10_000), rng.IntN(1000)))}}}
		if call.Share == nil {
			a.Amount = budget(money.Fen(rng.IntN(50_000_000) + 1))
		}
		if rng.IntN(4) == 0 {
			a.Papers = []evidence.Paper{{Attribute: "invoice", Number: fmt.Sprintf("%d/%d", firm, rng.IntN(3))}}
		}
		in.Applications = append(in.Applications, a)
	}
	return in
}
