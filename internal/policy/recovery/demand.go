package recovery

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/platform/paper"
)

// Demand is what the letter of a recovery says (追缴决定书). It is pure: equal
// demands are equal bytes of PDF. Amounts are fen.
type Demand struct {
	Number string // of the letter
	Issuer string // who signs
	Sample bool   // nobody answers for its wording yet: it says that it has no effect
	Org    string
	Code   ident.CreditCode
	Case   string // its number

	Ground    Ground
	Finding   string // what is proven
	Reply     string // how the party's statement was weighed
	Reason    string // of the decision
	Authority string // the legal ground in words
	Reference string // a clause of the region's documents beside it; "" for none
	Draft     bool   // the reference is a draft's and no ground

	Since    clock.Date // day on which a second person confirmed
	Amount   money.Fen  // principal
	Charge   money.Fen  // what the interest rule comes to
	Interest Interest
	Exclude  clock.Date // last day of the exclusion; "" for none
	Shares   []Portion
	Plan     []Instalment
	Received money.Fen // before the plan was made
	Remitted money.Fen // written off meanwhile

	Accounts []Receiving // of the purses of the shares, as far as the region names them
	Remedy   string      // how to object, in the region's own words
}

// Receiving is the account into which a purse is paid back.
type Receiving struct {
	Purse   string
	Holder  string
	Number  string
	Bank    string
	Example bool // fiction: nothing is paid there
}

// Portion is what of a demand goes back to one purse, for one application.
type Portion struct {
	Application string // number
	Purse       string
	Sum
}

