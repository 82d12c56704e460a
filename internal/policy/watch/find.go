package watch

import (
	"iter"
	"maps"
	"slices"

	"github.com/qianmo/qianmo/internal/platform/clock"
	"github.com/qianmo/qianmo/internal/platform/ident"
	"github.com/qianmo/qianmo/internal/policy/rule"
)

// MeasureAnswer is one measure's answer for an organisation.
type MeasureAnswer struct {
	Measure string
	Outcome rule.Outcome // the best of its results
	Count   int          // how many results have it
	Tally   rule.Tally
}

// OrganisationAnswer is one organisation's answer to a measure.
type OrganisationAnswer struct {
	Org   ident.CreditCode
	Count int // how many of its results have the outcome asked for
	Tally rule.Tally
}

// Survey is what the answers are to.
func (w *Watch) Survey() *rule.Survey { return w.survey }

// Len is how many organisations were ever answered for.
func (w *Watch) Len() int {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return len(w.codes)
}

// Measures is what every measure says of an organisation on a day, by measure:
// policies that the organisation finds. Nothing for one that no fact speaks of.
func (w *Watch) Measures(org ident.CreditCode, on clock.Date) []MeasureAnswer {
	w.mu.RLock()
	defer w.mu.RUnlock()
	place, known := w.places[org]
	if !known {
		return nil
	}
	var out []MeasureAnswer
	for m := range w.totals {
		t := w.tally(cell{place, m})
		if t == (rule.Tally{}) {
			continue
		}
		outcome := w.survey.Outcome(m, t.Best(), on)
		out = append(out, MeasureAnswer{w.survey.Measure(m), outcome, w.verdicts(m, outcome, on).count(t), t})
	}
	return out
}

// Organisations is which organisations have a result of an outcome under a
// measure on a day: organisations that the policy finds, in the order in which
// they came to the watch. A page begins behind the organisation after ("" for
// the first) and holds limit of them at most; more says that there are others.
func (w *Watch) Organisations(measure string, outcome rule.Outcome, on clock.Date, after ident.CreditCode, limit int) (page []OrganisationAnswer, more bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	m, known := w.survey.Place(measure)
	if !known {
		return nil, false
	}
	set := w.verdicts(m, outcome, on)
	from := 0
	if after != "" {
		from = w.places[after] + 1
	}
	for place := range w.having(m, set, from) {
		if len(page) == limit {
			return page, true
		}
		t := w.tally(cell{place, m})
		page = append(page, OrganisationAnswer{w.codes[place], set.count(t), t})
	}
	return page, false
}

// having goes through the places, from one on, whose answer to a measure has a
// verdict of a set.
func (w *Watch) having(m int, set verdicts, from int) iter.Seq[int] {
	return func(yield func(int) bool) {
		var has [256]bool
		for short, t := range tallies {
			has[short] = set.count(t) > 0
		}
		has[crowded] = set != 0
		for b := from / lane; set != 0 && b < len(w.blocks); b++ {
			for i, short := range w.blocks[b][m*lane : (m+1)*lane] {
				place := b*lane + i
				if !has[short] || place < from || (short == crowded && set.count(w.crowded[cell{place, m}]) == 0) {
					continue
				}
				if !yield(place) {
					return
				}
			}
		}
	}
}

// verdicts selects those that come to an outcome on a day.
func (w *Watch) verdicts(measure int, outcome rule.Outcome, on clock.Date) (set verdicts) {
	for v := range rule.Verdict(rule.Verdicts) {
		if w.survey.Outcome(measure, v, on) == outcome {
			set |= 1 << v
		}
	}
	return set
}

// Totals counts a measure's results by outcome on a day, and the organisations
// that have them.
func (w *Watch) Totals(measure string, on clock.Date) map[rule.Outcome]Total {
	m, known := w.survey.Place(measure)
	if !known {
		return nil
	}
	w.mu.RLock()
	defer w.mu.RUnlock()
	out := map[rule.Outcome]Total{}
	for v := range rule.Verdict(rule.Verdicts) {
		outcome := w.survey.Outcome(m, v, on)
		if _, done := out[outcome]; !done {
			out[outcome] = w.total(m, w.verdicts(m, outcome, on))
		}
	}
	maps.DeleteFunc(out, func(_ rule.Outcome, t Total) bool { return t == Total{} })
	return out
}

// total counts the verdicts of a set. An organisation may have several of
// them, which only going through all of them tells.
func (w *Watch) total(m int, set verdicts) (sum Total) {
	for v := range rule.Verdict(rule.Verdicts) {
		if set == 1<<v {
			return w.totals[m][v]
		}
	}
	for place := range w.having(m, set, 0) {
		sum.Organisations++
		sum.Results += set.count(w.tally(cell{place, m}))
	}
	return sum
}

// Differ counts the answers in which two watches of the same survey and
// organisations differ: none when one was kept fresh and the other is new.
func (w *Watch) Differ(other *Watch) (answers int) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w == other {
		return 0
	}
	other.mu.RLock()
	defer other.mu.RUnlock()
	if slices.Equal(w.codes, other.codes) && maps.Equal(w.crowded, other.crowded) && slices.EqualFunc(w.blocks, other.blocks, slices.Equal[block]) {
		return 0
	}
	all := maps.Clone(w.places)
	maps.Copy(all, other.places)
	for code := range all {
		for m := range w.totals {
			if w.of(code, m) != other.of(code, m) {
				answers++
			}
		}
	}
	return answers
}

// of is an answer by code; nothing for an organisation that is not watched.
func (w *Watch) of(code ident.CreditCode, measure int) rule.Tally {
	place, known := w.places[code]
	if !known {
		return rule.Tally{}
	}
	return w.tally(cell{place, measure})
}

// Bytes is about how much memory the answers take, and what finds them.
func (w *Watch) Bytes() int {
	w.mu.RLock()
	defer w.mu.RUnlock()
	const (
		perOrganisation = 18 + 16 + 16 + 8 + 8 // the code, its list, its place by code, with the map's own
		perCrowded      = 16 + 16 + 8
	)
	return len(w.blocks)*lane*len(w.totals) + len(w.codes)*perOrganisation + len(w.crowded)*perCrowded
}
