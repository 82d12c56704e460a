// Package letter writes the letter by which a decision is told to whom it
// concerns (决定书): what was decided, why, on what basis, and where it can be
// checked. It is pure: equal letters are equal bytes of PDF.
package letter

import (
	"fmt"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/paper"
)

// Decision is what a letter tells.
type Decision string

// The decisions.
const (
	Supported Decision = "supported" // 同意支持
	Partial   Decision = "partial"   // 部分支持: the call had less than the rule gives
	Refused   Decision = "refused"   // 不予支持
	Unchosen  Decision = "unchosen"  // 未入选
)

// Decisions lists the closed set.
func Decisions() []Decision { return []Decision{Supported, Partial, Refused, Unchosen} }

// Pays reports whether the decision gives money.
func (d Decision) Pays() bool { return d == Supported || d == Partial }

// Letter is what a letter says, in the words of the case. Amounts are fen.
type Letter struct {
	Number      string // of the letter
	Issuer      string // who signs
	Sample      bool   // nobody answers for its wording yet: it says that it has no effect
	Org         string
	Code        ident.CreditCode
	Application string // its number
	Submitted   clock.Date
	Measure     string
	Clause      string // 贵阳措施 二
	Object      string

	Decision Decision
	Decided  clock.Date
	Amount   money.Fen
	Entitled money.Fen // what the rule gives
	Carried  money.Fen // promised out of next year's money
	Halves   []Half
	Reason   string // of a refusal

	Exception *Exception // the amount was settled case by case; nil for the formula's

	Guide  int    // year of the guide whose rulings held; 0 for none
	Call   string // number and name; "" outside one
	Notice string // number and days of the public notice; "" for none
	Digest string // SHA-256 of the calculation
	Remedy string // how to object, in the region's own words
	Proof  string // address where the sealed decision is checked; "" where none was sealed
}

// Exception is on what an amount outside the formula rests (一事一议, document
// 002 clause 8(4)): the ground, and two persons who consented.
type Exception struct {
	Number    string // TY-2025-001
	Clause    string // that allows it
	Ground    string // 重点企业, 重大项目
	Departure string // how it leaves the formula
	Reason    string
	Approvals []Approval
}

// Approval is one person's consent, for a seat of its own.
type Approval struct {
	Seat string
	Name string
	On   clock.Date
}

// Half is what one purse pays (document 002 clause 8(1)).
type Half struct {
	Purse  string
	Amount money.Fen
}

