package sandbox

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/exception"
)

// Exception is one fictional exception, as far as its tale goes.
type Exception struct {
	Kind      exception.Kind
	Measure   string
	Departure exception.Departure
	Matter    string
	Amount    money.Fen
	Reason    string
	Paper     string // text of the minutes that it rests on
	Proposed  clock.Date
	Deputy    exception.Verdict // "" while the seat has not spoken
	Finance   exception.Verdict
	Paid      bool // confirmed, decided, countersigned and paid
}

// Exceptions are four: paid, offered to its organisation, waiting for finance, refused.
func Exceptions() []Exception {
	return []Exception{
		{exception.MajorProject, "", exception.NoMeasure, "跨区域气象大模型联合实验室", 120_000_000, "现有措施没有覆盖联合实验室建设，属省级重大项目，经专题会议研究。", "专题会议纪要（示例）：同意单独议定。",
			"2025-09-22", exception.Approve, exception.Approve, true},
		{exception.KeyEnterprise, "002-4", exception.WaivedCondition, "云岩行业模型公共服务平台", 80_000_000, "重点企业承建，市级认定程序尚在办理，先行支持平台开放服务。", "部门会商意见（示例）：先行支持。",
			"2025-10-09", exception.Approve, exception.Approve, false},
		{exception.MajorProject, "002-2", exception.OtherAmount, "黔岭多模态大模型", 680_000_000, "建设成本 2,600 万元，按公式封顶后与实际需要差距较大，申请单独议定。", "项目建议书（示例）。",
			"2025-10-16", exception.Approve, "", false},
		{exception.KeyEnterprise, "002-6", exception.OtherAmount, "", 90_000_000, "企业数据采购量大，申请突破每家每年的最高额。", "企业请示（示例）。",
			"2025-10-13", "", exception.Refuse, false},
	}
}

// ExceptionOf chooses each exception's organisation: enterprises where the
// district's purse is rich, none of them the demonstration firm.
func ExceptionOf(all []Organisation, n int) Organisation {
	rich := slices.DeleteFunc(slices.Clone(all[1:]), func(o Organisation) bool { return o.Kind != "enterprise" || weights[o.Place] < 10 })
	return rich[(n*41+17)%len(rich)]
}
