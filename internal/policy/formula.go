package policy

import (
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// valueOf is a parameter's figure as a measure file writes it, with what the
// guide sets; "" when the text gives none.
func valueOf(m *rule.Measure, path string, guide *rule.Guide) string {
	if guide != nil {
		for _, o := range guide.Set {
			if o.Measure == m.ID && strings.TrimPrefix(o.Path, "parameters.") == path {
				return o.Value
			}
		}
	}
	p, _ := m.Parameter(path)
	return p.Value
}

// figure is a parameter as people write it: 30%, 5,000,000.00, 20.
func figure(m *rule.Measure, path string, guide *rule.Guide) string {
	p, _ := m.Parameter(path)
	text := valueOf(m, path, guide)
	switch p.Kind {
	case "rate":
		if r, err := money.ParseRate(text); err == nil {
			return r.Percent()
		}
	case "money":
		if fen, err := money.ParseYuan(text); err == nil {
			return fen.Grouped()
		}
	}
	return text
}

// formula writes a measure's arithmetic in one line: 补助 ＝ 取小（成本 × 30%，
// 5,000,000.00）. It is nothing for a measure that computes no money,
// nor for one by which people settle it.
func (s *Service) formula(m *rule.Measure, guide *rule.Guide) *i18n.Text {
	if len(m.Amount) == 0 || m.Type == rule.Exception {
		return nil
	}
	e := expression(m, m.Amount, guide)
	return &i18n.Text{ZH: "金额 ＝ " + e.ZH, EN: "Amount = " + e.EN}
}

func expression(m *rule.Measure, steps []rule.Step, guide *rule.Guide) i18n.Text {
	var e i18n.Text
	for i := range steps {
		e = apply(m, e, &steps[i], guide)
	}
	return e
}

// apply writes one operator around what stands so far.
func apply(m *rule.Measure, e i18n.Text, step *rule.Step, guide *rule.Guide) i18n.Text {
	switch step.Op {
	case "rate_of":
		base, rate := factUse(m, step.Base).Text, figure(m, step.Rate, guide)
		if step.Excess != nil {
			limit := figure(m, step.Excess.Above, guide)
			return i18n.Text{ZH: base.ZH + " × " + rate + " × 取小（1，" + limit + " ÷ 实际比率）", EN: base.EN + " × " + rate + " × min(1, " + limit + " ÷ the measured rate)"}
		}
		return i18n.Text{ZH: base.ZH + " × " + rate, EN: base.EN + " × " + rate}
	case "cap":
		limit := figure(m, step.Max, guide)
		return i18n.Text{ZH: "取小（" + e.ZH + "，" + limit + "）", EN: "min(" + e.EN + ", " + limit + ")"}
	case "flat":
		value := figure(m, step.Value, guide)
		return i18n.Text{ZH: value, EN: value}
	case "tier":
		return tiers(m, step, guide)
	case "best_of":
		var zh, en []string
		for _, of := range step.Of {
			alternative := expression(m, of, guide)
			zh, en = append(zh, alternative.ZH), append(en, alternative.EN)
		}
		return i18n.Text{ZH: "取大（" + strings.Join(zh, "，") + "）", EN: "max(" + strings.Join(en, ", ") + ")"}
	case "top_up":
		paid := factUse(m, step.Paid).Text
		return i18n.Text{ZH: e.ZH + " − " + paid.ZH, EN: e.EN + " − " + paid.EN}
	case "rank_take", "manual": // no figure before allocation, or none in the text
		return step.Text
	}
	return e // pro_rata and split keep the amount
}

func tiers(m *rule.Measure, step *rule.Step, guide *rule.Guide) i18n.Text {
	zh, en := make([]string, len(step.Table)), make([]string, len(step.Table))
	for i, t := range step.Table {
		when, sum := valueWords(step.By, t.When), figure(m, t.Value, guide)
		zh[i], en[i] = when.ZH+" "+sum, when.EN+" "+sum
	}
	return i18n.Text{ZH: step.Text.ZH + "（" + strings.Join(zh, "；") + "）", EN: step.Text.EN + " (" + strings.Join(en, "; ") + ")"}
}

// valueWords says a value of an attribute, kind.attribute, as the vocabulary does.
func valueWords(name, value string) i18n.Text {
	cut := strings.LastIndexByte(name, '.')
	if kind, err := evidence.CurrentVocabulary().Kind(name[:max(cut, 0)]); err == nil {
		for _, a := range kind.Attributes {
			if words, known := a.Words[value]; known && a.Name == name[cut+1:] {
				return words
			}
		}
	}
	return i18n.Text{ZH: value, EN: value}
}

// factUse is how a measure reads a kind of fact.
func factUse(m *rule.Measure, kind string) rule.FactUse {
	for _, u := range m.Facts {
		if u.Kind == kind {
			return u
		}
	}
	return rule.FactUse{Kind: kind, Text: i18n.Text{ZH: kind, EN: kind}}
}
