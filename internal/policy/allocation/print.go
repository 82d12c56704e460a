package allocation

import (
	"encoding/json"
	"strconv"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Canonical writes the result as bytes: the same JSON values as encoding/json
// would, with one award or exclusion a line so that two results can be compared
// by eye. Equal snapshots give equal bytes.
func (r *Result) Canonical() []byte {
	b := make([]byte, 0, 1024+512*(len(r.Awards)+len(r.Excluded)))
	b = appendField(b, `{"input_hash": `, r.InputHash)
	b = appendField(b, `, "outcome": `, string(r.Outcome))
	b = appendFen(b, `, "total_fen": `, r.Total)
	b = appendSmall(b, `"questions": `, r.Questions)
	b = appendSmall(b, `"measures": `, r.Measures)
	b = appendSmall(b, `"notes": `, r.Notes)
	b = appendSmall(b, `"exceptions": `, r.Exceptions)
	b = appendSmall(b, `"shared_papers": `, r.SharedPapers)
	b = appendSmall(b, `"alternatives": `, r.Alternatives)
	b = appendSmall(b, `"weightings": `, r.Weightings)
	b = appendLines(b, `"prospects": `, r.Prospects, func(b []byte, p *Prospect) []byte { return p.appendJSON(b) })
	b = appendLines(b, `"awards": `, r.Awards, func(b []byte, a *Award) []byte { return a.appendJSON(b) })
	b = appendLines(b, `"excluded": `, r.Excluded, func(b []byte, x *Excluded) []byte { return x.appendJSON(b) })
	return append(b, "}\n"...)
}

// appendSmall writes what there is little of.
func appendSmall(b []byte, name string, v any) []byte {
	var out sliceWriter
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	_ = enc.Encode(v) // plain structs always encode
	return append(append(append(b, ",\n"...), name...), out[:len(out)-1]...)
}

type sliceWriter []byte

func (w *sliceWriter) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}

// appendLines writes a list, one item a line.
func appendLines[T any](b []byte, name string, list []T, item func([]byte, *T) []byte) []byte {
	b = append(append(append(b, ",\n"...), name...), '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(append(b, '\n'), &list[i])
	}
	return append(b, ']')
}

func (s *Standing) appendJSON(b []byte) []byte {
	b = appendField(b, `{"id": `, s.ID)
	b = appendField(b, `, "code": `, s.Code)
	b = appendField(b, `, "measure": `, s.Measure)
	if s.Level != "" {
		b = appendField(b, `, "level": `, s.Level)
	}
	if s.Priority {
		b = append(b, `, "priority": true`...)
	}
	b = strconv.AppendInt(append(b, `, "rank": `...), int64(s.Rank), 10)
	if s.Score != "" {
		b = appendField(b, `, "score": `, s.Score)
	}
	if s.Points != "" {
		b = appendField(b, `, "points": `, s.Points)
	}
	if len(s.Parts) > 0 {
		b = appendList(append(b, `, "parts": `...), s.Parts, func(b []byte, p *Part) []byte {
			b = appendField(b, `{"factor": `, p.Factor)
			b = append(p.Given.append(append(b, `, "given": "`...)), '"')
			return append(appendField(b, `, "points": `, p.Points), '}')
		})
	}
	return b
}

func (a *Award) appendJSON(b []byte) []byte {
	b = a.Standing.appendJSON(b)
	b = strconv.AppendInt(append(b, `, "place": `...), int64(a.Place), 10)
	b = appendFen(b, `, "claim_fen": `, a.Claim)
	b = appendFen(b, `, "before_fen": `, a.Before)
	b = appendFen(b, `, "due_fen": `, a.Due)
	b = appendFen(b, `, "amount_fen": `, a.Amount)
	return append(appendFen(b, `, "carried_fen": `, a.Carried), '}')
}

func (x *Excluded) appendJSON(b []byte) []byte {
	b = x.Standing.appendJSON(b)
	b = appendField(b, `, "why": `, string(x.Why))
	b = appendText(append(b, `, "reason": `...), x.Reason)
	b = appendList(append(b, `, "conflicts": `...), x.Conflicts, func(b []byte, c *Conflict) []byte {
		b = appendField(b, `{"id": `, c.ID)
		if c.Number != "" {
			b = appendField(b, `, "number": `, c.Number)
		}
		b = appendField(b, `, "measure": `, c.Measure)
		b = appendField(b, `, "ground": `, string(c.Ground))
		if c.Matter != "" {
			b = appendField(b, `, "matter": `, c.Matter)
		}
		return append(appendList(append(b, `, "papers": `...), c.Papers, appendPaper), '}')
	})
	return append(b, '}')
}

func (p *Prospect) appendJSON(b []byte) []byte {
	b = appendField(b, `{"id": `, p.ID)
	b = appendField(b, `, "code": `, p.Code)
	b = appendField(b, `, "measure": `, p.Measure)
	b = strconv.AppendInt(append(b, `, "ranks": [`...), int64(p.Ranks[0]), 10)
	b = strconv.AppendInt(append(b, ','), int64(p.Ranks[1]), 10)
	b = appendField(b, `], "scores": [`, p.Scores[0])
	b = appendField(b, `,`, p.Scores[1])
	return append(appendList(append(b, `], "under": `...), p.Under, func(b []byte, u *Under) []byte {
		b = appendField(b, `{"weighting": `, u.Weighting)
		b = strconv.AppendInt(append(b, `, "rank": `...), int64(u.Rank), 10)
		return append(appendField(b, `, "score": `, u.Score), '}')
	}), '}')
}

func appendText(b []byte, t i18n.Text) []byte {
	b = appendField(b, `{"zh": `, t.ZH)
	return append(appendField(b, `, "en": `, t.EN), '}')
}
