package sandbox

import (
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/referral"
)

// Project is one fictional project file, and its way to a fund.
type Project struct {
	Index   int // of the organisation
	File    referral.File
	Invoice string // text of the first cost line's invoice
	Source  string
	Amount  money.Fen
	Day     clock.Date
	Answers []referral.AnswerInput
}

// Projects are two: the demonstration firm's, of which a fund wants to know
// more, and another's, in which one has invested, which finance is to check.
func Projects(all []Organisation) []Project {
	return []Project{
		{Index: 0, Day: "2025-10-09", Source: "guiyang-ai", Amount: 800_000_000, Invoice: "发票（示例）：训练服务器租赁",
			File: referral.File{Name: "青砚行业大模型二期", Summary: "面向政务和文旅的行业大模型，二期扩充语料并开放接口。", Stage: referral.Growth, Place: all[0].Place,
				Instruments: []referral.Instrument{referral.Equity, referral.Debt}, Sought: 1_200_000_000,
				Costs: []referral.Cost{{ID: "c1", Name: "训练算力", Use: referral.UseCompute, Amount: 1_600_000_000}, {ID: "c2", Name: "模型研发", Use: referral.UseModel, Amount: 900_000_000},
					{ID: "c3", Name: "语料采购", Use: referral.UseData, Amount: 300_000_000}}, Papers: []referral.Paper{}},
			Answers: []referral.AnswerInput{{State: referral.AskedBack, On: "2025-10-13", Note: "请补近三年财务报表和客户合同。"}, {State: referral.Meeting, On: "2025-10-20", Note: "已补齐，约 10 月 24 日尽调。"}}},
		{Index: 14, Day: "2025-09-24", Source: "new-drivers", Amount: 2_000_000_000, Invoice: "发票（示例）：平台设备",
			File: referral.File{Name: "城市运行智能平台", Summary: "整合城市运行数据的公共平台。", Stage: referral.Mature, Place: all[14].Place, Instruments: []referral.Instrument{referral.Equity}, Sought: 2_000_000_000,
				Costs: []referral.Cost{{ID: "c1", Name: "平台设备", Use: referral.UseEquipment, Amount: 3_000_000_000}, {ID: "c2", Name: "平台开发", Use: referral.UsePlatform, Amount: 2_000_000_000}}, Papers: []referral.Paper{}},
			Answers: []referral.AnswerInput{{State: referral.Meeting, On: "2025-09-29", Note: "现场尽调。"}, {State: referral.Reported, On: "2025-10-15", Amount: 1_500_000_000, Note: "已签约，首期出资。"}}},
	}
}
