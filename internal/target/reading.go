package target

import (
	"cmp"
	"math/big"
	"slices"
	"strconv"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// The kinds of fact that targets are read from.
const (
	kindScene    = "scenario.accepted"
	kindClaim    = "scenario.claimed"
	kindDataSet  = "dataset.published"
	kindReported = "indicator.reported"
)

// countObject says that each object of a fact counts once.
const countObject = "object"

func countedKinds() []string { return []string{kindScene, kindDataSet, kindReported} }

// readKinds are all kinds that this domain reads.
func readKinds() []string { return []string{kindScene, kindClaim, kindDataSet, kindReported} }

// Reading (口径) is one way to read a target's figure. Where the text leaves the
// way open (A22) there are several, and none is chosen here.
type Reading struct {
	ID     string    // "", or the name of the way: listed, any, in_year, cumulative
	Name   i18n.Text // of the way
	Points []Point   // of the year, by day; the last is the figure
	Source i18n.Text // where the last point comes from
	Facts  []string  // ids of the facts under the last point
	Beside []Beside  // what was found and does not count
}

// Point is a figure on a day.
type Point struct {
	Day   clock.Date
	Value *big.Rat
	Fact  string // id of the report that says it; empty where it is counted
}

// Beside is facts that do not count, and why.
type Beside struct {
	Why   i18n.Text
	Facts []string
}

// Known reports whether there is a figure at all. Without one the target is
// unknown, which is never zero.
func (r Reading) Known() bool { return len(r.Points) > 0 }

// last is the figure; nil when there is none.
func (r Reading) last() *big.Rat {
	if !r.Known() {
		return nil
	}
	return r.Points[len(r.Points)-1].Value
}

// asOf is the day of the figure, or "".
func (r Reading) asOf() clock.Date {
	if !r.Known() {
		return ""
	}
	return r.Points[len(r.Points)-1].Day
}

// Read reads a target's figure for a year from facts, as of a day. The facts
// are effective ones of the kinds read, on a word that counts.
func (p *Plan) Read(t *Target, facts []evidence.Fact, year int, on clock.Date) []Reading {
	on = min(on, yearEnd(year))
	switch t.Counts.Fact {
	case "":
		return nil
	case kindReported:
		return []Reading{reported(t, facts, year, on)}
	}
	all, beside := p.counted(t, facts, on)
	unmarked := slices.ContainsFunc(t.Goals, func(g Goal) bool { return g.Year == year && g.Unmarked })
	switch {
	case t.Counts.Of == attributeIndustry:
		listed := slices.DeleteFunc(slices.Clone(all), func(c counting) bool { return p.industry(c.key) == "" })
		return []Reading{
			Reading{ID: "listed", Name: i18n.T("按 %d 个行业的名单", "by the list of %d industries", len(p.Industries))}.fill(listed, beside, year, on, false),
			Reading{ID: "any", Name: i18n.T("按验收写明的行业", "by the industries named at acceptance")}.fill(all, beside, year, on, false),
		}
	case unmarked:
		return []Reading{
			Reading{ID: "in_year", Name: i18n.T("只算当年", "the year alone")}.fill(all, beside, year, on, true),
			Reading{ID: "cumulative", Name: i18n.T("按累计", "cumulative")}.fill(all, beside, year, on, false),
		}
	}
	return []Reading{Reading{}.fill(all, beside, year, on, false)}
}

const attributeIndustry = "industry"

// counting is one thing that counts, since its first day.
type counting struct {
	key   string
	since clock.Date
	facts []string
}

// counted finds what counts once for a target up to a day, in the order of the
// first days. One object counts once however many facts speak of it and however
// many plans claim it (A23).
func (p *Plan) counted(t *Target, facts []evidence.Fact, on clock.Date) (all []counting, beside []Beside) {
	claimed := map[string]string{} // object -> the claim's fact
	for _, f := range facts {
		if f.Kind == kindClaim && f.Attributes["target"] == t.ID && f.Occurred <= on {
			claimed[f.Object] = f.ID
		}
	}
	found := map[string]*counting{}
	var unrated []string
	for _, f := range facts {
		if f.Kind != t.Counts.Fact || f.Occurred > on || !p.belongs(t, f, claimed[f.Object] != "") {
			continue
		}
		if t.Counts.With != "" && f.Attributes[t.Counts.With] == "" {
			unrated = append(unrated, f.ID)
			continue
		}
		key := p.keyOf(t, f)
		if key == "" {
			continue
		}
		c := found[key]
		if c == nil {
			c = &counting{key: key, since: f.Occurred}
			found[key] = c
		}
		c.since = min(c.since, f.Occurred)
		c.facts = append(c.facts, f.ID)
		if claim := claimed[f.Object]; claim != "" && t.Counts.Of == countObject && !slices.Contains(c.facts, claim) {
			c.facts = append(c.facts, claim)
		}
		if f.Kind == kindScene {
			delete(claimed, f.Object) // the claim is good
		}
	}
	for _, c := range found {
		slices.Sort(c.facts)
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b counting) int { return cmp.Or(cmp.Compare(a.since, b.since), cmp.Compare(a.key, b.key)) })
	return all, besides(t, unrated, claimed)
}

