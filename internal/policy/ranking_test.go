package policy

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/allocation"
)

// results draws what an allocation of up to three measures may come to, with
// ties, cases that nothing ranked, and awards of measures that rank nobody.
func results(t *rapid.T) *allocation.Result {
	r := &allocation.Result{}
	n := 0
	for m := range rapid.IntRange(1, 3).Draw(t, "measures") {
		measure := fmt.Sprintf("m%d", 9-m) // the order of the measures is not that of their names
		r.Measures = append(r.Measures, allocation.Tally{Measure: measure})
		for range rapid.IntRange(0, 12).Draw(t, "cases") {
			n++
			s := allocation.Standing{ID: fmt.Sprint("a", n), Code: fmt.Sprint("org", n%5), Measure: measure, Rank: rapid.IntRange(0, 6).Draw(t, "rank")}
			if rapid.Bool().Draw(t, "in") {
				r.Awards = append(r.Awards, allocation.Award{Standing: s, Amount: money.Fen(n)})
			} else {
				r.Excluded = append(r.Excluded, allocation.Excluded{Standing: s, Why: rapid.SampledFrom([]allocation.Why{allocation.WhyQuota, allocation.WhySameMatter}).Draw(t, "why"), Reason: i18n.Text{ZH: "无", EN: "none"}})
			}
		}
	}
	return r
}

func TestEveryCaseStandsOnceInItsPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		result := results(t)
		snapshot := &allocation.Input{}
		claim := money.Fen(7)
		for i := range result.Excluded {
			snapshot.Applications = append(snapshot.Applications, allocation.Application{ID: result.Excluded[i].ID, Amount: &claim})
		}
		all := newRanking(result, snapshot, map[string]string{"a1": "SB-1"})
		if len(all.cases) != len(result.Awards)+len(result.Excluded) {
			t.Fatalf("%d cases of %d", len(all.cases), len(result.Awards)+len(result.Excluded))
		}
		counted := 0
		for _, f := range all.sums.Fates {
			counted += f.Count
		}
		if counted != len(all.cases) {
			t.Errorf("%d cases came to something, of %d", counted, len(all.cases))
		}
		measure := 0
		for i := range all.cases {
			c := &all.cases[i]
			for result.Measures[measure].Measure != c.Measure {
				if measure++; measure == len(result.Measures) {
					t.Fatalf("case %d is of %s, whose cases stand before", i, c.Measure)
				}
			}
			if c.out() && *c.Claim != claim {
				t.Errorf("case %s, which is out, claims %v", c.ID, c.Claim)
			}
			if (c.Number == "SB-1") != (c.ID == "a1") || (c.Amount == nil) != c.out() {
				t.Errorf("case %s is %+v", c.ID, c)
			}
			after := all.cases[i+1:]
			in := slices.ContainsFunc(after, func(o AllotmentCase) bool { return o.Measure == c.Measure && !o.out() })
			if c.Below != (c.out() && !in) {
				t.Errorf("case %d of %s is below: %v", i, c.Measure, c.Below)
			}
			if i == 0 || all.cases[i-1].Measure != c.Measure {
				continue
			}
			before := &all.cases[i-1]
			ranked := func(c *AllotmentCase) bool { return c.Rank > 0 || !c.out() }
			if ranked(c) && (!ranked(before) || before.Rank > c.Rank || before.Rank == c.Rank && before.out() && !c.out()) {
				t.Errorf("%s (rank %d) stands behind %s (rank %d)", c.ID, c.Rank, before.ID, before.Rank)
			}
		}
	})
}

func TestPagesOfARankingAddUpToIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := newRanking(results(t), &allocation.Input{}, nil)
		wanted := func(c *AllotmentCase) bool { return c.Fate == FateAwarded || c.Measure == "m9" }
		var want, got []string
		for i := range all.cases {
			if wanted(&all.cases[i]) {
				want = append(want, all.cases[i].ID)
			}
		}
		f := RankingFilter{Limit: rapid.IntRange(1, 5).Draw(t, "limit")}
		for page := taken(all.cases, f, wanted); len(page) > 0; page = taken(all.cases, f, wanted) {
			for i := range page {
				got = append(got, page[i].ID)
			}
			f.After = page[len(page)-1].place
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages give %v of %v", got, want)
		}
		if past := taken(all.cases, RankingFilter{After: 1 << 40, Limit: 1}, wanted); len(past) != 0 {
			t.Errorf("behind the last stands %v", past)
		}
	})
}

// What is said over all cases names no more of them than a page can show.
func TestSumsStayShort(t *testing.T) {
	ids := make([]string, 300)
	papers := make([]allocation.SharedPaper, 300)
	for i := range papers {
		papers[i].IDs = ids
	}
	result := &allocation.Result{Measures: []allocation.Tally{{Tied: &allocation.Tie{Rank: 3, IDs: ids}}}, SharedPapers: papers}
	sums := newRanking(result, &allocation.Input{}, map[string]string{"": "SB-1"}).sums
	if len(sums.SharedPapers) != mostShown || len(sums.SharedPapers[0].Cases) != mostShown || sums.SharedPapers[0].Cases[0].Number != "SB-1" || sums.Papers != 300 || len(sums.Measures[0].Tied.IDs) != mostShown || sums.Measures[0].Tied.Rank != 3 {
		t.Errorf("%d papers of %d, %d ids, %d tied", len(sums.SharedPapers), sums.Papers, len(sums.SharedPapers[0].Cases), len(sums.Measures[0].Tied.IDs))
	}
	if len(result.SharedPapers[0].IDs) != 300 || len(result.Measures[0].Tied.IDs) != 300 {
		t.Error("the result itself was cut")
	}
}
