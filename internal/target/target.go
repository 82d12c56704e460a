// Package target follows what a region's plans promise: yearly targets read from
// facts, tasks with who answers for them, and how far both have come. It pays
// nobody and knows nothing of applications. README.md has the whole.
package target

import (
	"math/big"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// Target (目标) is one figure that a plan promises, year by year (targets.yaml).
type Target struct {
	ID       string    `yaml:"id"`
	Document string    `yaml:"document"`
	Clause   string    `yaml:"clause"`
	Also     []string  `yaml:"also"` // other clauses of the document that state the same
	Name     i18n.Text `yaml:"name"`
	Unit     string    `yaml:"unit"`
	Kind     Kind      `yaml:"kind"`
	Draft    bool      `yaml:"draft"`    // stands in a text put out for comment
	PartOf   string    `yaml:"part_of"`  // contributes to that target and is never added into it (A23)
	Place    string    `yaml:"place"`    // whose target it is; empty for the whole region
	Question string    `yaml:"question"` // open question that bears on it
	Counts   Counts    `yaml:"counts"`
	Reporter string    `yaml:"reporter"` // unit that must report (001 一(二) by duty; 004 二)
	Goals    []Goal    `yaml:"years"`
}

// Kind says how a figure runs through time.
type Kind string

// The closed set of kinds.
const (
	Stock      Kind = "stock"      // the level at a moment
	Cumulative Kind = "cumulative" // counted from the start (累计)
	Flow       Kind = "flow"       // in the year alone; figures are year to date
	Size       Kind = "size"       // a yearly figure of an industry; figures are year to date
	Rank       Kind = "rank"       // in words; nothing is computed
)

// YearToDate reports whether the figure begins at nothing each January.
func (k Kind) YearToDate() bool { return k == Flow || k == Size }

// Counts says from which facts a target's figure is read.
type Counts struct {
	Fact    string `yaml:"fact"`    // kind of fact; empty for a rank
	Of      string `yaml:"of"`      // what counts once: "object", or an attribute
	With    string `yaml:"with"`    // attribute that a fact must have to count
	Place   string `yaml:"place"`   // only what lies in this place, or is claimed for the target
	Claimed bool   `yaml:"claimed"` // only what is claimed for the target
}

// Goal (年度目标) is what is to be reached by the end of a year.
type Goal struct {
	Year       int        `yaml:"year"`
	Comparator Comparator `yaml:"comparator"`
	Value      string     `yaml:"value"`    // plain decimal in the target's unit
	Unmarked   bool       `yaml:"unmarked"` // the text does not say that the figure is cumulative (A22)
	Words      i18n.Text  `yaml:"words"`    // of a rank
	exact      *big.Rat
}

// Comparator says when a figure meets a goal.
type Comparator string

// The closed set of comparators.
const (
	AtLeast Comparator = "ge" // 达, 达到, 以上
	Above   Comparator = "gt" // 突破, 超过
)

// Met reports whether a figure meets the goal: on the boundary "at least" is
// met and "above" is not.
func (g Goal) Met(value *big.Rat) bool {
	if g.Comparator == Above {
		return value.Cmp(g.exact) > 0
	}
	return value.Cmp(g.exact) >= 0
}

// Gap is what is missing to the goal, nil when it is met or has no figure. For
// "above" the gap of the boundary itself is zero and still a gap.
func (g Goal) Gap(value *big.Rat) *big.Rat {
	if g.exact == nil || value == nil || g.Met(value) {
		return nil
	}
	return new(big.Rat).Sub(g.exact, value)
}

// End is the last day of the goal's year.
func (g Goal) End() clock.Date { return yearEnd(g.Year) }

// goalIn returns the goal of a year, or the next one after it. due is false
// when the goal's year is still to come.
func (t *Target) goalIn(year int) (g Goal, due, found bool) {
	for _, g := range t.Goals {
		if g.Year >= year {
			return g, g.Year == year, true
		}
	}
	return Goal{}, false, false
}

// Clause is a place in a document as people write it.
type Clause struct {
	Document string    `json:"document"`
	Path     string    `json:"path"`
	Label    i18n.Text `json:"label"`
}

// Unit (责任单位) is a body that answers for targets and tasks.
type Unit struct {
	ID         string    `json:"id"`
	Name       i18n.Text `json:"name"`
	Level      string    `json:"level" doc:"nation, province, city, prefecture, district, enterprise or school"`
	Collective bool      `json:"collective" doc:"Many bodies under one name"`
}

// Industry is one of the listed industries and fields (001 annex 二(二)).
type Industry struct {
	ID     string      `yaml:"id"`
	Clause string      `yaml:"clause"`
	Name   i18n.Text   `yaml:"name"`
	Kind   string      `yaml:"kind"`
	Units  []string    `yaml:"units"`
	Scenes []i18n.Text `yaml:"scenes"`
}

// Place is where scenes lie; each lies in the place that it is part of.
type Place struct {
	Code   string    `yaml:"code"`
	PartOf string    `yaml:"part_of"`
	Name   i18n.Text `yaml:"name"`
	Tile   []int     `yaml:"tile"` // half tiles from the left and rows from the top in its parent's map
}
