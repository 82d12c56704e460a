package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// faults validates a draft against the form's own schema: the bytes that a
// reader of the API gets are the ones that judge.
func (f *Form) faults(a Answers, papers map[string][]string) ([]*jsonschema.ValidationError, error) {
	schema, err := reread(f.Schema())
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	const place = "urn:qianmo:form"
	if err := compiler.AddResource(place, schema); err != nil {
		return nil, err
	}
	compiled, err := compiler.Compile(place)
	if err != nil {
		return nil, err
	}
	instance, err := reread(f.instance(a, papers))
	if err != nil {
		return nil, err
	}
	var wrong *jsonschema.ValidationError
	if err := compiled.Validate(instance); !errors.As(err, &wrong) {
		return nil, err
	}
	return leaves(wrong), nil
}

// instance is the document that the schema speaks of: what is asked, no more.
func (f *Form) instance(a Answers, papers map[string][]string) map[string]any {
	declared := map[string]any{}
	for _, q := range f.Asked() {
		if entries, given := a[q.Kind.Name]; given {
			declared[q.Kind.Name] = entries
		}
	}
	attached := map[string]any{}
	for _, p := range f.Papers {
		if ids := papers[p.ID]; len(ids) > 0 {
			attached[p.ID] = ids
		}
	}
	return map[string]any{"declared": declared, "evidence": attached}
}

func reread(v any) (any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(text))
}

// leaves are the faults themselves, without the groups that hold them.
func leaves(e *jsonschema.ValidationError) (out []*jsonschema.ValidationError) {
	if len(e.Causes) == 0 {
		return append(out, e)
	}
	for _, cause := range e.Causes {
		out = append(out, leaves(cause)...)
	}
	return out
}

// explain says a validator's fault at the field, in words that tell what to do.
func (f *Form) explain(e *jsonschema.ValidationError) []fault.Field {
	where := e.InstanceLocation
	var missing []string
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		missing = k.Missing
	case *kind.AdditionalProperties:
		var out []fault.Field
		for _, name := range k.Properties {
			out = append(out, fault.Field{Path: path(append(where[:len(where):len(where)], clip(name))), Message: i18n.Text{ZH: "没有这一项：请删去。", EN: "There is no such field: remove it."}})
		}
		return out
	}
	if missing == nil {
		return []fault.Field{{Path: path(where), Message: f.wants(where, false)}}
	}
	out := make([]fault.Field, len(missing))
	for i, name := range missing {
		at := append(where[:len(where):len(where)], name)
		out[i] = fault.Field{Path: path(at), Message: f.wants(at, true)}
	}
	return out
}

// path writes a place in the document: declared.org.credit[0].good.
func path(segments []string) string {
	out := ""
	for i, s := range segments {
		_, err := strconv.Atoi(s)
		switch {
		case err == nil && i == 2:
			out += "[" + s + "]"
		case out == "":
			out = s
		default:
			out += "." + s
		}
	}
	return out
}

// wants says what belongs at a place of the document.
func (f *Form) wants(where []string, missing bool) i18n.Text {
	switch {
	case len(where) >= 2 && where[0] == "evidence":
		for _, p := range f.Papers {
			if p.ID == where[1] {
				return i18n.T("请上传“%[1]s”。", "Attach “%[2]s”.", p.Name.ZH, p.Name.EN)
			}
		}
	case len(where) >= 2:
		for i := range f.Questions {
			if q := &f.Questions[i]; q.Kind.Name == where[1] {
				return q.wants(where[2:], missing)
			}
		}
	}
	return i18n.Text{ZH: "内容不正确，请按申报表填写。", EN: "This is wrong: fill it in as the form asks."}
}

func (q *Question) wants(where []string, missing bool) i18n.Text {
	if len(where) == 2 {
		for i := range q.Fields {
			if f := &q.Fields[i]; f.Name == where[1] {
				return f.wants(missing, q.Year)
			}
		}
	}
	if len(where) == 0 && !q.Many {
		return i18n.T("请填写“%[1]s”，只填一条。", "Fill in “%[2]s”, one entry only.", q.Text.ZH, q.Text.EN)
	}
	return i18n.T("请填写“%[1]s”，1 至 %[3]d 条。", "Fill in “%[2]s”, 1 to %[3]d entries.", q.Text.ZH, q.Text.EN, mostEntries)
}

// wants says how a field is filled in.
func (f *Field) wants(missing bool, year int) i18n.Text {
	if missing {
		return i18n.T("请填写“%[1]s”。", "Fill in “%[2]s”.", f.Text.ZH, f.Text.EN)
	}
	switch f.Shape {
	case Money:
		return i18n.T("应为大于 0 的金额（JSON 里写整数分）。", "It should be an amount above zero (whole fen in JSON).")
	case Number:
		return i18n.T("应为数，例如 12.5，不带单位和逗号。", "It should be a number such as 12.5, without unit or commas.")
	case Day:
		if year != 0 {
			return i18n.T("应为 %[1]d 年内的日期，例如 %[1]d-03-31。", "It should be a day of %[1]d, such as %[1]d-03-31.", year)
		}
		return i18n.T("应为日期，例如 2025-03-31。", "It should be a day, such as 2025-03-31.")
	case FutureDay:
		return i18n.T("应为日期，例如 2027-03-31。", "It should be a day, such as 2027-03-31.")
	case Year:
		return i18n.T("应为四位年份，例如 2025。", "It should be a year of four digits, such as 2025.")
	case YesNo:
		return i18n.T("请选“是”或“否”。", "Choose yes or no.")
	case Choice:
		return i18n.T("请从所列的选项里选。", "Choose one of the options.")
	case Place:
		return i18n.T("应为 GB/T 2260 六位代码，例如 520115；贵安新区写 guian。", "It should be the six digits of GB/T 2260, such as 520115; guian for the new area.")
	}
	return i18n.T("应为不超过 %[1]d 字的文字。", "It should be a text of at most %[1]d characters.", longestText)
}
