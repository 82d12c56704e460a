package allocation

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// maxCorners bounds how many corners of stated ranges are shown: past six
// ranges nobody reads them. maxUnder bounds what is shown in all.
const (
	maxCorners = 64
	maxUnder   = 5_000_000
)

// prospects shows, for each call whose weights are not ruled, what rank and
// score every application would have under several weightings (A2): each factor
// alone, all alike, and what the call states of weights.
//
// Codes: too_large (more ranks than anybody could look at).
func (r *Result) prospects(in *Input) error {
	for k := range in.Calls {
		c := &in.Calls[k]
		if c.ranks() {
			continue
		}
		var apps []*Application
		for i := range in.Applications {
			if in.Applications[i].Measure == c.Measure {
				apps = append(apps, &in.Applications[i])
			}
		}
		weightings := c.weightings()
		if len(apps)*len(weightings) > maxUnder {
			return fault.Newf(fault.TooLarge, "措施 %[1]s 有 %[2]d 件申报、%[3]d 种权重要列，太多：请少写几个权重范围，或直接写明权重。",
				"Measure %[1]s has %[2]d applications under %[3]d weightings, too many to show: state fewer ranges, or the weights themselves.", c.Measure, len(apps), len(weightings))
		}
		r.Weightings = append(r.Weightings, weightings...)
		r.Prospects = append(r.Prospects, c.prospects(apps, weightings)...)
	}
	return nil
}

// weightings are those to show, each once.
func (c *Call) weightings() []Weighting {
	one := Number{small: 1}
	var out []Weighting
	add := func(id string, weight func(f Factor) Number) {
		w := Weighting{Measure: c.Measure, ID: id}
		any := false
		for _, f := range c.Rank.By {
			n := weight(f)
			any = any || !n.IsZero()
			w.Weights = append(w.Weights, Shown{f.Name, n})
		}
		same := func(o Weighting) bool {
			return slices.EqualFunc(o.Weights, w.Weights, func(a, b Shown) bool { return a.Weight.Cmp(b.Weight) == 0 })
		}
		if any && !slices.ContainsFunc(out, same) {
			out = append(out, w)
		}
	}
	for _, f := range c.Rank.By {
		add("only:"+f.Name, func(o Factor) Number {
			if o.Name == f.Name {
				return one
			}
			return Number{}
		})
	}
	add("equal", func(Factor) Number { return one })
	if slices.ContainsFunc(c.Rank.By, func(f Factor) bool { return f.Weight == nil }) {
		return out
	}
	open := 0
	for _, f := range c.Rank.By {
		if !f.Weight.exact() {
			open++
		}
	}
	if open == 0 {
		add("stated", func(f Factor) Number { return f.Weight.Low })
		return out
	}
	for corner := range min(1<<min(open, 30), maxCorners) {
		at := 0
		add(fmt.Sprintf("corner:%d", corner+1), func(f Factor) Number {
			if f.Weight.exact() {
				return f.Weight.Low
			}
			at++
			if corner>>(at-1)&1 == 1 {
				return f.Weight.High
			}
			return f.Weight.Low
		})
	}
	return out
}

// prospects ranks the applications under each weighting. Where the call says
// nothing of scaling, scores are scaled between least and most, or factors of
// unlike units could not be added at all.
func (c *Call) prospects(apps []*Application, weightings []Weighting) []Prospect {
	out := make([]Prospect, len(apps))
	for i, a := range apps {
		out[i] = Prospect{ID: a.ID, Code: a.Code, Measure: c.Measure, Under: make([]Under, 0, len(weightings))}
	}
	if len(apps) == 0 {
		return out
	}
	for n, w := range weightings {
		factors := make([]weighted, len(w.Weights))
		for k, s := range w.Weights {
			factors[k] = weighted{s.Factor, s.Weight}
		}
		f := newForm(apps, factors, cmp.Or(c.Rank.Normalise, MinMax))
		f.perWeight()
		order := make([]int, len(apps))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Or(f.compare(b, a), cmp.Compare(a, b)) })
		rank := 0
		for at, i := range order {
			if at == 0 || f.compare(order[at-1], i) != 0 {
				rank = at + 1
			}
			out[i].add(Under{w.ID, rank, f.score(i)}, n == 0)
		}
	}
	return out
}

// add notes rank and score under one more weighting.
func (p *Prospect) add(u Under, first bool) {
	p.Under = append(p.Under, u)
	if first {
		p.Ranks, p.Scores = [2]int{u.Rank, u.Rank}, [2]string{u.Score, u.Score}
		return
	}
	p.Ranks = [2]int{min(p.Ranks[0], u.Rank), max(p.Ranks[1], u.Rank)}
	if lessDecimal(u.Score, p.Scores[0]) {
		p.Scores[0] = u.Score
	}
	if lessDecimal(p.Scores[1], u.Score) {
		p.Scores[1] = u.Score
	}
}

// lessDecimal compares two shown scores.
func lessDecimal(a, b string) bool {
	x, errX := ParseNumber(a)
	y, errY := ParseNumber(b)
	if errX == nil && errY == nil {
		return x.Cmp(y) < 0
	}
	whole := func(s string) int { return len(strings.SplitN(s, ".", 2)[0]) } // past what a score may be: a sum of several
	return cmp.Or(cmp.Compare(whole(a), whole(b)), cmp.Compare(a, b)) < 0
}
