package sandbox

import (
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// BudgetGiven is the day on which the year's money is given.
const BudgetGiven clock.Date = "2025-01-16"

// What the year's money rests on; the documents are invented.
const (
	CityBudget     = "筑财预（演示）〔2025〕3号 关于下达2025年人工智能专项资金预算指标的通知"
	DistrictBudget = "筑财预（演示）〔2025〕4号 关于2025年人工智能专项资金区（市、县）承担部分预算指标的通知"
)

// AddedBudget is what the districts' money for a call rests on.
func AddedBudget(call string) string {
	return "筑财预（演示）〔2025〕41号 关于追加申报批次 " + call + " 区（市、县）承担部分预算指标的通知"
}

// OpenBudget is a budget order that gave nothing yet.
type OpenBudget struct {
	Day     clock.Date
	Basis   string
	Amount  money.Fen
	Refusal string // why the second person refused it; "" while it waits
}

// OpenBudgets are two orders for one purpose: the first had an amount wrong.
func OpenBudgets() []OpenBudget {
	return []OpenBudget{
		{Day: "2025-10-20", Basis: "筑财预（演示）〔2025〕57号 关于追加四季度市级承担部分预算指标的通知", Amount: 2_000_000_000, Refusal: "文件写的是 200 万元，多写了一个零。"},
		{Day: "2025-10-21", Basis: "筑财预（演示）〔2025〕57号 关于追加四季度市级承担部分预算指标的通知", Amount: 200_000_000},
	}
}
