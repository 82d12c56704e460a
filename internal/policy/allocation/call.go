package allocation

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// Call is one measure's competition in one year, as a ruling or a call (申报批次)
// states it; the programme's calls state several. What it leaves out is not ruled: the engine then holds, and names
// the question.
type Call struct {
	Measure   string
	Year      int
	Budget    *money.Fen   // ceiling of the year's money in fen, exceptions included; nil: none
	WhenShort shortage.Way // empty: not ruled (A3)
	Quota     *int         // most that may be chosen; nil: all are in
	Rank      *Rank        // nil: the queue, see README
	Share     *Share       // nil: each application brings its amount
	Stated    Stated
}

// Stated is what the measure's own text or the year's guide says at most. It
// changes no award; a call that goes past it is noted in the result.
type Stated struct {
	Quota  *int
	Budget *money.Fen
}

// Rank says how applications are put in order (综合排名).
type Rank struct {
	By        []Factor
	Normalise Normalise // empty: not ruled (A2), and harmless only with one factor and no bar on the composite
	Ties      Ties      // empty: not ruled (A2), and harmless only where no tie matters
	Bar       *Number   // least composite score; nil: none
}

// Factor is one thing that applications are ranked by. Higher is better.
type Factor struct {
	Name   string
	Weight *Weight // nil: none stated (A2)
	Least  *Number // least score in this factor, as given and before scaling; nil: none
}

// Weight is exact when Low and High are equal; otherwise the text only says
// between which it lies, which is not ruled (A2).
type Weight struct{ Low, High Number }

// Exactly is the weight that is one number.
func Exactly(n Number) *Weight { return &Weight{n, n} }

func (w *Weight) exact() bool { return w != nil && w.Low.Cmp(w.High) == 0 }

// Normalise says how scores of unlike units are made comparable. Least and most
// are taken over all of the call's applications in the snapshot, whoever is
// chosen, so that a score never depends on a choice.
type Normalise string

// The ways. Where all scores of a factor are alike, each counts as the best
// there is: 1.
const (
	MinMax Normalise = "min_max" // (score − least) / (most − least)
	OfMax  Normalise = "max"     // score / most
	AsIs   Normalise = "none"    // the score itself
)

// Ties says what happens between equal composite scores.
type Ties string

// The ways; README says what they mean at the end of the places and of the money.
const (
	ShareTies   Ties = "share"   // the tied share the rank and what the ranks would give
	EarlierTies Ties = "earlier" // green lane, then earlier submission, then id
)

// Share divides money among the places where the clause gives no formula
// (document 002 clause 5).
type Share struct {
	How   How
	Table []money.Fen // ByTable: what each place gets, the first first
	Most  *money.Fen  // most that one place gets; what is above it stays in the budget
}

// How is one way to divide.
type How string

// The ways.
const (
	Equal   How = "equal"    // the budget in equal parts among the places that are taken
	ByScore How = "by_score" // the budget in proportion to composite scores
	ByTable How = "table"    // a listed amount a place
)

// places is how many places the call has; all is how many could be taken.
func (c *Call) places(all int) int {
	if c.Share != nil && c.Share.How == ByTable {
		return min(all, len(c.Share.Table))
	}
	if c.Quota != nil {
		return min(all, *c.Quota)
	}
	return all
}

// Bounds of a snapshot.
const (
	MaxCalls        = 200
	MaxFactors      = 12
	MaxApplications = 1_000_000
	maxText         = 200
	maxBudget       = money.Max / 128 // what one applicant's knot of 64 may expect still adds up in 64 bits
)

// validate reports every fault of a call at its path.
func (c *Call) validate(bad *fault.Collector, path string) {
	name(bad, path+"measure", c.Measure)
	if c.Year < 1000 || c.Year > 9999 {
		bad.Add(path+"year", "年度 %d 不对：写四位年份，例如 2025。", "The year %d is wrong: write four digits, such as 2025.", c.Year)
	}
	if c.Budget != nil && *c.Budget < 0 {
		bad.Add(path+"budget", "预算不能为负。", "A budget is not negative.")
	}
	if c.Budget != nil && *c.Budget > maxBudget {
		bad.Add(path+"budget", "预算超过 %s 元。", "A budget is at most %s yuan.", maxBudget.Grouped())
	}
	if c.WhenShort != "" && !slices.Contains(shortage.Ways(), c.WhenShort) {
		bad.Add(path+"when_short", "“%.40s”不是预算不足时的办法：只能是 pro_rata、cut_off、carry_over。", "%.40q is no way to live with a short budget: pro_rata, cut_off or carry_over.", c.WhenShort)
	}
	if c.Quota != nil && *c.Quota < 0 {
		bad.Add(path+"quota", "名额不能为负。", "A quota is not negative.")
	}
	if c.Rank != nil {
		c.Rank.validate(bad, path+"rank.")
	}
	if c.Share != nil {
		c.validateShare(bad, path+"share")
	}
}

