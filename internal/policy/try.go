package policy

import (
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// TryInput is a value that a person may try a rule with.
type TryInput struct {
	Path    string      `json:"path" example:"cost.model_construction"`
	Label   i18n.Text   `json:"label"`
	Kind    string      `json:"kind" enum:"money,choice,text"`
	Choices []TryChoice `json:"choices"`
}

// TryChoice is one value of a closed list.
type TryChoice struct {
	Value string    `json:"value"`
	Label i18n.Text `json:"label"`
}

// Trial is what a rule gives for values that a person typed. Whatever was not
// typed comes from the worked case that it names.
type Trial struct {
	Outcome     rule.Outcome     `json:"outcome" enum:"not_in_force,expired,not_payable,not_eligible,lacking,simulation_only,undecided,eligible"`
	Amount      *money.Fen       `json:"amount_fen"`
	Provisional *money.Fen       `json:"provisional_fen"`
	Split       *rule.Split      `json:"split_fen"`
	Questions   []string         `json:"questions"`
	Reasons     []rule.Reason    `json:"reasons"`
	Trace       []rule.TraceStep `json:"trace"`
	On          clock.Date       `json:"on" doc:"The day of the worked case"`
	Guide       int              `json:"guide" doc:"Year of the guide that the worked case assumes; 0 for none"`
	Assumed     i18n.Text        `json:"assumed" doc:"The worked case whose other facts were taken"`
}

// WorkedCase is a case that people agreed on, computed again.
type WorkedCase struct {
	Key     string       `json:"key"`
	Name    i18n.Text    `json:"name"`
	Given   string       `json:"given" doc:"What the amount was computed from, in yuan; empty where nothing was"`
	Outcome rule.Outcome `json:"outcome"`
	Amount  *money.Fen   `json:"amount_fen"`
	Passed  bool         `json:"passed" doc:"Whether the engine gives what was agreed"`
}

// inputs lists what a try of the measure takes: the quantities that its amount
// rests on, and the attributes of its tiers.
func (s *Service) inputs(m *rule.Measure) []TryInput {
	if s.modelCase(m) == nil {
		return nil
	}
	var out []TryInput
	for _, kind := range bases(m.Amount) {
		out = append(out, TryInput{Path: kind, Label: factUse(m, kind).Text, Kind: "money"})
	}
	for _, step := range m.Amount {
		if step.By != "" {
			out = append(out, choiceInput(m, step.By))
		}
	}
	return out
}

// choiceInput describes an attribute, kind.attribute, as an input.
func choiceInput(m *rule.Measure, name string) TryInput {
	kind, attr := cutAttribute(name)
	in := TryInput{Path: name, Label: factUse(m, kind).Text, Kind: "text"}
	k, err := evidence.CurrentVocabulary().Kind(kind)
	if err != nil {
		return in
	}
	a, err := k.Attribute(attr)
	if err != nil {
		return in
	}
	in.Label = i18n.Text{ZH: k.Text.ZH + "：" + a.Text.ZH, EN: k.Text.EN + ": " + a.Text.EN}
	for _, v := range a.Values {
		in.Kind = "choice"
		in.Choices = append(in.Choices, TryChoice{v, i18n.Text{ZH: v, EN: v}})
	}
	return in
}

func cutAttribute(name string) (kind, attr string) {
	i := strings.LastIndexByte(name, '.')
	return name[:max(i, 0)], name[i+1:]
}

// modelCase is the worked case that a try starts from: one that comes to an
// amount, under today's guide before another's. It is nil when there is none.
func (s *Service) modelCase(m *rule.Measure) *rule.Case {
	year := yearOf(s.guideToday())
	var found *rule.Case
	for i := range s.Pack.Cases {
		k := &s.Pack.Cases[i]
		if k.Measure != m.ID || len(k.Expect) != 1 || (k.Expect[0].Outcome != rule.Eligible && k.Expect[0].Outcome != rule.SimulationOnly) {
			continue
		}
		if found == nil || (found.Guide != year && k.Guide == year) {
			found = k
		}
	}
	return found
}

// Try computes a measure from typed values; other facts are those of a worked
// case that meets the rule. Nothing is written. Money is in decimal yuan.
//
// Codes: not_found; invalid for a value that is none, an input that the measure
// does not take, or a measure without a case to start from; too_large.
func (s *Service) Try(id string, values map[string]string) (Trial, error) {
	m, err := s.payingMeasure(id)
	if err != nil {
		return Trial{}, err
	}
	model := s.modelCase(m)
	if model == nil {
		return Trial{}, fault.Newf(fault.Invalid, "%s 没有可以试算的验例。", "%s has no worked case to try from.", m.ID)
	}
	in, err := model.Input()
	if err != nil {
		return Trial{}, err
	}
	if err := s.substitute(m, in.Facts, values); err != nil {
		return Trial{}, err
	}
	in.Simulate = true // a period that has passed does not stop a calculation
	results, err := s.Pack.Assess(in)
	if err != nil {
		return Trial{}, err
	}
	if len(results) == 0 {
		return Trial{}, fault.Newf(fault.Invalid, "%s 没有可以试算的验例。", "%s has no worked case to try from.", m.ID)
	}
	r := results[0]
	return Trial{Outcome: r.Outcome, Amount: r.Amount, Provisional: r.Provisional, Split: r.Split, Questions: r.Questions, Reasons: r.Reasons, Trace: r.Trace,
		On: in.On, Guide: in.Guide, Assumed: i18n.Text{ZH: "其余条件按验例“" + model.Name.ZH + "”", EN: "All else as in the worked case “" + model.Name.EN + "”"}}, nil
}

// substitute puts typed values in the place of a case's. The first fact of a
// kind takes the quantity, others of the kind count nothing.
func (s *Service) substitute(m *rule.Measure, facts []evidence.Fact, values map[string]string) error {
	var bad fault.Collector
	inputs := s.inputs(m)
	for path, value := range values {
		i := slices.IndexFunc(inputs, func(in TryInput) bool { return in.Path == path })
		switch {
		case i < 0:
			bad.Add("body.inputs."+path, "这条规则不取这个值。", "The rule does not take this value.")
		case inputs[i].Kind == "money":
			bad.Merge("body.inputs."+path, substituteQuantity(facts, path, value))
		case inputs[i].Kind == "choice" && !slices.ContainsFunc(inputs[i].Choices, func(c TryChoice) bool { return c.Value == value }):
			bad.Add("body.inputs."+path, "不在可选的值之内。", "It is none of the choices.")
		default:
			kind, attr := cutAttribute(path)
			for i := range facts {
				if facts[i].Kind == kind {
					facts[i].Attributes[attr] = value
				}
			}
		}
	}
	return bad.Err()
}

func substituteQuantity(facts []evidence.Fact, kind, value string) error {
	amount, err := money.ParseYuan(value)
	if err != nil {
		return err
	}
	if amount < 0 {
		return fault.Newf(fault.Invalid, "金额不能为负。", "An amount is not negative.")
	}
	for i := range facts {
		if facts[i].Kind == kind {
			facts[i].Quantity = amount.String()
			amount = 0
		}
	}
	return nil
}

// workedCases computes the measure's cases again.
//
// Codes: too_large.
func (s *Service) workedCases(m *rule.Measure) ([]WorkedCase, error) {
	var out []WorkedCase
	for i := range s.Pack.Cases {
		k := &s.Pack.Cases[i]
		if k.Measure != m.ID {
			continue
		}
		results, err := s.Pack.RunCase(k)
		if err != nil {
			return nil, err
		}
		out = append(out, workedCase(k, results))
	}
	return out, nil
}

// workedCase shows the first result; the case passes when every result is what
// was agreed.
func workedCase(k *rule.Case, results []rule.Result) WorkedCase {
	c := WorkedCase{Key: k.ID, Name: k.Name, Passed: len(results) == len(k.Expect)}
	for i := range min(len(results), len(k.Expect)) {
		want, got := k.Expect[i], &results[i]
		c.Passed = c.Passed && want.Outcome == got.Outcome && (want.Amount == "" || want.Amount == yuanOrNone(got.Amount))
		if i == 0 {
			c.Outcome, c.Amount = got.Outcome, got.Amount
			if base := baseOf(got); base != nil {
				c.Given = base.Grouped()
			}
		}
	}
	return c
}

// yuanOrNone writes an amount as cases do.
func yuanOrNone(amount *money.Fen) string {
	if amount == nil {
		return "none"
	}
	return amount.String()
}
