package rule

import (
	"encoding/json"
	"strconv"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// AppendResults appends the results as JSON, byte for byte what encoding/json
// writes, without its reflection: one organisation against hundreds of
// measures is mostly printing.
func AppendResults(b []byte, results []Result) []byte {
	b = append(b, '[')
	for i := range results {
		if i > 0 {
			b = append(b, ',')
		}
		b = results[i].appendJSON(b)
	}
	return append(b, ']')
}

func (r *Result) appendJSON(b []byte) []byte {
	b = appendField(b, `{"measure":`, r.Measure)
	b = strconv.AppendInt(append(b, `,"version":`...), int64(r.Version), 10)
	if r.Imports != "" {
		b = appendField(b, `,"imports":`, r.Imports)
	}
	b = appendText(append(b, `,"name":`...), r.Name)
	b = appendField(b, `,"rule_type":`, string(r.RuleType))
	b = r.Clause.appendJSON(append(b, `,"clause":`...))
	b = appendField(b, `,"object":`, r.Object)
	if r.Class != "" {
		b = appendField(b, `,"class":`, r.Class)
	}
	b = appendField(b, `,"outcome":`, string(r.Outcome))
	b = appendFen(append(b, `,"amount_fen":`...), r.Amount)
	b = appendFen(append(b, `,"provisional_fen":`...), r.Provisional)
	b = r.Range.appendJSON(append(b, `,"range_fen":`...))
	b = append(b, `,"split_fen":`...)
	if r.Split == nil {
		b = append(b, "null"...)
	} else {
		b = appendFen(append(b, `{"city":`...), &r.Split.City)
		b = append(appendFen(append(b, `,"district":`...), &r.Split.District), '}')
	}
	if r.Purse != "" {
		b = appendField(b, `,"purse":`, r.Purse)
	}
	b = appendList(append(b, `,"lacking":`...), r.Lacking, appendString)
	b = appendList(append(b, `,"needs":`...), r.Needs, func(b []byte, n Need) []byte { return n.appendJSON(b) })
	b = appendList(append(b, `,"questions":`...), r.Questions, appendString)
	b = appendList(append(b, `,"reasons":`...), r.Reasons, func(b []byte, n Reason) []byte { return n.appendJSON(b) })
	b = appendList(append(b, `,"trace":`...), r.Trace, func(b []byte, n TraceStep) []byte { return n.appendJSON(b) })
	if r.Note != nil {
		b = appendText(append(b, `,"note":`...), *r.Note)
	}
	return append(b, '}')
}

func (r *Range) appendJSON(b []byte) []byte {
	if r == nil {
		return append(b, "null"...)
	}
	b = appendFen(append(b, `{"least":`...), &r.Least)
	b = appendFen(append(b, `,"most":`...), &r.Most)
	b = appendList(append(b, `,"over":`...), r.Over, appendString)
	return append(appendList(append(b, `,"apart":`...), r.Apart, appendString), '}')
}

func (c *Citation) appendJSON(b []byte) []byte {
	b = appendField(b, `{"document":`, c.Document)
	b = appendField(b, `,"path":`, c.Path)
	return append(appendText(append(b, `,"label":`...), c.Label), '}')
}

func (n *Need) appendJSON(b []byte) []byte {
	b = appendField(b, `{"fact":`, n.Fact)
	if n.Attribute != "" {
		b = appendField(b, `,"attribute":`, n.Attribute)
	}
	b = appendList(append(b, `,"by":`...), n.By, appendString)
	b = appendList(append(b, `,"shown":`...), n.Shown, appendString)
	b = appendField(b, `,"zh":`, n.ZH)
	b = appendField(b, `,"en":`, n.EN)
	return append(appendText(append(b, `,"where":`...), n.Where), '}')
}

func (r *Reason) appendJSON(b []byte) []byte {
	b = appendField(b, `{"id":`, r.ID)
	b = appendBool(append(b, `,"ok":`...), r.OK)
	b = appendField(b, `,"zh":`, r.ZH)
	b = appendField(b, `,"en":`, r.EN)
	b = r.Clause.appendJSON(append(b, `,"clause":`...))
	return append(appendList(append(b, `,"facts":`...), r.Facts, appendString), '}')
}

func (s *TraceStep) appendJSON(b []byte) []byte {
	b = appendField(b, `{"kind":`, string(s.Kind))
	b = append(b, `,"clause":`...)
	if s.Clause == nil {
		b = append(b, "null"...)
	} else {
		b = s.Clause.appendJSON(b)
	}
	b = appendText(append(b, `,"text":`...), s.Text)
	if s.Note != nil {
		b = appendText(append(b, `,"note":`...), *s.Note)
	}
	if s.OK != nil {
		b = appendBool(append(b, `,"ok":`...), s.OK)
	}
	if s.Operator != "" {
		b = appendField(b, `,"operator":`, s.Operator)
	}
	if s.Operand != "" {
		b = appendField(b, `,"operand":`, s.Operand)
	}
	if s.Line != nil {
		b = appendFen(append(b, `,"line_fen":`...), s.Line)
	}
	b = appendFen(append(b, `,"amount_fen":`...), s.Amount)
	b = appendField(b, `,"role":`, s.Role)
	if s.Question != "" {
		b = appendField(b, `,"question":`, s.Question)
	}
	return append(appendList(append(b, `,"facts":`...), s.Facts, func(b []byte, f FactLine) []byte { return f.appendJSON(b) }), '}')
}

func (f *FactLine) appendJSON(b []byte) []byte {
	b = appendField(b, `{"id":`, f.ID)
	b = appendField(b, `,"kind":`, f.Kind)
	b = appendField(b, `,"attested_by":`, f.Attestor)
	b = appendField(b, `,"occurred":`, string(f.Occurred))
	if f.Amount != nil {
		b = appendFen(append(b, `,"amount_fen":`...), f.Amount)
	}
	if len(f.Papers) > 0 {
		b = appendList(append(b, `,"papers":`...), f.Papers, func(b []byte, p evidence.Paper) []byte {
			return append(appendField(appendField(b, `{"attribute":`, p.Attribute), `,"number":`, p.Number), '}')
		})
	}
	return append(b, '}')
}

func appendField(b []byte, name, value string) []byte { return appendString(append(b, name...), value) }

func appendText(b []byte, t i18n.Text) []byte {
	b = appendField(b, `{"zh":`, t.ZH)
	return append(appendField(b, `,"en":`, t.EN), '}')
}

func appendFen(b []byte, fen *money.Fen) []byte {
	if fen == nil {
		return append(b, "null"...)
	}
	return append(strconv.AppendInt(append(b, '"'), int64(*fen), 10), '"')
}

func appendBool(b []byte, v *bool) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	return strconv.AppendBool(b, *v)
}

func appendList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	if list == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

// appendString copies plain text and leaves anything that needs escaping, or
// may (U+2028 begins with the byte E2), to encoding/json.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == '"', c == '\\', c == '<', c == '>', c == '&', c == 0xE2, c >= 0xF5, c == 0xC0, c == 0xC1, c == 0x7F:
			quoted, err := json.Marshal(s)
			if err != nil {
				return append(b, `""`...) // a string always marshals
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
