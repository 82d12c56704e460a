package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// TestAppendIsMarshal: the printer writes what encoding/json does, for every
// worked case.
func TestAppendIsMarshal(t *testing.T) {
	p := guizhou(t)
	for i := range p.Cases {
		results, err := p.RunCase(&p.Cases[i])
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(results)
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendResults(nil, results); !bytes.Equal(got, want) {
			t.Fatalf("%s#%s:\n%s\n%s", p.Cases[i].file, p.Cases[i].ID, got, want)
		}
		again, err := p.RunCase(&p.Cases[i])
		if err != nil || !bytes.Equal(AppendResults(nil, again), want) {
			t.Fatalf("%s#%s: two runs differ", p.Cases[i].file, p.Cases[i].ID)
		}
	}
	odd := Result{Object: "a\"<b>&\u2028\\\x01\x7f\xff", Lacking: []string{}, Needs: []Need{}, Questions: []string{}, Reasons: []Reason{}, Trace: []TraceStep{}}
	want, err := json.Marshal([]Result{odd})
	if err != nil {
		t.Fatal(err)
	}
	if got := AppendResults(nil, []Result{odd}); !bytes.Equal(got, want) {
		t.Errorf("odd text:\n%s\n%s", got, want)
	}
}

// TestHalvesAddUp: wherever there is an amount, the two halves make it and the
// trace ends on it.
func TestHalvesAddUp(t *testing.T) {
	p := guizhou(t)
	split := 0
	for i := range p.Cases {
		results, err := p.RunCase(&p.Cases[i])
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if r.Split == nil {
				continue
			}
			split++
			if r.Split.City+r.Split.District != *r.Amount || r.Split.City != *r.Amount/2 {
				t.Errorf("%s: %d and %d of %d", p.Cases[i].ID, r.Split.City, r.Split.District, *r.Amount)
			}
			last := slices.IndexFunc(r.Trace, func(s TraceStep) bool { return s.Role == "result" })
			if last < 0 || *r.Trace[last].Amount != *r.Amount {
				t.Errorf("%s: the trace does not end on the amount", p.Cases[i].ID)
			}
		}
	}
	if split < 30 {
		t.Errorf("only %d splits seen", split)
	}
}

// training assesses 002-2 on a cost in fen, with the 2025 guide.
func training(t failer, p *Pack, fen int64) money.Fen {
	i := slices.IndexFunc(p.Cases, func(c Case) bool { return c.Measure == "002-2" && c.ID == "no-cost" })
	in, err := p.Cases[i].Input()
	if err != nil {
		t.Fatalf("%v", err)
	}
	cost, err := evidence.Fact{ID: "cost", Kind: "cost.model_construction", Subject: in.Subject.Code, Object: "qingyan-7b", Quantity: money.Fen(fen).String(),
		Occurred: "2025-04-30", Attestor: evidence.Auditor, Attributes: map[string]string{"place": "520115"}}.Normalise()
	if err != nil {
		t.Fatalf("%v", err)
	}
	in.Facts = append(in.Facts, cost)
	results, err := p.Assess(in)
	if err != nil || len(results) != 1 || results[0].Amount == nil {
		t.Fatalf("%d fen: %v %+v", fen, err, results)
	}
	return *results[0].Amount
}

// TestMonotone: a larger cost never gives less, and the amount is the oracle's.
func TestMonotone(t *testing.T) {
	p := guizhou(t)
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(0, 3_000_000_000).Draw(t, "a")
		b := a + rapid.Int64Range(0, 1_000).Draw(t, "more")
		x, y := training(t, p, a), training(t, p, b)
		if x > y {
			t.Fatalf("%d fen gives %d, %d gives %d", a, x, b, y)
		}
		if want := floorShare(a, 30, 100, 500_000_000).Int64(); int64(x) != want {
			t.Fatalf("%d fen gives %d, want %d", a, x, want)
		}
	})
}

// TestOrderOfFactsDoesNotMatter: permuting the facts file permutes nothing else.
func TestOrderOfFactsDoesNotMatter(t *testing.T) {
	p := guizhou(t)
	rapid.Check(t, func(t *rapid.T) {
		k := &p.Cases[rapid.IntRange(0, len(p.Cases)-1).Draw(t, "case")]
		in, err := k.Input()
		if err != nil {
			t.Fatal(err)
		}
		want, err := p.Assess(in)
		if err != nil {
			t.Fatal(err)
		}
		in.Facts = rapid.Permutation(in.Facts).Draw(t, "order")
		got, err := p.Assess(in)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := summary(want), summary(got); a != b {
			t.Fatalf("%s#%s: %s became %s", k.file, k.ID, a, b)
		}
	})
}

func summary(results []Result) string {
	var b strings.Builder
	for _, r := range results {
		amount := "none"
		if r.Amount != nil {
			amount = r.Amount.String()
		}
		fmt.Fprintln(&b, r.Measure, r.Object, r.Outcome, amount, r.Lacking, r.Questions)
	}
	return b.String()
}

