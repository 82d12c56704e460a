package supervision

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
)

// sharedContactDetector finds organisations that apply under one measure in one
// year and use one phone, room or legal representative, while no relation
// between them is on record: one applicant may stand behind them.
var sharedContactDetector = detector{
	reads: []Role{AsContact, AsRelation}, required: []Role{AsContact},
	thresholds: map[string]Unit{"crowd": Count, "enough": Points, "person": Points, "phone": Points, "email": Points, "address": Points},
	figures:    []string{"holders", "year", "measure", "means"},
	look:       sharedContact,
}

func sharedContact(ix *Index, r *Rule, c *Case) []Finding {
	together := ix.behindOne(r, c)
	if len(together) < 2 {
		return nil
	}
	var facts []*item
	var means, holders []i18n.Text
	var cases []string
	for _, org := range together {
		holders = append(holders, plain(ix.parties.name(org)))
		cases = append(cases, ix.rivals(org, c)...)
		for _, it := range ix.contactsOf(org) {
			if !ix.usedBy(r, it, together) {
				continue
			}
			facts = append(facts, it)
			if word := contactWords(it); !slices.Contains(means, word) {
				means = append(means, word)
			}
		}
	}
	f := ix.finding(r, c, facts, map[string]i18n.Text{
		"holders": list(holders), "year": i18n.T("%d", "%d", c.Year), "measure": c.measure(), "means": list(means)})
	f.Cases = append(f.Cases, cases...)
	return []Finding{f.sealed(f.Cases...)}
}

// mostBehind bounds a group; a larger one is shown in part.
const mostBehind = 20

// behindOne are the applicants, the case's own among them, that shared
// contacts tie together, sorted.
func (ix *Index) behindOne(r *Rule, c *Case) []string {
	group := []string{string(c.Org)}
	for next := 0; next < len(group) && len(group) < mostBehind; next++ {
		for _, it := range ix.contactsOf(group[next]) {
			if int64(ix.users(it.Attributes["fingerprint"])) > r.n("crowd") {
				continue
			}
			for _, other := range ix.contacts[it.Attributes["fingerprint"]] {
				org := string(other.Subject)
				if slices.Contains(group, org) || !ix.stands(other) || len(ix.rivals(org, c)) == 0 || ix.openlyRelated(group[next], org) {
					continue
				}
				if _, points, _ := ix.shared(r, group[next], org); points >= r.n("enough") && points > 0 {
					group = append(group, org)
				}
			}
		}
	}
	slices.Sort(group)
	return group
}

// rivals are an organisation's cases under the same measure and year.
func (ix *Index) rivals(org string, c *Case) (ids []string) {
	for _, id := range ix.casesOf(org) {
		if other := ix.cases[id]; other.Measure == c.Measure && other.Year == c.Year {
			ids = append(ids, id)
		}
	}
	return ids
}

// openlyRelated reports whether a relation of two organisations is on record.
func (ix *Index) openlyRelated(a, b string) bool {
	return slices.ContainsFunc(ix.relationsOf(a), func(it *item) bool {
		return string(it.Subject) == b || slices.Contains(it.others, b)
	})
}

// usedBy reports whether two or more of a group use the contact.
func (ix *Index) usedBy(r *Rule, it *item, group []string) bool {
	fingerprint := it.Attributes["fingerprint"]
	if r.Thresholds[it.Attributes["means"]] == nil || int64(ix.users(fingerprint)) > r.n("crowd") {
		return false
	}
	return slices.ContainsFunc(ix.contacts[fingerprint], func(other *item) bool {
		return other.Subject != it.Subject && ix.stands(other) && slices.Contains(group, string(other.Subject))
	})
}
