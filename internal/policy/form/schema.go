package form

import (
	"fmt"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Dialect is the version of JSON Schema that forms are written in.
const Dialect = "https://json-schema.org/draft/2020-12/schema"

// Schema is a JSON Schema of the few shapes that a form has. What begins with
// x- is for drawing it; a validator passes over it.
type Schema struct {
	Dialect    string             `json:"$schema,omitempty"`
	Type       string             `json:"type" enum:"object,array,string,boolean"`
	Title      string             `json:"title,omitempty"`
	Format     string             `json:"format,omitempty"`
	Pattern    string             `json:"pattern,omitempty"`
	MaxLength  *int               `json:"maxLength,omitempty"`
	Enum       []string           `json:"enum,omitempty"`
	Examples   []string           `json:"examples,omitempty"`
	MinItems   *int               `json:"minItems,omitempty"`
	MaxItems   *int               `json:"maxItems,omitempty"`
	Items      *Schema            `json:"items,omitempty"`
	Properties map[string]*Schema `json:"properties,omitempty"`
	Required   []string           `json:"required,omitempty"`
	Additional *bool              `json:"additionalProperties,omitempty"`

	Order  []string             `json:"x-order,omitempty" doc:"Properties in the order in which they are asked"`
	Text   *i18n.Text           `json:"x-text,omitempty" doc:"What it is, in both languages"`
	Where  *i18n.Text           `json:"x-where,omitempty" doc:"Where it is had from"`
	By     []string             `json:"x-by,omitempty" doc:"Whose word will count: the applicant's is shown and never enough"`
	Shape  Shape                `json:"x-shape,omitempty" doc:"How it is filled in" enum:"money,number,day,future_day,year,yes_no,choice,place,organisation,line"`
	Words  map[string]i18n.Text `json:"x-words,omitempty" doc:"Known values in words"`
	Latest clock.Date           `json:"x-latest,omitempty" doc:"The last day that may be written"`
}

// Bounds of an answer.
const (
	mostEntries = 50
	longestText = 200 // evidence bounds an attribute's text
)

// Schema writes the questions that are asked, and the papers of the call, as
// one JSON Schema: an object of declared (by kind of fact, a list of entries)
// and evidence (by paper, the ids of attachments).
func (f *Form) Schema() *Schema {
	declared := object()
	for _, q := range f.Asked() {
		declared.add(q.Kind.Name, q.schema(f.today), q.Must)
	}
	papers := object()
	for _, p := range f.Papers {
		one := 1
		files := &Schema{Type: "array", Title: p.Name.ZH, Text: &p.Name, Items: &Schema{Type: "string"}}
		if p.Required {
			files.MinItems = &one
		}
		papers.add(p.ID, files, p.Required)
	}
	root := object()
	root.Dialect = Dialect
	root.add("declared", declared, true)
	root.add("evidence", papers, true)
	return root
}

func (q *Question) schema(today clock.Date) *Schema {
	entry := object()
	for i := range q.Fields {
		field := &q.Fields[i]
		entry.add(field.Name, field.schema(q.Year, today), field.Required)
	}
	most := 1
	if q.Many {
		most = mostEntries
	}
	list := &Schema{Type: "array", Title: q.Text.ZH, Text: &q.Text, By: q.By, MaxItems: &most, Items: entry}
	if !q.Where.IsZero() {
		list.Where = &q.Where
	}
	if q.Must {
		one := 1
		list.MinItems = &one
	}
	return list
}

func (f *Field) schema(year int, today clock.Date) *Schema {
	s := &Schema{Type: "string", Title: f.Text.ZH, Text: &f.Text, Shape: f.Shape, Words: f.Words}
	long := longestText
	switch f.Shape {
	case Money:
		s.Pattern = `^[1-9][0-9]{0,16}$`
	case Number:
		s.Pattern = `^[0-9]{1,16}(\.[0-9]{1,12})?$`
	case Day:
		s.Format, s.Latest = "date", today
		if year != 0 {
			s.Pattern = fmt.Sprintf("^%04d-", year)
			s.Latest = min(today, clock.Date(fmt.Sprintf("%04d-12-31", year)))
		}
	case FutureDay:
		s.Format = "date"
	case Year:
		s.Pattern = `^(19|[2-9][0-9])[0-9]{2}$`
	case YesNo:
		s.Type = "boolean"
	case Choice:
		s.Enum = f.Values
	case Place:
		s.Pattern, s.Examples = `^([1-8][1-9][0-9]{4}|guian)$`, f.Values
	default:
		s.Pattern, s.MaxLength, s.Examples = `\S`, &long, f.Values
	}
	return s
}

func object() *Schema {
	closed := false
	return &Schema{Type: "object", Properties: map[string]*Schema{}, Additional: &closed}
}

func (s *Schema) add(name string, property *Schema, required bool) {
	s.Properties[name] = property
	s.Order = append(s.Order, name)
	if required {
		s.Required = append(s.Required, name)
	}
}
