package evidence

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/fault"
)

// Effective returns the facts that count, in their order: of a chain of
// corrections only the last, and none that a correction withdrew. A correction
// whose original is not in the list counts by itself.
//
// Two corrections of one fact count as the later of them (by recorded time,
// then id): stores refuse the second, a file may hold it.
func Effective(facts []Fact) []Fact {
	replaced := make(map[string]Fact)
	for _, f := range facts {
		if f.Corrects == "" {
			continue
		}
		if other, twice := replaced[f.Corrects]; !twice || later(f, other) {
			replaced[f.Corrects] = f
		}
	}
	out := make([]Fact, 0, len(facts))
	for _, f := range facts {
		_, gone := replaced[f.ID]
		superseded := f.Corrects != "" && replaced[f.Corrects].ID != f.ID
		if !gone && !superseded && !f.Withdraws() {
			out = append(out, f)
		}
	}
	return out
}

func later(a, b Fact) bool {
	if !a.Recorded.Equal(b.Recorded) {
		return a.Recorded.After(b.Recorded)
	}
	return a.ID > b.ID
}

// checkCorrects tells whether a correction may replace an original: it speaks
// of the same organisation and kind, on the same word. An applicant could
// otherwise take back what a department or an auditor said of it.
//
// Codes: invalid.
func checkCorrects(correction, original Fact) error {
	if correction.Attestor != original.Attestor {
		return fault.Newf(fault.Invalid, "事实 %[1]s 由 %[2]s 证明，只有同一证明方可以更正；另一方请另记一条事实。", "Fact %[1]s stands on the word of the %[2]s, who alone may correct it; anybody else records a fact of their own.", original.ID, string(original.Attestor))
	}
	if correction.Kind != original.Kind || correction.Subject != original.Subject {
		return fault.Newf(fault.Invalid, "更正必须与原事实 %s 同一组织、同一种类。", "A correction has the organisation and the kind of the fact %s that it corrects.", original.ID)
	}
	return nil
}

// checkChains reports corrections in a list that point nowhere or run in a circle.
func checkChains(bad *fault.Collector, path func(i int) string, facts []Fact) {
	index := make(map[string]int, len(facts))
	for i, f := range facts {
		index[f.ID] = i
	}
	for i, f := range facts {
		if f.Corrects == "" {
			continue
		}
		original, known := index[f.Corrects]
		if !known {
			bad.Add(path(i)+".corrects", "没有编号为 %s 的事实可更正。", "There is no fact %s to correct.", clip(f.Corrects))
			continue
		}
		bad.Merge(path(i)+".corrects", checkCorrects(f, facts[original]))
		if circular(facts, index, i) {
			bad.Add(path(i)+".corrects", "更正互相指向，形成了环。", "The corrections run in a circle.")
		}
	}
}

func circular(facts []Fact, index map[string]int, start int) bool {
	var seen []int
	for i := start; facts[i].Corrects != ""; {
		next, known := index[facts[i].Corrects]
		if !known {
			return false
		}
		if next == start {
			return true
		}
		if slices.Contains(seen, next) {
			return false // another fact's circle; it is reported there
		}
		seen = append(seen, next)
		i = next
	}
	return false
}
