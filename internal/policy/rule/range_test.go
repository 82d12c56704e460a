package rule

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// model adds a filed model with an audited cost to a case's facts.
func model(facts []evidence.Fact, subject evidence.Subject, object string, cost money.Fen) []evidence.Fact {
	return append(facts,
		evidence.Fact{ID: "filed-" + object, Kind: "model.filed", Subject: subject.Code, Object: object, Occurred: "2025-03-01", Attestor: evidence.Department,
			Attributes: map[string]string{"kind": "deep_synthesis_algorithm", "status": "passed"}},
		evidence.Fact{ID: "cost-" + object, Kind: "cost.model_construction", Subject: subject.Code, Object: object, Quantity: cost.String(), Unit: evidence.UnitCNY, Occurred: "2025-03-01", Attestor: evidence.Auditor,
			Attributes: map[string]string{"place": "520115"}})
}

// good is an enterprise that meets document 002's gate.
func good(kind evidence.SubjectKind) (evidence.Subject, []evidence.Fact) {
	subject := evidence.Subject{Code: "91520115MADEM00013", Kind: kind}
	fact := func(id, kind string, a map[string]string) evidence.Fact {
		return evidence.Fact{ID: id, Kind: kind, Subject: subject.Code, Occurred: "2025-01-10", Attestor: evidence.Department, Attributes: a}
	}
	return subject, []evidence.Fact{
		fact("r", "org.registration", map[string]string{"place": "520115", "legal_person": "true"}),
		fact("f", "org.finance_system", map[string]string{"sound": "true"}),
		fact("c", "org.credit", map[string]string{"good": "true"}),
	}
}

func TestRanges(t *testing.T) {
	p := guizhou(t)
	subject, gate := good(evidence.Enterprise)
	scene := func(field string) []evidence.Fact {
		return append(slices.Clone(gate),
			evidence.Fact{ID: "s", Kind: "scenario.selected", Subject: subject.Code, Object: "p", Occurred: "2025-06-01", Attestor: evidence.Department, Attributes: map[string]string{"measure": "002-3", "year": "2025"}},
			evidence.Fact{ID: "i", Kind: "cost.scenario_investment", Subject: subject.Code, Object: "p", Quantity: "1000000.00", Unit: evidence.UnitCNY, Occurred: "2025-06-01", Attestor: evidence.Auditor, Attributes: map[string]string{"field": field, "place": "520115"}})
	}
	paid := func(facts []evidence.Fact, measure string) []evidence.Fact {
		return append(facts, evidence.Fact{ID: "paid", Kind: "support.paid", Subject: subject.Code, Object: "m", Quantity: "100000.00", Unit: evidence.UnitCNY, Occurred: "2025-04-01", Attestor: evidence.Department,
			Attributes: map[string]string{"measure": measure, "matter": "m", "level": "city"}})
	}
	loss := func(rate string) []evidence.Fact {
		return []evidence.Fact{{ID: "g", Kind: "guarantee.compensated", Subject: subject.Code, Quantity: "1000000.00", Unit: evidence.UnitCNY, Occurred: "2025-04-01", Attestor: evidence.Department, Attributes: map[string]string{"rate": rate, "kind": "micro"}}}
	}
	purchase := append(slices.Clone(gate), evidence.Fact{ID: "d", Kind: "data.purchased", Subject: subject.Code, Quantity: "6000000.00", Unit: evidence.UnitCNY, Occurred: "2025-04-01", Attestor: evidence.Operator,
		Attributes: map[string]string{"exchange": "guiyang", "use": "training", "seller": "s", "related": "false"}})
	for _, c := range []struct {
		name, measure, object string
		facts                 []evidence.Fact
		guide                 int
		want                  *Range
	}{
		{"settled by the guide: no range", "002-2", "m", model(slices.Clone(gate), subject, "m", 100_000_000), 2025, nil},
		{"nobody ruled, one model", "002-2", "m", model(slices.Clone(gate), subject, "m", 100_000_000), 0,
			&Range{30_000_000, 30_000_000, []string{"A4"}, []string{"A12"}}},
		{"one cap for two models may leave the first less", "002-2", "m", model(model(slices.Clone(gate), subject, "m", 1_000_000_000), subject, "n", 1_200_000_000), 0,
			&Range{140_000_000, 300_000_000, []string{"A4"}, []string{"A12"}}},
		{"a field that is not listed", "002-3", "p", scene("meteorology"), 2025, &Range{0, 20_000_000, []string{"A14"}, []string{}}},
		{"a listed field", "002-3", "p", scene("finance"), 2025, nil},
		{"allocation may leave nothing", "002-6", "", purchase, 0, &Range{0, 6_000_000, []string{"A3"}, []string{"A12", "A13"}}},
		{"both readings of four percent", "003-20", "", loss("0.040001"), 0, &Range{0, 29_999_250, []string{"A21"}, []string{}}},
		{"within four percent the readings agree", "003-20", "", loss("0.04"), 0, &Range{30_000_000, 30_000_000, []string{"A21"}, []string{}}},
		{"paid before by another clause, top-up not ruled", "002-2", "m", paid(model(slices.Clone(gate), subject, "m", 100_000_000), "002-2"), 0,
			&Range{20_000_000, 20_000_000, []string{"A4", "A6", "A7"}, []string{"A12"}}},
		{"a missing rule gives no figure", "002-1", "", gate, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			results, err := p.Assess(Input{Subject: subject, Facts: c.facts, On: "2025-06-30", Guide: c.guide, Measures: []string{c.measure}})
			if err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(results, func(r Result) bool { return r.Object == c.object })
			if diff := cmp.Diff(c.want, results[i].Range); diff != "" {
				t.Errorf("%s %v: %s", results[i].Outcome, results[i].Questions, diff)
			}
		})
	}
}

// TestAnyRulingFallsInTheRange: whatever a guide answers to the questions that
// the rules read, the amount lies in the range that was shown before.
func TestAnyRulingFallsInTheRange(t *testing.T) {
	p := guizhou(t)
	subject, gate := good(evidence.Enterprise)
	rapid.Check(t, func(rt *rapid.T) {
		facts := slices.Clone(gate)
		for _, object := range []string{"m", "n"}[:rapid.IntRange(1, 2).Draw(rt, "models")] {
			facts = model(facts, subject, object, money.Fen(rapid.Int64Range(1, 3_000_000_000).Draw(rt, object)))
		}
		in := Input{Subject: subject, Facts: facts, On: "2025-06-30", Measures: []string{"002-2"}}
		open, err := p.Assess(in)
		if err != nil {
			rt.Fatal(err)
		}
		var rulings []Ruling
		for _, q := range p.Questions {
			rulings = append(rulings, Ruling{Question: q.ID, Choice: rapid.SampledFrom(q.Choices).Draw(rt, q.ID).ID})
		}
		plan, err := p.Plan(0, 2025)
		if err != nil {
			rt.Fatal(err)
		}
		ruled, err := p.planUnder(plan, nil, "002-2", rulings)
		if err != nil {
			rt.Fatal(err)
		}
		in.On = "2025-06-29" // inside every reading of the period
		results, err := ruled.Assess(in)
		if err != nil {
			rt.Fatal(err)
		}
		for i, r := range results {
			got := money.Fen(0)
			if r.Amount != nil {
				got = *r.Amount
			}
			if shown := open[i].Range; shown == nil || got < shown.Least || got > shown.Most {
				rt.Fatalf("%s came to %d, the range shown was %+v", r.Object, got, shown)
			}
		}
	})
}
