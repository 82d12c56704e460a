package allocation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
)

// TestWorstCasesEnd: snapshots that would take a careless engine a square of
// their size. Each ends within the test's own time limit.
func TestWorstCasesEnd(t *testing.T) {
	const n = 30_000
	oneFirm := call(t, "calls:\n- {measure: a, year: 2025, quota: 0}\n- {measure: b, year: 2025, quota: 1}")
	for i := range n {
		oneFirm.Applications = append(oneFirm.Applications, under([]string{"a", "b"}[i%2], claim(fmt.Sprintf("a%06d", i), "f", money.Fen(n-i)), "one"))
	}
	if r := run(t, oneFirm); len(r.Awards) != 1 || r.Total != n-1 {
		t.Errorf("one firm, one matter: %d awards, %s", len(r.Awards), r.Total)
	}

	// Each firm prefers the call where the next one is better: one place after
	// another changes hands.
	chain := call(t, fmt.Sprintf("calls:\n- {measure: a, year: 2025, quota: %d, rank: {by: {s: 1}, ties: earlier}}\n- {measure: b, year: 2025, quota: %d, rank: {by: {s: 1}, ties: earlier}}", n/2, n/3))
	for i := range n {
		for side, measure := range []string{"a", "b"} {
			x := under(measure, claim(fmt.Sprintf("%s%06d", measure, i), fmt.Sprintf("f%06d", i), money.Fen(1+(i+side)%2)), "one")
			x.Scores = []allocation.Score{{Factor: "s", Value: number(fmt.Sprint((i*7919 + side*n/2) % n))}}
			chain.Applications = append(chain.Applications, x)
		}
	}
	if r := run(t, chain); len(r.Awards) > n/2+n/3 || len(r.Awards) < n/2 {
		t.Errorf("chain: %d awards", len(r.Awards))
	}

	allTied := call(t, "measure: a\nyear: 2025\nquota: 1\nrank: {by: {s: 1}, ties: share}")
	for i := range n {
		x := claim(fmt.Sprintf("a%06d", i), fmt.Sprintf("f%06d", i), 1)
		x.Scores = []allocation.Score{{Factor: "s", Value: number("1")}}
		x.Submitted = time.Unix(int64(i), 0)
		allTied.Applications = append(allTied.Applications, x)
	}
	if r := run(t, allTied); len(r.Awards) != 0 || len(r.Measures[0].Tied.IDs) != n {
		t.Errorf("all tied: %d awards", len(r.Awards))
	}
}

// FuzzBest: no tangle of papers takes for ever; it is solved or refused.
func FuzzBest(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9}, uint8(40))
	f.Add([]byte{255, 0, 128, 7, 77, 31}, uint8(64))
	f.Fuzz(func(t *testing.T, papers []byte, n uint8) {
		in := allocation.Input{Calls: []allocation.Call{{Measure: "m", Year: 2025}}}
		for i := range int(n) % 65 {
			in.Applications = append(in.Applications, under("m", claim(fmt.Sprintf("a%02d", i), "f", money.Fen(1+i*37%11)), ""))
		}
		for k, p := range papers {
			if len(in.Applications) > 0 {
				a := &in.Applications[(k*31+int(p))%len(in.Applications)]
				*a = under("m", *a, "", fmt.Sprintf("invoice/%d", int(p)%(1+len(papers)/2)))
			}
		}
		if _, err := allocation.Allocate(in); err != nil {
			refused(t, err)
		}
	})
}
