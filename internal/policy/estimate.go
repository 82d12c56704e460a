package policy

import (
	"maps"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// An estimate answers "what could we get?" without anybody's records: the
// questions are the facts that the rules read, and an answer of yes stands for
// the fact of a worked case that meets the rule. Nothing is written.

// EstimateForm is what an estimate asks for some measures.
type EstimateForm struct {
	Measures  []EstimateMeasure  `json:"measures" doc:"All that an estimate can be made of"`
	Questions []EstimateQuestion `json:"questions" doc:"Of the measures that were named, each fact once"`
}

// EstimateMeasure is a measure that an estimate can be made of.
type EstimateMeasure struct {
	MeasureHead
	Reading i18n.Text `json:"reading" doc:"Plain reading; the text binds, this does not"`
}

// EstimateQuestion is one fact that the rules read, as a question.
type EstimateQuestion struct {
	Path    string      `json:"path" example:"cost.model_construction"`
	Label   i18n.Text   `json:"label"`
	Kind    string      `json:"kind" enum:"money,have,choice" doc:"money in decimal yuan; have: yes or no"`
	Choices []TryChoice `json:"choices"`
	Holds   []i18n.Text `json:"holds" doc:"What the fact must say"`
	Where   i18n.Text   `json:"where" doc:"Where it comes from"`
}

// EstimateInput is what somebody answers.
type EstimateInput struct {
	Kind     evidence.SubjectKind // what sort of organisation
	Local    bool                 // registered, and working, in the region
	Measures []string
	Answers  map[string]string // question path to value; what is missing is not there yet
}

// Estimate is what the rules give for the answers.
type Estimate struct {
	On      clock.Date    `json:"on" doc:"The business day"`
	Results []EstimateRow `json:"results" doc:"One a measure, in the order asked"`
}

// EstimateRow is one measure's answer.
type EstimateRow struct {
	Match
	Then    *money.Fen  `json:"then_fen" doc:"What it would come to with all that is not there yet; null where nothing lacks or that gives no amount"`
	Status  LegalStatus `json:"status" enum:"in_force,draft,not_in_force,expired" doc:"On the business day"`
	Assumed i18n.Text   `json:"assumed" doc:"The worked case whose day, year and details were taken"`
}

const (
	mostEstimated = 12 // measures
	mostAnswers   = 60
	kindHave      = "have"
	kindMoney     = "money"
	kindChoice    = "choice"
	answerYes     = "yes"
	answerNo      = "no"
	// elsewhere is a place outside any region pack: the code of Beijing's Haidian (GB/T 2260).
	elsewhere = "110108"
)

// Validate reports every fault of the input that shows without the pack.
//
// Codes: invalid.
func (in EstimateInput) Validate() error {
	var bad fault.Collector
	if !slices.Contains(evidence.SubjectKinds(), in.Kind) {
		bad.Add("kind", "应为 %v 之一。", "One of %v.", evidence.SubjectKinds())
	}
	if len(in.Measures) == 0 || len(in.Measures) > mostEstimated {
		bad.Add("measures", "请选 1 到 %d 项。", "Choose 1 to %d.", mostEstimated)
	}
	if len(in.Answers) > mostAnswers {
		bad.Add("answers", "最多 %d 个回答。", "At most %d answers.", mostAnswers)
	}
	return bad.Err()
}

// EstimateForm lists the measures of which an estimate can be made, and the
// questions of those that are named.
//
// Codes: invalid for a measure of which none can be made.
func (s *Service) EstimateForm(measures []string) (EstimateForm, error) {
	form := EstimateForm{Measures: []EstimateMeasure{}, Questions: []EstimateQuestion{}}
	guide := s.guideToday()
	for _, m := range s.Pack.Measures {
		if s.modelCase(m) != nil {
			form.Measures = append(form.Measures, EstimateMeasure{s.measureHead(m, guide), m.Reading})
		}
	}
	slices.SortStableFunc(form.Measures, func(a, b EstimateMeasure) int { // what pays before what only could
		return slices.Index(Standings(), a.Standing) - slices.Index(Standings(), b.Standing)
	})
	for _, id := range measures {
		m, err := s.estimated(id)
		if err != nil {
			return EstimateForm{}, err
		}
		for _, q := range s.questionsOf(m) {
			if !slices.ContainsFunc(form.Questions, func(known EstimateQuestion) bool { return known.Path == q.Path }) {
				form.Questions = append(form.Questions, q)
			}
		}
	}
	slices.SortStableFunc(form.Questions, func(a, b EstimateQuestion) int { // what was spent comes first
		return slices.Index(questionOrder, a.Kind) - slices.Index(questionOrder, b.Kind)
	})
	return form, nil
}

var questionOrder = []string{kindMoney, kindChoice, kindHave}

// estimated finds a measure with a worked case to start from.
func (s *Service) estimated(id string) (*rule.Measure, error) {
	for _, m := range s.Pack.Measures {
		if m.ID == id && s.modelCase(m) != nil {
			return m, nil
		}
	}
	var bad fault.Collector
	bad.Add("measures", "“%.40s”不能估算：请从列表里选。", "No estimate can be made of %.40q: choose from the list.", id)
	return nil, bad.Err()
}

// questionsOf derives the questions from the facts that a measure and its gates
// read: an amount for what the sum rests on, a choice for a tier, and for
// any other fact whether it is there. Our own records of payments are not asked for.
func (s *Service) questionsOf(m *rule.Measure) []EstimateQuestion {
	var out []EstimateQuestion
	for _, kind := range bases(m.Amount) {
		use := factUse(m, kind)
		out = append(out, EstimateQuestion{Path: kind, Label: use.Text, Kind: kindMoney, Holds: s.heldOf(m, kind), Where: use.Where})
	}
	for _, step := range m.Amount {
		if step.By != "" {
			out = append(out, tierQuestion(m, step))
		}
	}
	given := s.modelKinds(m)
	for _, rules := range s.withGates(m) {
		for _, use := range rules.Facts {
			asked := slices.ContainsFunc(out, func(q EstimateQuestion) bool { return q.Path == use.Kind })
			if use.Absent == "zero" || asked || !slices.Contains(given, use.Kind) {
				continue
			}
			out = append(out, EstimateQuestion{Path: use.Kind, Label: use.Text, Kind: kindHave, Holds: s.heldOf(rules, use.Kind), Where: use.Where})
		}
	}
	return out
}

// tierQuestion asks which tier holds, in the words of its figure.
func tierQuestion(m *rule.Measure, step rule.Step) EstimateQuestion {
	kind, _ := cutAttribute(step.By)
	q := EstimateQuestion{Path: step.By, Label: choiceInput(m, step.By).Label, Kind: kindChoice, Where: factUse(m, kind).Where}
	for _, tier := range step.Table {
		label := i18n.Text{ZH: tier.When, EN: tier.When}
		if p, found := m.Parameter(tier.Value); found {
			label = p.Text
		}
		q.Choices = append(q.Choices, TryChoice{tier.When, label})
	}
	return q
}

// withGates is a measure and the gates whose conditions hold for it too.
func (s *Service) withGates(m *rule.Measure) []*rule.Measure {
	all := []*rule.Measure{m}
	for _, id := range m.Gates {
		if gate, err := s.Pack.Measure(id); err == nil {
			all = append(all, gate)
		}
	}
	return all
}

// heldOf lists the conditions on a kind of fact, as people read them.
func (s *Service) heldOf(m *rule.Measure, kind string) []i18n.Text {
	var out []i18n.Text
	for _, c := range m.Conditions {
		if c.Each == kind || strings.Contains(c.When, kind+".") {
			out = append(out, c.Text)
		}
	}
	return out
}

// modelKinds are the kinds of fact that the model case has.
func (s *Service) modelKinds(m *rule.Measure) []string {
	in, err := s.modelCase(m).Input()
	if err != nil {
		return nil // region check reports such a case
	}
	kinds := map[string]bool{}
	for _, f := range in.Facts {
		kinds[f.Kind] = true
	}
	return slices.Sorted(maps.Keys(kinds))
}

// Estimate computes what the named measures give for the answers.
//
// Codes: invalid for a value that is none or a question that is not asked; too_large.
func (s *Service) Estimate(in EstimateInput) (Estimate, error) {
	if err := in.Validate(); err != nil {
		return Estimate{}, err
	}
	form, err := s.EstimateForm(in.Measures)
	if err != nil {
		return Estimate{}, err
	}
	if err := form.check(in.Answers); err != nil {
		return Estimate{}, err
	}
	out := Estimate{On: s.Clock.Today(), Results: []EstimateRow{}}
	for _, id := range slices.Compact(slices.Clone(in.Measures)) {
		row, err := s.estimate(id, in)
		if err != nil {
			return Estimate{}, err
		}
		out.Results = append(out.Results, row)
	}
	return out, nil
}

// check refuses answers to questions that were not asked, and amounts that are none.
func (f EstimateForm) check(answers map[string]string) error {
	var bad fault.Collector
	for _, path := range slices.Sorted(maps.Keys(answers)) {
		value := answers[path]
		i := slices.IndexFunc(f.Questions, func(q EstimateQuestion) bool { return q.Path == path })
		switch {
		case value == "":
		case i < 0:
			bad.Add("answers."+clipped(path), "所选措施不问这一项。", "The chosen measures do not ask this.")
		case f.Questions[i].Kind == kindMoney:
			fen, err := money.ParseYuan(value)
			bad.Merge("answers."+path, err)
			if err == nil && fen < 0 {
				bad.Add("answers."+path, "金额不能为负。", "An amount is not negative.")
			}
		case f.Questions[i].Kind == kindHave && value != answerYes && value != answerNo:
			bad.Add("answers."+path, "应为 yes 或 no。", "yes or no.")
		case f.Questions[i].Kind == kindChoice && !slices.ContainsFunc(f.Questions[i].Choices, func(c TryChoice) bool { return c.Value == value }):
			bad.Add("answers."+path, "不在可选的值之内。", "It is none of the choices.")
		}
	}
	return bad.Err()
}

func clipped(path string) string {
	if r := []rune(path); len(r) > 60 {
		return string(r[:60])
	}
	return path
}

func (s *Service) estimate(id string, in EstimateInput) (EstimateRow, error) {
	m, err := s.estimated(id)
	if err != nil {
		return EstimateRow{}, err
	}
	model := s.modelCase(m)
	row := EstimateRow{Status: s.measureHead(m, s.guideToday()).Status,
		Assumed: i18n.T("按验例“%[1]s”的细节，按 %[3]s 的规则计算", "Details as in the worked case “%[2]s”, rules of %[3]s", model.Name.ZH, model.Name.EN, model.On)}
	if row.Match, err = s.judge(m, in); err != nil || row.Outcome != rule.Lacking {
		return row, err
	}
	whole := in
	whole.Answers = maps.Clone(in.Answers)
	if whole.Answers == nil {
		whole.Answers = map[string]string{}
	}
	for _, q := range s.questionsOf(m) {
		if q.Kind == kindHave {
			whole.Answers[q.Path] = answerYes
		}
	}
	then, err := s.judge(m, whole)
	row.Then = then.Amount
	return row, err
}

// judge assesses one measure for the answers.
func (s *Service) judge(m *rule.Measure, in EstimateInput) (Match, error) {
	input, err := s.modelCase(m).Input()
	if err != nil {
		return Match{}, err
	}
	if input.Facts, err = s.withAnswers(m, input.Facts, in); err != nil {
		return Match{}, err
	}
	input.Subject.Kind = in.Kind
	input.Simulate = true // the status on the business day is said beside
	results, err := s.Pack.Assess(input)
	if err != nil {
		return Match{}, err
	}
	if len(results) == 0 {
		return Match{Key: caseKey(m.ID, ""), Measure: m.ID, Version: m.Version, Name: m.Name, Clause: s.cite(m.Ref("")), Outcome: rule.Lacking}, nil
	}
	out := s.match(&results[0], nil, nil)
	out.Object, out.CanApply, out.WhyNot = "", false, nil // nobody's matter, and nobody applies from here
	return out, nil
}

// withAnswers is the model case's facts as the answers have them: an amount takes
// the first fact of its kind, a no takes the kind away, and somebody from
// elsewhere has every place elsewhere.
func (s *Service) withAnswers(m *rule.Measure, facts []evidence.Fact, in EstimateInput) ([]evidence.Fact, error) {
	asked := s.questionsOf(m)
	gone := map[string]bool{}
	for _, q := range asked {
		value := in.Answers[q.Path]
		switch q.Kind {
		case kindMoney:
			if gone[q.Path] = value == ""; value != "" {
				if err := substituteQuantity(facts, q.Path, value); err != nil {
					return nil, err
				}
			}
		case kindHave:
			gone[q.Path] = value != answerYes
		default:
			kind, attr := cutAttribute(q.Path)
			for i := range facts {
				if facts[i].Kind == kind && value != "" {
					facts[i].Attributes[attr] = value
				}
			}
		}
	}
	var out []evidence.Fact
	for _, f := range facts {
		if gone[f.Kind] {
			continue
		}
		if !in.Local {
			moveAway(f)
		}
		out = append(out, f)
	}
	return out, nil
}

// moveAway puts every place that a fact names elsewhere.
func moveAway(f evidence.Fact) {
	kind, err := evidence.CurrentVocabulary().Kind(f.Kind)
	if err != nil {
		return
	}
	for _, a := range kind.Attributes {
		if _, there := f.Attributes[a.Name]; there && a.Type == evidence.TypePlace {
			f.Attributes[a.Name] = elsewhere
		}
	}
}
