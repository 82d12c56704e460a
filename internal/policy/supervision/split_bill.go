package supervision

import (
	"slices"

	"github.com/qianmo/qianmo/internal/platform/i18n"
	"github.com/qianmo/qianmo/internal/platform/money"
)

// splitBillDetector finds several purchases from one seller within a while,
// each a little below a line that all of them together are above.
var splitBillDetector = detector{
	reads: []Role{AsSeller}, required: []Role{AsSeller},
	thresholds: map[string]Unit{"line": Yuan, "margin": Share, "window": Days, "least": Count},
	figures:    []string{"buyer", "seller", "count", "from", "to", "line", "total"},
	look:       splitBill,
}

func splitBill(ix *Index, r *Rule, c *Case) (found []Finding) {
	rests := ix.restsOn(c)
	for _, seller := range ix.sellersOf(r, rests) {
		for _, group := range ix.justBelow(r, string(c.Org), seller) {
			if int64(len(group)) < r.n("least") || !slices.ContainsFunc(group, func(it *item) bool { return slices.Contains(rests, it) }) {
				continue
			}
			var total money.Fen
			for _, it := range group {
				total = added(total, it)
			}
			if int64(total) <= r.n("line") {
				continue
			}
			f := ix.finding(r, c, group, map[string]i18n.Text{
				"buyer": plain(ix.parties.name(string(c.Org))), "seller": plain(ix.parties.name(seller)), "count": i18n.T("%d", "%d", len(group)),
				"from": onDay(group[0].Occurred), "to": onDay(group[len(group)-1].Occurred),
				"line": plain(money.Fen(r.n("line")).Grouped()), "total": plain(total.Grouped())})
			f.Trades = []Trade{ix.trade(string(c.Org), seller, group)}
			found = append(found, f)
		}
	}
	return found
}

// justBelow groups a buyer's purchases from a seller that are a little below
// the line: from each first one, what follows within the window.
func (ix *Index) justBelow(r *Rule, buyer, seller string) (groups [][]*item) {
	margin, line := r.rate("margin"), r.n("line")
	for _, it := range ix.ofParty(buyer) {
		if !ix.counts(it) || it.value >= line || exceeds(line, margin.Den-margin.Num, it.value, margin.Den) || !slices.Contains(ix.sellers(r, it), seller) {
			continue
		}
		if n := len(groups); n > 0 && it.day-groups[n-1][0].day <= r.n("window") {
			groups[n-1] = append(groups[n-1], it)
			continue
		}
		groups = append(groups, []*item{it})
	}
	return groups
}
