package form

import (
	"fmt"
	"maps"
	"slices"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Names of the two fields that are no attribute of a kind.
const (
	Quantity = "quantity"
	Occurred = "occurred"
)

// Shape is how a field is filled in and written in JSON.
type Shape string

// The shapes. All are strings in JSON but YesNo, which is a boolean.
const (
	Money        Shape = "money"        // whole fen, above zero
	Number       Shape = "number"       // a plain decimal
	Day          Shape = "day"          // a civil day of Asia/Shanghai, not to come
	FutureDay    Shape = "future_day"   // a civil day that may be to come (a term's end)
	Year         Shape = "year"         // four digits
	YesNo        Shape = "yes_no"       //
	Choice       Shape = "choice"       // one of Words
	Place        Shape = "place"        // a GB/T 2260 code, or guian
	Organisation Shape = "organisation" // a credit code, or a name
	Line         Shape = "line"         // free text
)

// Field is one thing that a question asks.
type Field struct {
	Name     string
	Text     i18n.Text
	Shape    Shape
	Required bool
	// Values are what a choice has, and what a place or a line often is; Words
	// are the same for people.
	Values []string
	Words  map[string]i18n.Text
}

var shapes = map[evidence.AttributeType]Shape{
	evidence.TypeText: Line, evidence.TypeBool: YesNo, evidence.TypeInteger: Number, evidence.TypeDecimal: Number, evidence.TypeEnum: Choice,
	evidence.TypePlace: Place, evidence.TypeYear: Year, evidence.TypeDate: FutureDay, evidence.TypeOrganisation: Organisation,
}

func attributeField(a evidence.Attribute, required bool, places []rule.Place) Field {
	f := Field{Name: a.Name, Text: a.Text, Shape: shapes[a.Type], Required: required, Values: a.Values, Words: a.Words}
	switch f.Shape {
	case Place:
		f.Words = make(map[string]i18n.Text, len(places))
		for _, p := range places {
			f.Values, f.Words[p.Code] = append(f.Values, p.Code), p.Name
		}
	case Line:
		f.Values = slices.Sorted(maps.Keys(a.Words))
	}
	return f
}

func quantityField(kind evidence.Kind) Field {
	f := Field{Name: Quantity, Text: i18n.Text{ZH: "数量", EN: "Quantity"}, Shape: Number, Required: true}
	if kind.Unit == evidence.UnitCNY {
		f.Text, f.Shape = i18n.Text{ZH: "金额", EN: "Amount"}, Money
	}
	return f
}

func occurredField() Field {
	return Field{Name: Occurred, Text: i18n.Text{ZH: "发生日期", EN: "Date"}, Shape: Day, Required: true}
}

// canonical is a field's answer as a fact writes it.
func (f *Field) canonical(value any) string {
	if f.Shape != Money {
		return fmt.Sprint(value)
	}
	fen, err := money.ParseFen(fmt.Sprint(value))
	if err != nil { // the schema let no other through
		return ""
	}
	return fen.String()
}

// answer is what a fact says of a field, as an answer writes it; nil for nothing.
func (f *Field) answer(fact *evidence.Fact) any {
	text := fact.Attributes[f.Name]
	switch f.Name {
	case Quantity:
		text = fact.Quantity
	case Occurred:
		text = string(fact.Occurred)
	}
	switch {
	case text == "":
		return nil
	case f.Shape == YesNo:
		return text == "true"
	case f.Shape == Money:
		fen, err := fact.Fen()
		if err != nil {
			return nil
		}
		return fmt.Sprint(int64(fen))
	}
	return text
}

// Sayings are what facts say of a field, as answers write it, each once; of
// money that is added up, the total.
func (f *Field) Sayings(facts []evidence.Fact, total bool) (out []string) {
	var sum money.Fen
	counted := 0
	for i := range facts {
		if total && f.Shape == Money {
			fen, err := facts[i].Fen()
			if err != nil {
				continue
			}
			if sum, err = sum.Add(fen); err != nil {
				return nil
			}
			counted++
			continue
		}
		if said := f.answer(&facts[i]); said != nil {
			out = append(out, fmt.Sprint(said))
		}
	}
	if counted > 0 {
		return []string{fmt.Sprint(int64(sum))}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
