package watch

import (
	"maps"
	"slices"

	"github.com/qianmo/qianmo/internal/policy/rule"
)

// Stand is how one measure stands for an organisation, as it may be told.
type Stand struct {
	Outcome rule.Outcome `json:"outcome"` // the best of its results
	Count   int          `json:"count"`   // how many results have it
	Lacking []string     `json:"lacking"` // fact kinds, or kind.attribute; of results that lack something and are otherwise the best
}

// Stands are an organisation's by measure. Of those that a condition rules out,
// and of drafts, which promise nothing, there is none.
type Stands map[string]Stand

// Notice is one thing worth telling an organisation.
type Notice struct {
	Measure string
	Was     Stand // the zero value: nothing
	Now     Stand // the zero value: nothing
}

// Fits reports that the organisation may apply for something that it could not
// apply for before.
func (n Notice) Fits() bool {
	return n.Now.Outcome == rule.Eligible && (n.Was.Outcome != rule.Eligible || n.Now.Count > n.Was.Count)
}

// Lost reports that what it could apply for is no longer, or less.
func (n Notice) Lost() bool {
	return n.Was.Outcome == rule.Eligible && (n.Now.Outcome != rule.Eligible || n.Now.Count < n.Was.Count)
}

// Found lists what lacked before and is there now, while the measure does not
// fit yet: something else lacks, or a question is open.
func (n Notice) Found() []string {
	if n.Was.Outcome != rule.Lacking || (n.Now.Outcome != rule.Lacking && n.Now.Outcome != rule.Undecided) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(n.Was.Lacking), func(l string) bool { return slices.Contains(n.Now.Lacking, l) })
}

// Since lists what is worth telling of a change from what was told, by measure.
func (now Stands) Since(was Stands) (notices []Notice) {
	ids := maps.Clone(now)
	maps.Copy(ids, was)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		n := Notice{Measure: id, Was: was[id], Now: now[id]}
		if n.Fits() || n.Lost() || len(n.Found()) > 0 {
			notices = append(notices, n)
		}
	}
	return notices
}

// Equal reports whether two organisations' stands are the same.
func (now Stands) Equal(was Stands) bool {
	return maps.EqualFunc(now, was, func(a, b Stand) bool {
		return a.Outcome == b.Outcome && a.Count == b.Count && slices.Equal(a.Lacking, b.Lacking)
	})
}
