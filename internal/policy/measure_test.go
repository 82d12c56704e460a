package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

func TestEveryMeasureHasACardThatIsWhole(t *testing.T) {
	h := openGuizhou(t)
	rows := get[httpapi.Page[policy.MeasureRow]](h, public, "/policy/measures").Items
	if len(rows) != len(h.Pack.Measures) {
		t.Fatalf("%d rows of %d measures", len(rows), len(h.Pack.Measures))
	}
	for _, row := range rows {
		m := get[policy.Measure](h, public, "/policy/measures/"+row.ID)
		if m.Standing != row.Standing || m.Name.ZH == "" || m.Name.EN == "" || m.Reading.ZH == "" || m.Usage != nil {
			t.Errorf("%s: %+v", row.ID, m.MeasureHead)
		}
		for _, p := range m.Parts {
			if p.Label.EN == "" || p.Text.ZH == "" || p.Text.EN == "" {
				t.Errorf("%s part %s is empty: %+v", row.ID, p.Key, p)
			}
		}
		for _, p := range m.Figures {
			if p.Min == "" || p.Max == "" || p.Step == "" || (p.ChangedBy != "text" && p.ChangedBy != "guide") {
				t.Errorf("%s figure %s: %+v", row.ID, p.Path, p)
			}
		}
		if len(m.Cases) == 0 {
			t.Errorf("%s has no worked case", row.ID)
		}
		for _, c := range m.Cases {
			if !c.Passed {
				t.Errorf("%s case %s does not pass", row.ID, c.Key)
			}
		}
		if (m.Formula != nil) != rule.RuleType(m.RuleType).Pays() && m.RuleType != rule.Reference {
			t.Errorf("%s formula %v of type %s", row.ID, m.Formula, m.RuleType)
		}
	}
	refused(t, h.do(public, "GET", "/policy/measures/777-1", "", nil), fault.NotFound)
}

func TestRuleCardOfTrainingSupport(t *testing.T) {
	h := openGuizhou(t)
	m := get[policy.Measure](h, public, "/policy/measures/002-2")
	if m.Formula.ZH != "金额 ＝ 取小（审计确认的模型建设成本 × 30%，5,000,000.00） − 同一事项已获支持" ||
		!strings.HasPrefix(m.Formula.EN, "Amount = min(Audited construction cost of the model × 30%, 5,000,000.00) − ") {
		t.Errorf("formula %v", m.Formula)
	}
	if *m.Guide != 2025 || len(m.Questions) != 3 || !m.Questions[0].Ruled || m.Questions[0].Ruling.ZH == "" {
		t.Errorf("questions %+v under guide %v", m.Questions, m.Guide)
	}
	rate := m.Figures[0]
	if rate.Value != "0.3" || rate.Max != "0.9" || rate.Step != "0.015" || rate.ChangedBy != "text" || rate.Phrase != nil || *rate.Start != 6682 {
		t.Errorf("rate %+v", rate)
	}
	if limit := m.Figures[1]; limit.Value != "5000000.00" || limit.Max != "15000000.00" || limit.Step != "250000.00" {
		t.Errorf("cap %+v", limit)
	}
	if len(m.Inputs) != 1 || m.Inputs[0].Path != "cost.model_construction" || m.Inputs[0].Kind != "money" {
		t.Errorf("inputs %+v", m.Inputs)
	}
	gate := get[policy.Measure](h, public, "/policy/measures/002-8.2")
	if gate.Standing != policy.StandsNone || gate.Formula != nil || len(gate.Inputs) != 0 || !slices.ContainsFunc(gate.CitedBy, func(r policy.Reliance) bool { return r.Measure == "002-2" && r.How == "gate" }) {
		t.Errorf("gate %+v", gate)
	}
	if m := get[policy.Measure](h, public, "/policy/measures/002-6"); !slices.ContainsFunc(m.CitedBy, func(r policy.Reliance) bool { return r.Measure == "003-10" && r.How == "imports" }) {
		t.Errorf("002-6 is cited by %+v", m.CitedBy)
	}
}

