package rule

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestARateWithAnExcess: where only what lies above a limit does not count, rows
// and columns come to the same fen, and to those of exact fractions.
func TestARateWithAnExcess(t *testing.T) {
	pack := guizhou(t)
	for i := range pack.Guides {
		pack.Guides[i].Rulings = append(pack.Guides[i].Rulings, Ruling{Question: "A21", Choice: "excess_only"})
	}
	plan, err := pack.Plan(2025, 2025)
	if err != nil {
		t.Fatal(err)
	}
	scan, err := plan.Scan([]string{"003-20"})
	if err != nil {
		t.Fatal(err)
	}
	op := &scan.planned(scan.chosen[0]).pipeline[0]
	above := 0
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		batch := randomBatch(scan, rng, rng.IntN(300)+1)
		out := make([]Answers, 1)
		if err := scan.Worker().Run(batch, out); err != nil {
			t.Fatal(err)
		}
		row := newBatchRow(scan)
		for i := range batch.Rows {
			if out[0].Known[i>>6]>>(i&63)&1 == 0 {
				continue
			}
			row.load(batch, i)
			r := rowAmount{evaluator: row.evaluator}
			r.run(scan.planned(scan.chosen[0]).pipeline)
			base, _ := row.int(op.base)
			measured, _ := row.int(op.rate)
			exact := new(big.Rat).SetFrac64(3, 10)
			exact.Mul(exact, new(big.Rat).SetInt64(base))
			if measured > decimalScale/25 {
				above++
				exact.Mul(exact, new(big.Rat).SetFrac64(decimalScale/25, measured))
			}
			want := new(big.Int).Quo(exact.Num(), exact.Denom()).Int64()
			if out[0].Amount[i] != want || r.fen != want || r.state != computed {
				t.Fatalf("%d fen at a rate of %s: column %d, row %d, want %d", base, percent(measured), out[0].Amount[i], r.fen, want)
			}
		}
	})
	if above == 0 {
		t.Fatal("no rate lay above the limit")
	}
}
