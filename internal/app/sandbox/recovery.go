package sandbox

import (
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/policy/recovery"
)

// Recovery is one fictional recovery as the sandbox tells it.
type Recovery struct {
	Ground    recovery.Ground
	Authority recovery.Authority
	Opened    clock.Date // proof and notice are of the same day
	Heard     clock.Date
	Decided   clock.Date
	Reason    string
	Paper     string // text of the report that proves it
	Finding   string
	Notice    string
	Statement string
	Reply     string
	Dropped   string       // why it was dropped; then nothing was decided
	Decision  string       // why it is asked back
	Rate      string       // of interest
	Due       []clock.Date // instalments, equal but for the last
	Received  []clock.Date // days on which half an instalment came in
}

// Recoveries are two: one that an auditor's correction led to, which is being
// paid back and is late, and one that was dropped.
func Recoveries() []Recovery {
	law := "《财政违法行为处罚处分条例》第十四条"
	return []Recovery{
		{
			Ground: recovery.Overpaid, Authority: recovery.Authority{Words: law, Document: "003", Clause: "七/24"}, Opened: "2025-10-20", Heard: "2025-10-20", Decided: "2025-10-21",
			Reason: "结算审计核减成本，已拨付金额高于应得金额，按更正建议立案。", Paper: "科目,送审,审定\n设备购置,100%,70%\n",
			Finding: "结算审计核减三成成本，按更正后的事实计算，多付部分应予追回。", Notice: "经结算审计，你单位成本核减三成。拟追回多付的支持资金，并按约定计收利息。你单位可在期限内陈述、申辩。",
			Statement: "对审计结论无异议，愿意退回多付部分，申请分三期缴纳。", Reply: "当事人对事实无异议，申请分期，予以采纳。", Decision: "多付部分追回，同意分三期。",
			Rate: "0.0345", Due: []clock.Date{"2025-10-21", "2025-11-28", "2025-12-31"}, Received: []clock.Date{"2025-10-21"},
		},
		{
			Ground: recovery.Fraud, Authority: recovery.Authority{Words: law}, Opened: "2025-10-20", Heard: "2025-10-21",
			Reason: "群众举报：申报所附发票与他人重复。", Paper: "发票号,比对\nE-0001,与原件一致\n", Finding: "两家单位的申报附有同号发票，须核对原件。",
			Notice: "收到举报，你单位申报所附发票与另一单位重复。请说明并提供原件。", Statement: "发票为共同采购的分割单，附原件和分割协议。",
			Reply: "原件与分割协议一致，金额未重复计算。", Dropped: "经核对原件，不存在重复列支，撤案。",
		},
	}
}