func TestTryANumber(t *testing.T) {
	h := openGuizhou(t)
	try := func(measure string, inputs map[string]string) policy.Trial {
		return post[policy.Trial](h, public, "/policy/measures/"+measure+"/try", map[string]any{"inputs": inputs})
	}
	for _, c := range []struct {
		measure, path, yuan string
		outcome             rule.Outcome
		fen                 money.Fen // -1: none
	}{
		{"002-2", "cost.model_construction", "12480000.00", rule.Eligible, 374_400_000},
		{"002-2", "cost.model_construction", "16666666.66", rule.Eligible, 499_999_999},
		{"002-2", "cost.model_construction", "16666666.67", rule.Eligible, 500_000_000},
		{"002-2", "cost.model_construction", "0", rule.Eligible, 0},
		{"002-6", "data.purchased", "5000000.00", rule.NotEligible, -1},
		{"002-6", "data.purchased", "5000000.01", rule.Eligible, 5_000_000},
		{"002-6", "data.purchased", "9999999999.99", rule.Eligible, 50_000_000},
		{"000-5", "cost.equipment_present_value", "100.00", rule.SimulationOnly, 2_000},
	} {
		got := try(c.measure, map[string]string{c.path: c.yuan})
		fen := money.Fen(-1)
		if got.Amount != nil {
			fen = *got.Amount
		}
		if got.Outcome != c.outcome || fen != c.fen || got.Assumed.ZH == "" || len(got.Trace) == 0 {
			t.Errorf("%s with %s: %s %v", c.measure, c.yuan, got.Outcome, fen)
		}
	}
	if got := try("003-21", map[string]string{"listing.completed.board": "star"}); got.Amount == nil || *got.Amount != 350_000_000 {
		t.Errorf("a listing on STAR: %+v", got.Amount)
	}
	for name, inputs := range map[string]map[string]string{
		"no number": {"cost.model_construction": "1e9"}, "negative": {"cost.model_construction": "-1.00"}, "unknown": {"cost.other": "1.00"},
		"three decimals": {"cost.model_construction": "1.001"}, "too much": {"cost.model_construction": "92233720368547758.07"},
	} {
		w := h.send(public, "/policy/measures/002-2/try", map[string]any{"inputs": inputs})
		if name == "too much" {
			refused(t, w, fault.TooLarge)
			continue
		}
		refused(t, w, fault.Invalid)
	}
	refused(t, h.send(public, "/policy/measures/003-21/try", map[string]any{"inputs": map[string]string{"listing.completed.board": "moon"}}), fault.Invalid)
	refused(t, h.send(public, "/policy/measures/002-8.2/try", map[string]any{"inputs": map[string]string{}}), fault.Invalid)
	refused(t, h.send(public, "/policy/measures/777/try", map[string]any{"inputs": map[string]string{}}), fault.NotFound)
}

func TestQuestionsAndGuides(t *testing.T) {
	h := openGuizhou(t)
	questions := get[httpapi.Page[policy.Question]](h, public, "/policy/questions").Items
	if len(questions) != 25 || questions[0].ID != "A1" || questions[24].ID != "A25" {
		t.Fatalf("%d questions", len(questions))
	}
	for _, q := range questions {
		if q.Title.ZH == "" || q.Title.EN == "" || q.Default.ZH == "" || len(q.Where) == 0 {
			t.Errorf("%+v", q)
		}
	}
	four := questions[3]
	if !slices.Contains(four.Blocks, "002-2") || len(four.Rulings) == 0 || four.Rulings[0].Choice.ZH == "" || !four.Rulings[0].Example {
		t.Errorf("A4: %+v", four)
	}
	guides := get[httpapi.Page[policy.Guide]](h, public, "/policy/guides").Items
	current := guides[len(guides)-1]
	if current.Year != 2025 || !current.Current || !current.Example || len(current.Rulings) == 0 || current.Rulings[0].Title.EN == "" {
		t.Errorf("guide: %+v", current)
	}
	i := slices.IndexFunc(current.Budgets, func(b policy.GuideBudget) bool { return b.Measure == "002-6" })
	if i < 0 || current.Budgets[i].Amount != 300_000_000 {
		t.Errorf("budgets %+v", current.Budgets)
	}
}
