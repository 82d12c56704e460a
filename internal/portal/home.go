package portal

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/qianmo/qianmo/internal/platform/money"
)

// home is what somebody finds who knows nothing yet. Its parts fail alone: a
// figure that is away is left out and said to be.
type home struct {
	Form    estimateForm
	Money   *moneyLine
	Open    []callView
	Targets []targetView
	Year    int
	Notices []noticeView
	Awards  []awardView
}

// moneyLine is where a budget year's money is.
type moneyLine struct {
	Year                                int
	Granted, Committed, Paid, Recovered money.Fen
}

// shown is how many of each the home page has room for.
const shown = 4

func (s *Site) home(v *visit) error {
	var h home
	var totals listOf[total]
	var calls listOf[callView]
	var notices listOf[noticeView]
	var awards listOf[awardView]
	var targets board
	if err := v.ask("getEstimateForm", nil, nil, &h.Form); err != nil {
		return err
	}
	if v.ask("getAwardTotals", nil, nil, &totals) == nil {
		h.Money = lineOf(totals.Items, 0)
	}
	if v.ask("listCalls", url.Values{"state": {"published"}, "limit": {"50"}}, nil, &calls) == nil {
		for _, c := range calls.Items {
			if c.Phase == "open" && len(h.Open) < shown {
				h.Open = append(h.Open, c)
			}
		}
		slices.Reverse(h.Open)
		slices.SortStableFunc(h.Open, func(a, b callView) int { return a.Left - b.Left })
	}
	if v.ask("getTargets", nil, nil, &targets) == nil {
		h.Year = targets.Year
		for _, t := range targets.Targets {
			if t.Goal != nil && t.Goal.Value != "" && len(t.Readings) > 0 && len(h.Targets) < shown {
				h.Targets = append(h.Targets, t)
			}
		}
	}
	if v.ask("listNotices", url.Values{"limit": {"3"}}, nil, &notices) == nil {
		h.Notices = notices.Items
	}
	if v.ask("listAwards", url.Values{"limit": {"3"}}, nil, &awards) == nil {
		h.Awards = awards.Items
	}
	return v.show("home", v.say("人工智能支持政策", "Support for AI"), "home", h)
}

// lineOf adds up one budget year, 0 for the newest; nil when there is none.
func lineOf(totals []total, year int) *moneyLine {
	var line *moneyLine
	for _, t := range totals { // the newest year first
		if line == nil && (year == 0 || t.Year == year) {
			line = &moneyLine{Year: t.Year}
		}
		if line != nil && t.Year == line.Year {
			line.Granted += t.Granted
			line.Committed += t.Committed
			line.Paid += t.Paid
			line.Recovered += t.Recovered
		}
	}
	return line
}

func (s *Site) targets(v *visit) error {
	var b board
	if err := v.ask("getTargets", only(v, "year"), nil, &b); err != nil {
		return err
	}
	if q := v.query("q"); q != "" {
		b.Targets = slices.DeleteFunc(b.Targets, func(t targetView) bool { return !contains(q, t.Name.ZH, t.Name.EN, t.Clause.Label.In(v.lang)) })
	}
	return v.show("targets", v.say("目标进展", "Targets"), "targets", struct {
		board
		Query string
	}{b, v.query("q")})
}

func (s *Site) data(v *visit) error {
	var totals listOf[total]
	if err := v.ask("getAwardTotals", nil, nil, &totals); err != nil {
		return err
	}
	var measures listOf[measureHead]
	if err := v.ask("listMeasures", nil, nil, &measures); err != nil {
		return err
	}
	names := map[string]measureHead{}
	for _, m := range measures.Items {
		names[m.ID] = m
	}
	return v.show("data", v.say("开放数据", "Open data"), "data", struct {
		Totals   []total
		Measures map[string]measureHead
	}{totals.Items, names})
}

// only takes some parameters of the page's address over as they are; the
// operation judges them.
func only(v *visit, names ...string) url.Values {
	out := url.Values{}
	for _, name := range names {
		if value := v.query(name); value != "" {
			out.Set(name, value)
		}
	}
	return out
}

// longest is how much of one parameter a page reads.
const longest = 200

// query is a parameter of the page's address, bounded.
func (v *visit) query(name string) string {
	value := []rune(v.r.URL.Query().Get(name))
	return string(value[:min(len(value), longest)])
}

// number is a parameter that is a whole number, else 0.
func (v *visit) number(name string) int {
	n, err := strconv.Atoi(v.query(name))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
