package watch_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/watch"
	"github.com/qianmo/qianmo/internal/policy/watch/watchtest"
)

// survey is an invented region's.
func survey(t interface{ Fatal(...any) }, measures int, seed uint64) *rule.Survey {
	pack, err := watchtest.Region(measures, seed)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := pack.Plan(watchtest.Year, watchtest.Year)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Survey()
}

// cell is one row of the table organisation × measure × outcome: how many
// objects have it.
type cell struct {
	org     ident.CreditCode
	measure string
	outcome rule.Outcome
}

// brute is the whole table by assessing every organisation with reasons, steps
// and sentences: the way that an application is assessed.
func brute(t *rapid.T, s *rule.Survey, inputs []rule.Input) map[cell]int {
	out := map[cell]int{}
	for _, in := range inputs {
		results, err := s.Plan().Assess(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			out[cell{in.Subject.Code, r.Measure, r.Outcome}]++
		}
	}
	return out
}

// byPolicy is the table as measures find organisations, by pages of three.
func byPolicy(w *watch.Watch) map[cell]int {
	out := map[cell]int{}
	for _, m := range w.Survey().Measures() {
		for _, outcome := range rule.Outcomes() {
			after, more := ident.CreditCode(""), true
			for more {
				var page []watch.OrganisationAnswer
				page, more = w.Organisations(m, outcome, watchtest.Day, after, 3)
				for _, a := range page {
					out[cell{a.Org, m, outcome}] += a.Count
					after = a.Org
				}
			}
		}
	}
	return out
}

// byOrganisation is the table as organisations find measures.
func byOrganisation(w *watch.Watch, inputs []rule.Input) map[cell]int {
	out := map[cell]int{}
	for _, in := range inputs {
		for _, a := range w.Measures(in.Subject.Code, watchtest.Day) {
			at, _ := w.Survey().Place(a.Measure)
			best := 0
			for v, n := range a.Tally {
				if n > 0 {
					outcome := w.Survey().Outcome(at, rule.Verdict(v), watchtest.Day)
					out[cell{in.Subject.Code, a.Measure, outcome}] += int(n)
					best = int(n)
				}
			}
			if best != a.Count {
				panic(fmt.Sprintf("%s %s: %d results are best and %d counted", in.Subject.Code, a.Measure, best, a.Count))
			}
		}
	}
	return out
}

func same(t *rapid.T, what string, want, got map[cell]int) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(cell{})); diff != "" {
		t.Fatalf("%s: %s", what, diff)
	}
}

// TestFreshIsRebuiltIsAssessed: whatever measures and facts, and whatever
// sequence of changes: what is kept fresh, what is built anew by columns and
// what assessing one by one gives are one table, in both directions, and changes
// tell what moved (P011).
func TestFreshIsRebuiltIsAssessed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := survey(t, rapid.IntRange(1, 30).Draw(t, "measures"), rapid.Uint64().Draw(t, "region"))
		crowd := watchtest.NewCrowd(rapid.Uint64().Draw(t, "crowd"))
		n := rapid.SampledFrom([]int{0, 1, 20, 63, 64, 65, 130}).Draw(t, "organisations")
		var inputs []rule.Input
		for i := range n {
			inputs = append(inputs, crowd.Input(i))
		}
		w, failed := watch.Build(s, n, func(i int) rule.Input { return inputs[i] })
		if len(failed) > 0 {
			t.Fatal(failed)
		}
		left := map[int]bool{}
		before := brute(t, s, inputs)
		same(t, "built, by policy", before, byPolicy(w))
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			org := rapid.IntRange(0, n).Draw(t, "organisation")
			var changes []watch.Change
			var err error
			switch {
			case org == len(inputs): // a newcomer
				inputs = append(inputs, crowd.Input(org))
				n++
				changes, err = w.Changed(inputs[org])
			case rapid.IntRange(0, 9).Draw(t, "leaves") == 0:
				changes = w.Forget(inputs[org].Subject.Code)
				left[org] = true
			default:
				kind := crowd.Change(org, rapid.IntRange(0, 1000).Draw(t, "fact"))
				inputs[org], left[org] = crowd.Input(org), false
				changes, err = w.Changed(inputs[org], kind)
			}
			if err != nil {
				t.Fatal(err)
			}
			after := brute(t, s, staying(inputs, left))
			same(t, "told", after, told(t, s, before, changes))
			before = after
		}
		same(t, "fresh, by policy", before, byPolicy(w))
		same(t, "fresh, by organisation", before, byOrganisation(w, inputs))
		totals(t, w, before)
		stay := staying(inputs, left)
		again, _ := watch.Build(s, len(stay), func(i int) rule.Input { return stay[i] })
		if differ := w.Differ(again); differ > 0 {
			t.Fatalf("%d answers are other than after a rebuild", differ)
		}
	})
}

