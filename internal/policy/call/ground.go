package call

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/rule"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// Reviewed is the factor of a rank that stands for the panel's mean score.
const Reviewed = "review"

// Grounded reports every fault of the terms against the region pack: a call
// opens what the texts and the guide allow, and nothing else.
//
// Codes: invalid.
func (t *Terms) Grounded(pack *rule.Pack) error {
	var c fault.Collector
	guide, err := pack.Guide(t.Guide)
	if err != nil || guide == nil {
		c.Add("guide", "没有 %d 年的申报指南：批次要以一份指南的裁定为准。", "There is no guide for %d: a call rests on the rulings of one.", t.Guide)
		return c.Err()
	}
	for i := range t.Offers {
		path := "offers." + strconv.Itoa(i)
		m, err := pack.Measure(t.Offers[i].Measure)
		if err != nil {
			c.Merge(path+".measure", err)
			continue
		}
		t.Offers[i].grounded(&c, path, pack, guide, m)
		if t.Offers[i].Years.Application != t.Opens.Year() {
			c.Add(path+".years.application", "申报年度应是开始申报的那一年（%d）。", "The application year is the year in which the call opens, %d.", t.Opens.Year())
		}
		if doc := pack.Document(m.Document); len(doc.Validity.Ends) > 0 && t.Opens > doc.Validity.Ends[len(doc.Validity.Ends)-1] {
			c.Add(path+".measure", "措施 %s 到那时已过有效期。", "Measure %s has expired by then.", m.ID)
		}
	}
	return c.Err()
}

func (o *Offer) grounded(c *fault.Collector, path string, pack *rule.Pack, guide *rule.Guide, m *rule.Measure) {
	switch {
	case !m.Type.Pays():
		c.Add(path+".measure", "%s 不按规则付款，不能开批次。", "%s pays nobody by rule; no call can open it.", m.ID)
		return
	case pack.Document(m.Document).Status == rule.Draft:
		c.Add(path+".measure", "%s 出自征求意见稿，只能试算，不能开批次。", "%s stands in a draft: it is simulated only and no call can open it.", m.ID)
		return
	}
	if m.Selection != nil && !o.Together {
		c.Add(path+".together", "这条措施择优或排名，须统一分配（%s）。", "This measure selects or ranks: allocate it together (%s).", m.Clause)
	}
	o.groundedRank(c, path, guide, m)
	if quota, ok := textCount(m); ok && (o.Quota == 0 || o.Quota > quota) {
		c.Add(path+".quota", "条文最多 %d 名，请写不超过它的名额。", "The text allows %d at most; give a quota within it.", quota)
	}
	if ceiling, ok := ceilingOf(guide, m); ok && o.Budget > ceiling {
		c.Add(path+".budget_fen", "超过年度额度 %s 元。", "It exceeds the year's %s yuan.", ceiling.Grouped())
	}
	if choice, ruled := guide.Ruling("A3"); ruled && slices.Contains(m.Questions, "A3") && slices.Contains(shortage.Ways(), shortage.Way(choice.Choice)) &&
		o.WhenShort != shortage.Way(choice.Choice) {
		c.Add(path+".when_short", "%[1]d 年指南已裁定为“%[2]s”（A3）。", "The %[1]d guide has ruled: %[3]s (A3).", guide.Year, shortage.Way(choice.Choice).Name().ZH, shortage.Way(choice.Choice).Name().EN)
	}
}

// groundedRank checks weights: those of an open ranking question come only
// from a guide, or from a call that the guide leaves them to (A2).
func (o *Offer) groundedRank(c *fault.Collector, path string, guide *rule.Guide, m *rule.Measure) {
	factors := Factors(m)
	if len(factors) == 0 && o.Share != "" {
		c.Add(path+".share", "这条措施有金额公式，不用另定分法。", "This measure has a formula; it needs no way to share.")
	}
	if o.Rank == nil {
		return
	}
	if len(factors) > 0 && !guide.LeavesToCalls("A2") {
		c.Add(path+".rank", "%d 年指南没有裁定 A2，权重还不能定：先裁定，再开批次；不排名的批次也可以开。",
			"The %d guide has not ruled A2 and no weights can be set: rule first, or open the call without a rank.", guide.Year)
	}
	for i, w := range o.Rank.By {
		at := path + ".rank.by." + strconv.Itoa(i) + ".factor"
		switch {
		case w.Factor == Reviewed && o.Review.Scores == 0:
			c.Add(at, "要按评审分排名，先设评审专家人数。", "To rank by review, say how many experts score.")
		case w.Factor != Reviewed && !slices.Contains(factors, w.Factor):
			c.Add(at, "这条措施能排名的因素是 %v 和 review。", "This measure ranks by %v and review.", factors)
		}
	}
}

// Factors are the facts' figures by which a measure's text ranks; none where it
// ranks by nothing.
func Factors(m *rule.Measure) []string {
	for _, step := range m.Amount {
		if step.Op == "rank_take" {
			return step.Factors
		}
	}
	return nil
}

// textCount is how many the text itself allows to be chosen a year.
func textCount(m *rule.Measure) (int, bool) {
	if m.Selection == nil || m.Selection.Quota == "" {
		return 0, false
	}
	p, ok := m.Parameter(m.Selection.Quota)
	n, err := strconv.Atoi(p.Value)
	return n, ok && err == nil
}

// ceilingOf is the year's money of a measure: the guide's budget, or what the
// text names (open question A25).
func ceilingOf(guide *rule.Guide, m *rule.Measure) (money.Fen, bool) {
	for _, b := range guide.Budgets {
		if b.Measure == m.ID {
			fen, err := b.Fen()
			return fen, err == nil
		}
	}
	if m.Budget == nil || m.Budget.Parameter == "" {
		return 0, false
	}
	p, ok := m.Parameter(m.Budget.Parameter)
	fen, err := money.ParseYuan(p.Value)
	return fen, ok && err == nil
}

// digestOf is what a call pins of its guide.
func digestOf(g *rule.Guide) string {
	text, _ := json.Marshal(g) // texts and numbers always marshal
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
