package population

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/qianmo/qianmo/internal/policy/rule"
)

// TestEvaluateIsSimulate: what Evaluate's workers hand over block by block
// comes to what Simulate counts, and every row is handed over once.
func TestEvaluateIsSimulate(t *testing.T) {
	q := Query{Pack: guizhou(t), Measures: []string{"002-2", "002-3", "002-4"}, On: "2025-06-30", Guide: 2025}
	tab := random(rand.New(rand.NewPCG(7, 7)), 5000)
	for _, f := range forms()[:2] {
		p := save(t, tab.parquet(t, f))
		want, err := Simulate(p, q, 1)
		if err != nil {
			t.Fatal(err)
		}
		seen := make([]atomic.Int32, len(tab.rows))
		fen := make([]atomic.Int64, len(q.Measures))
		err = Evaluate(p, q, func(first int64, rows int, answers []rule.BlockAnswers) {
			for row := range rows {
				seen[int(first)-1+row].Add(1)
			}
			for i := range answers {
				for _, amount := range answers[i].Amount {
					fen[i].Add(amount)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		for row := range seen {
			if n := seen[row].Load(); n != 1 {
				t.Fatalf("row %d was handed over %d times", row+1, n)
			}
		}
		for i := range fen {
			if got := fen[i].Load(); got == 0 || got != int64(want.Measures[i].Before.Total) {
				t.Fatalf("%s comes to %d fen, %d in Simulate", q.Measures[i], got, want.Measures[i].Before.Total)
			}
		}
	}
}