// staying leaves out who left.
func staying(inputs []rule.Input, left map[int]bool) (out []rule.Input) {
	for i, in := range inputs {
		if !left[i] {
			out = append(out, in)
		}
	}
	return out
}

// told is the table that changes make of an earlier one.
func told(t *rapid.T, s *rule.Survey, before map[cell]int, changes []watch.Change) map[cell]int {
	out := map[cell]int{}
	for c, n := range before {
		out[c] = n
	}
	for _, change := range changes {
		if change.Was == change.Now {
			t.Fatalf("%s %s: told without a change", change.Org, change.Measure)
		}
		at, _ := s.Place(change.Measure)
		for v := range rule.Verdict(rule.Verdicts) {
			c := cell{change.Org, change.Measure, s.Outcome(at, v, watchtest.Day)}
			if out[c] += int(change.Now[v]) - int(change.Was[v]); out[c] == 0 {
				delete(out, c)
			}
		}
	}
	return out
}

// totals compares the counts that are kept with the table.
func totals(t *rapid.T, w *watch.Watch, table map[cell]int) {
	for _, m := range w.Survey().Measures() {
		want := map[rule.Outcome]watch.Total{}
		for c, n := range table {
			if c.measure == m {
				want[c.outcome] = watch.Total{Results: want[c.outcome].Results + n, Organisations: want[c.outcome].Organisations + 1}
			}
		}
		if diff := cmp.Diff(want, w.Totals(m, watchtest.Day)); diff != "" {
			t.Fatalf("%s: %s", m, diff)
		}
	}
}

// TestReadersAndOneWriter runs under the race detector: readers see whole
// answers while facts change.
func TestReadersAndOneWriter(t *testing.T) {
	s := survey(t, 40, 1)
	crowd := watchtest.NewCrowd(1)
	const n = 200
	w, _ := watch.Build(s, n, crowd.Input)
	measures := s.Measures()
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for r := range 4 {
		readers.Go(func() {
			for i := r; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				m := measures[i%len(measures)]
				if got := len(w.Measures(watchtest.Code(i%n), watchtest.Day)); got != len(measures) {
					t.Errorf("%d measures answer", got)
					return
				}
				sum := 0
				for _, total := range w.Totals(m, watchtest.Day) {
					sum += total.Results
				}
				if sum < n {
					t.Errorf("%s has %d results", m, sum)
					return
				}
				w.Organisations(m, rule.Eligible, watchtest.Day, "", 10)
			}
		})
	}
	for i := range 400 {
		org := i * 7 % n
		kind := crowd.Change(org, i)
		if _, err := w.Changed(crowd.Input(org), kind); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	readers.Wait()
	again, _ := watch.Build(s, n, crowd.Input)
	if differ := w.Differ(again); differ > 0 {
		t.Errorf("%d answers differ", differ)
	}
}