// Validate names what a letter cannot do without.
//
// Codes: invalid; check_failed when shares or instalments are not the amount.
func (d *Demand) Validate() error {
	var bad fault.Collector
	for name, text := range map[string]string{"number": d.Number, "issuer": d.Issuer, "org": d.Org, "authority": d.Authority + d.Reference, "finding": d.Finding, "remedy": d.Remedy} {
		if strings.TrimSpace(text) == "" {
			bad.Add(name, "决定书缺少这一项。", "The letter lacks it.")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	due, claimed := d.Received+d.Remitted, Sum{}
	for _, item := range d.Plan {
		due += item.Amount
	}
	for _, s := range d.Shares {
		claimed = claimed.plus(s.Sum)
	}
	if d.Amount <= 0 || due != d.Amount+d.Charge || claimed != (Sum{Principal: d.Amount, Interest: d.Charge}) {
		return fault.Newf(fault.CheckFailed, "分担或分期之和与追缴金额不符，不出具决定书：请联系管理员。", "The shares or the instalments are not the amount; no letter is issued: tell your administrator.")
	}
	return nil
}

// grounds say why money is asked back.
var grounds = map[Ground]string{Fraud: "骗取", Overpaid: "多付", NotPerformed: "未履约", Voluntary: "自愿退回"}

// Document lays the letter out, in the order of an official letter (GB/T 9704-2012).
func (d *Demand) Document() paper.Document {
	title := func(numeral, text string) paper.Heading {
		return paper.Heading{Level: 1, Text: numeral + "、" + text}
	}
	doc := paper.Document{Issuer: d.Issuer, Number: d.Number, Title: "追缴决定书", Date: d.Since}
	if d.Sample {
		doc.Subtitle = paper.SampleMark
	}
	doc.Blocks = []paper.Block{
		paper.Paragraph{Text: d.Org + "（统一社会信用代码 " + string(d.Code) + "）：", Flush: true},
		paper.Paragraph{Text: fmt.Sprintf("追缴案 %s 已查实并告知你单位，陈述和申辩程序已结束。本决定由一人作出，另一人于%s确认。", d.Case, paper.Day(d.Since))},
		title("一", "决定"), paper.Paragraph{Text: d.decision()},
		title("二", "事实和理由"), d.why(),
		title("三", "依据"), d.law(),
		title("四", "利息"), d.interest(),
		title("五", "退回各级财政的金额"), d.shares(),
		title("六", "期限"), d.terms(),
		title("七", "缴款账户"),
	}
	doc.Blocks = append(doc.Blocks, d.accounts()...)
	doc.Blocks = append(doc.Blocks,
		title("八", "异议"), paper.Paragraph{Text: d.Remedy},
		title("九", "核验"), paper.Paragraph{Text: "本决定书的 SHA-256 封存于存证日志，收到的文件可据以核对。"},
		paper.Signature{Unit: d.Issuer, Date: d.Since})
	return doc
}

func (d *Demand) decision() string {
	total := d.Amount + d.Charge
	text := fmt.Sprintf("追缴已付的支持资金 %s 元", d.Amount.Grouped())
	if d.Charge > 0 {
		text += fmt.Sprintf("，并收利息 %s 元，合计 %s 元", d.Charge.Grouped(), total.Grouped())
	}
	text += fmt.Sprintf("（大写：%s）。", total.Capitals())
	if d.Exclude != "" {
		text += fmt.Sprintf("自%s至%s，你单位列入暂停申报名单。", paper.Day(d.Since), paper.Day(d.Exclude))
	}
	return text
}

func (d *Demand) why() paper.Pairs {
	return paper.Pairs{{Label: "情形", Value: grounds[d.Ground]}, {Label: "查实的事实", Value: d.Finding}, {Label: "对陈述的意见", Value: d.Reply}, {Label: "决定理由", Value: d.Reason}}.Filled()
}

func (d *Demand) law() paper.Pairs {
	reference := paper.Pair{Label: "条款", Value: d.Reference}
	if d.Draft && d.Reference != "" {
		reference = paper.Pair{Label: "参考", Value: d.Reference + "（征求意见稿，不作依据）"}
	}
	return paper.Pairs{{Label: "法律依据", Value: d.Authority}, reference}.Filled()
}

func (d *Demand) interest() paper.Block {
	if d.Interest.None() {
		return paper.Paragraph{Text: "不计利息。"}
	}
	return paper.Pairs{{Label: "年利率", Value: d.Interest.yearly()}, {Label: "计息期间", Value: fmt.Sprintf("%s次日起至%s，共 %d 日", paper.Day(d.Interest.From), paper.Day(d.Interest.To), d.Interest.Days())},
		{Label: "算法", Value: fmt.Sprintf("本金 × 年利率 × 日数 ÷ %d，单利，不足一分的舍去", yearDays)}, {Label: "规则出处", Value: d.Interest.Source}}
}

func (d *Demand) shares() paper.Table {
	t := paper.Table{Columns: []paper.Column{{Title: "申报", Width: 3}, {Title: "财政", Width: 3}, {Title: "本金（元）", Width: 2, Align: paper.Right}, {Title: "利息（元）", Width: 2, Align: paper.Right}}}
	for _, s := range d.Shares {
		t.Rows = append(t.Rows, []string{s.Application, s.Purse, s.Principal.Grouped(), s.Interest.Grouped()})
	}
	t.Total = []string{"合计", "", d.Amount.Grouped(), d.Charge.Grouped()}
	return t
}

// terms are the instalments as they stand on the day of the letter.
func (d *Demand) terms() paper.Table {
	t := paper.Table{Columns: []paper.Column{{Title: "最迟缴款日", Width: 3}, {Title: "金额（元）", Width: 2, Align: paper.Right}}}
	for _, before := range []struct {
		what   string
		amount money.Fen
	}{{"已收到", d.Received}, {"已核销", d.Remitted}} {
		if before.amount > 0 {
			t.Rows = append(t.Rows, []string{before.what, before.amount.Grouped()})
		}
	}
	for _, item := range d.Plan {
		t.Rows = append(t.Rows, []string{paper.Day(item.Due), item.Amount.Grouped()})
	}
	t.Total = []string{"合计", (d.Amount + d.Charge).Grouped()}
	return t
}

// accounts say where to pay, and of a purse whose account nobody named, whom to ask.
func (d *Demand) accounts() []paper.Block {
	t := paper.Table{Columns: []paper.Column{{Title: "财政", Width: 3}, {Title: "户名", Width: 3}, {Title: "账号", Width: 4}, {Title: "开户行", Width: 3}}}
	var unnamed []string
	for _, s := range d.Shares {
		if slices.Contains(unnamed, s.Purse) || slices.ContainsFunc(t.Rows, func(row []string) bool { return row[0] == s.Purse }) {
			continue
		}
		i := slices.IndexFunc(d.Accounts, func(a Receiving) bool { return a.Purse == s.Purse })
		if i < 0 {
			unnamed = append(unnamed, s.Purse)
			continue
		}
		a := d.Accounts[i]
		if a.Example {
			a.Number += "（示例账号，请勿缴款）"
		}
		t.Rows = append(t.Rows, []string{a.Purse, a.Holder, a.Number, a.Bank})
	}
	blocks := []paper.Block{paper.Paragraph{Text: "请按第五项所列金额分别缴入各级财政；分期的，每期按同一比例分缴。缴款时注明追缴案号 " + d.Case + "。"}}
	if len(t.Rows) > 0 {
		blocks = append(blocks, t)
	}
	if len(unnamed) > 0 {
		blocks = append(blocks, paper.Paragraph{Text: strings.Join(unnamed, "、") + "的收款账户，请在缴款前向" + d.Issuer + "书面索取，不要向其他任何人提供的账户缴款。"})
	}
	return blocks
}

// PDF prints the letter.
//
// Codes: invalid, check_failed, too_large.
func (d *Demand) PDF() ([]byte, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	return paper.Printed(d.Document())
}