func (r *Rank) validate(bad *fault.Collector, path string) {
	if len(r.By) == 0 || len(r.By) > MaxFactors {
		bad.Add(path+"by", "排名因素要有 1 到 %d 个。", "Ranking takes 1 to %d factors.", MaxFactors)
	}
	seen, all, weight := map[string]bool{}, true, false
	for _, f := range r.By {
		at := path + "by." + clip(f.Name)
		name(bad, at, f.Name)
		if seen[f.Name] {
			bad.Add(at, "这个因素写了两次。", "The factor stands here twice.")
		}
		seen[f.Name] = true
		if f.Weight != nil && f.Weight.Low.Cmp(f.Weight.High) > 0 {
			bad.Add(at, "权重范围写反了：先写小的。", "The range of the weight is reversed: the smaller one first.")
		}
		all = all && f.Weight != nil
		weight = weight || (f.Weight != nil && !f.Weight.High.IsZero())
	}
	if all && !weight && len(r.By) > 0 {
		bad.Add(path+"by", "权重全是 0，排不出名次：至少一个大于 0。", "All weights are 0 and rank nobody: one is above 0 at least.")
	}
	if !slices.Contains([]Normalise{"", MinMax, OfMax, AsIs}, r.Normalise) {
		bad.Add(path+"normalise", "“%.40s”不是归一办法：只能是 min_max、max、none。", "%.40q is no way to scale: min_max, max or none.", r.Normalise)
	}
	if !slices.Contains([]Ties{"", ShareTies, EarlierTies}, r.Ties) {
		bad.Add(path+"ties", "“%.40s”不是并列办法：只能是 share、earlier。", "%.40q is no rule for ties: share or earlier.", r.Ties)
	}
}

func (c *Call) validateShare(bad *fault.Collector, path string) {
	s := c.Share
	if s.Most != nil && *s.Most < 0 {
		bad.Add(path+".most", "每名最高额不能为负。", "The most of a place is not negative.")
	}
	switch s.How {
	case Equal, ByScore:
		if c.Budget == nil {
			bad.Add(path+".how", "按 %[1]s 分配要有预算（budget）。", "Sharing %[1]s needs a budget.", s.How)
		}
		if len(s.Table) > 0 {
			bad.Add(path+".table", "只有 how: table 才列金额。", "Amounts are listed with how: table only.")
		}
	case ByTable:
		c.validateTable(bad, path+".table")
	default:
		bad.Add(path+".how", "“%.40s”不是分配办法：只能是 equal、by_score、table。", "%.40q is no way to share: equal, by_score or table.", s.How)
	}
	if s.How == ByScore && c.Rank == nil {
		bad.Add(path+".how", "按得分分配要有排名办法（rank）。", "Sharing by score needs a rank.")
	}
}

func (c *Call) validateTable(bad *fault.Collector, path string) {
	table := c.Share.Table
	if len(table) == 0 {
		bad.Add(path, "请按名次列出金额。", "List an amount for each place.")
	}
	if c.Quota != nil && len(table) != *c.Quota {
		bad.Add(path, "列了 %d 个金额，名额却是 %d 个：请一个名额一个金额。", "There are %d amounts and %d places: one amount a place.", len(table), *c.Quota)
	}
	total, fits := money.Fen(0), true
	for i, amount := range table {
		if amount < 0 {
			bad.Add(fmt.Sprintf("%s[%d]", path, i), "金额不能为负。", "An amount is not negative.")
			return
		}
		if i > 0 && amount > table[i-1] {
			bad.Add(fmt.Sprintf("%s[%d]", path, i), "后一名不能多于前一名。", "A later place does not get more than an earlier one.")
		}
		var err error
		if total, err = total.Add(amount); err != nil || total > maxBudget {
			fits = false
		}
	}
	if !fits || (c.Budget != nil && total > *c.Budget) {
		bad.Add(path, "各名次金额之和超过预算。", "The amounts of the places exceed the budget.")
	}
}

// name checks an identifier: something, not too long, without control characters.
func name(bad *fault.Collector, path, s string) {
	switch {
	case s == "":
		bad.Add(path, "缺少这一项。", "This is missing.")
	case len(s) > maxText:
		bad.Add(path, "超过 %d 字节。", "Longer than %d bytes.", maxText)
	case !utf8.ValidString(s):
		bad.Add(path, "不是 UTF-8。", "This is not UTF-8.")
	case slices.ContainsFunc([]byte(s), func(b byte) bool { return b < ' ' || b == 0x7f }):
		bad.Add(path, "不能有控制字符。", "Control characters are not allowed.")
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
