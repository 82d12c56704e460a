package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// allYes answers every question: amounts with one figure, choices with their
// first, everything else with yes.
func allYes(form policy.EstimateForm, amount string) map[string]string {
	answers := map[string]string{}
	for _, q := range form.Questions {
		switch q.Kind {
		case "money":
			answers[q.Path] = amount
		case "choice":
			answers[q.Path] = q.Choices[0].Value
		default:
			answers[q.Path] = "yes"
		}
	}
	return answers
}

func TestEveryMeasureCanBeEstimated(t *testing.T) {
	h := openGuizhou(t)
	form, err := h.EstimateForm(nil)
	if err != nil || len(form.Measures) < 8 || len(form.Questions) != 0 {
		t.Fatalf("%d measures, %d questions, %v", len(form.Measures), len(form.Questions), err)
	}
	for _, m := range form.Measures {
		asked, err := h.EstimateForm([]string{m.ID})
		if err != nil || len(asked.Questions) == 0 {
			t.Fatalf("%s asks %d questions, %v", m.ID, len(asked.Questions), err)
		}
		for _, kind := range evidence.SubjectKinds() {
			for _, local := range []bool{true, false} {
				for _, answers := range []map[string]string{nil, allYes(asked, "0.00"), allYes(asked, "1000000.00"), allYes(asked, money.Max.String())} {
					in := policy.EstimateInput{Kind: kind, Local: local, Measures: []string{m.ID}, Answers: answers}
					got, err := h.Estimate(in)
					if fault.Is(err, fault.TooLarge) {
						continue
					}
					if err != nil || len(got.Results) != 1 {
						t.Fatalf("%s %+v: %v", m.ID, in, err)
					}
					r := got.Results[0]
					if answers == nil && (r.Outcome == rule.Eligible || r.Outcome == rule.SimulationOnly) {
						t.Errorf("%s is %s for a %s without any fact", m.ID, r.Outcome, kind)
					}
					if r.CanApply || r.Object != "" {
						t.Errorf("%s: an estimate is nobody's matter: %+v", m.ID, r)
					}
				}
			}
		}
	}
}

// TestAnEstimateIsTheRule holds the estimate against the rule: 30% of the cost,
// 5 million at most (document 002 clause 2).
func TestAnEstimateIsTheRule(t *testing.T) {
	h := openGuizhou(t)
	form, err := h.EstimateForm([]string{"002-2"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(change func(in *policy.EstimateInput)) policy.EstimateRow {
		t.Helper()
		in := policy.EstimateInput{Kind: evidence.Enterprise, Local: true, Measures: []string{"002-2"}, Answers: allYes(form, "8600000.00")}
		change(&in)
		got, err := h.Estimate(in)
		if err != nil {
			t.Fatal(err)
		}
		return got.Results[0]
	}
	if r := ask(func(*policy.EstimateInput) {}); r.Outcome != rule.Eligible || *r.Amount != 258_000_000 {
		t.Errorf("got %s %v", r.Outcome, r.Amount)
	}
	if r := ask(func(in *policy.EstimateInput) { in.Answers["cost.model_construction"] = "90000000.00" }); *r.Amount != 500_000_000 {
		t.Errorf("above the cap: %v", r.Amount)
	}
	r := ask(func(in *policy.EstimateInput) { in.Answers["model.filed"] = "no" })
	if r.Outcome != rule.Lacking || r.Then == nil || *r.Then != 258_000_000 || !slices.ContainsFunc(r.Lacking, func(l policy.Lack) bool { return l.FactKind == "model.filed" }) {
		t.Errorf("without a filing: %s, lacking %+v", r.Outcome, r.Lacking)
	}
	if r := ask(func(in *policy.EstimateInput) { in.Local = false }); r.Outcome != rule.NotEligible {
		t.Errorf("from elsewhere: %s", r.Outcome)
	}
	if r := ask(func(in *policy.EstimateInput) { in.Kind = evidence.Public }); r.Outcome != rule.NotEligible {
		t.Errorf("a public body: %s", r.Outcome)
	}
}

func TestAnEstimateRefusesWhatItDidNotAsk(t *testing.T) {
	h := openGuizhou(t)
	good := policy.EstimateInput{Kind: evidence.Enterprise, Measures: []string{"002-2"}}
	for name, change := range map[string]func(in *policy.EstimateInput){
		"no kind":          func(in *policy.EstimateInput) { in.Kind = "club" },
		"no measure":       func(in *policy.EstimateInput) { in.Measures = nil },
		"a gate":           func(in *policy.EstimateInput) { in.Measures = []string{"002-8.2"} },
		"an unknown path":  func(in *policy.EstimateInput) { in.Answers = map[string]string{strings.Repeat("x", 100): "yes"} },
		"a word for money": func(in *policy.EstimateInput) { in.Answers = map[string]string{"cost.model_construction": "8.6e6"} },
		"a debt":           func(in *policy.EstimateInput) { in.Answers = map[string]string{"cost.model_construction": "-1.00"} },
		"perhaps":          func(in *policy.EstimateInput) { in.Answers = map[string]string{"model.filed": "perhaps"} },
	} {
		in := good
		change(&in)
		if _, err := h.Estimate(in); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if err := func() error { _, err := h.Estimate(good); return err }(); err != nil {
		t.Error(err)
	}
}
