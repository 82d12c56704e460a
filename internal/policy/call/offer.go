package call

import (
	"slices"
	"strconv"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
	"github.com/qianmo/qianmo/internal/policy/shortage"
)

// Offer is one measure as a call opens it.
type Offer struct {
	Measure string `json:"measure" maxLength:"40"`
	Years   Years  `json:"years"`
	// Together: applications are ranked and shared out in one allocation after
	// the call has closed; otherwise each is decided when it is ready.
	Together  bool         `json:"together" doc:"Ranked and shared out in one allocation after the call has closed; otherwise case by case"`
	Budget    money.Fen    `json:"budget_fen" doc:"Ceiling of this call, both halves together"`
	Quota     int          `json:"quota" doc:"How many are chosen at most; 0 for no quota"`
	WhenShort shortage.Way `json:"when_short" enum:"pro_rata,cut_off,carry_over," doc:"How a short budget is shared (A3); empty while nothing is ruled"`
	Rank      *Rank        `json:"rank" doc:"Null: no weights are ruled, so nothing is ranked (A2)"`
	Share     Share        `json:"share" enum:"equal,by_score," doc:"How money is shared where the measure has no formula (document 002 clause 5)"`
	Review    Review       `json:"review"`
	Evidence  []Evidence   `json:"evidence" maxItems:"30"`
}

// Years are the four years that the documents do not tell apart (open
// question A13): whose deals and costs count, in which year one applies, in
// which the award falls, and whose budget pays.
type Years struct {
	Transaction int `json:"transaction" doc:"Year whose deals and costs count"`
	Application int `json:"application" doc:"Year in which one applies"`
	Award       int `json:"award" doc:"Year in which the award falls"`
	Budget      int `json:"budget" doc:"Year whose budget pays"`
}

// Rank is how applications are put in order (综合排名, 002 clause 5; A2).
type Rank struct {
	By        []Weight `json:"by" minItems:"1" maxItems:"10"`
	Normalise string   `json:"normalise" enum:"min_max,none"`
	Ties      string   `json:"ties" enum:"share,earlier"`
	Bar       string   `json:"bar" maxLength:"20" doc:"Lowest composite that is considered, a decimal; empty for none"`
}

// Weight is how much one factor counts.
type Weight struct {
	Factor string `json:"factor" maxLength:"60" doc:"A figure of the facts, or review for the panel's mean"`
	Weight string `json:"weight" maxLength:"20" doc:"A decimal fraction"`
}

// Share is how a budget is shared among the chosen of a measure without a formula.
type Share string

// The shares that a call may name.
const (
	Equally Share = "equal"    // every chosen one the same
	ByScore Share = "by_score" // in proportion to the composite score
)

// Review is which steps stand between completeness and a decision.
type Review struct {
	Departments bool `json:"departments" doc:"The facts' departments confirm or dispute them (部门核验)"`
	Scores      int  `json:"scores" doc:"Independent experts who score each case; 0 for no panel"`
}

// leastScores is how many independent scores a panel gives at least.
const leastScores = 3

// Evidence is a paper that an applicant must or may attach.
type Evidence struct {
	ID       string    `json:"id" maxLength:"40" doc:"Short and unique in the offer: audit_report"`
	Name     i18n.Text `json:"name"`
	Required bool      `json:"required"`
}

// forms of a rank.
var (
	normalisations = []string{"min_max", "none"}
	tieRules       = []string{"share", "earlier"}
)

func (o *Offer) validate() error {
	var c fault.Collector
	for path, year := range map[string]int{"years.transaction": o.Years.Transaction, "years.application": o.Years.Application,
		"years.award": o.Years.Award, "years.budget": o.Years.Budget} {
		within(&c, path, year, 2000, 2100)
	}
	if o.Years.Award < o.Years.Application || o.Years.Application < o.Years.Transaction {
		c.Add("years.award", "年度次序不对：交易年度不晚于申报年度，申报年度不晚于兑现年度。", "The years are out of order: transaction, then application, then award.")
	}
	if o.Budget <= 0 {
		c.Add("budget_fen", "请写这个批次的预算，大于零。", "Give the call's budget, above zero.")
	}
	within(&c, "quota", o.Quota, 0, 10_000)
	if o.WhenShort != "" && !slices.Contains(shortage.Ways(), o.WhenShort) {
		c.Add("when_short", "应为 %v 之一。", "One of %v.", shortage.Ways())
	}
	if o.Share != "" && o.Share != Equally && o.Share != ByScore {
		c.Add("share", "应为 equal 或 by_score。", "equal or by_score.")
	}
	if o.Review.Scores != 0 {
		within(&c, "review.scores", o.Review.Scores, leastScores, 15)
	}
	if o.Rank != nil {
		if !o.Together {
			c.Add("rank", "逐件决定的措施不排名：请选统一分配。", "A measure that is decided case by case is not ranked: choose a common allocation.")
		}
		c.Merge("rank", o.Rank.validate())
	}
	if !o.Together && o.Quota > 0 {
		c.Add("quota", "逐件决定的措施不能限名额：请选统一分配。", "A measure that is decided case by case has no quota: choose a common allocation.")
	}
	o.validateEvidence(&c)
	return c.Err()
}

func (r *Rank) validate() error {
	var c fault.Collector
	if len(r.By) == 0 || len(r.By) > 10 {
		c.Add("by", "要有 1 到 10 个因素。", "Give 1 to 10 factors.")
	}
	seen, whole := map[string]bool{}, false
	for i, w := range r.By {
		path := "by." + strconv.Itoa(i)
		if w.Factor == "" || len(w.Factor) > 60 || seen[w.Factor] {
			c.Add(path+".factor", "因素没有写，或写了两次。", "The factor is missing or stands here twice.")
		}
		seen[w.Factor] = true
		rate, err := money.ParseRate(w.Weight)
		c.Merge(path+".weight", err)
		whole = whole || rate.Num > 0 || err != nil
	}
	if !whole && len(r.By) > 0 {
		c.Add("by", "权重不能都是零。", "Not every weight can be zero.")
	}
	if !slices.Contains(normalisations, r.Normalise) {
		c.Add("normalise", "应为 %s 之一。", "One of %s.", strings.Join(normalisations, ", "))
	}
	if !slices.Contains(tieRules, r.Ties) {
		c.Add("ties", "应为 %s 之一。", "One of %s.", strings.Join(tieRules, ", "))
	}
	if r.Bar != "" {
		_, err := money.ParseRate(r.Bar)
		c.Merge("bar", err)
	}
	return c.Err()
}

func (o *Offer) validateEvidence(c *fault.Collector) {
	if len(o.Evidence) > maxEvidence {
		c.Add("evidence", "最多 %d 项材料。", "At most %d papers.", maxEvidence)
	}
	seen := map[string]bool{}
	for i, e := range o.Evidence {
		path := "evidence." + strconv.Itoa(i)
		if !plainID(e.ID) || seen[e.ID] {
			c.Add(path+".id", "编号要用小写字母、数字和下划线，不重复，最多 40 位。", "Use lower-case letters, digits and underscores, once, 40 at most.")
		}
		seen[e.ID] = true
		for sub, text := range map[string]string{"zh": e.Name.ZH, "en": e.Name.EN} {
			if n := len([]rune(strings.TrimSpace(text))); n == 0 || n > nameLimit {
				c.Add(path+".name."+sub, "名称要写，最多 %d 字。", "Give a name of at most %d characters.", nameLimit)
			}
		}
	}
}

func plainID(s string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789_"
	return s != "" && len(s) <= 40 && strings.Trim(s, allowed) == ""
}
