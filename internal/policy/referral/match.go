package referral

import (
	"cmp"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Fit is how a source and a project go together.
type Fit struct {
	Source  string   `json:"source"`
	Fits    bool     `json:"fits" doc:"Every test holds; whether it invests is the source's own decision"`
	Close   bool     `json:"close" doc:"One test fails and no other"`
	Reasons []Reason `json:"reasons"`
}

// Reason is one test of a mandate.
type Reason struct {
	ID   string    `json:"id" enum:"applicant,instrument,stage,industry,use,place,amount,share"`
	OK   bool      `json:"ok"`
	Text i18n.Text `json:"text" doc:"What the source wants and what the project has"`
}

// Match holds every source against a project: pure and repeatable. applicant is
// the organisation's kind. What fits comes first, then what nearly does, each in
// the order of the region's list.
func (s *Sources) Match(applicant string, f *File) []Fit {
	fits := make([]Fit, 0, len(s.Sources))
	for _, src := range s.Sources {
		fit := Fit{Source: src.ID, Reasons: s.tests(src, applicant, f)}
		failed := 0
		for _, r := range fit.Reasons {
			if !r.OK {
				failed++
			}
		}
		fit.Fits, fit.Close = failed == 0, failed == 1
		fits = append(fits, fit)
	}
	rank := func(f Fit) int {
		switch {
		case f.Fits:
			return 0
		case f.Close:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(fits, func(a, b Fit) int { return rank(a) - rank(b) })
	return fits
}

// tests are what a mandate asks, each answered.
func (s *Sources) tests(src *Source, applicant string, f *File) []Reason {
	m, cost := &src.Mandate, money.Fen(0)
	useful := []Use{}
	for _, c := range f.Costs {
		cost += min(c.Amount, 1<<62-cost) // a file that was validated never gets there
		if slices.Contains(m.Uses, c.Use) && !slices.Contains(useful, c.Use) {
			useful = append(useful, c.Use)
		}
	}
	most, err := cost.MulFloor(m.share)
	out := []Reason{
		{"applicant", slices.Contains(m.Applicants, applicant), i18n.T("面向%[1]s", "For %[2]s", listed(m.Applicants, applicantNames).ZH, listed(m.Applicants, applicantNames).EN)},
		{"instrument", slices.Contains(f.Instruments, src.Instrument), i18n.T("以%[1]s方式出资", "It comes as %[2]s", instrumentNames[src.Instrument].ZH, instrumentNames[src.Instrument].EN)},
	}
	if len(m.Stages) > 0 {
		want := listed(m.Stages, stageNames)
		out = append(out, Reason{"stage", slices.Contains(m.Stages, f.Stage), i18n.T("投%[1]s，项目处于%[3]s", "Stages %[2]s; the project is at %[4]s", want.ZH, want.EN, stageNames[f.Stage].ZH, stageNames[f.Stage].EN)})
	}
	if len(m.Industries) > 0 {
		want := listed(m.Industries, s.industries)
		out = append(out, Reason{"industry", slices.Contains(m.Industries, f.Industry), i18n.T("投向%[1]s", "Industries %[2]s", want.ZH, want.EN)})
	}
	if len(m.Uses) > 0 {
		want := listed(m.Uses, useNames)
		out = append(out, Reason{"use", len(useful) > 0, i18n.T("用于%[1]s", "For %[2]s", want.ZH, want.EN)})
	}
	if len(m.Places) > 0 {
		want := listed(m.Places, s.places)
		out = append(out, Reason{"place", slices.ContainsFunc(m.Places, func(p string) bool { return within(f.Place, p) }), i18n.T("项目所在地须在%[1]s", "The project lies in %[2]s", want.ZH, want.EN)})
	}
	return append(out,
		Reason{"amount", f.Sought >= m.least && f.Sought <= m.most, i18n.T("单笔 %[1]s 至 %[2]s 元，项目需要 %[3]s 元", "Between %[1]s and %[2]s yuan; the project seeks %[3]s", m.least.Grouped(), m.most.Grouped(), f.Sought.Grouped())},
		Reason{"share", err == nil && f.Sought <= most, i18n.T("不超过总成本的 %[1]s，即 %[2]s 元", "At most %[1]s of the cost, %[2]s yuan", m.share.Percent(), most.Grouped())})
}

// within reports whether a place is another or lies in it: a city's code ends in
// 00 and takes in the districts that begin like it.
func within(place, in string) bool {
	city, isCity := strings.CutSuffix(in, "00")
	return place == in || isCity && len(in) == 6 && len(place) == 6 && strings.HasPrefix(place, city)
}

var (
	applicantNames = map[string]i18n.Text{"enterprise": {ZH: "企业", EN: "enterprises"}, "university": {ZH: "高校", EN: "universities"},
		"institute": {ZH: "科研院所", EN: "institutes"}, "public": {ZH: "机关事业单位", EN: "public bodies"}}
	instrumentNames = map[Instrument]i18n.Text{Equity: {ZH: "股权", EN: "equity"}, Grant: {ZH: "补助", EN: "a grant"}, Debt: {ZH: "债权", EN: "debt"}}
	stageNames      = map[Stage]i18n.Text{Seed: {ZH: "种子期", EN: "seed"}, StartUp: {ZH: "初创期", EN: "start-up"}, Growth: {ZH: "成长期", EN: "growth"}, Mature: {ZH: "成熟期", EN: "maturity"}}
	useNames        = map[Use]i18n.Text{UseModel: {ZH: "模型研发", EN: "models"}, UseData: {ZH: "数据", EN: "data"}, UseCompute: {ZH: "算力", EN: "compute"}, UseScene: {ZH: "场景应用", EN: "scenes"},
		UsePlatform: {ZH: "平台", EN: "platforms"}, UseEquipment: {ZH: "设备", EN: "equipment"}, UseConstruction: {ZH: "建设", EN: "construction"}, UseWorking: {ZH: "流动资金", EN: "working capital"}}
)

// listed are names as a sentence lists them; one that the region does not know
// goes by its id.
func listed[T ~string](ids []T, names map[T]i18n.Text) i18n.Text {
	var zh, en []string
	for _, id := range ids {
		zh, en = append(zh, cmp.Or(names[id].ZH, string(id))), append(en, cmp.Or(names[id].EN, string(id)))
	}
	return i18n.Text{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}
