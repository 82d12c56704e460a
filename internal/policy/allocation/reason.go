package allocation

import (
	"cmp"
	"strings"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// Why is the reason in one word.
type Why string

// The reasons.
const (
	WhyBelowBar    Why = Why(belowBar)
	WhyBelowFactor Why = Why(belowLeast)
	WhyNothingDue  Why = Why(nothingDue)
	WhySameMatter  Why = "same_matter"  // its applicant's best set is another
	WhyQuota       Why = "quota"        // the places end above it
	WhyBudget      Why = "budget"       // the money ends above it
	WhyTied        Why = "tied"         // equals that do not fit together, and no rule puts one first
	WhyNothingLeft Why = "nothing_left" // it is in, and what the budget leaves for it is less than a fen
)

func (p *pool) barReason() i18n.Text {
	return i18n.T("综合得分低于最低线 %s。", "The composite score is below the bar of %s.", p.call.Rank.Bar.String())
}

// factorReason names the first factor, by name, in which the application is
// below what the call asks.
func (p *pool) factorReason(a *Application) i18n.Text {
	for _, f := range p.call.Rank.By {
		for _, s := range a.Scores {
			if s.Factor == f.Name && f.Least != nil && s.Value.Cmp(*f.Least) < 0 {
				return i18n.T("“%[1]s”为 %[2]s，低于最低线 %[3]s。", "%[1]q is %[2]s, below the bar of %[3]s.", f.Name, s.Value.String(), f.Least.String())
			}
		}
	}
	return i18n.Text{}
}

func nothingDueReason(claim, before money.Fen) i18n.Text {
	if claim == 0 {
		return i18n.T("按公式或名次应得 0 元。", "The formula or the place gives 0 yuan.")
	}
	return i18n.T("应得 %[1]s 元，同一事项此前已付 %[2]s 元，没有差额可补（晋级补差）。",
		"%[1]s yuan are due and the matter was paid %[2]s before: there is no difference to pay.", claim.Grouped(), before.Grouped())
}

func (d *seating) quotaReason(k, last int) i18n.Text {
	p := &d.pools[k]
	if p.call.Quota == nil { // places of a table, or a line that other measures hold where it is
		return i18n.T("名次在入选的最后一名（第 %d 名）之后。", "It ranks behind the last that is in (rank %d).", last)
	}
	return i18n.T("名额 %[1]d 个，入选的最后一名是第 %[2]d 名。", "There are %[1]d places; the last that is in has rank %[2]d.", *p.call.Quota, last)
}

func (d *seating) budgetReason(k, last int) i18n.Text {
	p, l := &d.pools[k], &d.lines[k]
	return i18n.T("预算不足，按名次截止：付到第 %[1]d 名，余下 %[2]s 元不够下一名的全额。",
		"The budget is short and cut off by rank: it is paid down to rank %[1]d, and the %[2]s yuan that are left do not cover the next in full.", last, (p.available() - l.sum).Grouped())
}

func (d *seating) tiedReason(k int) i18n.Text {
	tied := d.lines[k].tied
	return i18n.T("与其他申报并列第 %[1]d 名，共 %[2]d 件，余下的名额或预算不够全部；没有规则让其中任何一件在前，所以都不入选。请裁定并列先后，或调整名额、预算后重新分配。",
		"Tied at rank %[1]d with others, %[2]d in all, and what is left does not take all of them; no rule puts one of them first, so none is in. Rule on ties, or change quota or budget, and allocate again.", d.rank[tied[0]], len(tied))
}

func nothingLeftReason() i18n.Text {
	return i18n.T("入选，但预算留给它的不足一分。", "It is in, and what the budget leaves for it is less than a fen.")
}

// sameMatterReason says which awards pay for the matter instead.
func sameMatterReason(conflicts []Conflict) i18n.Text {
	var zhs, ens []string
	for _, c := range conflicts {
		what := i18n.Text{ZH: "事项 " + c.Matter, EN: "matter " + c.Matter}
		if c.Ground == ByPaper {
			what = evidence.ListPapers(c.Papers)
		}
		which := cmp.Or(c.Number, c.ID)
		zhs, ens = append(zhs, which+"（"+what.ZH+"）"), append(ens, which+" ("+what.EN+")")
	}
	return i18n.T("从优不重复：与本单位入选的 %[1]s属同一事项，合计以那些为优。", "Best of, never twice: %[2]s of the same applicant pay for the same matter, and come to more in all.",
		strings.Join(zhs, "、"), strings.Join(ens, ", "))
}

// askWeights and those below are the questions A2 and A3, as a call leaves them.
func askWeights(c *Call) Question {
	return Question{c.Measure, "A2", i18n.T("排名没有写全：缺权重（或只有范围）、归一办法。先列出几种权重下的名次范围，裁定后再分配。",
		"The ranking is not complete: weights (or only ranges) or the way to scale are missing. Ranks under several weightings are shown; allocate once it is ruled.")}
}

func askShare(c *Call) Question {
	return Question{c.Measure, "A2", i18n.T("没有写各名次得多少，申报也不带金额：裁定分法后再分配。",
		"Nothing says what a rank gives, and applications bring no amount: allocate once it is ruled.")}
}

func askTies(c *Call) Question {
	return Question{c.Measure, "A2", i18n.T("有并列，而且影响谁得多少：请裁定是先申报的在前，还是并列均分。",
		"There is a tie that decides who gets what: rule whether the earlier goes first, or equals share.")}
}

func askShort(c *Call, due money.Fen) Question {
	return Question{c.Measure, "A3", i18n.T("应付 %[1]s 元，超过预算：请裁定按比例、按名次截止还是结转下年；三种办法各得多少，见下。",
		"%[1]s yuan are due, more than the budget: rule whether it is paid pro rata, cut off by rank or carried over; what each would give stands below.", due.Grouped())}
}
