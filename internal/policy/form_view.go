package policy

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/party"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/httpapi"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/form"
)

// Form is what an application asks of its organisation, and what it need not
// say again.
type Form struct {
	Schema    form.Schema    `json:"schema" doc:"JSON Schema (2020-12) of what may and must still be stated, and of the papers that the call asks for"`
	Class     string         `json:"class" example:"model" doc:"What one application is for; empty for a yearly total"`
	Object    string         `json:"object" doc:"The model, project or platform; empty for a yearly total"`
	Declared  form.Answers   `json:"declared" doc:"What the draft states so far, as the schema has it"`
	Faults    []FormFault    `json:"faults" doc:"What is wrong or missing in it; submitting is refused until there is none"`
	Known     []Statement    `json:"known" doc:"What is vouched for already: shown, and not asked"`
	Stated    []Statement    `json:"stated" doc:"What the organisation stated itself and was recorded so; a department confirms or disputes it"`
	Conflicts []FormConflict `json:"conflicts" doc:"Where the organisation says otherwise than somebody whose word counts: that one holds"`
	Lacking   []Lack         `json:"lacking" doc:"What the rule still lacks, whose word it needs, and the step to get it"`
}

// FormFault is one wrong or missing value.
type FormFault struct {
	Path string    `json:"path" doc:"Such as declared.cost.model_construction[0].place, or evidence.plan"`
	Text i18n.Text `json:"text"`
}

// Statement is one fact in words, field by field.
type Statement struct {
	Fact   FactRef       `json:"fact"`
	Text   i18n.Text     `json:"text" doc:"What it is, in the measure's words"`
	Fields []SaidOfField `json:"fields"`
}

// SaidOfField is what a fact says of one field.
type SaidOfField struct {
	Field string     `json:"field"`
	Label i18n.Text  `json:"label"`
	Shape form.Shape `json:"shape" enum:"money,number,day,future_day,year,yes_no,choice,place,organisation,line"`
	Value string     `json:"value" doc:"Whole fen for money, true or false for a yes or no"`
	Words *i18n.Text `json:"words,omitempty" doc:"The value in words, where it has any"`
}

// FormConflict is a difference between two words on one thing.
type FormConflict struct {
	Kind     string        `json:"kind"`
	Text     i18n.Text     `json:"text"`
	Field    string        `json:"field"`
	Label    i18n.Text     `json:"label"`
	Declared []SaidOfField `json:"declared" doc:"The organisation's own"`
	Vouched  []SaidOfField `json:"vouched" doc:"Holds"`
	By       i18n.Text     `json:"by" doc:"Who vouches"`
}

// formView writes a form for a page.
func (s *Service) formView(ctx context.Context, a *Application, files []Attachment) (Form, error) {
	f, err := s.formOf(ctx, a)
	if err != nil {
		return Form{}, err
	}
	m, err := s.Pack.Measure(a.Measure)
	if err != nil {
		return Form{}, err
	}
	out := Form{Class: m.Object, Schema: *f.Schema(), Object: a.Object, Declared: a.Declared, Faults: []FormFault{}, Lacking: []Lack{},
		Known: statements(f, f.Known), Stated: statements(f, f.Declared), Conflicts: []FormConflict{}}
	if out.Declared == nil {
		out.Declared = form.Answers{}
	}
	if a.Can(ActionEdit) || a.ID == "" {
		if out.Faults, err = faultsOf(f.Check(a.Declared, byPaper(files))); err != nil {
			return out, err
		}
	}
	for _, c := range f.Conflicts(a.Declared) {
		field := c.Field
		out.Conflicts = append(out.Conflicts, FormConflict{Kind: c.Question.Kind.Name, Text: c.Question.Text, Field: field.Name, Label: field.Text,
			Declared: sayings(field, c.Declared), Vouched: sayings(field, c.Vouched), By: attestorsOf(names(c.By))})
	}
	on := a.Submitted
	switch {
	case a.Org == "" || m.Object != "" && a.Object == "" || a.ID != "" && (!a.State.Open() || a.State.WaitsFor() == "ledger" || a.State == Held):
		return out, nil // nobody is asked, or nothing more is
	case a.Can(ActionEdit) || on == "":
		on = s.Clock.Today()
	}
	found, err := s.assessCase(ctx, a, on)
	if err != nil {
		return out, err
	}
	known := factRefs(slices.Concat(f.Known, f.Declared))
	for _, need := range found.Needs {
		lack := lackOf(need, known)
		asked := slices.ContainsFunc(f.Asked(), func(q form.Question) bool { return q.Kind.Name == need.Fact })
		if lack.Step.Action == StepEnter && asked && a.Can(ActionEdit) {
			who := attestorsOf(need.By)
			lack.Step.Text = i18n.T("先在本表填报，提交后供%[1]s核实；%[1]s登记后生效。", "State it in this form for %[2]s to check; it counts once they record it.", who.ZH, who.EN)
			lack.Step.Link = "#" + need.Fact
		}
		out.Lacking = append(out.Lacking, lack)
	}
	return out, nil
}

// faultsOf turns a refusal of the form into what a draft still lacks.
func faultsOf(err error) ([]FormFault, error) {
	out := []FormFault{}
	if err != nil && !fault.Is(err, fault.Invalid) {
		return out, err
	}
	if err != nil {
		for _, field := range fault.From(err).Fields {
			out = append(out, FormFault{field.Path, field.Message})
		}
	}
	return out, nil
}

func statements(f *form.Form, facts []evidence.Fact) []Statement {
	refs, out := factRefs(facts), make([]Statement, 0, len(facts))
	for i := range facts {
		q := f.Question(facts[i].Kind)
		said := Statement{Fact: refs[facts[i].ID], Text: q.Text, Fields: []SaidOfField{}}
		for _, field := range q.Fields {
			said.Fields = append(said.Fields, sayings(field, field.Sayings(facts[i:i+1], false))...)
		}
		out = append(out, said)
	}
	return out
}

func sayings(field form.Field, values []string) []SaidOfField {
	out := make([]SaidOfField, 0, len(values))
	for _, v := range values {
		said := SaidOfField{Field: field.Name, Label: field.Text, Shape: field.Shape, Value: v}
		if words, known := field.Words[v]; known {
			said.Words = &words
		}
		out = append(out, said)
	}
	return out
}

func names(by []evidence.Attestor) []string {
	out := make([]string, len(by))
	for i, b := range by {
		out[i] = string(b)
	}
	return out
}

type callFormInput struct {
	ID      string `path:"id" maxLength:"64"`
	Measure string `path:"measure" maxLength:"40"`
	Object  string `query:"object" maxLength:"400" doc:"The model, project or platform; empty for a yearly total, or to see all that is asked"`
}

type formOutput struct{ Body Form }

func (s *Service) registerForms(api huma.API) {
	op := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tagApplications}}
	}
	httpapi.Register(api, op("getApplicationForm", "/applications/{id}/form", "What an application asks, what is known already, and what it states"),
		func(ctx context.Context, in *caseInput) (*formOutput, error) {
			f, err := s.Form(ctx, party.ActorOf(ctx), in.ID)
			return &formOutput{f}, err
		})
	httpapi.Register(api, op("getCallForm", "/calls/{id}/measures/{measure}/form", "What a measure of a call asks before an application is opened"),
		func(ctx context.Context, in *callFormInput) (*formOutput, error) {
			f, err := s.CallForm(ctx, party.ActorOf(ctx), in.ID, in.Measure, in.Object)
			return &formOutput{f}, err
		})
}
