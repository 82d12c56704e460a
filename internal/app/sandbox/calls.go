package sandbox

import (
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/policy/call"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// Call is a call of the sandbox's year and how far it has come by its date.
type Call struct {
	Terms call.Terms
	Stage CallStage
	// Accepted and Noticed are the days on which the office takes applications
	// and shows who is to be supported.
	Accepted, Noticed clock.Date
	Most              int // applications that are filled in; 0 for all that qualify
	Objections        []Objection
}

// Objection is brought against the call's notice, row after row.
type Objection struct {
	On     clock.Date
	Body   string
	Answer string // that it does not hold, the same day; "" while it waits
}

// CallStage is how far a call has come.
type CallStage string

// The stages.
const (
	Taking  CallStage = "taking"  // applications come in and are accepted
	Noticed CallStage = "noticed" // allocated, and its public notice runs or is over
)

// Calls are the calls of the year so far.
func Calls() []Call {
	years := call.Years{Transaction: 2025, Application: 2025, Award: 2025, Budget: 2025}
	return []Call{
		{
			Stage: Noticed, Accepted: "2025-10-11", Noticed: "2025-10-13",
			Objections: []Objection{
				{On: "2025-10-13", Body: "请核实该企业与卖方是否为关联方。", Answer: "经核对工商登记与成交记录，双方无关联关系。"},
				{On: "2025-10-13", Body: "交易金额与公开年报不一致，请复核。"},
			},
			Terms: call.Terms{
				Name: i18n.Text{ZH: "2025 年数据流通补贴（示例）", EN: "Data purchases 2025 (example)"}, Guide: 2025, Opens: "2025-09-29", Closes: "2025-10-10",
				Promise: 60, Notice: 5, Channel: call.BankFile,
				Offers: []call.Offer{{Measure: "002-6", Years: years, Together: true, Budget: 300_000_000, WhenShort: shortage.ProRata, Evidence: []call.Evidence{}}},
			},
		},
		{
			Stage: Taking, Accepted: "2025-10-21",
			Terms: call.Terms{
				Name: i18n.Text{ZH: "2025 年人工智能示范应用场景征集（示例）", EN: "Demonstration scenes 2025 (example)"}, Guide: 2025, Opens: "2025-10-09", Closes: "2025-11-14",
				LateBy: 3, Promise: 60, Notice: 5, Channel: call.BankFile,
				Offers: []call.Offer{{Measure: "002-3", Years: years, Together: true, Budget: 1_000_000_000, Quota: 10, WhenShort: shortage.CutOff, Review: call.Review{Scores: 3},
					Rank:     &call.Rank{By: []call.Weight{{Factor: call.Reviewed, Weight: "1"}}, Normalise: "none", Ties: "earlier", Bar: "60"},
					Evidence: []call.Evidence{{ID: "report", Name: i18n.Text{ZH: "场景建设报告", EN: "Report on the scene"}}}}},
			},
		},
		{
			Stage: Taking, Accepted: "2025-10-21",
			Terms: call.Terms{
				Name: i18n.Text{ZH: "2025 年数据供给奖励（示例）", EN: "Data supply 2025 (example)"}, Guide: 2025, Opens: "2025-10-13", Closes: "2025-11-28",
				Promise: 60, Notice: 5, Channel: call.BankFile,
				Offers: []call.Offer{{Measure: "002-5", Years: years, Together: true, Budget: 500_000_000, Quota: 20, Share: call.ByScore,
					Rank:     &call.Rank{By: []call.Weight{{Factor: "usage", Weight: "0.6"}, {Factor: "quality", Weight: "0.4"}}, Normalise: "min_max", Ties: "share"},
					Evidence: []call.Evidence{}}},
			},
		},
		{
			Stage: Noticed, Accepted: "2025-10-16", Noticed: "2025-10-17", Most: 8,
			Objections: []Objection{
				{On: "2025-10-20", Body: "该平台与本地另一平台名称相近，请核实是否同一平台。", Answer: "经核对认定文件与部署地址，不是同一平台。"},
				{On: "2025-10-21", Body: "平台对外服务的说明与现场情况不一致，请核实。"},
			},
			Terms: call.Terms{
				Name: i18n.Text{ZH: "2025 年公共服务平台补助（示例）", EN: "Service platforms 2025 (example)"}, Guide: 2025, Opens: "2025-09-29", Closes: "2025-10-15",
				Promise: 60, Notice: 5, Channel: call.BankFile,
				Offers: []call.Offer{{Measure: "002-4", Years: years, Together: true, Budget: 200_000_000, WhenShort: shortage.CutOff, Evidence: []call.Evidence{}}},
			},
		},
	}
}

// Candidate is an organisation that applies in a call, and for what.
type Candidate struct {
	Index  int
	Object string
}

// Candidates are those whose facts speak of what a measure pays for, by place.
func Candidates(all []Organisation, measure string) (found []Candidate) {
	kind := map[string]string{"002-3": "cost.scenario_investment", "002-4": "platform.selected", "002-5": "data.supplied", "002-6": "data.purchased"}[measure]
	for i, o := range all {
		for _, f := range Facts(i, o, all) {
			if f.Kind != kind || measure == "002-4" && i == 0 { // the demonstration firm's platform is its own story
				continue
			}
			object := ""
			if measure == "002-3" || measure == "002-4" {
				object = f.Object
			}
			found = append(found, Candidate{i, object})
			break
		}
	}
	return found
}