// TestAChangeReadsOnlyWhatConcernsIt: a fact of a kind has those measures
// answered again that read the kind, and the others cannot have changed.
func TestAChangeReadsOnlyWhatConcernsIt(t *testing.T) {
	s := survey(t, 120, 3)
	crowd := watchtest.NewCrowd(3)
	for _, kind := range watchtest.Kinds() {
		concerned := s.Reading(kind)
		if len(concerned) == 0 || len(concerned) == 120 {
			t.Errorf("%s concerns %d measures: that proves nothing", kind, len(concerned))
		}
		for m := range s.Measures() {
			if slices.Contains(concerned, m) != slices.Contains(s.Reads(m).Kinds, kind) {
				t.Errorf("measure %s and %s: the index and the measure disagree", s.Measure(m), kind)
			}
		}
	}
	v := s.Surveyor()
	for i := range 200 {
		before := map[int]rule.Tally{}
		if err := v.Answer(crowd.Input(i), nil, func(m int, t rule.Tally) { before[m] = t }); err != nil {
			t.Fatal(err)
		}
		concerned := s.Reading(crowd.Change(i, i))
		err := v.Answer(crowd.Input(i), nil, func(m int, now rule.Tally) {
			if before[m] != now && !slices.Contains(concerned, m) {
				t.Errorf("organisation %d: measure %s changed and is not in the index", i, s.Measure(m))
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestAnAmountPastTheRangeHasNoAnswer: one organisation's impossible facts
// take nothing from the others, in bulk and in a change.
func TestAnAmountPastTheRangeHasNoAnswer(t *testing.T) {
	s := survey(t, 60, 4)
	crowd := watchtest.NewCrowd(4)
	const n, bad = 70, 65
	huge := func(in rule.Input) rule.Input {
		for i := range in.Facts {
			if in.Facts[i].Unit == evidence.UnitCNY {
				in.Facts[i].Quantity = "10000000000000000.00" // 10^18 fen
			}
		}
		return in
	}
	w, failed := watch.Build(s, n, func(i int) rule.Input {
		if i == bad {
			return huge(crowd.Input(i))
		}
		return crowd.Input(i)
	})
	if len(failed) != 1 || failed[watchtest.Code(bad)] == nil {
		t.Fatalf("failed: %v", failed)
	}
	if got := w.Measures(watchtest.Code(bad), watchtest.Day); got != nil {
		t.Errorf("it has answers: %v", got)
	}
	if _, err := w.Changed(huge(crowd.Input(7))); err == nil {
		t.Error("a change past the range is no error")
	}
	if got := w.Measures(watchtest.Code(7), watchtest.Day); got != nil {
		t.Errorf("it has answers: %v", got)
	}
	for _, i := range []int{7, bad} {
		if _, err := w.Changed(crowd.Input(i)); err != nil {
			t.Fatal(err)
		}
	}
	again, _ := watch.Build(s, n, crowd.Input)
	if differ := w.Differ(again); differ > 0 {
		t.Errorf("%d answers differ", differ)
	}
}

// TestMemoryGrowsByTheAnswer: a byte an answer and next to nothing beside it,
// however often facts change.
func TestMemoryGrowsByTheAnswer(t *testing.T) {
	const measures, n = 50, 2000
	s := survey(t, measures, 5)
	crowd := watchtest.NewCrowd(5)
	w, _ := watch.Build(s, n, crowd.Input)
	built := w.Bytes()
	if least := measures * n; built < least || built > least+n*200 {
		t.Errorf("%d answers take %d bytes", measures*n, built)
	}
	for i := range 20_000 {
		kind := crowd.Change(i%n, i)
		if _, err := w.Changed(crowd.Input(i%n), kind); err != nil {
			t.Fatal(err)
		}
	}
	if now := w.Bytes(); now > built+built/20 {
		t.Errorf("%d bytes became %d", built, now)
	}
}

// TestFactsAreAsRecorded: the invented facts are in the form in which evidence
// keeps them.
func TestFactsAreAsRecorded(t *testing.T) {
	crowd := watchtest.NewCrowd(6)
	for i := range 50 {
		for _, f := range crowd.Input(i).Facts {
			normal, err := f.Normalise()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(normal, f); diff != "" {
				t.Fatal(diff)
			}
		}
	}
}

// BenchmarkChanged is one changed fact of 2,000 organisations against 500
// measures, its answers fresh.
func BenchmarkChanged(b *testing.B) {
	s := survey(b, 500, 2025)
	crowd := watchtest.NewCrowd(2025)
	const n = 2000
	w, _ := watch.Build(s, n, crowd.Input)
	inputs, kinds := make([]rule.Input, n), make([]string, n)
	for i := range n {
		kinds[i] = crowd.Change(i, i*7)
		inputs[i] = crowd.Input(i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if _, err := w.Changed(inputs[i%n], kinds[i%n]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}

// BenchmarkBuild is 2,000 organisations against 500 measures.
func BenchmarkBuild(b *testing.B) {
	s := survey(b, 500, 2025)
	crowd := watchtest.NewCrowd(2025)
	const n = 2000
	inputs := make([]rule.Input, n)
	for i := range n {
		inputs[i] = crowd.Input(i)
	}
	b.ReportAllocs()
	for b.Loop() {
		watch.Build(s, n, func(i int) rule.Input { return inputs[i] })
	}
}