// TestOwnWordNeverCounts: when the applicant says everything itself, nothing of
// document 002 that pays comes out eligible, and it is told who must attest.
func TestOwnWordNeverCounts(t *testing.T) {
	p := guizhou(t)
	for i := range p.Cases {
		in, err := p.Cases[i].Input()
		if err != nil {
			t.Fatal(err)
		}
		for f := range in.Facts {
			in.Facts[f].Attestor = evidence.Applicant
		}
		results, err := p.Assess(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if r.Outcome == Eligible && len(in.Facts) > 0 && p.Cases[i].Subject.Kind != evidence.University {
				t.Errorf("%s#%s: eligible on its own word", p.Cases[i].file, p.Cases[i].ID)
			}
			for _, n := range r.Needs {
				if len(n.By) == 0 || slices.Contains(n.By, "applicant") {
					t.Errorf("%s: %+v", p.Cases[i].ID, n)
				}
			}
		}
	}
}

// TestRecordIsAssess: the compact record and the written results agree, case by
// case: outcomes, amounts, verdicts and steps.
func TestRecordIsAssess(t *testing.T) {
	p := guizhou(t)
	var record *Record
	for i := range p.Cases {
		in, err := p.Cases[i].Input()
		if err != nil {
			t.Fatal(err)
		}
		in.Measures = nil
		plan, err := p.Plan(in.Guide, max(in.Guide, in.On.Year()))
		if in.Guide > 0 {
			plan, err = p.Plan(in.Guide, in.Guide)
		}
		if err != nil {
			t.Fatal(err)
		}
		if record, err = plan.Record(in, record); err != nil {
			t.Fatal(err)
		}
		results, err := plan.Assess(in)
		if err != nil {
			t.Fatal(err)
		}
		if record.Len() != len(results) {
			t.Fatalf("%d recorded, %d written", record.Len(), len(results))
		}
		for n, want := range results {
			e := record.entries[n]
			got := record.Result(n)
			if a, b := string(AppendResults(nil, []Result{got})), string(AppendResults(nil, []Result{want})); a != b {
				t.Fatalf("read back:\n%s\n%s", a, b)
			}
			if e.outcome != want.Outcome || (want.Amount != nil && int64(*want.Amount) != e.amount) {
				t.Fatalf("%s: recorded %s %d", want.Measure, e.outcome, e.amount)
			}
			verdicts := record.verdicts[e.verdicts[0]:e.verdicts[1]]
			reasons := slices.DeleteFunc(slices.Clone(want.Reasons), func(r Reason) bool { return r.ID == "who" })
			if len(verdicts) != len(reasons) {
				t.Fatalf("%s: %d verdicts, %d reasons", want.Measure, len(verdicts), len(reasons))
			}
			for k, r := range reasons {
				if v := verdict(verdicts[k]); (v == nil) != (r.OK == nil) || (v != nil && *v != *r.OK) {
					t.Fatalf("%s, %s: verdict %d", want.Measure, r.ID, verdicts[k])
				}
			}
			if steps := record.steps[e.steps[0]:e.steps[1]]; want.Amount != nil && len(steps) > 0 && steps[len(steps)-1].after != int64(*want.Amount) {
				t.Fatalf("%s: the steps end on %d", want.Measure, steps[len(steps)-1].after)
			}
		}
	}
}

// TestRecordUsedAgain: a record that was used for other organisations, under
// other plans, holds what a fresh one holds, and from then on allocates nothing.
func TestRecordUsedAgain(t *testing.T) {
	p := guizhou(t)
	var used *Record
	for round := range 2 {
		for i := range p.Cases {
			in, err := p.Cases[(i*7+round)%len(p.Cases)].Input()
			if err != nil {
				t.Fatal(err)
			}
			in.Measures = nil
			plan, err := p.Plan(in.Guide, max(in.Guide, in.On.Year()))
			if err != nil {
				t.Fatal(err)
			}
			fresh, err := plan.Record(in, nil)
			if err != nil {
				t.Fatal(err)
			}
			if used, err = plan.Record(in, used); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(used.entries, fresh.entries) || !slices.Equal(used.verdicts, fresh.verdicts) || !slices.Equal(used.steps, fresh.steps) ||
				!slices.EqualFunc(used.facts, fresh.facts, func(a, b *evidence.Fact) bool { return a.ID == b.ID }) || !slices.Equal(used.causes, fresh.causes) {
				t.Fatalf("case %s of %s: a used record differs from a fresh one", p.Cases[i].ID, p.Cases[i].Measure)
			}
			if i > 0 {
				continue
			}
			if n := testing.AllocsPerRun(10, func() { used, _ = plan.Record(in, used) }); n > 0 {
				t.Errorf("a used record allocates %v times", n)
			}
		}
	}
}
