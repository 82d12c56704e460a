// Package form asks an organisation for what a measure's rule reads and nobody
// has vouched for yet (申报表): one question for each kind of fact, as a JSON
// Schema from which a page is drawn and by which an answer is checked. Answers
// are the applicant's own word: they become facts that are shown and never
// enough. The package is pure: facts and a plan in, questions out.
package form

import (
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Form is what one application is still asked, and what it need not say again.
type Form struct {
	Object    string
	Questions []Question
	Papers    []Paper
	// Known are vouched facts about the object, shown with their source in
	// place of a question.
	Known []evidence.Fact
	// Declared are the applicant's own facts about it that were recorded before.
	Declared []evidence.Fact

	today clock.Date
}

// Question asks for facts of one kind.
type Question struct {
	Kind   evidence.Kind
	Text   i18n.Text // what it is, in the measure's words
	Where  i18n.Text // where it is had from
	By     []string  // whose word will count
	Fields []Field
	Must   bool   // the amount is worked out from it, and nothing is known of it
	Many   bool   // several entries are added up; otherwise one is asked for
	Per    string // the attribute that names the object
	Year   int    // entries of this year only (002 clause 6); 0 for any
	asked  bool
}

// Paper is a file that the call asks for.
type Paper struct {
	ID       string
	Name     i18n.Text
	Required bool
}

// Input is what a form is made from.
type Input struct {
	Plan    *rule.Plan
	Measure string
	Object  string // the model, project or platform; "" for a yearly total
	Facts   []evidence.Fact
	Papers  []Paper
	Today   clock.Date
	// Ours reports whether the programme itself records facts of a kind: nobody
	// is asked for what our own books say.
	Ours func(kind string) bool
	// Answer reports whether a fact came from this very form: it may be stated
	// again, and the new one supersedes it.
	Answer func(evidence.Fact) bool
}

// Make asks what the measure and its gates read, less what is vouched for.
//
// Codes: not_found for an unknown measure.
func Make(in Input) (*Form, error) {
	readings, err := in.Plan.Readings(in.Measure)
	if err != nil {
		return nil, err
	}
	f := &Form{Object: in.Object, Papers: in.Papers, today: in.Today}
	for _, r := range readings {
		kind, err := in.Plan.Pack.Vocabulary.Kind(r.Use.Kind)
		if err != nil {
			return nil, err
		}
		if r.Use.Absent == "zero" || in.Ours(kind.Name) || kind.Unit == evidence.UnitAny {
			continue
		}
		q := questionOf(r, kind, in)
		var known, declared []evidence.Fact
		elsewhere := false
		for _, fact := range in.Facts {
			switch {
			case !q.about(&fact, in.Object):
			case slices.Contains(q.By, string(fact.Attestor)):
				known = append(known, fact)
			case fact.Attestor == evidence.Applicant:
				declared = append(declared, fact)
				elsewhere = elsewhere || !in.Answer(fact)
			}
		}
		f.Known, f.Declared = append(f.Known, known...), append(f.Declared, declared...)
		metered := len(q.By) == 1 && q.By[0] == string(evidence.Meter)
		q.asked = len(known) == 0 && !metered
		q.Must = q.asked && r.Counts && !elsewhere
		f.Questions = append(f.Questions, q)
	}
	return f, nil
}

// Asked are the questions to which nothing vouched is the answer.
func (f *Form) Asked() []Question {
	return slices.DeleteFunc(slices.Clone(f.Questions), func(q Question) bool { return !q.asked })
}

// questionOf asks for what the rule reads of a kind, and for the papers by
// which two claims on one invoice or contract are told apart (A6).
func questionOf(r rule.Reading, kind evidence.Kind, in Input) Question {
	q := Question{Kind: kind, Text: r.Use.Text, Where: r.Use.Where, By: r.Use.By, Per: r.Use.Per, Many: r.Use.Take == "sum"}
	if r.Use.Yearly {
		q.Year = in.Plan.Year
	}
	if kind.Unit != evidence.UnitCount {
		q.Fields = append(q.Fields, quantityField(kind))
	}
	q.Fields = append(q.Fields, occurredField())
	for _, a := range kind.Attributes {
		if a.Name == q.Per || a.Name == kind.Object {
			continue // it is the object itself
		}
		read := slices.Contains(r.Attributes, a.Name)
		if read || a.Paper {
			q.Fields = append(q.Fields, attributeField(a, read, in.Plan.Pack.Region.Places))
		}
	}
	return q
}

// about reports whether a fact is an answer to the question for an object.
func (q *Question) about(f *evidence.Fact, object string) bool {
	if f.Kind != q.Kind.Name || q.Year != 0 && f.Occurred.Year() != q.Year {
		return false
	}
	if q.Per == "" {
		return true
	}
	named := f.Attributes[q.Per]
	if named == "" {
		named = f.Object
	}
	return named == object
}

// Question finds the question about a kind of fact; every fact of the form has one.
func (f *Form) Question(kind string) Question {
	i := slices.IndexFunc(f.Questions, func(q Question) bool { return q.Kind.Name == kind })
	if i < 0 {
		return Question{}
	}
	return f.Questions[i]
}

// Conflict is a difference between what the applicant says and what somebody
// says whose word counts. The vouched one holds.
type Conflict struct {
	Question Question
	Field    Field
	Declared []string // as answers write them
	Vouched  []string
	By       []evidence.Attestor
}

// Conflicts compares the applicant's facts with the vouched ones. Of a kind
// that is added up, the totals of money are compared; of another, each
// attribute that the rule reads. Answers that were given before somebody
// vouched, and never recorded, count as the applicant's too.
func (f *Form) Conflicts(a Answers) (out []Conflict) {
	for _, q := range f.Questions {
		mine, theirs := q.those(f.Declared, f.Object), q.those(f.Known, f.Object)
		if len(mine) == 0 && !q.asked {
			for _, entry := range a[q.Kind.Name] {
				mine = append(mine, q.fact(entry, someOrg, f.Object))
			}
		}
		if len(mine) == 0 || len(theirs) == 0 {
			continue
		}
		for _, field := range q.Fields {
			if q.Many && field.Shape != Money || field.Name == Occurred {
				continue
			}
			a, b := field.Sayings(mine, q.Many), field.Sayings(theirs, q.Many)
			if len(a) == 0 || len(b) == 0 || slices.Equal(a, b) {
				continue
			}
			c := Conflict{Question: q, Field: field, Declared: a, Vouched: b}
			for _, fact := range theirs {
				if !slices.Contains(c.By, fact.Attestor) {
					c.By = append(c.By, fact.Attestor)
				}
			}
			out = append(out, c)
		}
	}
	return out
}

func (q *Question) those(facts []evidence.Fact, object string) (out []evidence.Fact) {
	for i := range facts {
		if q.about(&facts[i], object) {
			out = append(out, facts[i])
		}
	}
	return out
}
