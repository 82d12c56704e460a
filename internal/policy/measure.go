package policy

import (
	"context"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// MeasureHead is what every view of a measure begins with.
type MeasureHead struct {
	ID       string        `json:"id" example:"002-2"`
	Version  int           `json:"version"`
	Name     i18n.Text     `json:"name"`
	Document string        `json:"document"`
	Clause   rule.Citation `json:"clause"`
	RuleType rule.RuleType `json:"rule_type"`
	Status   LegalStatus   `json:"status" enum:"in_force,draft,not_in_force,expired"`
	Standing Standing      `json:"standing" enum:"payable,undecided,simulation,none"`
	Object   string        `json:"object" doc:"What one application is for: model, project, platform; empty for a firm and year"`
}

// MeasureRow is a measure as a list shows it.
type MeasureRow struct {
	MeasureHead
	Parameters int      `json:"parameters" doc:"How many figures a what-if may vary"`
	Factors    []Factor `json:"factors" doc:"Figures of its facts by which its text ranks"`
}

// Factor is a figure that a measure ranks by.
type Factor struct {
	ID   string    `json:"id"`
	Name i18n.Text `json:"name"`
}

// Measure is one rule with everything that a rule card shows.
type Measure struct {
	MeasureHead
	Reading   i18n.Text         `json:"reading" doc:"Plain reading; the text binds, this does not"`
	Guide     *int              `json:"guide" doc:"Year of the guide whose rulings hold today; null without one"`
	Leads     *i18n.Text        `json:"leads" doc:"Why it pays nobody, or where it refers to"`
	Parts     []RulePart        `json:"parts"`
	Formula   *i18n.Text        `json:"formula"`
	Evidence  []Showing         `json:"evidence" doc:"What is to be shown, and whose word counts"`
	Figures   []Parameter       `json:"parameters"`
	Questions []MeasureQuestion `json:"questions"`
	Inputs    []TryInput        `json:"inputs" doc:"What a try takes"`
	Cases     []WorkedCase      `json:"cases"`
	CitedBy   []Reliance        `json:"cited_by"`
	Usage     *Usage            `json:"usage" doc:"For the offices only"`
}

// RulePart is one line of a rule card: who, what must hold, what it counts on.
type RulePart struct {
	Key      string         `json:"key"`
	Label    i18n.Text      `json:"label"`
	Text     i18n.Text      `json:"text"`
	Note     *i18n.Text     `json:"note"`
	Question *string        `json:"question" doc:"A question that it leans on"`
	Ruled    bool           `json:"ruled" doc:"Whether today's guide settles the question"`
	Clause   *rule.Citation `json:"clause"`
}

// Showing is a fact that a rule reads, as whoever applies must show it.
type Showing struct {
	Text  i18n.Text `json:"text"`
	By    i18n.Text `json:"by" doc:"Whose word counts"`
	Where i18n.Text `json:"where" doc:"Where it comes from; empty when the rule names no place"`
}

// Parameter is a figure of the rule as the measure writes it: money in decimal
// yuan, a rate as a decimal fraction, a count as a whole number. A try and a
// what-if take figures in the same form; amounts that come out are fen.
type Parameter struct {
	Path      string        `json:"path" example:"rate"`
	Label     i18n.Text     `json:"label"`
	Kind      string        `json:"kind" enum:"rate,money,count"`
	Value     string        `json:"value" doc:"Decimal yuan, a decimal fraction or a whole number; empty when the text gives none"`
	Min       string        `json:"min" doc:"A range that a slider may offer; wider values are taken as well"`
	Max       string        `json:"max"`
	Step      string        `json:"step"`
	ChangedBy string        `json:"changed_by" enum:"guide,text" doc:"Whether a year's guide may set it, or the text must be amended"`
	Clause    rule.Citation `json:"clause"`
	Start     *int          `json:"start" doc:"UTF-8 bytes of the phrase in the pack's copy"`
	End       *int          `json:"end"`
	Phrase    *string       `json:"phrase" doc:"The text's own words; null until they are imported and agree to the byte"`
	Mark      int           `json:"mark" doc:"Number that the phrase and the figure share; 0 for a figure without a phrase"`
}

// MeasureQuestion is a question that keeps the measure from paying until it is ruled.
type MeasureQuestion struct {
	ID     string     `json:"id" example:"A4"`
	Title  i18n.Text  `json:"title"`
	Ruled  bool       `json:"ruled" doc:"By the guide of the business day's year"`
	Ruling *i18n.Text `json:"ruling"`
}

// Reliance is another measure that rests on this one.
type Reliance struct {
	Measure  string        `json:"measure"`
	Name     i18n.Text     `json:"name"`
	Clause   rule.Citation `json:"clause"`
	How      string        `json:"how" enum:"imports,gate,stacking"`
	Standing Standing      `json:"standing" enum:"payable,undecided,simulation,none"`
}

// Usage counts applications under the current guide.
type Usage struct {
	Applied   int64     `json:"applied" doc:"Submitted, in whatever state now"`
	Paid      int64     `json:"paid"`
	Held      int64     `json:"held" doc:"With money reserved and not yet paid"`
	PaidFen   money.Fen `json:"paid_fen"`
	HeldFen   money.Fen `json:"held_fen"`
	EligibleN int       `json:"eligible_orgs" doc:"Organisations whose facts meet the rule today"`
}

// Measures lists the pack's measures by id.
func (s *Service) Measures() []MeasureRow {
	guide := s.guideToday()
	rows := make([]MeasureRow, len(s.Pack.Measures))
	for i, m := range s.Pack.Measures {
		rows[i] = MeasureRow{MeasureHead: s.measureHead(m, guide), Parameters: len(m.Parameters), Factors: factorsOf(m)}
	}
	return rows
}

// factorsOf names what a measure ranks by as the vocabulary does.
func factorsOf(m *rule.Measure) []Factor {
	out := []Factor{}
	for _, id := range call.Factors(m) {
		f := Factor{ID: id, Name: i18n.Text{ZH: id, EN: id}}
		for _, use := range m.Facts {
			kind, err := evidence.CurrentVocabulary().Kind(use.Kind)
			if err != nil {
				continue
			}
			if i := slices.IndexFunc(kind.Attributes, func(a evidence.Attribute) bool { return a.Name == id }); i >= 0 {
				f.Name = kind.Attributes[i].Text
			}
		}
		out = append(out, f)
	}
	return out
}

func (s *Service) measureHead(m *rule.Measure, guide *rule.Guide) MeasureHead {
	head := MeasureHead{ID: m.ID, Version: m.Version, Name: m.Name, Document: m.Document, Clause: s.cite(m.Ref("")), RuleType: m.Type,
		Standing: s.standing(m, guide), Object: m.Object}
	if d := s.Pack.Document(m.Document); d != nil {
		head.Status = statusOn(d, s.Clock.Today())
	}
	return head
}

// MeasureOf returns one measure. usage asks for the counts that only offices see.
//
// Codes: not_found; unavailable.
func (s *Service) MeasureOf(ctx context.Context, id string, usage bool) (Measure, error) {
	m, err := s.Pack.Measure(id)
	if err != nil {
		return Measure{}, err
	}
	guide := s.guideToday()
	out := Measure{MeasureHead: s.measureHead(m, guide), Reading: m.Reading, Leads: m.Leads, Parts: s.parts(m, guide), Formula: s.formula(m, guide), Evidence: s.evidenceOf(m),
		Inputs: s.inputs(m), CitedBy: s.citedBy(m, guide)}
	if guide != nil {
		out.Guide = &guide.Year
	}
	if out.Figures, err = s.parameters(ctx, m, guide); err != nil {
		return Measure{}, err
	}
	for _, q := range m.Questions {
		out.Questions = append(out.Questions, s.measureQuestion(q, guide))
	}
	if out.Cases, err = s.workedCases(m); err != nil {
		return Measure{}, err
	}
	if usage {
		if out.Usage, err = s.usage(ctx, m, guide); err != nil {
			return Measure{}, err
		}
	}
	return out, nil
}

func (s *Service) measureQuestion(id string, guide *rule.Guide) MeasureQuestion {
	out := MeasureQuestion{ID: id, Title: i18n.Text{ZH: id, EN: id}}
	if q := s.Pack.Question(id); q != nil {
		out.Title = q.Title
	}
	if r, ruled := guide.Ruling(id); ruled {
		name := s.choiceName(r)
		out.Ruled, out.Ruling = true, &name
	}
	return out
}

// parts reads a rule as its card shows it: who, what must hold, what it counts
// on, how often, from which money, and how it combines.
func (s *Service) parts(m *rule.Measure, guide *rule.Guide) []RulePart {
	var out []RulePart
	add := func(key, zh, en string, text i18n.Text, clause, question string, note *i18n.Text) {
		if text.IsZero() {
			return
		}
		ref := s.cite(m.Ref(clause))
		part := RulePart{Key: key, Label: i18n.Text{ZH: zh, EN: en}, Text: text, Note: note, Clause: &ref}
		if question != "" {
			part.Question = &question
			_, part.Ruled = guide.Ruling(question)
		}
		out = append(out, part)
	}
	if m.Who != nil {
		add("who", "谁可以", "Who", m.Who.Text, m.Who.Clause, "", nil)
	}
	for _, id := range m.Gates {
		if gate, err := s.Pack.Measure(id); err == nil {
			add("gate."+id, "门槛", "Gate", gate.Name, gate.Document+"#"+gate.Clause, "", nil)
		}
	}
	for _, c := range m.Conditions {
		add("condition."+c.ID, "须有", "Must hold", c.Text, c.Clause, c.Question, nil)
	}
	for _, kind := range bases(m.Amount) {
		by := attestorsOf(factUse(m, kind).By)
		add("base."+kind, "按什么算", "Counted on", factUse(m, kind).Text, "", "", &i18n.Text{ZH: "以" + by.ZH + "出具的为准", EN: "as attested by " + by.EN})
	}
	if m.CapScope != nil {
		add("cap_scope", "最高额按", "Cap for", capScopes[m.CapScope.Scope], "", m.CapScope.Question, nil)
	}
	add("schedule", "补几次", "How often", schedules[m.Schedule], "", "", nil)
	if m.Selection != nil {
		add("selection", "怎么选", "Selection", m.Selection.Text, "", m.Selection.Question, nil)
	}
	if m.Budget != nil {
		add("budget", "年度资金", "Yearly money", m.Budget.Text, "", m.Budget.Question, nil)
	}
	if m.Stacking != nil {
		if other, err := s.Pack.Measure(m.Stacking.Rule); err == nil {
			add("stacking", "同一事项", "Same matter", other.Name, other.Document+"#"+other.Clause, "", nil)
		}
	}
	return out
}

// evidenceOf lists what a measure and its gates want to see; payments are in
// our own books.
func (s *Service) evidenceOf(m *rule.Measure) []Showing {
	out := []Showing{}
	for _, rules := range s.withGates(m) {
		for _, use := range rules.Facts {
			if use.Absent != "zero" {
				out = append(out, Showing{use.Text, attestorsOf(use.By), use.Where})
			}
		}
	}
	return out
}

var capScopes = map[string]i18n.Text{
	"object":    {ZH: "每个模型、项目或平台", EN: "each model, project or platform"},
	"firm":      {ZH: "每家单位", EN: "each organisation"},
	"firm_year": {ZH: "每家单位每年", EN: "each organisation and year"},
}

var schedules = map[string]i18n.Text{
	"once":               {ZH: "一次", EN: "once"},
	"yearly":             {ZH: "每年", EN: "every year"},
	rule.ScheduleVoucher: {ZH: "发券", EN: "as a voucher"},
}

// bases lists the fact kinds whose quantities an amount is computed from.
func bases(steps []rule.Step) []string {
	var out []string
	for _, step := range steps {
		kinds := []string{step.Base}
		for _, of := range step.Of {
			kinds = append(kinds, bases(of)...)
		}
		for _, kind := range kinds {
			if kind != "" && !slices.Contains(out, kind) {
				out = append(out, kind)
			}
		}
	}
	return out
}

// parameters lists the figures; each with a phrase of the text gets a number.
func (s *Service) parameters(ctx context.Context, m *rule.Measure, guide *rule.Guide) ([]Parameter, error) {
	text, found, err := s.Store.Text(ctx, m.Document)
	if err != nil {
		return nil, err
	}
	d := s.Pack.Document(m.Document)
	quotable := found && d != nil && verbatim(d, text)
	out := make([]Parameter, 0, len(m.Parameters))
	marks := 0
	for _, p := range m.Parameters {
		view := Parameter{Path: p.Path, Label: p.Text, Kind: p.Kind, Value: valueOf(m, p.Path, guide), ChangedBy: p.SetBy, Clause: s.cite(m.Ref(p.Clause))}
		view.Min, view.Max, view.Step = slider(p.Kind, p.Value)
		if len(p.At) == 2 {
			marks++
			start, end := p.At[0], p.At[1]
			view.Start, view.End, view.Mark = &start, &end, marks
			if quotable && start < end && end <= len(text.Text) {
				phrase := text.Text[start:end]
				view.Phrase = &phrase
			}
		}
		out = append(out, view)
	}
	return out, nil
}

// slider offers a range around a figure: from nothing to three times as much,
// in sixty steps; a rate stays at or below one.
func slider(kind, value string) (low, high, step string) {
	const widest, steps = 3, 60
	switch kind {
	case "rate":
		if r, err := money.ParseRate(value); err == nil && r.Num > 0 {
			top := money.Rate{Num: min(r.Num*widest, r.Den), Den: r.Den}
			return "0", top.String(), money.Rate{Num: r.Num * widest, Den: r.Den * steps}.String()
		}
		return "0", "1", "0.01"
	case "money":
		if fen, err := money.ParseYuan(value); err == nil && fen >= steps {
			return "0.00", (fen * widest).String(), (fen * widest / steps).String()
		}
		return "0.00", "10000000.00", "10000.00"
	}
	return "0", "100", "1"
}

func (s *Service) citedBy(m *rule.Measure, guide *rule.Guide) []Reliance {
	var out []Reliance
	for _, other := range s.Pack.Measures {
		how := ""
		switch {
		case slices.Contains(other.Imports, m.ID):
			how = "imports"
		case slices.Contains(other.Gates, m.ID):
			how = "gate"
		case other.Stacking != nil && other.Stacking.Rule == m.ID:
			how = "stacking"
		default:
			continue
		}
		out = append(out, Reliance{Measure: other.ID, Name: other.Name, Clause: s.cite(other.Ref("")), How: how, Standing: s.standing(other, guide)})
	}
	return out
}

// usage counts what was made of a measure under a guide.
func (s *Service) usage(ctx context.Context, m *rule.Measure, guide *rule.Guide) (*Usage, error) {
	if !m.Type.Pays() {
		return nil, nil
	}
	sums, err := s.Store.SumByMeasure(ctx, yearOf(guide))
	if err != nil {
		return nil, err
	}
	var u Usage
	for _, sum := range sums {
		if sum.Measure != m.ID || sum.State == Draft || sum.State == Withdrawn {
			continue
		}
		u.Applied += sum.Count
		switch sum.State {
		case Paid:
			u.Paid, u.PaidFen = u.Paid+sum.Count, u.PaidFen+sum.Amount
		case Held, Paying:
			u.Held, u.HeldFen = u.Held+sum.Count, u.HeldFen+sum.Amount
		}
	}
	fits, err := s.MeasureMatches(ctx, MatchQuery{Measure: m.ID, Limit: 1})
	if err != nil {
		return nil, err
	}
	u.EligibleN = fits.Organisations
	return &u, nil
}
