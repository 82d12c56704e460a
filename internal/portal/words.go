package portal

import (
	"html/template"
	"math/big"
	"net/url"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// words are what templates say things with, in the visitor's language.
func (v *visit) words() template.FuncMap {
	return template.FuncMap{
		"say":     v.say,
		"in":      func(t i18n.Text) string { return t.In(v.lang) },
		"to":      v.link,
		"yuan":    yuan,
		"about":   v.about,
		"day":     v.day,
		"word":    v.word,
		"english": func() bool { return v.lang == i18n.English },
		"bar":     bar,
		"list":    func(items ...string) []string { return items },
		"truth":   func(b *bool) bool { return *b },
		"pair":    func(a, b any) struct{ A, B any } { return struct{ A, B any }{a, b} },
		"lang":    func() string { return string(v.lang) },
	}
}

// link is the address of a page in the visitor's language; pairs are its query.
func (v *visit) link(path string, pairs ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	return address(v.lang, path, query)
}

// yuan writes an exact amount, its decimals fainter than its yuan.
func yuan(amount money.Fen) template.HTML {
	whole, decimals, _ := strings.Cut(amount.Grouped(), ".")
	return template.HTML(`<span class="num"><i>¥</i>` + whole + `<i>.` + decimals + `</i></span>`) // digits and separators only
}

// about writes an amount for an overview: 万元 and 亿元 to two decimals in
// Chinese, rounded; whole in English, which has no word for them.
func (v *visit) about(amount money.Fen) string {
	const wan = 1_000_000 // fen in 万元
	switch {
	case v.lang == i18n.English || amount < wan:
		return "¥" + amount.Grouped()
	case amount < 10_000*wan:
		return hundredths(amount, wan) + " 万元"
	}
	return hundredths(amount, 10_000*wan) + " 亿元"
}

// hundredths is amount over unit to two decimals, half up.
func hundredths(amount, unit money.Fen) string {
	return ((amount + unit/200) / (unit / 100)).Grouped()
}

// day writes a civil day: 2025-10-22, which lines up in tables, or 22 Oct 2025 in
// English.
func (v *visit) day(d clock.Date) string {
	if v.lang != i18n.English {
		return string(d)
	}
	return d.Words().EN
}

// word says a code of the API in words.
func (v *visit) word(code string) string {
	if text, known := codes[code]; known {
		return text.In(v.lang)
	}
	return code
}

var codes = map[string]i18n.Text{
	"in_force": {ZH: "现行有效", EN: "In force"}, "draft": {ZH: "征求意见稿", EN: "Draft for comment"}, "not_in_force": {ZH: "尚未生效", EN: "Not yet in force"}, "expired": {ZH: "已过期", EN: "Expired"},
	"payable": {ZH: "可申领", EN: "Can be claimed"}, "undecided": {ZH: "待裁定", EN: "Awaits a ruling"}, "simulation": {ZH: "仅可试算", EN: "Can only be tried"}, "none": {ZH: "不直接付款", EN: "Pays nobody itself"},
	"eligible": {ZH: "符合", EN: "Eligible"}, "lacking": {ZH: "还缺", EN: "Something is lacking"}, "not_eligible": {ZH: "不符合", EN: "Not eligible"}, "simulation_only": {ZH: "仅模拟", EN: "Simulation only"}, "not_payable": {ZH: "不直接付款", EN: "Pays nobody itself"},
	"announced": {ZH: "即将开始", EN: "Opens later"}, "open": {ZH: "正在申报", EN: "Open"}, "late": {ZH: "已截止，仍收迟报", EN: "Closed, late ones still taken"}, "over": {ZH: "已结束", EN: "Over"},
	"committed": {ZH: "已决定，待付", EN: "Decided, to be paid"}, "paying": {ZH: "付款中", EN: "Being paid"}, "paid": {ZH: "已付", EN: "Paid"},
	"behind": {ZH: "落后", EN: "Behind"}, "no_data": {ZH: "待报数", EN: "No figure yet"}, "no_forecast": {ZH: "数据不足以预测", EN: "Too little to foretell"}, "on_pace": {ZH: "按进度", EN: "On pace"}, "reached": {ZH: "已达到", EN: "Reached"}, "later": {ZH: "以后年度", EN: "A later year"}, "in_words": {ZH: "以文字表述", EN: "In words"},
	"stock": {ZH: "时点数", EN: "Stock on a day"}, "cumulative": {ZH: "累计数", EN: "Cumulative"}, "flow": {ZH: "当年数", EN: "Of the year"}, "size": {ZH: "规模", EN: "Size"}, "rank": {ZH: "位次", EN: "Rank"},
	"ge": {ZH: "不低于", EN: "at least"}, "gt": {ZH: "超过", EN: "more than"},
	"enterprise": {ZH: "企业", EN: "A company"}, "university": {ZH: "高校", EN: "A university"}, "institute": {ZH: "科研院所", EN: "A research institute"}, "public": {ZH: "机关、事业单位或社会团体", EN: "A public body or association"},
	"yes": {ZH: "有", EN: "Yes"}, "no": {ZH: "还没有", EN: "Not yet"},
	"upheld": {ZH: "异议成立，重新审核", EN: "Upheld: reviewed again"}, "dismissed": {ZH: "异议不成立", EN: "Dismissed"},
	"pro_rata": {ZH: "按比例", EN: "In proportion"}, "cut_off": {ZH: "按名次截止", EN: "Down the ranks until it is used up"}, "carry_over": {ZH: "结转下年", EN: "Carried into next year"},
	"clause": {ZH: "条款", EN: "Clause"}, "measure": {ZH: "措施", EN: "Measure"}, "question": {ZH: "待明确的问题", EN: "Open question"},
	"个": {ZH: "个", EN: "in number"}, "亿元": {ZH: "亿元", EN: "hundred million yuan"},
}

// bars are 1000 wide. bar says how far a figure has come to its goal, at most
// the whole; unknown is no bar.
func bar(value, goal string) string {
	v, ok := new(big.Rat).SetString(value)
	g, okGoal := new(big.Rat).SetString(goal)
	if !ok || !okGoal || g.Sign() <= 0 || v.Sign() < 0 {
		return ""
	}
	share := new(big.Rat).Mul(new(big.Rat).Quo(v, g), big.NewRat(1000, 1))
	n := new(big.Int).Quo(share.Num(), share.Denom())
	if !n.IsInt64() || n.Int64() > 1000 {
		return "1000"
	}
	return strconv.FormatInt(n.Int64(), 10)
}
