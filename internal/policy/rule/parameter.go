package rule

import (
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// value is a parameter in the unit that operators and conditions use.
type value struct {
	kind  string
	n     int64 // fen, count, or 10⁻¹² of a rate
	rate  money.Rate
	given bool
	text  string
}

func parseValue(p Parameter, text string) (value, error) {
	v := value{kind: p.Kind, text: text, given: text != ""}
	if text == "" {
		return v, nil
	}
	switch p.Kind {
	case "rate":
		r, err := money.ParseRate(text)
		if err != nil {
			return v, err
		}
		n, ok := parseDecimal(text)
		if !ok || n >= maxMagnitude {
			return v, fault.Newf(fault.Invalid, "比例 %s 超出范围。", "The rate %s is out of range.", text)
		}
		v.rate, v.n = r, n
	case "money":
		fen, err := money.ParseYuan(text)
		if err != nil {
			return v, err
		}
		if fen < 0 || fen >= maxMagnitude {
			return v, fault.Newf(fault.Invalid, "金额 %s 超出范围：须小于一亿亿元。", "The amount %s is out of range: it stays below ten quadrillion yuan.", text)
		}
		v.n = int64(fen)
	case "count":
		n, ok := parseInt(text)
		if !ok || n < 0 {
			return v, fault.Newf(fault.Invalid, "“%.40s”不是个数：请写成 0 或正整数。", "%.40q is no count: write 0 or a positive whole number.", text)
		}
		v.n = n
	default:
		return v, fault.Newf(fault.Invalid, "参数类型“%s”应为 rate、money 或 count。", "The parameter kind %q should be rate, money or count.", p.Kind)
	}
	return v, nil
}

// values are a measure's parameters with what a guide or a what-if sets.
func (c *compiler) values(m *Measure) map[string]value {
	out := map[string]value{}
	for _, p := range m.Parameters {
		text := p.Value
		if set, ok := c.overrides[m.ID][p.Path]; ok {
			text = set
		}
		v, err := parseValue(p, text)
		if err == nil {
			out[p.Path] = v
		}
	}
	return out
}
