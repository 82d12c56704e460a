package allocation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Canonical writes the snapshot as the one text that its hash is of, whatever
// order it was built in. Freeze this text; ReadSnapshot takes it back.
//
// Codes: invalid, too_large (see Validate).
func (in *Input) Canonical() ([]byte, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	in.frozen().write(&b)
	return b.Bytes(), nil
}

// hash is the SHA-256 of a frozen snapshot's text.
func (in *Input) hash() string {
	h := sha256.New()
	in.write(h)
	return hex.EncodeToString(h.Sum(nil))
}

// write writes a frozen snapshot; w never fails.
func (in *Input) write(w io.Writer) {
	b := make([]byte, 0, 1<<16)
	flush := func() {
		_, _ = w.Write(b)
		b = b[:0]
	}
	b = appendField(b, `{"same_matter":`, string(in.SameMatter))
	b = appendList(append(b, `,"calls":`...), in.Calls, func(b []byte, c *Call) []byte { return c.appendJSON(b) })
	b = append(b, `,"applications":[`...)
	for i := range in.Applications {
		if i > 0 {
			b = append(b, ',')
		}
		if b = in.Applications[i].appendJSON(b); len(b) > 1<<15 {
			flush()
		}
	}
	b = appendList(append(b, `],"exceptions":`...), in.Exceptions, func(b []byte, x *Exception) []byte { return x.appendJSON(b) })
	b = append(b, "}\n"...)
	flush()
}

func (c *Call) appendJSON(b []byte) []byte {
	b = appendField(b, `{"measure":`, c.Measure)
	b = strconv.AppendInt(append(b, `,"year":`...), int64(c.Year), 10)
	b = appendLimits(b, c.Budget, c.Quota)
	if c.WhenShort != "" {
		b = appendField(b, `,"when_short":`, string(c.WhenShort))
	}
	if c.Rank != nil {
		b = c.Rank.appendJSON(append(b, `,"rank":`...))
	}
	if s := c.Share; s != nil {
		b = appendField(b, `,"share":{"how":`, string(s.How))
		if len(s.Table) > 0 {
			b = appendList(append(b, `,"table":`...), s.Table, func(b []byte, f *money.Fen) []byte { return appendString(b, f.String()) })
		}
		if s.Most != nil {
			b = appendField(b, `,"most":`, s.Most.String())
		}
		b = append(b, '}')
	}
	if s := c.Stated; s.Quota != nil || s.Budget != nil {
		b = append(b, `,"stated":{`...)
		limits := appendLimits(nil, s.Budget, s.Quota)
		b = append(append(b, limits[1:]...), '}')
	}
	return append(b, '}')
}

// appendLimits writes budget and quota, each after a comma.
func appendLimits(b []byte, budget *money.Fen, quota *int) []byte {
	if budget != nil {
		b = appendField(b, `,"budget":`, budget.String())
	}
	if quota != nil {
		b = strconv.AppendInt(append(b, `,"quota":`...), int64(*quota), 10)
	}
	return b
}

func (r *Rank) appendJSON(b []byte) []byte {
	b = append(b, `{"by":{`...)
	least := false
	for k, f := range r.By {
		if k > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, f.Name), ':')
		switch {
		case f.Weight == nil:
			b = append(b, "null"...)
		case f.Weight.exact():
			b = appendString(b, f.Weight.Low.String())
		default:
			b = append(appendField(appendField(b, `[`, f.Weight.Low.String()), `,`, f.Weight.High.String()), ']')
		}
		least = least || f.Least != nil
	}
	b = append(b, '}')
	if r.Normalise != "" {
		b = appendField(b, `,"normalise":`, string(r.Normalise))
	}
	if r.Ties != "" {
		b = appendField(b, `,"ties":`, string(r.Ties))
	}
	if r.Bar != nil || least {
		b = append(r.appendBar(append(b, `,"bar":{`...)), '}')
	}
	return append(b, '}')
}

func (r *Rank) appendBar(b []byte) []byte {
	comma := ""
	if r.Bar != nil {
		b, comma = appendField(b, `"score":`, r.Bar.String()), ","
	}
	open := comma + `"each":{`
	for _, f := range r.By {
		if f.Least != nil {
			b = append(appendString(append(b, open...), f.Name), ':')
			b, open = appendString(b, f.Least.String()), ","
		}
	}
	if open == "," {
		b = append(b, '}')
	}
	return b
}

func (a *Application) appendJSON(b []byte) []byte {
	b = appendField(b, `{"id":`, a.ID)
	b = appendField(b, `,"code":`, a.Code)
	b = appendField(b, `,"measure":`, a.Measure)
	if a.Number != "" {
		b = appendField(b, `,"number":`, a.Number)
	}
	if a.Amount != nil {
		b = appendFen(b, `,"amount_fen":`, *a.Amount)
	}
	if len(a.Scores) > 0 {
		b = append(b, `,"scores":{`...)
		for k := range a.Scores {
			if k > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, a.Scores[k].Factor), ':')
			b = append(a.Scores[k].Value.append(append(b, '"')), '"')
		}
		b = append(b, '}')
	}
	if !a.Submitted.IsZero() {
		b = append(a.Submitted.UTC().AppendFormat(append(b, `,"submitted":"`...), time.RFC3339Nano), '"')
	}
	if a.Priority {
		b = append(b, `,"priority":true`...)
	}
	b = appendMatter(b, a.Matter, a.Papers)
	if a.Level != "" {
		b = appendField(b, `,"level":`, a.Level)
	}
	if a.Paid != 0 {
		b = appendFen(b, `,"paid_fen":`, a.Paid)
	}
	return append(b, '}')
}

func (x *Exception) appendJSON(b []byte) []byte {
	b = appendField(b, `{"id":`, x.ID)
	b = appendField(b, `,"code":`, x.Code)
	b = appendField(b, `,"measure":`, x.Measure)
	b = appendFen(b, `,"amount_fen":`, x.Amount)
	b = appendList(append(b, `,"approvers":`...), x.Approvers, func(b []byte, s *string) []byte { return appendString(b, *s) })
	return append(appendMatter(b, x.Matter, x.Papers), '}')
}

func appendMatter(b []byte, matter string, papers []evidence.Paper) []byte {
	if matter != "" {
		b = appendField(b, `,"matter":`, matter)
	}
	if len(papers) > 0 {
		b = appendList(append(b, `,"papers":`...), papers, appendPaper)
	}
	return b
}

func appendPaper(b []byte, p *evidence.Paper) []byte {
	b = appendField(b, `{"attribute":`, p.Attribute)
	return append(appendField(b, `,"number":`, p.Number), '}')
}

func appendFen(b []byte, name string, f money.Fen) []byte {
	b = append(append(b, name...), '"')
	return append(strconv.AppendInt(b, int64(f), 10), '"')
}

func appendField(b []byte, name, value string) []byte {
	return appendString(append(b, name...), value)
}

func appendList[T any](b []byte, list []T, item func([]byte, *T) []byte) []byte {
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(b, &list[i])
	}
	return append(b, ']')
}

// appendString writes a JSON string as encoding/json does without its escapes
// for HTML.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == 0xe2 || c == 0x7f { // 0xe2 begins U+2028, which is escaped
			return appendEscaped(b, s)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendEscaped(b []byte, s string) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	return append(b, bytes.TrimRight(out.Bytes(), "\n")...)
}
