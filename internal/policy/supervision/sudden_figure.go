package supervision

import (
	"math/bits"
	"slices"
	"strconv"

	"github.com/qianmo/qianmo/internal/evidence"
	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// suddenFigureDetector finds a month whose figure leaves the organisation's own
// past, all but one month of it, so that neither steady growth nor one large
// purchase before makes or hides an alarm, and stands out among all
// organisations as well. One whose usual is a fraction of the others' is still
// on trial: that is no past to compare with. Medians and median absolute
// deviations are whole numbers: no rounding decides.
var suddenFigureDetector = detector{
	reads: []Role{AsFigure}, required: []Role{AsFigure},
	thresholds: map[string]Unit{"history": Months, "back": Months, "jump": Times, "spread": Times, "started": Share, "peers": Count, "peer_spread": Times},
	figures:    []string{"holder", "month", "figure", "value", "usual", "times", "peers"},
	look:       suddenFigure,
}

func suddenFigure(ix *Index, r *Rule, c *Case) (found []Finding) {
	type seen struct {
		series
		month int
	}
	done := map[seen]bool{}
	for _, f := range ix.restsOn(c) {
		attribute, read := r.readAs(f.Kind, AsFigure)
		s := series{f.Kind, attribute}
		month := monthOf(f.Occurred)
		if !read || done[seen{s, month}] {
			continue
		}
		done[seen{s, month}] = true
		past, now, facts := ix.monthsOf(s, f.Subject, month, int(r.n("back")))
		if int64(len(past)) < r.n("history") {
			continue
		}
		usual, deviation := medianAndDeviation(past)
		peers := ix.peers(s, month, int(r.n("back")))
		started := r.rate("started")
		if int64(peers.count) < r.n("peers") || usual == 0 || exceeds(peers.median, started.Num, usual, started.Den) ||
			!exceeds(now, 1, secondHighest(past), r.n("jump")) || !exceeds(now-usual, 1, max(deviation, usual/10), r.n("spread")) ||
			!exceeds(now-peers.median, 1, peers.deviation, r.n("peer_spread")) {
			continue
		}
		found = append(found, ix.finding(r, c, facts, map[string]i18n.Text{
			"holder": plain(ix.parties.name(string(f.Subject))), "month": monthWords(month), "figure": f.figureName(attribute),
			"value": f.shown(now), "usual": f.shown(usual), "times": plain(strconv.FormatInt(now/usual, 10)), "peers": f.shown(peers.median)}))
	}
	return found
}

// series is one sort of figure.
type series struct{ kind, attribute string }

// figures are all facts of one series, and what was worked out of them.
type figures struct {
	facts     []*item // in order
	summaries map[[2]int]summary
}

// summary is the middle and the spread of organisations' months.
type summary struct {
	median, deviation int64
	count             int
}

// addFigure files a fact under its series.
func (ix *Index) addFigure(it *item) {
	for s, fs := range ix.series {
		if s.kind == it.Kind {
			fs.facts = inserted(fs.facts, it)
			fs.outdated(monthOf(it.Occurred))
		}
	}
}

// forget says that a fact no longer counts.
func (ix *Index) forget(it *item) {
	for s, fs := range ix.series {
		if s.kind == it.Kind {
			fs.outdated(monthOf(it.Occurred))
		}
	}
}

// outdated drops the summaries that a month is part of: those of later months.
func (fs *figures) outdated(month int) {
	for key := range fs.summaries {
		if month < key[0] && month >= key[0]-key[1] {
			delete(fs.summaries, key)
		}
	}
}

// monthsOf returns an organisation's totals of the months before one, as far
// back as is looked, and the total and the facts of the month itself.
func (ix *Index) monthsOf(s series, org ident.CreditCode, month, back int) (past []int64, now int64, facts []*item) {
	totals := map[int]int64{}
	for _, it := range ix.of[org] {
		if it.Kind != s.kind || !ix.counts(it) {
			continue
		}
		m := monthOf(it.Occurred)
		switch {
		case m == month:
			now = int64(added(money.Fen(now), it, s.attribute))
			facts = append(facts, it)
		case m < month && m >= month-back:
			totals[m] = int64(added(money.Fen(totals[m]), it, s.attribute))
		}
	}
	for _, total := range totals {
		past = append(past, total)
	}
	return past, now, facts
}

// peers summarises every organisation's months before one.
func (ix *Index) peers(s series, month, back int) summary {
	fs := ix.series[s]
	key := [2]int{month, back}
	if known, have := fs.summaries[key]; have {
		return known
	}
	type orgMonth struct {
		org   ident.CreditCode
		month int
	}
	totals := map[orgMonth]int64{}
	for _, it := range fs.facts {
		if m := monthOf(it.Occurred); m < month && m >= month-back && ix.counts(it) {
			at := orgMonth{it.Subject, m}
			totals[at] = int64(added(money.Fen(totals[at]), it, s.attribute))
		}
	}
	values := make([]int64, 0, len(totals))
	for _, v := range totals {
		values = append(values, v)
	}
	out := summary{count: len(values)}
	if len(values) > 0 {
		out.median, out.deviation = medianAndDeviation(values)
	}
	if fs.summaries == nil {
		fs.summaries = map[[2]int]summary{}
	}
	fs.summaries[key] = out
	return out
}

// medianAndDeviation returns the lower median, and the lower median of the
// distances from it. It sorts its input.
func medianAndDeviation(values []int64) (median, deviation int64) {
	slices.Sort(values)
	median = values[(len(values)-1)/2]
	distances := make([]int64, len(values))
	for i, v := range values {
		distances[i] = max(v-median, median-v)
	}
	slices.Sort(distances)
	return median, distances[(len(distances)-1)/2]
}

// secondHighest is the highest value but one.
func secondHighest(values []int64) int64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(len(sorted)-2, 0)]
}

// exceeds reports whether a×n > b×m, exactly; a negative a exceeds nothing.
func exceeds(a, n, b, m int64) bool {
	if a < 0 {
		return false
	}
	ah, al := bits.Mul64(uint64(a), uint64(n))
	bh, bl := bits.Mul64(uint64(b), uint64(m))
	return ah > bh || ah == bh && al > bl
}

// monthOf numbers the months.
func monthOf(d clock.Date) int {
	year, _ := strconv.Atoi(string(d[:4]))
	month, _ := strconv.Atoi(string(d[5:7]))
	return year*12 + month - 1
}

func monthWords(month int) i18n.Text {
	return i18n.T("%[1]d 年 %[2]d 月", "%[1]d-%02[2]d", month/12, month%12+1)
}

// figureName is what the figure is called.
func (it *item) figureName(attribute string) i18n.Text {
	if a, err := it.kind.Attribute(attribute); err == nil {
		return a.Text
	}
	return it.kind.Text
}

// shown is a figure in the words of its unit.
func (it *item) shown(v int64) i18n.Text {
	if it.Unit == evidence.UnitCNY {
		return i18n.T("%[1]s 元", "%[1]s yuan", money.Fen(v).Grouped())
	}
	return plain(money.Fen(v).Grouped())
}