// Validate names what a letter cannot do without.
//
// Codes: invalid; check_failed when the halves are not the amount.
func (l *Letter) Validate() error {
	var bad fault.Collector
	for name, text := range map[string]string{"number": l.Number, "issuer": l.Issuer, "org": l.Org, "measure": l.Measure, "clause": l.Clause, "remedy": l.Remedy} {
		if strings.TrimSpace(text) == "" {
			bad.Add(name, "决定书缺少这一项。", "The letter lacks it.")
		}
	}
	if !l.Decision.Pays() && strings.TrimSpace(l.Reason) == "" {
		bad.Add("reason", "不支持须写明理由。", "A refusal says why.")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if x := l.Exception; x != nil && (len(x.Approvals) < 2 || x.Approvals[0].Name == x.Approvals[1].Name || x.Approvals[0].Seat == x.Approvals[1].Seat) {
		return fault.Newf(fault.CheckFailed, "一事一议 %s 没有两个席位各一人的同意，不出具决定书：请联系管理员。", "Exception %s has not the consent of two seats by a person each; no letter is issued: tell your administrator.", x.Number)
	}
	var sum money.Fen
	for _, h := range l.Halves {
		sum += h.Amount
	}
	if l.Decision.Pays() && (sum != l.Amount || l.Amount <= 0) {
		return fault.Newf(fault.CheckFailed, "两级分担之和与支持金额不符，不出具决定书：请联系管理员。", "The halves are not the amount; no letter is issued: tell your administrator.")
	}
	return nil
}

// titles name the letter of each decision.
var titles = map[Decision]string{Supported: "支持决定书", Partial: "支持决定书", Refused: "不予支持决定书", Unchosen: "未入选通知书"}

// Document lays the letter out, in the order of an official letter (GB/T 9704-2012).
func (l *Letter) Document() paper.Document {
	d := paper.Document{Issuer: l.Issuer, Number: l.Number, Title: "“" + l.Measure + "”" + l.title(), Date: l.Decided}
	if l.Sample {
		d.Subtitle = paper.SampleMark
	}
	about := fmt.Sprintf("你单位于%s提交的“%s”申报（编号 %s", paper.Day(l.Submitted), l.Measure, l.Application)
	if l.Object != "" {
		about += "，对象：" + l.Object
	}
	d.Blocks = []paper.Block{
		paper.Paragraph{Text: l.Org + "（统一社会信用代码 " + string(l.Code) + "）：", Flush: true},
		paper.Paragraph{Text: about + "）已审核完毕，现决定如下。"},
		paper.Heading{Level: 1, Text: "一、决定"},
		paper.Paragraph{Text: l.decision()},
	}
	next := numbered("二", "三", "四", "五", "六", "七")
	if l.Exception != nil {
		d.Blocks = append(d.Blocks, paper.Heading{Level: 1, Text: next("一事一议")}, l.Exception.pairs())
	}
	if l.Decision.Pays() {
		d.Blocks = append(d.Blocks, paper.Heading{Level: 1, Text: next("资金分担")}, l.shares())
	}
	d.Blocks = append(d.Blocks, paper.Heading{Level: 1, Text: next("依据")}, l.basis(),
		paper.Heading{Level: 1, Text: next("异议")}, paper.Paragraph{Text: l.Remedy})
	if l.Proof != "" {
		d.Blocks = append(d.Blocks, paper.Heading{Level: 1, Text: next("核验")},
			paper.Paragraph{Text: "本决定及其试算摘要已封存于存证日志，可在下列地址自行核验；本决定书的 SHA-256 另行封存。"}, paper.Paragraph{Text: l.Proof, Flush: true})
	}
	d.Blocks = append(d.Blocks, paper.Signature{Unit: l.Issuer, Date: l.Decided})
	return d
}

func (l *Letter) title() string {
	if l.Exception != nil {
		return "一事一议" + titles[l.Decision]
	}
	return titles[l.Decision]
}

func (x *Exception) pairs() paper.Pairs {
	pairs := paper.Pairs{{Label: "编号", Value: x.Number}, {Label: "准许的条款", Value: x.Clause}, {Label: "情形", Value: x.Ground + "；" + x.Departure}, {Label: "理由", Value: x.Reason}}
	for _, a := range x.Approvals {
		pairs = append(pairs, paper.Pair{Label: a.Seat, Value: fmt.Sprintf("%s，%s同意", a.Name, paper.Day(a.On))})
	}
	return pairs
}

// numbered gives headings their numbers in turn.
func numbered(numerals ...string) func(title string) string {
	i := -1
	return func(title string) string { i++; return numerals[i] + "、" + title }
}

func (l *Letter) decision() string {
	switch l.Decision {
	case Refused:
		return "不予支持。理由：" + l.Reason
	case Unchosen:
		return "未入选。" + l.Reason
	}
	text := fmt.Sprintf("同意支持，支持金额 %s 元（大写：%s）。", l.Amount.Grouped(), l.Amount.Capitals())
	if l.Decision == Partial {
		text += fmt.Sprintf("按规则计算为 %s 元，因批次预算不足，按本批次公布的办法核定为上述金额。", l.Entitled.Grouped())
	}
	if l.Carried > 0 {
		text += fmt.Sprintf("另有 %s 元结转下一年度安排。", l.Carried.Grouped())
	}
	return text
}

func (l *Letter) shares() paper.Table {
	t := paper.Table{Columns: []paper.Column{{Title: "承担方", Width: 3}, {Title: "金额（元）", Width: 2, Align: paper.Right}}}
	for _, h := range l.Halves {
		t.Rows = append(t.Rows, []string{h.Purse, h.Amount.Grouped()})
	}
	t.Total = []string{"合计", l.Amount.Grouped()}
	return t
}

func (l *Letter) basis() paper.Pairs {
	pairs := paper.Pairs{{Label: "措施与条款", Value: l.Measure + "（" + l.Clause + "）"}}
	if l.Guide != 0 {
		pairs = append(pairs, paper.Pair{Label: "申报指南", Value: fmt.Sprintf("%d 年", l.Guide)})
	}
	return append(pairs, paper.Pairs{{Label: "申报批次", Value: l.Call}, {Label: "公示", Value: l.Notice}, {Label: "试算摘要", Value: l.Digest}}.Filled()...)
}

// PDF prints the letter.
//
// Codes: invalid, check_failed, too_large.
func (l *Letter) PDF() ([]byte, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	return paper.Printed(l.Document())
}
