package supervision

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// relatedTradeDetector finds a purchase between parties that are related,
// whatever the purchase itself declares: on record, through one controller, or
// by a contact that both use.
var relatedTradeDetector = detector{
	reads: []Role{AsSeller, AsContact, AsRelation}, required: []Role{AsSeller},
	thresholds: map[string]Unit{"links": Count, "crowd": Count, "enough": Points, "person": Points, "phone": Points, "email": Points, "address": Points},
	figures:    []string{"buyer", "seller", "amount", "link"},
	look:       relatedTrade,
}

func relatedTrade(ix *Index, r *Rule, c *Case) (found []Finding) {
	rests := ix.restsOn(c)
	for _, seller := range ix.sellersOf(r, rests) { // all purchases from one seller are one alarm
		facts, why, related := ix.related(r, string(c.Org), seller)
		if !related {
			continue
		}
		bought := ix.from(r, seller, rests)
		var total money.Fen
		for _, f := range bought {
			total = added(total, f)
		}
		figure := ix.finding(r, c, append(slices.Clone(bought), facts...), map[string]i18n.Text{
			"buyer": plain(ix.parties.name(string(c.Org))), "seller": plain(ix.parties.name(seller)), "amount": plain(total.Grouped()), "link": why})
		figure.Trades = []Trade{ix.trade(string(c.Org), seller, bought)}
		found = append(found, figure)
	}
	return found
}

// related says how two parties are, and by which facts.
func (ix *Index) related(r *Rule, a, b string) (facts []*item, why i18n.Text, related bool) {
	if a == b {
		return nil, i18n.Text{ZH: "就是同一家", EN: "are one and the same"}, true
	}
	if facts = ix.linked(r, a, b); facts != nil {
		if len(facts) == 1 {
			return facts, i18n.Text{ZH: "登记为关联方", EN: "are related on record"}, true
		}
		return facts, i18n.Text{ZH: "经同一控制方关联", EN: "are related through one controller"}, true
	}
	shared, points, means := ix.shared(r, a, b)
	if points >= r.n("enough") && points > 0 {
		return shared, i18n.T("共用%[1]s", "share %[2]s", means.ZH, means.EN), true
	}
	return nil, i18n.Text{}, false
}

// linked finds the shortest chain of relations on record between two parties.
func (ix *Index) linked(r *Rule, a, b string) []*item {
	type reached struct {
		party string
		by    []*item
	}
	seen := map[string]bool{a: true}
	for queue := []reached{{a, nil}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if int64(len(at.by)) == r.n("links") {
			continue
		}
		for _, it := range ix.relationsOf(at.party) {
			ends := it.others
			if string(it.Subject) != at.party {
				ends = []string{string(it.Subject)}
			}
			by := append(slices.Clone(at.by), it)
			for _, next := range ends {
				if next == b {
					return by
				}
				if !seen[next] {
					seen[next] = true
					queue = append(queue, reached{next, by})
				}
			}
		}
	}
	return nil
}

// relationsOf lists the standing relations that name a party on either side.
func (ix *Index) relationsOf(party string) (out []*item) {
	for _, it := range ix.ofParty(party) {
		if it.Kind == kindRelated && ix.counts(it) {
			out = append(out, it)
		}
	}
	for _, it := range ix.relations[party] {
		if ix.counts(it) {
			out = append(out, it)
		}
	}
	slices.SortFunc(out, byDay)
	return out
}

// shared adds up what two parties both use; what too many use tells nothing.
func (ix *Index) shared(r *Rule, a, b string) (facts []*item, points int64, means i18n.Text) {
	mine := ix.contactsOf(a)
	theirs := ix.contactsOf(b)
	var words []i18n.Text
	counted := map[string]bool{}
	for _, m := range mine {
		fingerprint := m.Attributes["fingerprint"]
		i := slices.IndexFunc(theirs, func(t *item) bool { return t.Attributes["fingerprint"] == fingerprint })
		weight := r.Thresholds[m.Attributes["means"]]
		if i < 0 || weight == nil || counted[fingerprint] || int64(ix.users(fingerprint)) > r.n("crowd") {
			continue
		}
		counted[fingerprint] = true
		facts = append(facts, m, theirs[i])
		points += weight.n
		words = append(words, contactWords(m))
	}
	return facts, points, list(words)
}

// contactsOf lists a party's standing contacts; here the applicant's own word
// counts, since it speaks of itself.
func (ix *Index) contactsOf(party string) (out []*item) {
	for _, it := range ix.ofParty(party) {
		if it.Kind == kindContact && ix.stands(it) {
			out = append(out, it)
		}
	}
	return out
}

// users counts the organisations that use a contact.
func (ix *Index) users(fingerprint string) int {
	seen := map[string]bool{}
	for _, it := range ix.contacts[fingerprint] {
		if ix.stands(it) {
			seen[string(it.Subject)] = true
		}
	}
	return len(seen)
}
