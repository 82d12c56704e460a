package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// generate draws a programme year of n applications, the same for the same n:
// a firm has three on average, one of four for a matter that another of its
// applications names too, one of four with an invoice that may stand elsewhere.
// Every budget is short; every quota leaves most outside.
func generate(dir string, n int) error {
	const rank = "rank: {by: {usage: 0.6, quality: 0.4}, normalise: min_max, ties: earlier}"
	call := fmt.Sprintf(`calls:
- {measure: 002-2, year: 2025, budget: "%[1]d0000.00", when_short: pro_rata}
- {measure: 002-3, year: 2025, quota: %[2]d, %[3]s}
- {measure: 002-4, year: 2025, budget: "%[1]d0000.00", when_short: cut_off, %[3]s}
- {measure: 002-5, year: 2025, budget: "5000000.00", quota: 20, share: {how: by_score}, %[3]s}
- {measure: 002-6, year: 2025, budget: "%[1]d0000.00", when_short: carry_over}
`, n, n/20, rank)
	if err := os.WriteFile(filepath.Join(dir, "call.yaml"), []byte(call), 0o600); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(dir, "applications.json"))
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	rng := rand.New(rand.NewPCG(2025, uint64(n)))
	opens := time.Date(2025, 3, 1, 9, 0, 0, 0, time.FixedZone("", 8*60*60))
	fmt.Fprint(w, `{"applications": [`)
	for i := range n {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		measure, firm := 2+rng.IntN(5), rng.IntN(n/3+1)
		fmt.Fprintf(w, "\n{\"id\": \"app-%07d\", \"code\": \"firm-%07d\", \"measure\": \"002-%d\"", i, firm, measure)
		if measure != 5 {
			fmt.Fprintf(w, `, "amount_fen": "%d"`, 1+rng.IntN(100_000_000))
		}
		fmt.Fprintf(w, `, "scores": {"usage": %d.%03d, "quality": %d.%d}, "submitted": "%s", "matter": "matter-%d"`, rng.IntN(10_000), rng.IntN(1000),
			rng.IntN(100), rng.IntN(10), opens.Add(time.Duration(rng.IntN(5_000_000))*time.Second).Format(time.RFC3339), rng.IntN(6))
		if rng.IntN(4) == 0 {
			fmt.Fprintf(w, `, "papers": [{"attribute": "invoice", "number": "%d-%d"}]`, firm, rng.IntN(4))
		}
		if rng.IntN(10) == 0 {
			fmt.Fprintf(w, `, "paid_fen": "%d"`, rng.IntN(50_000_000))
		}
		fmt.Fprint(w, "}")
	}
	fmt.Fprintln(w, "]}")
	return w.Flush()
}
