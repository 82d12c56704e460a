package rule

import (
	"strings"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

var outcomeWords = map[Outcome]i18n.Text{
	NotInForce: {ZH: "未生效", EN: "not in force"}, Expired: {ZH: "已过期", EN: "expired"}, NotPayable: {ZH: "不发放资金", EN: "pays nobody"},
	NotEligible: {ZH: "不符合", EN: "not eligible"}, Lacking: {ZH: "还缺", EN: "lacking"}, SimulationOnly: {ZH: "仅模拟", EN: "simulation only"},
	Undecided: {ZH: "待裁定", EN: "awaiting a ruling"}, Eligible: {ZH: "符合", EN: "eligible"},
}

// Words is what people call the outcome.
func (o Outcome) Words() i18n.Text { return outcomeWords[o] }

// attestorNames says whose word would count.
func attestorNames(by []string) i18n.Text {
	names := map[string]i18n.Text{
		"meter": {ZH: "计量设备", EN: "a meter"}, "operator": {ZH: "运营方", EN: "the operator"},
		"department": {ZH: "主管部门", EN: "a department"}, "auditor": {ZH: "审计机构", EN: "an auditor"},
		"applicant": {ZH: "申报单位", EN: "the applicant"},
	}
	var zh, en []string
	for _, b := range by {
		zh, en = append(zh, names[b].ZH), append(en, names[b].EN)
	}
	return i18n.Text{ZH: strings.Join(zh, "或"), EN: strings.Join(en, " or ")}
}

// attributeText names an attribute of a fact: 模型建设成本的训练所在地.
func (p *Plan) attributeText(kind, attr string, fallback i18n.Text) i18n.Text {
	k, err := p.Pack.Vocabulary.Kind(kind)
	if err != nil || attr == quantity {
		return fallback
	}
	a, err := k.Attribute(attr)
	if err != nil {
		return fallback
	}
	return i18n.Text{ZH: k.Text.ZH + "的" + a.Text.ZH, EN: k.Text.EN + ": " + a.Text.EN}
}

// cite makes a clause reference with its label. Labels are made once a plan.
func (p *Plan) cite(r ClauseRef) *Citation {
	if c, ok := p.citations.Load(r); ok {
		return c.(*Citation)
	}
	c, _ := p.citations.LoadOrStore(r, &Citation{Document: r.Document, Path: r.Path, Label: p.Pack.Label(r)})
	return c.(*Citation)
}