// belongs tells whether a fact's thing is the target's: it lies in the target's
// place, or a department claims it for the target.
func (p *Plan) belongs(t *Target, f evidence.Fact, claimed bool) bool {
	switch {
	case claimed:
		return true
	case t.Counts.Claimed:
		return false
	case t.Counts.Place != "":
		return p.Within(f.Attributes["place"], t.Counts.Place)
	}
	return true
}

// keyOf is what of a fact counts once.
func (p *Plan) keyOf(t *Target, f evidence.Fact) string {
	if t.Counts.Of == countObject {
		return f.Object
	}
	value := f.Attributes[t.Counts.Of]
	if t.Counts.Of == attributeIndustry {
		if id := p.industry(value); id != "" {
			return id
		}
	}
	return value
}

// industry is the listed industry that a text means, by its id or either name;
// "" for one that is not listed.
func (p *Plan) industry(text string) string {
	for _, one := range p.Industries {
		if text == one.ID || text == one.Name.ZH || text == one.Name.EN {
			return one.ID
		}
	}
	return ""
}

func besides(t *Target, unrated []string, waiting map[string]string) (out []Beside) {
	if len(unrated) > 0 {
		slices.Sort(unrated)
		out = append(out, Beside{i18n.T("没有质量分，不计入", "without a quality score, not counted"), unrated})
	}
	if t.Counts.Fact == kindScene && t.Counts.Of == countObject && len(waiting) > 0 {
		var ids []string
		for _, id := range waiting {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		out = append(out, Beside{i18n.T("已归集、还没有验收事实，不计入", "claimed and not accepted yet, not counted"), ids})
	}
	return out
}

// fill counts up through the year: from where the year began, to each day on
// which something came, to the day itself; of a year to come, what there is
// today. Without a single thing that counts the figure is unknown: nobody may
// have told us yet.
func (r Reading) fill(all []counting, beside []Beside, year int, on clock.Date, yearOnly bool) Reading {
	r.Beside = beside
	start := min(yearEnd(year-1), on)
	before := 0
	byDay := map[clock.Date]int{}
	for _, c := range all {
		if c.since <= start {
			if yearOnly {
				continue
			}
			before++
		} else {
			byDay[c.since]++
		}
		r.Facts = append(r.Facts, c.facts...)
	}
	if len(r.Facts) == 0 {
		return r
	}
	count := before
	r.Points = append(r.Points, Point{Day: start, Value: whole(count)})
	for day := range slices.Values(sortedDays(byDay)) {
		count += byDay[day]
		r.Points = append(r.Points, Point{Day: day, Value: whole(count)})
	}
	if r.asOf() < on {
		r.Points = append(r.Points, Point{Day: on, Value: whole(count)})
	}
	slices.Sort(r.Facts)
	r.Facts = slices.Compact(r.Facts)
	r.Source = i18n.T("%d 条事实，当日计数", "counted from %d facts", len(r.Facts))
	return r
}

func sortedDays(byDay map[clock.Date]int) []clock.Date {
	out := make([]clock.Date, 0, len(byDay))
	for day := range byDay {
		out = append(out, day)
	}
	slices.Sort(out)
	return out
}

// reported reads a figure that only somebody's report gives: the last one of
// the year up to the day.
func reported(t *Target, facts []evidence.Fact, year int, on clock.Date) (r Reading) {
	var of []evidence.Fact
	var odd []string
	for _, f := range facts {
		switch {
		case f.Kind != kindReported || f.Object != t.ID || f.Attributes["year"] != strconv.Itoa(year) || f.Occurred > on:
		case f.Unit != t.Unit:
			odd = append(odd, f.ID)
		default:
			of = append(of, f)
		}
	}
	slices.SortFunc(of, func(a, b evidence.Fact) int {
		return cmp.Or(cmp.Compare(a.Occurred, b.Occurred), a.Recorded.Compare(b.Recorded), cmp.Compare(a.ID, b.ID))
	})
	for _, f := range of {
		value, err := parseNumber(f.Quantity)
		if err != nil { // stored facts are canonical
			continue
		}
		if r.asOf() == f.Occurred {
			r.Points = r.Points[:len(r.Points)-1]
		}
		r.Points = append(r.Points, Point{f.Occurred, value, f.ID})
		r.Facts = []string{f.ID}
		r.Source = sourceOf(f)
	}
	if len(odd) > 0 {
		slices.Sort(odd)
		r.Beside = []Beside{{i18n.T("单位不是“%s”，不计入", "not in %s, not counted", t.Unit), odd}}
	}
	return r
}

// sourceOf is whose figure a report brings.
func sourceOf(f evidence.Fact) i18n.Text {
	if source := f.Attributes["source"]; source != "" {
		return i18n.Text{ZH: source, EN: source}
	}
	return i18n.T("部门报数，没有写来源", "a department's report, its source not named")
}
