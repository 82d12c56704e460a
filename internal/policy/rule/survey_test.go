package rule

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
)

// byHand is the tallies of an organisation as Assess gives them, nothing when an
// amount passes the range of money.
func byHand(t failer, s *Survey, in Input) map[int]Tally {
	results, err := s.Plan().Assess(in)
	if fault.Is(err, fault.TooLarge) {
		return nil
	}
	if err != nil {
		t.Fatalf("assess: %v", err)
	}
	out := map[int]Tally{}
	for _, r := range results {
		m, watched := s.Place(r.Measure)
		if !watched {
			continue
		}
		found := false
		for v := range Verdict(Verdicts) {
			if s.Outcome(m, v, in.On) == r.Outcome && !found {
				tally := out[m]
				tally[v]++
				out[m], found = tally, true
			}
		}
		if !found {
			t.Fatalf("measure %s comes to %s, which no verdict does", r.Measure, r.Outcome)
		}
	}
	return out
}

// tallyAlike checks that columns and rows tally organisations as Assess does.
func tallyAlike(t failer, s *Survey, inputs []Input) {
	t.Helper()
	sheet, surveyor := s.Sheet(), s.Surveyor()
	for _, in := range inputs {
		sheet.Add(in)
	}
	bulk := make([]map[int]Tally, len(inputs))
	failed := sheet.Answers(func(measure int, tallies []Tally) {
		for i, tally := range tallies {
			if bulk[i] == nil {
				bulk[i] = map[int]Tally{}
			}
			bulk[i][measure] = tally
		}
	})
	for i, in := range inputs {
		want := byHand(t, s, in)
		var row map[int]Tally
		err := surveyor.Answer(in, nil, func(measure int, tally Tally) {
			if row == nil {
				row = map[int]Tally{}
			}
			row[measure] = tally
		})
		if (want == nil) != (err != nil) || (want == nil) != (failed[i] != nil) {
			t.Fatalf("organisation %d: assess %v, row %v, columns %v", i, want == nil, err, failed[i])
		}
		if want == nil {
			continue
		}
		if diff := cmp.Diff(want, row); diff != "" {
			t.Fatalf("organisation %d by rows: %s", i, diff)
		}
		if diff := cmp.Diff(want, bulk[i]); diff != "" {
			t.Fatalf("organisation %d by columns: %s", i, diff)
		}
	}
}

// TestColumnsTallyAsRowsDo: random conditions (ternaries, has(), rulings, what
// stays CEL) over random lists of facts: several of a kind, missing
// attributes, words that do not count, sums, filters, payments that nobody made.
func TestColumnsTallyAsRowsDo(t *testing.T) {
	kinds := []evidence.Fact{
		{Kind: "org.credit", Attributes: map[string]string{"good": "true"}}, {Kind: "org.credit", Attributes: map[string]string{"good": "false"}},
		{Kind: "org.finance_system", Attributes: map[string]string{"sound": "true"}},
		{Kind: "org.registration", Attributes: map[string]string{"place": "520100", "legal_person": "false"}},
		{Kind: "org.registration", Attributes: map[string]string{"place": "guian"}},
		{Kind: "scenario.selected", Attributes: map[string]string{"measure": "9-1", "year": "2025"}},
		{Kind: "scenario.selected", Attributes: map[string]string{"measure": "9-2", "year": "2024"}},
		{Kind: "scenario.selected", Attributes: map[string]string{"year": "2025"}},
		{Kind: "cost.model_construction"}, {Kind: "cost.scenario_investment"},
	}
	rapid.Check(t, func(t *rapid.T) {
		p := packOrNil(expression(t, 3))
		if p == nil {
			t.Skip("CEL refuses it")
		}
		plan, err := p.Plan(rapid.SampledFrom([]int{0, 2025}).Draw(t, "guide"), 2025)
		if err != nil {
			t.Skip("the plan refuses it")
		}
		var inputs []Input
		for range rapid.IntRange(0, 70).Draw(t, "organisations") {
			in := Input{Subject: evidence.Subject{Kind: rapid.SampledFrom(append(evidence.SubjectKinds(), "")).Draw(t, "kind")}, On: "2025-10-22"}
			for i := range rapid.IntRange(0, 6).Draw(t, "facts") {
				f := rapid.SampledFrom(kinds).Draw(t, "fact")
				f.ID, f.Unit, f.Quantity, f.Occurred = fmt.Sprintf("f%d", i), evidence.UnitCount, "1", "2025-03-01"
				f.Attestor = rapid.SampledFrom([]evidence.Attestor{evidence.Department, evidence.Auditor, evidence.Applicant}).Draw(t, "attestor")
				if len(f.Attributes) == 0 {
					f.Unit = evidence.UnitCNY
					f.Quantity = rapid.SampledFrom([]string{"0", "4.99", "5.00", "9.00", "3.00", "9999999999999999.99"}).Draw(t, "quantity")
				}
				in.Facts = append(in.Facts, f)
			}
			inputs = append(inputs, in)
		}
		tallyAlike(t, plan.Survey(), inputs)
	})
}

// TestTheShippedPackTallies: every worked case of the region, as organisations
// of one crowd, on a day within and one after every period.
func TestTheShippedPackTallies(t *testing.T) {
	p := guizhou(t)
	for _, guide := range []int{0, 2025} {
		plan, err := p.Plan(guide, 2025)
		if err != nil {
			t.Fatal(err)
		}
		s := plan.Survey()
		var inputs []Input
		for i := range p.Cases {
			in, err := p.Cases[i].Input()
			if err != nil {
				t.Fatal(err)
			}
			in.On, in.PaidBy, in.Measures, in.Set = "2025-10-22", "", nil, nil
			inputs = append(inputs, in)
		}
		for len(inputs) > SheetRoom {
			tallyAlike(t, s, inputs[:SheetRoom])
			inputs = inputs[SheetRoom:]
		}
		tallyAlike(t, s, inputs)
	}
}
