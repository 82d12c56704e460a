package review

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Outlier (离群分规则) says what happens to scores that stand apart. Both parts
// may be set: extremes are dropped from the mean, and what lies far from the
// median is put before the panel; a flag alone changes no figure.
type Outlier struct {
	DropFrom int    `yaml:"drop_from" json:"drop_from" doc:"With at least so many scores the highest and the lowest do not count; 0: never"`
	Apart    Points `yaml:"apart" json:"apart" doc:"A score farther than this from the median is put before the panel; 0: never"`
}

// Validate reports every fault of the rule. Dropping two must leave at least
// the three independent scores that a case needs.
func (o Outlier) Validate() error {
	var c fault.Collector
	if o.DropFrom != 0 && (o.DropFrom < leastScores+2 || o.DropFrom > 50) {
		c.Add("drop_from", "去掉最高最低后至少要剩 %d 份：请写 %d 到 50，或 0 表示不去。", "At least %d scores must remain: write %d to 50, or 0 for never.", leastScores, leastScores+2)
	}
	if o.Apart < 0 {
		c.Add("apart", "分差不能是负数。", "The distance cannot be negative.")
	}
	return c.Err()
}

// Settled is what the rule made of the totals of one case.
type Settled struct {
	Mean    Mean      `json:"mean"`
	Counted int       `json:"counted" doc:"How many scores the mean is of"`
	Dropped []int     `json:"-"` // places of the totals that do not count
	Apart   []int     `json:"-"` // places of those far from the median
	Discuss bool      `json:"discuss" doc:"A score stands apart and the panel must talk about it"`
	Did     i18n.Text `json:"did" doc:"What the outlier rule did"`
}

// Settle applies the rule; there is at least one total. Of equal extremes the
// first is dropped, which changes no figure.
func (o Outlier) Settle(totals []Points) Settled {
	out := Settled{Did: i18n.T("全部 %d 份评分计入平均。", "All %d scores count.", len(totals))}
	sum, n := Points(0), len(totals)
	for _, t := range totals {
		sum += t
	}
	if o.DropFrom > 0 && n >= o.DropFrom {
		low, high := slices.Index(totals, slices.Min(totals)), lastIndex(totals, slices.Max(totals))
		out.Dropped = []int{low, high}
		sum -= totals[low] + totals[high]
		n -= 2
		out.Did = i18n.T("共 %d 份评分，去掉一个最高分 %s 和一个最低分 %s，其余 %d 份平均。", "Of %d scores the highest, %s, and the lowest, %s, are left out; %d count.", len(totals), totals[high].String(), totals[low].String(), n)
	}
	out.Mean, out.Counted = meanOf(sum, n), n
	if o.Apart > 0 {
		sorted := slices.Sorted(slices.Values(totals))
		twice := sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2] // twice the median, so that no half is lost
		for i, t := range totals {
			if d := 2*t - twice; d > 2*o.Apart || -d > 2*o.Apart {
				out.Apart = append(out.Apart, i)
			}
		}
	}
	if out.Discuss = len(out.Apart) > 0; out.Discuss {
		more := i18n.T("有 %d 份与中位数相差超过 %s 分，须经评审组讨论。", "%d of them are farther than %s points from the median: the panel must discuss it.", len(out.Apart), o.Apart.String())
		out.Did.ZH, out.Did.EN = out.Did.ZH+more.ZH, out.Did.EN+" "+more.EN
	}
	return out
}

// lastIndex finds the last place of a value, so that the lowest and the highest
// of equal totals are two places.
func lastIndex(totals []Points, value Points) int {
	for i := len(totals) - 1; ; i-- {
		if totals[i] == value {
			return i
		}
	}
}
